//! The types of an import for TypeScript, in `pkg/src/connector-import.ts`: written from these Rust types, and checked to
//! be current.

use super::{Connector, ConnectorImport, ImportProblem};
use crate::typescript::{assert_current, declaration};

#[test]
fn the_types_for_typescript_are_current() {
    assert_current(
        "pkg/src/connector-import.ts",
        "src/connectors",
        "",
        &[
            declaration::<ConnectorImport>(),
            declaration::<Connector>(),
            declaration::<ImportProblem>(),
        ],
    );
}
