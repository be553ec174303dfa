//! Combinations of schemas: `anyOf`, `oneOf`, `allOf`, `not`, `if`.

use super::check::{Checked, Checker, Outcome, Path};
use super::{Id, Part};
use values::Value;

impl Checker<'_> {
    /// Checks a value against the combinations of schemas in a part.
    pub(super) fn combinations(
        &mut self,
        part: &Part,
        value: &Value,
        at: &Path,
        out: &mut Outcome,
    ) -> Checked {
        self.any_of(&part.any_of, value, at, out)?;
        self.one_of(&part.one_of, value, at, out)?;
        self.all_of(&part.all_of, value, at, out)?;
        if let Some(not) = part.not
            && self.outcome(not, value, at)?.fits()
        {
            let what = "Must not validate the schema (not)";
            self.complain(out, at, "number_not", what)?;
        }
        if let Value::Object(fields) = value {
            self.dependencies(part, fields, value, at, out)?;
        }
        self.conditional(part, value, at, out)?;
        out.score += 1;
        Ok(())
    }

    fn any_of(&mut self, schemas: &[Id], value: &Value, at: &Path, out: &mut Outcome) -> Checked {
        let mut best: Option<Outcome> = None;
        for schema in schemas {
            let outcome = self.outcome(*schema, value, at)?;
            if outcome.fits() {
                return Ok(());
            }
            if best.as_ref().is_none_or(|best| outcome.score > best.score) {
                best = Some(outcome);
            }
        }
        if let Some(best) = best {
            let what = "Must validate at least one schema (anyOf)";
            self.complain(out, at, "number_any_of", what)?;
            out.merge(best);
        }
        Ok(())
    }

    fn one_of(&mut self, schemas: &[Id], value: &Value, at: &Path, out: &mut Outcome) -> Checked {
        let mut best: Option<Outcome> = None;
        let mut fitting = 0;
        for schema in schemas {
            let outcome = self.outcome(*schema, value, at)?;
            if outcome.fits() {
                fitting += 1;
            } else if fitting == 0 && best.as_ref().is_none_or(|best| outcome.score > best.score) {
                best = Some(outcome);
            }
        }
        if schemas.is_empty() || fitting == 1 {
            return Ok(());
        }
        let what = "Must validate one and only one schema (oneOf)";
        self.complain(out, at, "number_one_of", what)?;
        if let Some(best) = best.filter(|_| fitting == 0) {
            out.merge(best);
        }
        Ok(())
    }

    fn all_of(&mut self, schemas: &[Id], value: &Value, at: &Path, out: &mut Outcome) -> Checked {
        let mut all_fit = true;
        for schema in schemas {
            let outcome = self.outcome(*schema, value, at)?;
            all_fit &= outcome.fits();
            out.merge(outcome);
        }
        if !all_fit {
            let what = "Must validate all the schemas (allOf)";
            self.complain(out, at, "number_all_of", what)?;
        }
        Ok(())
    }

    /// `if`, `then` and `else`.
    fn conditional(&mut self, part: &Part, value: &Value, at: &Path, out: &mut Outcome) -> Checked {
        let Some(condition) = part.condition else {
            return Ok(());
        };
        let (next, kind, what) = if self.outcome(condition, value, at)?.fits() {
            let what = "Must validate \"then\" as \"if\" was valid";
            (part.then, "condition_then", what)
        } else {
            let what = "Must validate \"else\" as \"if\" was not valid";
            (part.else_branch, "condition_else", what)
        };
        let Some(next) = next else {
            return Ok(());
        };
        let outcome = self.outcome(next, value, at)?;
        if !outcome.fits() {
            self.complain(out, at, kind, what)?;
            out.merge(outcome);
        }
        Ok(())
    }
}
