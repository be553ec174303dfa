//! The options of a guard and its methods, and their results.

use serde::{Deserialize, Serialize};

use crate::inventory::Verified;
use crate::policy::{NamedConnectorFile, NamedPolicy};
use crate::report::page::{Form, Shows, Style};
use crate::report::{Applicability, Severity};

#[cfg(feature = "authoring")]
use super::rego::GivenPolicies;

/// The options of a guard, as the module takes them.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct GuardModuleOptions {
    /// The configuration as YAML or JSON.
    pub config: Option<String>,
    /// What error messages call the configuration.
    pub config_path: Option<String>,
    /// The preset; overrides the configuration's.
    #[cfg_attr(test, ts(optional, type = "Preset"))]
    pub preset: Option<String>,
    /// Whether the configuration may weaken the check: by rules that are off or have a lower severity, `exclude`,
    /// trusted connectors, other registries. `true` by default; with `false`, it can only make the check stricter.
    pub config_exceptions: Option<bool>,
    /// Whether ignore comments in the files have an effect; `true` by default. With `false`, everything is reported.
    pub comment_exceptions: Option<bool>,
    /// Whether connectors among the files decide about the other files; `true` by default. With `false`, only the
    /// connectors of the configuration and its lists do.
    pub file_connectors: Option<bool>,
    /// The day by which exceptions expire, in UTC, such as `2027-03-01`. By default, the day of each check.
    pub today: Option<String>,
    /// Whether a check gets only some of the files that the configuration is about. Then no exception of the
    /// configuration is reported as unused.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub partial: bool,
    /// The built-in rules to run, instead of all. If the configuration switches one of them off, that is an error with
    /// the code `usage`.
    #[cfg_attr(test, ts(optional, type = "Array<RuleName>"))]
    pub rules: Option<Vec<String>>,
    /// A file of more bytes is reported instead of checked; 16 MiB by default.
    pub max_file_bytes: Option<usize>,
    /// How many findings of one kind (rule, verdict and severity) are listed for one document; 10,000 by default. The
    /// report counts the others in `omitted`. This changes no verdict and no exit code.
    pub max_findings: Option<usize>,
    /// The paths of the lists of connectors that each check gets.
    #[cfg_attr(test, ts(as = "Option<Vec<String>>"))]
    pub connector_files: Vec<String>,
    /// What you have learned from registries about images, by the full names of the inventory (for one of Harness's
    /// own, `NAME:*`). With this, a check also reports images that aren't there (`image-exists`), and the inventory has
    /// it as `verification`. An image that is missing here counts as one with an expression in its name.
    #[cfg_attr(test, ts(optional, type = "Readonly<Record<string, Verification>>"))]
    pub verified: Option<Verified>,
    /// Users' policies, for the module that reads Rego.
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
    /// The lowest severity that leads to exit code 1.
    pub fail_on: Severity,
    /// Whether the text also lists documents that aren't applicable, and what they are.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub verbose: bool,
    /// Whether the text also lists suppressed findings, and what suppresses them.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub show_suppressed: bool,
    /// What the text shows: `all`, only the `findings`, or only the `counts`.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Shows>", inline))]
    pub shows: Shows,
    /// Whether this is only a part of a report: then it is no error if it has nothing of Harness's.
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
    /// Also unsafe ones, after which another image may be pulled.
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
    /// Whether the complaints have colors.
    pub complaints_in_color: bool,
    /// Whether to list the images that Harness pulls for itself, too.
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

/// The list of images as text.
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename_all = "camelCase"))]
pub struct ShownImages {
    /// What to print.
    pub output: String,
    /// The command's exit code.
    pub exit_code: u8,
    /// What couldn't be read, if the format has no place for that.
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

/// A mistake in a configuration.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConfigProblem<'c> {
    /// What is wrong, in one sentence.
    pub message: &'c str,
    /// The line in the configuration's text, from 1.
    pub line: u32,
    /// The column in Unicode code points, from 1.
    pub column: u32,
}
