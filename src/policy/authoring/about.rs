//! Finds the entity that a policy is about, from its package by convention, or else from the input that it reads.

use commands::lint::paths;
use compiler::syntax::ast::{Module, Term};

use crate::harness::PolicyEntity;

/// The entity that a package is named after, as in `package pipeline` or `package acme.pipeline`.
#[must_use]
pub fn by_package(module: &Module) -> Option<&'static PolicyEntity> {
    PolicyEntity::of_package(module.package.last().and_then(Term::as_text)?)
}

/// The entity that a module's references to the input read, and the key by which they do. Of several entities, it is
/// the one that is read most often.
#[must_use]
pub fn by_input(module: &Module) -> Option<(&'static PolicyEntity, String)> {
    let mut spoken: Vec<(&'static PolicyEntity, String, usize)> = Vec::new();
    let paths = module.rules.iter().flat_map(|rule| paths(rule, module));
    for path in paths.filter(commands::lint::Path::is_of_input) {
        let Some((key, entity)) = path.key(0).and_then(|key| Some((key, read_under(key)?))) else {
            continue;
        };
        match spoken.iter_mut().find(|(known, ..)| *known == entity) {
            Some((.., count)) => *count += 1,
            None => spoken.push((entity, format!("input.{key}"), 1)),
        }
    }
    let most = spoken.into_iter().rev().max_by_key(|(.., count)| *count);
    most.map(|(entity, path, _)| (entity, path))
}

/// The entity that the input has under a key, or that people expect there.
fn read_under(key: &str) -> Option<&'static PolicyEntity> {
    let of_key = PolicyEntity::in_files().find(|entity| entity.key == Some(key));
    of_key.or_else(|| PolicyEntity::in_files().find(|entity| entity.answers_to(key)))
}
