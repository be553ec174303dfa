//! The types in `pkg/src/report.ts`, which are generated from these Rust types. Tests check that they are current.

use super::{
    Applicability, ConnectorListReport, Diagnostic, DocumentReport, Edit, Exception, ExceptionKind,
    FileReport, Fix, Omitted, PathStep, Position, Related, Report, Severity, Status, Summary,
    Verdict,
};
use crate::typescript::{assert_current, declaration, words};
use crate::{Fixed, FixedFile};

#[test]
fn the_types_for_typescript_are_current() {
    assert_current(
        "pkg/src/report.ts",
        "src/report",
        "",
        &[
            declaration::<Report>(),
            declaration::<Diagnostic>(),
            declaration::<Verdict>(),
            words::<Severity>("severities"),
            declaration::<PathStep>(),
            declaration::<Position>(),
            declaration::<Exception>(),
            declaration::<ExceptionKind>(),
            declaration::<Related>(),
            declaration::<Fix>(),
            declaration::<Edit>(),
            declaration::<Applicability>(),
            declaration::<Omitted>(),
            declaration::<FileReport>(),
            declaration::<ConnectorListReport>(),
            declaration::<DocumentReport>(),
            declaration::<Status>(),
            declaration::<Summary>(),
            declaration::<Fixed>(),
            declaration::<FixedFile>(),
        ],
    );
}
