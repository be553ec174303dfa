//! What a guard is made of and asked.

use serde::{Deserialize, Serialize};

use crate::inventory::Verified;
use crate::policy::{NamedConnectorFile, NamedPolicy};
use crate::report::page::{Form, Shows, Style};
use crate::report::{Applicability, Severity};

#[cfg(feature = "authoring")]
use super::rego::GivenPolicies;

/// What a guard is made of, as the module takes it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct GuardModuleOptions {
    /// The text of the configuration, YAML or JSON.
    pub config: Option<String>,
    /// What error messages call the configuration.
    pub config_path: Option<String>,
    /// The preset, whatever the configuration says.
    #[cfg_attr(test, ts(optional, type = "Preset"))]
    pub preset: Option<String>,
    /// Whether what a configuration makes weaker counts: rules that are off or count less, `exclude`, trusted
    /// connectors, other registries. It does by default; with `false`, only what it makes stricter does.
    pub config_exceptions: Option<bool>,
    /// Whether ignore comments in the files count. They do by default; with `false`, they are comments like any other,
    /// and everything is reported.
    pub comment_exceptions: Option<bool>,
    /// Whether connectors among the files decide about the others. They do by default; with `false`, only those of the
    /// configuration and of its lists do.
    pub file_connectors: Option<bool>,
    /// The day up to which exceptions hold, in UTC: `2027-03-01`. The day of each check by default.
    pub today: Option<String>,
    /// Whether a check gets only some of the files that the configuration is about. Then no exception of the
    /// configuration is reported for covering nothing.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub partial: bool,
    /// The only ones of our rules to run. One that the configuration switches off is refused, with the code `usage`.
    #[cfg_attr(test, ts(optional, type = "Array<RuleName>"))]
    pub rules: Option<Vec<String>>,
    /// The size from which a file is reported instead of checked, in bytes; 16 MiB by default.
    pub max_file_bytes: Option<usize>,
    /// How many findings of one kind (rule, verdict and severity) are listed of one document; 10,000 by default.
    /// `omitted` of the report counts the others. It changes no verdict and no exit code.
    pub max_findings: Option<usize>,
    /// The paths of the lists of connectors that each check gets.
    #[cfg_attr(test, ts(as = "Option<Vec<String>>"))]
    pub connector_files: Vec<String>,
    /// What registries say of images, by the full names that the inventory has; somebody has to ask them. Then a check
    /// also reports what isn't there (`image-exists`), and the inventory has it as `verification`. An image that isn't
    /// in here has an expression in its name.
    #[cfg_attr(test, ts(optional, type = "Readonly<Record<string, Verification>>"))]
    pub verified: Option<Verified>,
    /// Users' policies, which only the module that reads Rego takes.
    #[cfg(feature = "authoring")]
    pub policies: Option<GivenPolicies>,
}

/// How a report is shown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for alone")]
pub struct RunOptions {
    /// The format of the report.
    #[cfg_attr(test, ts(inline))]
    pub format: Format,
    /// Whether the text has colors.
    pub color: bool,
    /// The least severity of a finding that ends in exit code 1.
    pub fail_on: Severity,
    /// Whether the text also lists what is not applicable, and as what.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub verbose: bool,
    /// Whether the text also lists what is suppressed, and by what.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub show_suppressed: bool,
    /// What of the report the text shows: `findings` without a word about the whole, or `counts` alone.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Shows>", inline))]
    pub shows: Shows,
    /// Whether the report is a part of one: that it holds nothing of Harness's means nothing then.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub is_part: bool,
}

impl RunOptions {
    /// How the report is shown, page by page.
    #[must_use]
    pub fn form(&self) -> Form {
        match self.format {
            Format::Json => Form::Json,
            Format::Text => Form::Text(Style {
                color: self.color,
                verbose: self.verbose,
                suppressed: self.show_suppressed,
                is_part: self.is_part,
                shows: self.shows,
            }),
        }
    }
}

/// How a report is written.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Format {
    /// For a person.
    Text,
    /// For programs.
    Json,
}

/// Which fixes are made.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct FixOptions {
    /// Also those that somebody has to ask for, because another image may be pulled afterwards.
    #[serde(rename = "unsafe")]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub with_unsafe: bool,
}

impl FixOptions {
    /// The fixes that are made: those that need no more than that.
    #[must_use]
    pub fn applicability(&self) -> Applicability {
        if self.with_unsafe {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        }
    }
}

/// How the images are shown.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImagesOptions {
    /// The format of the list.
    pub format: ImagesFormat,
    /// Whether the text has colors.
    pub color: bool,
    /// Whether what could not be looked at is said in colors.
    pub complaints_in_color: bool,
    /// Whether the images are listed, too, that Harness pulls for itself.
    pub harness_images: bool,
}

/// How images are listed.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ImagesFormat {
    /// For a person.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For a page.
    Markdown,
    /// As a diagram.
    Mermaid,
}

/// The images as they are shown.
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename_all = "camelCase"))]
pub struct ShownImages {
    /// What to print.
    pub output: String,
    /// The command's exit code.
    pub exit_code: u8,
    /// What could not be looked at, where the format has no place for it.
    pub complaints: String,
}

/// The files that a configuration names, for the host to read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NamedFiles<'c> {
    /// The policies, and folders of them.
    pub policies: &'c [NamedPolicy],
    /// The lists of connectors.
    pub connector_files: &'c [NamedConnectorFile],
}

/// One thing that is wrong with a configuration.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConfigProblem<'c> {
    /// One sentence for a person.
    pub message: &'c str,
    /// The line in the configuration's text, from 1.
    pub line: u32,
    /// The column in Unicode code points, from 1.
    pub column: u32,
}
