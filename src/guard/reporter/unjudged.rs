//! Reports documents that aren't judged, or only in part.

use document::{Document, Node, ParseError, ParseErrorKind, Span, Step, cut};

use super::Reporter;
use crate::guard::collector::rule_of;
use crate::harness::{self, Entity, EntityKind, Holding, InputSetError};
use crate::policy::EvaluationError;
use crate::report::{Diagnostic, DocumentReport, PathStep, Severity, Status, Verdict, docs};
use crate::unparsable::{CORRECT_IT, REDUCE_IT, remedy};

impl Reporter<'_, '_> {
    /// Why no rule applies to an entity.
    pub fn why_not(&self, entity: Entity<'_, '_>) -> String {
        if self.source.is_connector_list {
            return "a connector whose own file is checked".to_owned();
        }
        match entity.kind {
            EntityKind::Trigger => "a trigger without an input set".to_owned(),
            EntityKind::Template => match entity.content.get("type").and_then(Node::as_str) {
                Some(kind) => format!(
                    "a template of type {}, which has no steps",
                    cut(kind.trim().to_owned())
                ),
                None => entity.kind.noun().to_owned(),
            },
            kind => kind.noun().to_owned(),
        }
    }

    /// Reports a document that isn't YAML, or exceeds a limit.
    #[cold]
    pub fn fault(&mut self, fault: &ParseError) -> DocumentReport {
        let help = match fault.kind {
            ParseErrorKind::Syntax => remedy(self.source.text, fault.span.start),
            ParseErrorKind::LineSeparator => CORRECT_IT,
            ParseErrorKind::TooDeep | ParseErrorKind::Limit => REDUCE_IT,
        };
        self.error(
            rule_of_fault(fault.kind),
            fault.message.clone(),
            fault.span,
            help,
        );
        self.without_entity(Status::Error)
    }

    /// Reports that the input set in a trigger's text can't be judged.
    #[cold]
    pub fn input_set_error(
        &mut self,
        document: &Document<'_>,
        fault: &InputSetError,
    ) -> DocumentReport {
        let (rule, message, span, help) = match fault {
            InputSetError::Syntax(fault) => (
                rule_of_fault(fault.kind),
                format!(
                    "the input set in `inputYaml` can't be read: {}",
                    fault.message
                ),
                fault.span,
                "fix the input set: Harness can't read it either; nothing in this trigger has been checked",
            ),
            InputSetError::Many(span) => (
                "unknown-entity",
                "`inputYaml` has more than one document, so it has not been checked".to_owned(),
                *span,
                "write one input set, with `pipeline` as its root key",
            ),
            InputSetError::NoInputSet(span) => (
                "unknown-entity",
                "`inputYaml` is not an input set (a `pipeline` or an `inputSet`), so it has not been checked"
                    .to_owned(),
                *span,
                "write one input set, with `pipeline` as its root key",
            ),
        };
        let path = harness::input_set_path();
        let diagnostic = Diagnostic {
            subject: harness::subject(&document.root, &path),
            path: path.map(PathStep::from).to_vec(),
            help: Some(help.to_owned()),
            ..self.diagnostic(rule, Verdict::Error, Severity::Error, message, span)
        };
        self.report.add(diagnostic);
        let entity = harness::entities(document).into_iter().next();
        DocumentReport {
            entity: entity.map(|entity| entity.kind.key().to_owned()),
            identifier: entity.and_then(|entity| entity.identifier().map(str::to_owned).map(cut)),
            ..self.without_entity(Status::Error)
        }
    }

    /// Reports that the document has no entity. That is an error if Harness would look for one.
    #[cold]
    pub fn no_entity(
        &mut self,
        document: &Document<'_>,
        holding: &Holding<'_, '_>,
    ) -> DocumentReport {
        let near = match holding {
            Holding::Unknown { near } => *near,
            Holding::Foreign(whose) => return self.not_applicable(whose.clone()),
            _ => return self.not_applicable("an empty document".to_owned()),
        };
        if self.source.is_own_file() {
            return self.not_applicable("a file of harness-image-guard itself".to_owned());
        }
        let shape = near.map(harness::shape);
        if !self.source.is_harness_path() {
            let why = shape.map_or(String::new(), |shape| format!(": {shape}"));
            return self.not_applicable(format!("not a Harness entity{why}"));
        }
        if let Some(kind) = near.filter(|kind| kind.is_known_by_its_key()) {
            return self.not_applicable(kind.noun().to_owned());
        }
        let advice = shape.unwrap_or_else(|| {
            if harness::is_pipeline_without_key(document) {
                "`stages` belongs under `pipeline`: write `pipeline:` above, and indent the rest"
            } else {
                "a Harness file has one root key, such as `pipeline`, `template` or `connector`"
            }
        });
        let span = document.root.locate(&[Step::Key(String::new())]).span();
        let path = self.source.path;
        self.error(
            "unknown-entity",
            "cannot determine which Harness entity this is, so it has not been checked".to_owned(),
            span,
            &format!(
                "{advice}; if the file isn't Harness's, leave it or its folder out with `exclude` in harness-image-guard.yaml: `exclude: [\"{path}\"]`",
            ),
        );
        self.without_entity(Status::Error)
    }

    /// The result for a document that no rule applies to; `reason` says what it is.
    pub fn not_applicable(&self, reason: String) -> DocumentReport {
        DocumentReport {
            reason: Some(reason),
            ..self.without_entity(Status::NotApplicable)
        }
    }

    /// Reports a second entity in a document, which isn't judged.
    #[cold]
    pub fn one_too_many(&mut self, document: &Document<'_>, entity: Entity<'_, '_>) {
        let key = entity.kind.key();
        let path = [Step::Key(key.to_owned()), Step::Key(String::new())];
        self.error(
            "unknown-entity",
            format!(
                "this document already has another entity, so this `{key}` has not been checked"
            ),
            document.root.locate(&path).span(),
            "write one entity per document, with `---` between them",
        );
    }

    /// Reports an evaluation without a result.
    #[cold]
    pub fn evaluation_error(
        &mut self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        error: &EvaluationError,
    ) -> Status {
        let span = document
            .root
            .locate(&[
                Step::Key(entity.kind.key().to_owned()),
                Step::Key(String::new()),
            ])
            .span();
        let diagnostic = Diagnostic {
            entity: Some(entity.kind.key().to_owned()),
            subject: harness::subject(&document.root, &[Step::Key(entity.kind.key().to_owned())]),
            help: Some("split the file, and report this if it persists".to_owned()),
            docs: Some(docs::address_of_error(rule_of(error))),
            ..self.diagnostic(
                rule_of(error),
                Verdict::Error,
                Severity::Error,
                format!("this has not been checked completely: {error}"),
                span,
            )
        };
        self.report.add(diagnostic);
        Status::Error
    }

    fn without_entity(&self, status: Status) -> DocumentReport {
        DocumentReport {
            index: self.index,
            entity: None,
            identifier: None,
            status,
            reason: None,
        }
    }

    fn error(&mut self, rule: &str, message: String, span: Span, help: &str) {
        let diagnostic = Diagnostic {
            help: Some(help.to_owned()),
            docs: Some(docs::address_of_error(rule)),
            ..self.diagnostic(rule, Verdict::Error, Severity::Error, message, span)
        };
        self.report.add(diagnostic);
    }
}

fn rule_of_fault(kind: ParseErrorKind) -> &'static str {
    match kind {
        ParseErrorKind::Syntax | ParseErrorKind::LineSeparator => "syntax",
        ParseErrorKind::TooDeep => "too-deep",
        ParseErrorKind::Limit => "limit",
    }
}
