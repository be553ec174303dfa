//! The types in `pkg/src/guard-options.ts` and `pkg/src/rego-options.ts`, which are generated from these Rust types.
//! Tests check that they are current.

use commands::presentation;
use serde_json::{Map, Value};
use values::Version;

use super::guard::{
    ConfigProblem, FixOptions, GuardModuleOptions, ImagesFormat, ImagesOptions, NamedFiles,
    RunOptions, ShownImages,
};
use super::rego::{
    AskModuleOptions, EvalOptions, EvalOutcome, ExportModuleOptions, FormatOptions, FormatReport,
    GivenPolicies, InputModuleOptions, LintOptions, Loaded, ModuleLimits, PolicyFile,
    PolicyModuleOptions, ShownLint, TestFormat,
};
use crate::policy::{NamedConnectorFile, NamedPolicy};
use crate::typescript::{assert_current, declaration, fields, interface, union, words};

#[test]
fn the_types_of_a_guards_options_are_current() {
    assert_current(
        "pkg/src/guard-options.ts",
        "src/interface/guard.rs",
        "import type { Preset, RuleName } from \"./configuration.js\";\n\
        import type { Verification } from \"./inventory.js\";\n\
        import type { GivenPolicies } from \"./rego-options.js\";\n\
        import type { Position, Severity } from \"./report.js\";",
        &[
            interface::<GuardModuleOptions>(),
            interface::<RunOptions>(),
            interface::<FixOptions>(),
            interface::<ImagesOptions>(),
            words::<ImagesFormat>("imagesFormats"),
            interface::<ShownImages>(),
            interface::<NamedFiles>(),
            interface::<NamedPolicy>(),
            interface::<NamedConnectorFile>(),
            interface::<ConfigProblem>(),
        ],
    );
}

#[test]
fn the_types_of_regos_options_are_current() {
    let formats = presentation::Format::ALL.map(|(name, _)| name);
    assert_current(
        "pkg/src/rego-options.ts",
        "src/interface/rego.rs",
        "import type { Preset, RuleName } from \"./configuration.js\";\n\
        import type { PolicyEntity, PolicyEvent } from \"./entity.js\";\n\
        import type { PolicyProblem } from \"./evaluation.js\";\n\
        import type { ExportTarget } from \"./export-target.js\";\n\
        import type { LintFinding } from \"./lint-report.js\";\n\
        import type { Severity } from \"./report.js\";",
        &[
            interface::<PolicyModuleOptions>(),
            declaration::<Version>(),
            interface::<ModuleLimits>(),
            interface::<AskModuleOptions>(),
            interface::<GivenPolicies>(),
            interface::<PolicyFile>(),
            interface::<InputModuleOptions>(),
            interface::<EvalOptions>(),
            union(
                "The format in which `eval` writes an answer.",
                "evalFormats",
                "EvalFormat",
                &formats,
            ),
            interface::<EvalOutcome>(),
            interface::<Loaded>(),
            interface::<FormatOptions>(),
            interface::<FormatReport>(),
            interface::<LintOptions>(),
            declaration::<ShownLint>(),
            interface::<ExportModuleOptions>(),
            words::<TestFormat>("testFormats"),
        ],
    );
}

/// The report writes its JSON itself, so this compares the fields.
#[test]
fn a_format_report_has_the_fields_that_its_type_has() {
    let written: Map<String, Value> =
        serde_json::from_str(&FormatReport::default().to_json()).unwrap();
    let written: Vec<_> = written.keys().collect();
    assert_eq!(written, fields(&declaration::<FormatReport>()));
}
