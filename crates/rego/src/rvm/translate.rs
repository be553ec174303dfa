//! Translates regorus' compiled code into a program of the machine.
//!
//! The bodies of rules are read into steps, simplified, and written as instructions. regorus' registers keep their
//! numbers until then. Whatever the machine doesn't support is an error.

use std::collections::BTreeSet;

use regorus::rvm::Instruction as Source;
use regorus::rvm::program::{RuleInfo, RuleType};

use super::program::{Body, Place, Program, Rule};
use super::reader::{End, Reader};
use super::simplify::simplify;
use super::step::{Make, Step};
use super::writer::{Writer, index, lacks, too_large};

/// How deep calls of rules may nest. Each takes some of the stack.
const DEEPEST: usize = 200;

/// Translates a program.
///
/// # Errors
///
/// What the machine doesn't support, or has no room for.
pub(super) fn translate(source: &regorus::rvm::Program) -> Result<Program, String> {
    let mut writer = Writer::default();
    let mut rules = Vec::new();
    let mut uses = Vec::new();
    for info in &source.rule_infos {
        let (rule, needed) = translated(info, source, &mut writer)?;
        rules.push(rule);
        uses.push(needed);
    }
    mark_what_reads_input(&mut rules, &uses);
    let mut depths = vec![None; uses.len()];
    for rule in 0..uses.len() {
        depth(rule, &uses, &mut depths, 0)?;
    }
    let entry_points = source.entry_points.iter();
    let entry_points = entry_points.map(|(name, start)| {
        let Some(Source::CallRule { rule_index, .. }) = source.instructions.get(*start) else {
            return Err(format!("{name} isn't a rule"));
        };
        Ok((name.clone().into(), *rule_index))
    });
    let entry_points: Vec<_> = entry_points.collect::<Result<_, String>>()?;
    writer.next()?;
    Ok(Program {
        instructions: writer.instructions.into(),
        operands: writer.operands.into(),
        bodies: writer.bodies.into(),
        rules: rules.into(),
        literals: writer.literals.0.into(),
        entry_points: entry_points.into(),
    })
}

/// What a rule depends on.
#[derive(Default)]
struct Uses {
    rules: BTreeSet<u16>,
    input: bool,
}

/// A rule with its bodies, and what it depends on.
fn translated(
    info: &RuleInfo,
    source: &regorus::rvm::Program,
    writer: &mut Writer,
) -> Result<(Rule, Uses), String> {
    let is_set = match info.rule_type {
        RuleType::Complete => false,
        RuleType::PartialSet => true,
        RuleType::PartialObject => return Err(lacks("a rule that is an object of parts")),
    };
    let function = info.function_info.as_ref();
    let arity = function.map_or(0, |function| function.num_params);
    let arity = u8::try_from(arity).map_err(|_| too_large())?;
    let first = index(writer.bodies.len())?;
    let mut uses = Uses::default();
    let mut registers = arity.saturating_add(1);
    for (i, bodies) in info.definitions.iter().enumerate() {
        let parameters = info.destructuring_blocks.get(i).copied().flatten();
        for (j, start) in bodies.iter().enumerate() {
            let mut reader = Reader::new(source, &mut writer.literals);
            let mut steps = match parameters {
                Some(parameters) => reader.steps_from(parameters, End::Parameters)?,
                None => Vec::new(),
            };
            steps.extend(reader.steps_from(*start, End::Rule)?);
            registers = registers.max(simplify(&mut steps, arity, is_set));
            if !reads_what_is_written(&steps, &mut (1..=arity).collect()) {
                return Err("a register is read before it is written".to_owned());
            }
            gather(&steps, &mut uses);
            writer.bodies.push(Body {
                start: writer.next()?,
                is_else: j > 0,
            });
            writer.body(&steps)?;
        }
    }
    let mut reader = Reader::new(source, &mut writer.literals);
    let default = info.default_literal_index;
    let default = default.map(|it| reader.literal(it)).transpose()?;
    let rule = Rule {
        first,
        count: index(writer.bodies.len())? - first,
        registers,
        arity,
        is_set,
        ends_at_first: info.early_exit_on_first_success,
        reads_input: false,
        default,
    };
    Ok((rule, uses))
}

/// Whether steps write each register before they read it, so that values left there by others don't matter.
fn reads_what_is_written(steps: &[Step], written: &mut BTreeSet<u8>) -> bool {
    steps.iter().all(|step| {
        let mut is_written = true;
        step.own_places(&mut |place| {
            is_written &= match place {
                Place::Register(register) => written.contains(register),
                _ => true,
            };
        });
        let mut within = written.clone();
        within.extend(step.of_turn());
        let steps = step.within();
        let is_written_within = steps.is_none_or(|it| reads_what_is_written(it, &mut within));
        // A loop may have no turn, so what its turns write doesn't count after it.
        written.extend(step.dest());
        is_written && is_written_within
    })
}

/// Collects what steps depend on.
fn gather(steps: &[Step], uses: &mut Uses) {
    for step in steps {
        step.places(&mut |place| uses.input |= *place == Place::Input);
        match step {
            Step::Make {
                make: Make::Rule(rule) | Make::Call(rule, _),
                ..
            } => {
                uses.rules.insert(*rule);
            }
            Step::Make {
                make: Make::Await(_),
                ..
            } => uses.input = true,
            Step::Loop { steps, .. } | Step::Every { steps, .. } | Step::Collect { steps, .. } => {
                gather(steps, uses);
            }
            _ => {}
        }
    }
}

fn mark_what_reads_input(rules: &mut [Rule], uses: &[Uses]) {
    let mut reading: BTreeSet<usize> = (0..uses.len())
        .filter(|rule| uses.get(*rule).is_some_and(|uses| uses.input))
        .collect();
    loop {
        let more: Vec<_> = (0..uses.len())
            .filter(|rule| !reading.contains(rule))
            .filter(|rule| {
                let mut callees = uses.get(*rule).into_iter().flat_map(|uses| &uses.rules);
                callees.any(|callee| reading.contains(&usize::from(*callee)))
            })
            .collect();
        if more.is_empty() {
            break;
        }
        reading.extend(more);
    }
    for (i, rule) in rules.iter_mut().enumerate() {
        rule.reads_input = reading.contains(&i);
    }
}

/// How deep the calls of a rule nest.
fn depth(
    rule: usize,
    uses: &[Uses],
    known: &mut Vec<Option<usize>>,
    above: usize,
) -> Result<usize, String> {
    if let Some(Some(known)) = known.get(rule) {
        return Ok(*known);
    }
    if above > DEEPEST {
        return Err(too_deep());
    }
    let mut deepest = 0;
    for used in uses.get(rule).into_iter().flat_map(|uses| &uses.rules) {
        deepest = deepest.max(1 + depth(usize::from(*used), uses, known, above + 1)?);
    }
    // The depth of a rule may already be known.
    if deepest > DEEPEST {
        return Err(too_deep());
    }
    if let Some(known) = known.get_mut(rule) {
        *known = Some(deepest);
    }
    Ok(deepest)
}

fn too_deep() -> String {
    format!("rules call each other more than {DEEPEST} deep")
}

#[cfg(test)]
mod tests {
    use super::super::program::Condition;
    use super::*;

    fn copy(dest: u8, from: Place) -> Step {
        let make = Make::Copy(from);
        Step::Make {
            dest,
            make,
            demand: None,
        }
    }

    /// What a function that returned left in a register would otherwise be taken for a value of this one.
    #[test]
    fn no_register_is_read_before_it_is_written() {
        let holds = |steps: &[Step]| reads_what_is_written(steps, &mut BTreeSet::from([1]));
        let guard = |register| Step::Guard(Condition::Defined, Place::Register(register));
        let turns = |steps| Step::Loop {
            of: Place::Register(1),
            key: 2,
            value: 3,
            steps,
        };

        assert!(holds(&[copy(4, Place::Register(1)), guard(4)]));
        assert!(!holds(&[guard(4), copy(4, Place::Input)]));
        assert!(holds(&[turns(vec![copy(4, Place::Register(3)), guard(4)])]));
        // There may have been no turn.
        assert!(!holds(&[turns(vec![copy(4, Place::Input)]), guard(4)]));
        assert!(!holds(&[turns(Vec::new()), guard(3)]));
    }
}
