//! Renders the report page by page, so that a report of any length is never in memory as one string.

use serde::Deserialize;

use crate::source::SourceFile;

use super::{Report, json, text};

/// A page ends after the diagnostic or file with which it reaches this many bytes.
const PAGE: usize = 1 << 20;

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As JSON.
    Json,
    /// As text.
    Text(Style),
}

/// The options of the text format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for alone")]
pub struct Style {
    /// Whether the reader's terminal shows colors.
    pub color: bool,
    /// Whether to list what isn't applicable.
    pub verbose: bool,
    /// Whether to list what is suppressed, and by what.
    pub suppressed: bool,
    /// Whether this is only a part of a report: then it is no error if it has nothing of Harness's.
    pub is_part: bool,
    /// Which parts of the report to show.
    pub shows: Shows,
}

/// The parts of a report in the text format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Shows {
    /// All of it.
    #[default]
    All,
    /// Only the findings.
    Findings,
    /// Only the counts, and what else is about the report as a whole.
    Counts,
}

/// The position at which the next page begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    pub(super) part: usize,
    pub(super) item: usize,
    is_at_end: bool,
}

impl Cursor {
    /// The next page of a report on files, whose source lines the text shows; `None` after the last page. All pages
    /// together are the output of [`json::render`] or [`text::render`].
    #[must_use]
    pub fn next_page(
        &mut self,
        report: &Report,
        files: &[SourceFile],
        form: Form,
    ) -> Option<String> {
        self.page_of(PAGE, report, files, form)
    }

    fn page_of(
        &mut self,
        full: usize,
        report: &Report,
        files: &[SourceFile],
        form: Form,
    ) -> Option<String> {
        if self.is_at_end {
            return None;
        }
        let mut page = String::new();
        let is_more = match form {
            Form::Json => json::write(&mut page, report, self, full),
            Form::Text(style) => text::write(&mut page, report, files, style, self, full),
        };
        self.is_at_end = !is_more;
        Some(page)
    }

    /// Renders the items of the `part`-th part of the report until the page is full. Returns whether all of them have
    /// been rendered.
    pub(super) fn items<T>(
        &mut self,
        part: usize,
        items: &[T],
        page: &mut String,
        full: usize,
        mut write: impl FnMut(&mut String, usize, &T),
    ) -> bool {
        if self.part != part {
            return self.part > part;
        }
        while let Some(item) = items.get(self.item) {
            if page.len() >= full {
                return false;
            }
            write(page, self.item, item);
            self.item += 1;
        }
        self.part += 1;
        self.item = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Guard};

    /// Two documents with findings of which some are omitted, an empty file, and one that doesn't exist.
    fn files() -> Vec<SourceFile> {
        let step = |i| format!("{{step: {{identifier: s{i}, type: Run, spec: {{image: node}}}}}}");
        let steps: Vec<_> = (0..7).map(step).collect();
        let pipeline = format!(
            "pipeline: {{identifier: p, stages: [{{stage: {{spec: {{execution: {{steps: [{}]}}}}}}}}]}}\n",
            steps.join(", ")
        );
        vec![
            SourceFile::text("a.yaml", format!("{pipeline}---\na: 1\n---\n{pipeline}")),
            SourceFile::text("b.yaml", ""),
            SourceFile::unreadable("c.yaml", "no"),
        ]
    }

    #[test]
    fn the_pages_together_are_the_report_wherever_they_end() {
        let files = files();
        let guard = Guard::new(Config::default()).unwrap().with_max_findings(3);
        let empty = guard.check(&[]);
        let found = guard.check(&files);
        assert_eq!(found.omitted.len(), 2);
        for (report, files) in [(&found, files.as_slice()), (&empty, &[])] {
            let json = format!("{}\n", serde_json::to_string_pretty(report).unwrap());
            let forms = [
                (Form::Json, json),
                (
                    Form::Text(colored(false)),
                    text::styled(report, files, colored(false)),
                ),
                (
                    Form::Text(colored(true)),
                    text::styled(report, files, colored(true)),
                ),
            ];
            for (form, whole) in forms {
                for full in [1, 100, 2_000, usize::MAX] {
                    let mut cursor = Cursor::default();
                    let next = || cursor.page_of(full, report, files, form);
                    let pages: Vec<_> = std::iter::from_fn(next).take(1_000).collect();
                    assert_eq!(pages.concat(), whole, "{form:?} {full}");
                    assert!(full != 1 || report == &empty || pages.len() > 8);
                }
            }
        }
    }

    fn colored(verbose: bool) -> Style {
        Style {
            color: true,
            verbose,
            ..Style::default()
        }
    }

    #[test]
    fn what_is_omitted_is_counted_and_changes_nothing_else() {
        let files = files();
        let guard = Guard::new(Config::default()).unwrap();
        let all = guard.check(&files);
        let few = guard.with_max_findings(3).check(&files);
        assert_eq!(all.omitted, []);
        assert_eq!(few.summary, all.summary);
        assert_eq!(few.files, all.files);
        let omitted: usize = few.omitted.iter().map(|omitted| omitted.count).sum();
        assert_eq!(few.diagnostics.len() + omitted, all.diagnostics.len());
        let listed: Vec<_> = all
            .diagnostics
            .iter()
            .filter(|d| few.diagnostics.contains(d))
            .map(|d| (d.document, d.start.offset))
            .collect();
        let places = |document| {
            let of_document = all
                .diagnostics
                .iter()
                .filter(move |d| d.document == document);
            of_document.take(3).map(|d| (d.document, d.start.offset))
        };
        let expected: Vec<_> = places(Some(0))
            .chain(places(Some(2)))
            .chain(places(None))
            .collect();
        let mut expected = expected;
        expected.sort_unstable();
        let mut listed = listed;
        listed.sort_unstable();
        assert_eq!(listed, expected);
    }
}
