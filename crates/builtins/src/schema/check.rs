//! Checks documents against a schema, with the order and the messages of OPA's library.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::read::canonical;
use super::{Additional, DEPTH, Dependency, Id, Part, Schema, format};
use crate::{Failure, Host, regex};
use values::{Number, Object, Value};

/// An error in a document.
#[derive(Debug)]
pub(super) struct Complaint {
    /// The kind, such as `invalid_type`.
    pub kind: &'static str,
    /// The location: `(Root)`, or `a.b.0`.
    pub field: String,
    /// The message.
    pub description: String,
}

/// All errors in a document.
///
/// # Errors
///
/// [`Failure::Limit`] if the check takes too much.
pub(super) fn check(
    schema: &Schema,
    document: &Value,
    host: &mut dyn Host,
) -> Result<Vec<Complaint>, Failure> {
    let mut checker = Checker {
        schema,
        host,
        depth: 0,
    };
    let root = Path {
        name: "(Root)",
        above: None,
    };
    let outcome = checker.outcome(Schema::ROOT, document, &root)?;
    Ok(outcome.complaints)
}

pub(super) struct Checker<'c> {
    schema: &'c Schema,
    host: &'c mut dyn Host,
    depth: usize,
}

/// A path in a document.
pub(super) struct Path<'a> {
    name: &'a str,
    above: Option<&'a Path<'a>>,
}

impl<'a> Path<'a> {
    fn below(&'a self, name: &'a str) -> Path<'a> {
        Path {
            name,
            above: Some(self),
        }
    }

    /// The path as the library writes it.
    fn field(&self) -> String {
        let mut names = vec![self.name];
        let mut above = self.above;
        while let Some(at) = above {
            names.push(at.name);
            above = at.above;
        }
        if names.len() > 1 {
            names.pop();
        }
        names.reverse();
        names.join(".")
    }
}

/// The outcome of a check, and how close the document came to the schema.
#[derive(Default)]
pub(super) struct Outcome {
    complaints: Vec<Complaint>,
    pub(super) score: i64,
}

impl Outcome {
    pub(super) fn fits(&self) -> bool {
        self.complaints.is_empty()
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.complaints.extend(other.complaints);
        self.score += other.score;
    }
}

pub(super) type Checked = Result<(), Failure>;

impl<'c> Checker<'c> {
    pub(super) fn outcome(&mut self, id: Id, value: &Value, at: &Path) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::default();
        self.part(id, value, at, &mut outcome)?;
        Ok(outcome)
    }

    pub(super) fn complain(
        &mut self,
        out: &mut Outcome,
        at: &Path,
        kind: &'static str,
        description: impl Into<String>,
    ) -> Checked {
        let (field, description) = (at.field(), description.into());
        self.host
            .charge((field.len() + description.len()) / 32 + 4)?;
        out.complaints.push(Complaint {
            kind,
            field,
            description,
        });
        out.score -= 2;
        Ok(())
    }

    fn part(&mut self, id: Id, value: &Value, at: &Path, out: &mut Outcome) -> Checked {
        // A part takes more than a value, and alternatives multiply.
        self.host.charge(8)?;
        if self.depth > DEPTH {
            return Err(Failure::Limit(format!(
                "the schema leads deeper than {DEPTH} levels into the document, or back to itself"
            )));
        }
        self.depth += 1;
        let done = self.part_here(id, value, at, out);
        self.depth -= 1;
        done
    }

    fn part_here(&mut self, id: Id, value: &Value, at: &Path, out: &mut Outcome) -> Checked {
        let schema: &'c Schema = self.schema;
        let Some(part) = schema.part(id) else {
            return Ok(());
        };
        match part.passes {
            Some(true) => return Ok(()),
            Some(false) => return self.complain(out, at, "false", "False always fails validation"),
            None => {}
        }
        if let Some(target) = part.target {
            return self.part(target, value, at, out);
        }
        let (given, is_allowed) = match value {
            Value::Number(number) => {
                let is_integer = number.as_bigint().is_some();
                let given = if is_integer { "integer" } else { "number" };
                (
                    given,
                    part.types.contains(&"number") || part.types.contains(&given),
                )
            }
            other => (other.type_name(), part.types.contains(&other.type_name())),
        };
        if !part.types.is_empty() && !is_allowed {
            let expected = match part.types.as_slice() {
                [one] => (*one).to_owned(),
                several => format!("[{}]", several.join(",")),
            };
            let description = format!("Invalid type. Expected: {expected}, given: {given}");
            return self.complain(out, at, "invalid_type", description);
        }
        self.combinations(part, value, at, out)?;
        match value {
            Value::Number(number) => {
                self.number(part, number, at, out)?;
                self.common(part, value, at, out)?;
            }
            Value::Array(items) => {
                self.array(part, items, at, out)?;
                self.common(part, value, at, out)?;
            }
            Value::Object(fields) => {
                self.object(part, fields, at, out)?;
                self.common(part, value, at, out)?;
                for property in &part.properties {
                    let name = schema.part(*property).map(|part| part.property.clone());
                    let name = name.unwrap_or_default();
                    if let Some(value) = fields.field(&name) {
                        self.part(*property, value, &at.below(&name), out)?;
                    }
                }
            }
            Value::String(_) | Value::Bytes(_) => {
                self.common(part, value, at, out)?;
                self.string(part, value.as_str().unwrap_or_default(), at, out)?;
            }
            Value::Null | Value::Bool(_) | Value::Set(_) => {
                self.common(part, value, at, out)?;
            }
        }
        out.score += 1;
        Ok(())
    }

    pub(super) fn dependencies(
        &mut self,
        part: &Part,
        fields: &Object,
        value: &Value,
        at: &Path,
        out: &mut Outcome,
    ) -> Checked {
        for (name, dependency) in &part.dependencies {
            if fields.field(name).is_none() {
                continue;
            }
            match dependency {
                Dependency::Names(names) => {
                    for name in names {
                        self.host.charge(1)?;
                        if fields.field(name).is_none() {
                            let what = format!("Has a dependency on {name}");
                            self.complain(out, at, "missing_dependency", what)?;
                        }
                    }
                }
                Dependency::Schema(schema) => self.part(*schema, value, at, out)?,
            }
        }
        Ok(())
    }

    fn common(&mut self, part: &Part, value: &Value, at: &Path, out: &mut Outcome) -> Checked {
        if part.constant.is_some() || part.enumeration.is_some() {
            let shown = self.canonical(value)?;
            if let Some(constant) = &part.constant
                && shown != *constant
            {
                let what = format!("{} does not match: {constant}", at.field());
                self.complain(out, at, "const", what)?;
            }
            if let Some(allowed) = &part.enumeration {
                self.host.charge(allowed.len() / 8)?;
                if !allowed.contains(&shown) {
                    let allowed = allowed.join(", ");
                    let what = format!("{} must be one of the following: {allowed}", at.field());
                    self.complain(out, at, "enum", what)?;
                }
            }
        }
        if !part.format.is_empty()
            && let Some(text) = value.as_str()
        {
            self.host.charge(text.len() / 32)?;
            if !format::fits(&part.format, text).map_err(Failure::from)? {
                let what = format!("Does not match format '{}'", part.format);
                self.complain(out, at, "format", what)?;
            }
        }
        out.score += 1;
        Ok(())
    }

    fn canonical(&mut self, value: &Value) -> Result<String, Failure> {
        let text = canonical(value).map_err(Failure::Failed)?;
        self.host.charge(text.len() / 16)?;
        Ok(text)
    }

    fn array(&mut self, part: &Part, items: &[Value], at: &Path, out: &mut Outcome) -> Checked {
        let each = part.items.first().filter(|_| part.has_one_for_items);
        for (i, item) in items.iter().enumerate() {
            let additional = match &part.additional_items {
                Additional::Schema(schema) if !part.items.is_empty() => Some(schema),
                _ => None,
            };
            let Some(schema) = each.or_else(|| part.items.get(i)).or(additional) else {
                break;
            };
            let place = i.to_string();
            let outcome = self.outcome(*schema, item, &at.below(&place))?;
            out.merge(outcome);
        }
        let is_too_long =
            each.is_none() && !part.items.is_empty() && part.items.len() < items.len();
        if is_too_long && matches!(part.additional_items, Additional::Nothing) {
            let what = "No additional items allowed on array";
            self.complain(out, at, "array_no_additional_items", what)?;
        }
        let count = count(items.len());
        if let Some(least) = part.counts.least.filter(|least| count < *least) {
            let what = format!("Array must have at least {least} items");
            self.complain(out, at, "array_min_items", what)?;
        }
        if let Some(most) = part.counts.most.filter(|most| count > *most) {
            let what = format!("Array must have at most {most} items");
            self.complain(out, at, "array_max_items", what)?;
        }
        if part.is_unique {
            let mut known: BTreeMap<String, usize> = BTreeMap::new();
            for (j, item) in items.iter().enumerate() {
                let shown = self.canonical(item)?;
                if let Some(i) = known.insert(shown, j) {
                    let what = format!("array items[{i},{j}] must be unique");
                    self.complain(out, at, "unique", what)?;
                }
            }
        }
        if let Some(contains) = part.contains {
            let mut best: Option<Outcome> = None;
            let mut fits = false;
            for (i, item) in items.iter().enumerate() {
                let place = i.to_string();
                let outcome = self.outcome(contains, item, &at.below(&place))?;
                fits = outcome.fits();
                if fits {
                    break;
                }
                if best.as_ref().is_none_or(|best| outcome.score > best.score) {
                    best = Some(outcome);
                }
            }
            if !fits {
                self.complain(out, at, "contains", "At least one of the items must match")?;
                if let Some(best) = best {
                    out.merge(best);
                }
            }
        }
        out.score += 1;
        Ok(())
    }

    fn object(&mut self, part: &Part, fields: &Object, at: &Path, out: &mut Outcome) -> Checked {
        let count = count(fields.len());
        if let Some(least) = part.sizes.least.filter(|least| count < *least) {
            let what = format!("Must have at least {least} properties");
            self.complain(out, at, "array_min_properties", what)?;
        }
        if let Some(most) = part.sizes.most.filter(|most| count > *most) {
            let what = format!("Must have at most {most} properties");
            self.complain(out, at, "array_max_properties", what)?;
        }
        for name in &part.required {
            self.host.charge(1)?;
            if fields.field(name).is_some() {
                out.score += 1;
            } else {
                self.complain(out, at, "required", format!("{name} is required"))?;
            }
        }
        let schema: &'c Schema = self.schema;
        let named: std::collections::BTreeSet<&str> = part
            .properties
            .iter()
            .filter_map(|id| schema.part(*id).map(|part| &*part.property))
            .collect();
        for (name, value) in fields {
            let name = name.as_str().unwrap_or_default();
            self.host.charge(1)?;
            let has_pattern = self.patterns(part, name, value, at, out)?;
            if named.contains(name) || has_pattern {
                continue;
            }
            match &part.additional_properties {
                Additional::Anything => {}
                Additional::Nothing => {
                    let what = format!("Additional property {name} is not allowed");
                    self.complain(out, at, "additional_property_not_allowed", what)?;
                }
                Additional::Schema(schema) => {
                    let outcome = self.outcome(*schema, value, &at.below(name))?;
                    out.merge(outcome);
                }
            }
        }
        if let Some(names) = part.property_names {
            for name in fields.keys() {
                let outcome = self.outcome(names, name, at)?;
                if !outcome.fits() {
                    let name = name.as_str().unwrap_or_default();
                    let what = format!("Property name of \"{name}\" does not match");
                    self.complain(out, at, "invalid_property_name", what)?;
                    out.merge(outcome);
                }
            }
        }
        out.score += 1;
        Ok(())
    }

    /// Whether the name of a property matches any pattern. Its value is checked for each that does.
    fn patterns(
        &mut self,
        part: &Part,
        name: &str,
        value: &Value,
        at: &Path,
        out: &mut Outcome,
    ) -> Result<bool, Failure> {
        let mut has_pattern = false;
        for (pattern, schema) in &part.pattern_properties {
            if self.matches(pattern, name)? {
                has_pattern = true;
                let outcome = self.outcome(*schema, value, &at.below(name))?;
                out.merge(outcome);
            }
        }
        out.score += i64::from(has_pattern);
        Ok(has_pattern)
    }

    fn matches(&mut self, pattern: &Rc<str>, text: &str) -> Result<bool, Failure> {
        let pattern = regex::compile(self.host, pattern)?;
        pattern.is_match(self.host, text)
    }

    fn string(&mut self, part: &Part, text: &str, at: &Path, out: &mut Outcome) -> Checked {
        if part.lengths.least.is_some() || part.lengths.most.is_some() {
            self.host.charge(text.len() / 128)?;
            let length = count(text.chars().count());
            if let Some(least) = part.lengths.least.filter(|least| length < *least) {
                let what = format!("String length must be greater than or equal to {least}");
                self.complain(out, at, "string_gte", what)?;
            }
            if let Some(most) = part.lengths.most.filter(|most| length > *most) {
                let what = format!("String length must be less than or equal to {most}");
                self.complain(out, at, "string_lte", what)?;
            }
        }
        if let Some(pattern) = &part.pattern
            && !self.matches(pattern, text)?
        {
            let what = format!("Does not match pattern '{pattern}'");
            self.complain(out, at, "pattern", what)?;
        }
        out.score += 1;
        Ok(())
    }

    fn number(&mut self, part: &Part, number: &Number, at: &Path, out: &mut Outcome) -> Checked {
        let numbers = &part.numbers;
        if let Some(step) = &numbers.multiple_of {
            self.host.charge(number.digits_beside(step) / 256 + 1)?;
            if !number.is_multiple_of(step) {
                let what = format!("Must be a multiple of {}", step.shown_by_go());
                self.complain(out, at, "multiple_of", what)?;
            }
        }
        if let Some(most) = numbers.maximum.as_ref().filter(|most| number > most) {
            let what = format!("Must be less than or equal to {}", most.shown_by_go());
            self.complain(out, at, "number_lte", what)?;
        }
        if let Some(bound) = numbers.below.as_ref().filter(|bound| number >= bound) {
            let what = format!("Must be less than {}", bound.shown_by_go());
            self.complain(out, at, "number_lt", what)?;
        }
        if let Some(least) = numbers.minimum.as_ref().filter(|least| number < least) {
            let what = format!("Must be greater than or equal to {}", least.shown_by_go());
            self.complain(out, at, "number_gte", what)?;
        }
        if let Some(bound) = numbers.above.as_ref().filter(|bound| number <= bound) {
            let what = format!("Must be greater than {}", bound.shown_by_go());
            self.complain(out, at, "number_gt", what)?;
        }
        out.score += 1;
        Ok(())
    }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
