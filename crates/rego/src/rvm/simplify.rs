//! Simplifies steps.
//!
//! regorus gives each value a register of its own, copies it, and checks whether it is defined. This removes copies
//! and unread values, and joins a value and its check into one step.

use std::collections::{HashMap, HashSet};
use std::mem;

use super::builtins::Builtin;
use super::program::{Composite, Condition, Place};
use super::step::{Make, Step};

/// The register of a body's value.
const RESULT: u8 = 0;

/// Simplifies the steps of a body. The parameters of its rule are defined and in the registers after the result.
/// Returns how many registers the steps need.
pub(super) fn simplify(steps: &mut Vec<Step>, parameters: u8, is_set: bool) -> u8 {
    let mut writes = Writes::default();
    for parameter in 1..=parameters {
        writes.note(parameter);
    }
    writes.gather(steps);
    let mut names = Names {
        writes,
        same: HashMap::new(),
    };
    names.resolve(steps);
    let defined: HashSet<u8> = (1..=parameters).collect();
    fuse(steps, &mut defined.clone());
    if !is_set {
        return_at_once(steps);
    }
    drop_all_unread(steps);
    // As steps were dropped, a value may now be followed at once by its check.
    fuse(steps, &mut defined.clone());
    drop_all_unread(steps);
    let mut reads = Reads::default();
    reads.gather(steps);
    make_longer(steps, &reads);
    make_in_place(steps, &reads);
    let mut numbers = Numbers::of(parameters);
    numbers.renumber(steps);
    numbers.next
}

/// How often each register is written.
#[derive(Default)]
struct Writes(HashMap<u8, usize>);

impl Writes {
    fn note(&mut self, register: u8) {
        *self.0.entry(register).or_default() += 1;
    }

    fn gather(&mut self, steps: &[Step]) {
        for step in steps {
            for register in step.written() {
                self.note(register);
            }
            if let Some(steps) = step.within() {
                self.gather(steps);
            }
        }
    }

    fn is_once(&self, register: u8) -> bool {
        self.0.get(&register) == Some(&1)
    }
}

/// What each register is a copy of.
struct Names {
    writes: Writes,
    same: HashMap<u8, Place>,
}

impl Names {
    /// Removes copies, and reads the original instead.
    fn resolve(&mut self, steps: &mut Vec<Step>) {
        steps.retain_mut(|step| {
            step.own_places_mut(&mut |place| {
                if let Place::Register(register) = place
                    && let Some(same) = self.same.get(register)
                {
                    *place = *same;
                }
            });
            if let Some(steps) = step.within_mut() {
                self.resolve(steps);
            }
            let Step::Make {
                dest,
                make: Make::Copy(from),
                ..
            } = step
            else {
                return true;
            };
            let stays = match from {
                Place::Register(register) => self.writes.is_once(*register),
                _ => true,
            };
            if *dest == RESULT || !self.writes.is_once(*dest) || !stays {
                return true;
            }
            self.same.insert(*dest, *from);
            false
        });
    }
}

/// Joins steps that make a value with the checks of that value, and removes checks whose outcome is known. `defined`
/// are the registers that have a value.
fn fuse(steps: &mut Vec<Step>, defined: &mut HashSet<u8>) {
    let mut fused: Vec<Step> = Vec::with_capacity(steps.len());
    for mut step in mem::take(steps) {
        match &mut step {
            Step::Guard(condition, Place::Register(register)) => {
                let (condition, register) = (*condition, *register);
                if condition == Condition::Defined && defined.contains(&register) {
                    continue;
                }
                match fused.pop_if(|last| last.makes(register)) {
                    Some(last) => fused.extend(asked(last, condition, register)),
                    None => fused.push(step),
                }
                if condition != Condition::Not {
                    defined.insert(register);
                }
                continue;
            }
            Step::Guard(Condition::Defined, Place::Literal(_) | Place::Data) => {
                continue;
            }
            Step::Make { dest, make, .. } => {
                let is_defined = match make {
                    Make::Copy(Place::Literal(_)) => true,
                    Make::Copy(Place::Register(register)) => defined.contains(register),
                    other => other.is_defined(),
                };
                if is_defined && *dest != RESULT {
                    defined.insert(*dest);
                } else {
                    defined.remove(dest);
                }
            }
            Step::Loop {
                key, value, steps, ..
            }
            | Step::Every {
                key, value, steps, ..
            } => {
                let mut within = defined.clone();
                within.extend([*key, *value]);
                fuse(steps, &mut within);
            }
            Step::Collect { dest, steps, .. } => {
                fuse(steps, &mut defined.clone());
                defined.insert(*dest);
            }
            _ => {}
        }
        fused.push(step);
    }
    *steps = fused;
}

/// A step and the check of its value, as one step if possible.
fn asked(step: Step, condition: Condition, register: u8) -> Vec<Step> {
    let guard = Step::Guard(condition, Place::Register(register));
    let Step::Make { dest, make, .. } = step else {
        return vec![step, guard];
    };
    let asked = match (&make, condition) {
        (Make::Compare(relation, left, right), Condition::True) => {
            Step::Check(*relation, *left, *right)
        }
        (Make::Not(place), Condition::True) => Step::Guard(Condition::Not, *place),
        (Make::Not(place), Condition::Not) => Step::Guard(Condition::True, *place),
        (Make::Compare(..) | Make::Not(_), _) => guard,
        (Make::Builtin(builtin, arguments), Condition::True)
            if let (Some(condition), [place]) = (type_asked_by(*builtin), arguments.as_slice()) =>
        {
            Step::Guard(condition, *place)
        }
        (_, Condition::Defined | Condition::True | Condition::Not) => {
            let demand = Some(condition);
            return vec![Step::Make { dest, make, demand }];
        }
        _ => guard,
    };
    // The outcome stays in its register, and is dropped later if nothing reads it.
    let demand = None;
    vec![Step::Make { dest, make, demand }, asked]
}

/// The condition that a type-checking function checks of its argument.
fn type_asked_by(builtin: Builtin) -> Option<Condition> {
    Some(match builtin {
        Builtin::IsString => Condition::String,
        Builtin::IsArray => Condition::Array,
        Builtin::IsObject => Condition::Object,
        _ => return None,
    })
}

/// Returns from a loop at once if each of its turns would leave the same value.
fn return_at_once(steps: &mut [Step]) {
    let Some(Step::Loop { steps, .. }) = steps.last_mut() else {
        return;
    };
    let leaves_a_literal = matches!(
        steps.last(),
        Some(Step::Make {
            dest: RESULT,
            make: Make::Copy(Place::Literal(_)),
            ..
        })
    );
    if leaves_a_literal {
        steps.push(Step::Return);
    } else {
        return_at_once(steps);
    }
}

/// How often each register is read.
#[derive(Default)]
struct Reads(HashMap<u8, usize>);

impl Reads {
    fn gather(&mut self, steps: &[Step]) {
        for step in steps {
            step.places(&mut |place| {
                if let Place::Register(register) = place {
                    *self.0.entry(*register).or_default() += 1;
                }
            });
        }
    }

    fn of(&self, register: u8) -> usize {
        self.0.get(&register).copied().unwrap_or_default()
    }
}

/// Drops steps whose values nothing reads, and those that were needed only for them.
fn drop_all_unread(steps: &mut Vec<Step>) {
    loop {
        let mut reads = Reads::default();
        reads.gather(steps);
        if !drop_unread(steps, &reads) {
            break;
        }
    }
}

/// Drops steps whose values nothing reads. Returns whether there were any.
fn drop_unread(steps: &mut Vec<Step>, reads: &Reads) -> bool {
    let before = steps.len();
    steps.retain(|step| match step {
        Step::Make { dest, make, demand } => {
            demand.is_some()
                || *dest == RESULT
                || reads.of(*dest) > 0
                || matches!(make, Make::Await(_))
        }
        Step::Collect { dest, .. } => *dest == RESULT || reads.of(*dest) > 0,
        _ => true,
    });
    let mut dropped = steps.len() < before;
    for step in steps {
        match step {
            Step::Loop {
                key, value, steps, ..
            }
            | Step::Every {
                key, value, steps, ..
            } => {
                // A key that nothing reads isn't made.
                if reads.of(*key) == 0 {
                    *key = *value;
                }
                dropped |= drop_unread(steps, reads);
            }
            Step::Collect { steps, .. } => dropped |= drop_unread(steps, reads),
            _ => {}
        }
    }
    dropped
}

/// Appends items to an array directly, instead of making an array of them first.
fn make_longer(steps: &mut Vec<Step>, reads: &Reads) {
    let mut made: Vec<Step> = Vec::with_capacity(steps.len());
    for mut step in mem::take(steps) {
        if let Some(steps) = step.within_mut() {
            make_longer(steps, reads);
        }
        if let Step::Make { make, .. } = &mut step
            && let Make::Builtin(Builtin::ArrayConcat, arguments) = make
            && let [array, Place::Register(more)] = arguments[..]
            && array != Place::Register(more)
            && reads.of(more) == 1
            && let Some(Step::Make {
                make: Make::Compose(Composite::Array, items),
                ..
            }) = made.pop_if(|last| last.makes_an_array(more))
        {
            let operands = [array].into_iter().chain(items).collect();
            *make = Make::Compose(Composite::Longer, operands);
        }
        made.push(step);
    }
    *steps = made;
}

/// Makes a value in the result's register, instead of copying it there.
fn make_in_place(steps: &mut Vec<Step>, reads: &Reads) {
    let mut placed: Vec<Step> = Vec::with_capacity(steps.len());
    for mut step in mem::take(steps) {
        if let Some(steps) = step.within_mut() {
            make_in_place(steps, reads);
        }
        if let Step::Make {
            dest: RESULT,
            make: Make::Copy(Place::Register(from)),
            ..
        } = step
            && reads.of(from) == 1
            && let Some(Step::Make { dest, .. } | Step::Collect { dest, .. }) = placed.last_mut()
            && *dest == from
        {
            *dest = RESULT;
            continue;
        }
        placed.push(step);
    }
    *steps = placed;
}

/// Renumbers the registers that are left, in the order in which they occur.
struct Numbers {
    given: HashMap<u8, u8>,
    next: u8,
}

impl Numbers {
    fn of(parameters: u8) -> Self {
        Self {
            given: (RESULT..=parameters)
                .map(|register| (register, register))
                .collect(),
            next: parameters.saturating_add(1),
        }
    }

    fn number(&mut self, register: &mut u8) {
        let number = self.given.entry(*register).or_insert_with(|| {
            let number = self.next;
            self.next = number.saturating_add(1);
            number
        });
        *register = *number;
    }

    fn renumber(&mut self, steps: &mut [Step]) {
        for step in steps {
            step.own_places_mut(&mut |place| {
                if let Place::Register(register) = place {
                    self.number(register);
                }
            });
            step.written_mut(&mut |register| self.number(register));
            if let Some(steps) = step.within_mut() {
                self.renumber(steps);
            }
        }
    }
}
