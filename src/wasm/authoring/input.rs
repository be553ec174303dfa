//! `policyInput`: the input that Harness gives to policies. Only the module built with `authoring` has it.

use document::{LineIndex, Position};
use values::{Value, json};
use wasm_bindgen::prelude::*;

use super::policy::metadata_of;
use crate::harness::{Event, PolicyEntity};
use crate::interface::rego::InputModuleOptions;
use crate::policy;
use crate::wasm::{from_js, usage};

/// The input that Harness would give to a policy for the first document of a YAML or JSON text, as JSON; `null` if
/// there is no document. Without `entity`, the document decides which one it is; without `event`, it is the entity's
/// default one.
///
/// # Errors
///
/// An `Error` with the `code` `usage` if the text isn't YAML, there is no such entity, or Harness evaluates no
/// policies on it on that event.
#[wasm_bindgen(js_name = policyInput)]
pub fn policy_input(text: &str, options: &JsValue) -> Result<String, JsValue> {
    let options: InputModuleOptions = from_js(options)?;
    let entity = options.entity.as_deref().map(policy_entity).transpose()?;
    let event = options.event.as_deref().map(policy_event).transpose()?;
    let metadata = options.metadata.as_deref().map(metadata_of).transpose()?;
    let input = match document::parse(text, &document::Limits::default())
        .into_iter()
        .next()
    {
        None => Value::Null,
        Some(Ok(document)) => {
            let entity = entity.or_else(|| policy::entity_of(&document));
            if let (Some(entity), Some(event)) = (entity, event) {
                require_event(entity, event)?;
            }
            policy::input_of_document(&document, text, entity, event, metadata.as_ref())
        }
        Some(Err(fault)) => {
            let Position { line, column, .. } = LineIndex::new(text).position(fault.span.start);
            let place = format!("line {line}, column {column}");
            return Err(usage(&format!(
                "the file can't be used as input: {place}: {fault}"
            )));
        }
    };
    Ok(match options.indent {
        Some(indent) => json::write_pretty(&input, &indent),
        None => json::write(&input),
    })
}

/// Checks that Harness evaluates policies on an entity on this event.
fn require_event(entity: &PolicyEntity, event: Event) -> Result<(), JsValue> {
    if entity.events.contains(&event) {
        return Ok(());
    }
    let events: Vec<_> = entity.events.iter().map(|event| event.name()).collect();
    let elsewhere = PolicyEntity::all().find(|other| other.events == [event]);
    let help = elsewhere.map_or(String::new(), |other| {
        format!("; on `{}`, it asks about a {}", event.name(), other.name)
    });
    Err(usage(&format!(
        "Harness asks about {} only on `{}`{help}",
        entity.kind.noun(),
        events.join("`, `"),
    )))
}

fn policy_event(name: &str) -> Result<Event, JsValue> {
    Event::from_name(name).ok_or_else(|| {
        let known = Event::ALL.map(|event| format!("`{}`", event.name()));
        usage(&format!(
            "`{name}` isn't an event; the events are {}",
            known.join(", ")
        ))
    })
}

pub(super) fn policy_entity(name: &str) -> Result<&'static PolicyEntity, JsValue> {
    PolicyEntity::from_name(name).ok_or_else(|| {
        usage(&format!(
            "`{name}` isn't an entity that Harness asks policies about; those are {}",
            PolicyEntity::names()
        ))
    })
}
