//! `strings.render_template`: Go's `text/template` as OPA uses it. Its data is JSON with numbers as strings, so `{{if
//! .n}}` holds for 0, and `{{printf "%d" .n}}` shows that it isn't an integer.

mod functions;
mod parse;
mod run;
#[cfg(test)]
mod tests;
mod token;

use super::{Builtin, Failure, Host, Outcome, bounded, operand};
use values::{Value, Version, json};

pub(super) const TABLE: &[Builtin] = &[bounded(
    "strings.render_template",
    "(value: string, vars: object[string: any]) => result: string",
    render,
)];

/// How deep actions, parentheses and calls of templates may nest.
const DEPTH: usize = 100;

fn render(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    operand::object(args, 1)?;
    let data = operand::any(args, 1)?;
    // OPA reads what it would print as JSON, which sets, some keys and some escapes aren't.
    let written = data.to_string();
    host.charge_text(text.len() + written.len().saturating_mul(2))?;
    let data = json::parse(&written).map_err(|error| Failure::Failed(error.message))?;
    let templates = parse::parse(text)?;
    let rendered = run::run(host, &templates, &data)?;
    let rendered = match host.version() {
        Version::V0 => rendered,
        Version::V1 => rendered.replace("<no value>", "<undefined>"),
    };
    operand::text(host, rendered)
}
