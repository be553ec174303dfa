//! The drafts of JSON Schema, with their own schemas, so that they needn't be fetched.

use values::Value;

/// The draft that a schema follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    /// Draft 4.
    Four,
    /// Draft 6.
    Six,
    /// Draft 7.
    Seven,
    /// All of them together, if the schema names none.
    Any,
}

const SCHEMAS: [(&str, Draft, &str); 3] = [
    (
        "http://json-schema.org/draft-04/schema",
        Draft::Four,
        include_str!("draft-04.json"),
    ),
    (
        "http://json-schema.org/draft-06/schema",
        Draft::Six,
        include_str!("draft-06.json"),
    ),
    (
        "http://json-schema.org/draft-07/schema",
        Draft::Seven,
        include_str!("draft-07.json"),
    ),
];

/// The draft whose schema has this address.
#[must_use]
pub(super) fn at(address: &str) -> Option<Draft> {
    let mut all = SCHEMAS.iter();
    all.find(|(known, _, _)| *known == address)
        .map(|(_, draft, _)| *draft)
}

/// The schema of a draft, by address.
#[must_use]
pub(super) fn own_schema(address: &str) -> Option<Value> {
    let (_, _, text) = SCHEMAS.iter().find(|(known, _, _)| *known == address)?;
    values::json::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_can_be_read() {
        for (address, _, _) in SCHEMAS {
            assert!(own_schema(address).is_some(), "{address}");
        }
        assert_eq!(at("http://json-schema.org/draft-07/schema#"), None);
    }
}
