//! Reads as much of a host's report as its text and counts need. Reading all of it would make the module larger by 2
//! %, and so would returning from each function at the first missing field.

use std::cell::Cell;
use std::str::FromStr;

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

use crate::report::{
    Applicability, ConnectorListReport, Diagnostic, DocumentReport, Exception, ExceptionKind,
    FileReport, Fix, Omitted, Position, Related, Report, Severity, Status, Summary, Verdict,
};

/// Reads the report; `None` if the value isn't one.
pub(super) fn read(value: &JsValue) -> Option<Report> {
    let complete = Cell::new(true);
    let report = report(&Object {
        value: value.clone(),
        complete: &complete,
    });
    complete.get().then_some(report)
}

fn report(from: &Object) -> Report {
    Report {
        schema_version: from.number("schemaVersion"),
        diagnostics: from.list("diagnostics", diagnostic),
        omitted: from.list("omitted", omitted),
        files: from.list("files", file),
        connector_lists: from.list("connectorLists", |list| ConnectorListReport {
            file: list.text("file"),
            made_at: list.text_if_any("madeAt"),
            days: list
                .number_if_any("days")
                .and_then(|days| i32::try_from(days).ok()),
        }),
        summary: Summary::default(),
    }
}

fn diagnostic(from: &Object) -> Diagnostic {
    Diagnostic {
        rule: from.text("rule"),
        verdict: from.word("verdict", Verdict::Error),
        severity: from.word("severity", Severity::Error),
        message: from.text("message"),
        entity: from.text_if_any("entity"),
        subject: from.text_if_any("subject"),
        path: Vec::new(),
        file: from.text("file"),
        document: from.number_if_any("document").map(index),
        start: from.position("start"),
        end: from.position("end"),
        help: from.text_if_any("help"),
        docs: from.text_if_any("docs"),
        fix: from.object_if_any("fix").map(|fix| Fix {
            applicability: fix.word("applicability", Applicability::Unsafe),
            title: fix.text("title"),
            edits: Vec::new(),
        }),
        suppressed: from.text_if_any("suppressed"),
        exception: from.object_if_any("exception").map(|exception| Exception {
            kind: exception.word("kind", ExceptionKind::Comment),
            file: exception.text("file"),
            line: exception.number("line"),
            until: exception.text_if_any("until"),
            reason: exception.text_if_any("reason"),
        }),
        images: Vec::new(),
        related: from.list("related", related),
    }
}

fn related(from: &Object) -> Related {
    Related {
        file: from.text("file"),
        document: index(from.number("document")),
        start: from.position("start"),
        end: from.position("end"),
        message: from.text("message"),
    }
}

fn omitted(from: &Object) -> Omitted {
    Omitted {
        file: from.text("file"),
        document: index(from.number("document")),
        rule: from.text("rule"),
        verdict: from.word("verdict", Verdict::Error),
        severity: from.word("severity", Severity::Error),
        suppressed: from.truth("suppressed"),
        count: index(from.number("count")),
        safe_fixes: index(from.number("safeFixes")),
        unsafe_fixes: index(from.number("unsafeFixes")),
    }
}

fn file(from: &Object) -> FileReport {
    FileReport {
        path: from.text("path"),
        documents: from.list("documents", document),
    }
}

fn document(from: &Object) -> DocumentReport {
    DocumentReport {
        index: index(from.number("index")),
        entity: from.text_if_any("entity"),
        identifier: from.text_if_any("identifier"),
        status: from.word("status", Status::Error),
        reason: from.text_if_any("reason"),
    }
}

/// An object in the report. If a field is missing or has another type, the object becomes incomplete.
struct Object<'a> {
    value: JsValue,
    complete: &'a Cell<bool>,
}

impl Object<'_> {
    fn text(&self, key: &str) -> String {
        self.demanded(self.text_if_any(key), String::new())
    }

    fn text_if_any(&self, key: &str) -> Option<String> {
        self.field(key).as_string()
    }

    fn number(&self, key: &str) -> u32 {
        self.demanded(self.number_if_any(key), 0)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number that no report has becomes the nearest one"
    )]
    fn number_if_any(&self, key: &str) -> Option<u32> {
        self.field(key).as_f64().map(|number| number as u32)
    }

    fn truth(&self, key: &str) -> bool {
        self.demanded(self.field(key).as_bool(), false)
    }

    fn word<T: FromStr>(&self, key: &str, otherwise: T) -> T {
        let word = self.text_if_any(key).and_then(|word| word.parse().ok());
        self.demanded(word, otherwise)
    }

    fn position(&self, key: &str) -> Position {
        let position = self.at(self.field(key));
        Position {
            line: position.number("line"),
            column: position.number("column"),
            offset: position.number("offset"),
        }
    }

    fn list<T>(&self, key: &str, read: fn(&Object) -> T) -> Vec<T> {
        let items = self.field(key);
        if !Array::is_array(&items) {
            self.complete.set(false);
            return Vec::new();
        }
        Array::from(&items)
            .iter()
            .map(|item| read(&self.at(item)))
            .collect()
    }

    fn object_if_any(&self, key: &str) -> Option<Self> {
        let value = self.field(key);
        value.is_object().then(|| self.at(value))
    }

    fn at(&self, value: JsValue) -> Self {
        Self {
            value,
            complete: self.complete,
        }
    }

    /// The field; undefined if it is missing, or if the value isn't an object.
    fn field(&self, key: &str) -> JsValue {
        Reflect::get(&self.value, &key.into()).unwrap_or(JsValue::UNDEFINED)
    }

    fn demanded<T>(&self, value: Option<T>, otherwise: T) -> T {
        value.unwrap_or_else(|| {
            self.complete.set(false);
            otherwise
        })
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
