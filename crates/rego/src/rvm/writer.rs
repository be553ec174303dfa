//! Writes steps as instructions.

use super::program::{Body, Condition, Demand, Instruction, Literal, Operand, Place};
use super::step::{Make, Step};

/// The parts of a program that are being written; all but its rules.
#[derive(Default)]
pub(super) struct Writer {
    pub instructions: Vec<Instruction>,
    pub operands: Vec<Operand>,
    pub bodies: Vec<Body>,
    pub literals: Literals,
}

/// The constants of a program, without duplicates.
#[derive(Default)]
pub(super) struct Literals(pub Vec<Literal>);

impl Literals {
    /// The index of a literal, which is added if it is new.
    pub(super) fn index(&mut self, literal: Literal) -> Result<u16, String> {
        const MOST: u16 = u16::MAX - Operand::LITERALS;
        let known = self.0.iter().position(|known| *known == literal);
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(literal);
        }
        let place = index(place)?;
        if place < MOST {
            Ok(place)
        } else {
            Err(too_large())
        }
    }
}

impl Writer {
    /// The index of the next instruction.
    pub(super) fn next(&self) -> Result<u16, String> {
        let next = index(self.instructions.len())?;
        if next < Demand::MOST {
            Ok(next)
        } else {
            Err(too_large())
        }
    }

    /// Writes a body.
    pub(super) fn body(&mut self, steps: &[Step]) -> Result<(), String> {
        // These have nowhere to continue: their failure makes the body fail.
        let mut fails = Vec::new();
        self.write(steps, &mut fails)?;
        self.instructions.push(Instruction::Return);
        Ok(())
    }

    /// Writes steps. Adds to `fails` the instructions that need to know where to continue on failure.
    fn write(&mut self, steps: &[Step], fails: &mut Vec<usize>) -> Result<(), String> {
        for step in steps {
            match step {
                Step::Make { dest, make, demand } => {
                    let instruction = self.making(*dest, make, *demand)?;
                    if demand.is_some() {
                        fails.push(self.instructions.len());
                    }
                    self.instructions.push(instruction);
                }
                Step::Check(relation, left, right) => {
                    fails.push(self.instructions.len());
                    self.instructions.push(Instruction::Check {
                        relation: *relation,
                        left: (*left).into(),
                        right: (*right).into(),
                        fail: 0,
                    });
                }
                Step::Guard(holds, operand) => {
                    fails.push(self.instructions.len());
                    let (operand, holds) = ((*operand).into(), *holds);
                    self.instructions.push(Instruction::Guard {
                        operand,
                        holds,
                        fail: 0,
                    });
                }
                Step::Loop {
                    of,
                    key,
                    value,
                    steps,
                } => {
                    let mut turns_that_fail = Vec::new();
                    let start = self.looping(*of, *key, *value, steps, &mut turns_that_fail)?;
                    let next = self.next()? - 1;
                    self.go_to(&turns_that_fail, next)?;
                    let end = self.next()?;
                    self.go_to(&[start], end)?;
                }
                Step::Every {
                    dest,
                    of,
                    key,
                    value,
                    steps,
                } => {
                    fails.push(self.instructions.len());
                    let (operand, holds) = ((*of).into(), Condition::Collection);
                    self.instructions.push(Instruction::Guard {
                        operand,
                        holds,
                        fail: 0,
                    });
                    let mut turns_that_fail = Vec::new();
                    let start = self.looping(*of, *key, *value, steps, &mut turns_that_fail)?;
                    let end = self.next()?;
                    self.go_to(&[start], end)?;
                    self.outcome(*dest, true)?;
                    // Past the next two instructions.
                    self.instructions.push(Instruction::Jump { distance: 3 });
                    let failed = self.next()?;
                    self.go_to(&turns_that_fail, failed)?;
                    self.instructions.push(Instruction::Leave);
                    self.outcome(*dest, false)?;
                }
                Step::Collect { dest, kind, steps } => {
                    self.instructions.push(Instruction::Collect);
                    let mut fails = Vec::new();
                    self.write(steps, &mut fails)?;
                    let end = self.next()?;
                    self.go_to(&fails, end)?;
                    self.instructions.push(Instruction::Collected {
                        dest: *dest,
                        kind: *kind,
                    });
                }
                Step::Yield(value) => {
                    self.instructions.push(Instruction::Yield {
                        value: (*value).into(),
                    });
                }
                Step::YieldField(key, value) => {
                    let (key, value) = ((*key).into(), (*value).into());
                    self.instructions
                        .push(Instruction::YieldField { key, value });
                }
                Step::Return => self.instructions.push(Instruction::Return),
            }
        }
        Ok(())
    }

    /// Writes a loop, and returns the index of its first instruction, whose `end` is still to be set.
    fn looping(
        &mut self,
        of: Place,
        key: u8,
        value: u8,
        steps: &[Step],
        fails: &mut Vec<usize>,
    ) -> Result<usize, String> {
        let start = self.instructions.len();
        self.instructions.push(Instruction::Loop {
            of: of.into(),
            key,
            value,
            end: 0,
        });
        self.write(steps, fails)?;
        let back = index(self.instructions.len() - (start + 1))?;
        self.instructions
            .push(Instruction::Next { key, value, back });
        Ok(start)
    }

    fn outcome(&mut self, dest: u8, outcome: bool) -> Result<(), String> {
        let from = Place::Literal(self.literals.index(Literal::Bool(outcome))?).into();
        self.instructions.push(Instruction::Copy {
            dest,
            from,
            demand: Demand::NOTHING,
        });
        Ok(())
    }

    /// Makes instructions continue at a later instruction.
    fn go_to(&mut self, instructions: &[usize], to: u16) -> Result<(), String> {
        for at in instructions {
            let distance = index(usize::from(to) - at)?;
            if let Some(instruction) = self.instructions.get_mut(*at) {
                instruction.go(distance);
            }
        }
        Ok(())
    }

    fn making(
        &mut self,
        dest: u8,
        make: &Make,
        demand: Option<Condition>,
    ) -> Result<Instruction, String> {
        let demand = Demand::of(demand).ok_or_else(|| lacks("such a demand"))?;
        Ok(match make {
            Make::Copy(from) => Instruction::Copy {
                dest,
                from: (*from).into(),
                demand,
            },
            Make::Rule(rule) => Instruction::Rule {
                dest,
                rule: *rule,
                demand,
            },
            Make::Call(function, arguments) => {
                let (first, _) = self.operands(arguments)?;
                Instruction::Call {
                    dest,
                    function: *function,
                    first,
                    demand,
                }
            }
            Make::Builtin(builtin, arguments) => {
                let (first, _) = self.operands(arguments)?;
                Instruction::Builtin {
                    dest,
                    builtin: *builtin,
                    first,
                    demand,
                }
            }
            Make::Index(of, key) => Instruction::Index {
                dest,
                of: (*of).into(),
                key: (*key).into(),
                demand,
            },
            Make::Path(path) => {
                let (first, count) = self.operands(path)?;
                Instruction::Path {
                    dest,
                    first,
                    count,
                    demand,
                }
            }
            Make::Compose(composite, parts) => {
                let (first, count) = self.operands(parts)?;
                Instruction::Compose {
                    dest,
                    composite: *composite,
                    count,
                    first,
                    demand,
                }
            }
            Make::Arithmetic(operation, left, right) => {
                let (first, _) = self.operands(&[*left, *right])?;
                Instruction::Arithmetic {
                    dest,
                    operation: *operation,
                    first,
                    demand,
                }
            }
            Make::Compare(relation, left, right) => Instruction::Compare {
                dest,
                relation: *relation,
                left: (*left).into(),
                right: (*right).into(),
            },
            Make::Not(operand) => Instruction::Not {
                dest,
                operand: (*operand).into(),
            },
            Make::Await(argument) => Instruction::Await {
                dest,
                argument: (*argument).into(),
                demand,
            },
        })
    }

    /// Writes operands, and returns the index of the first, and their number.
    fn operands(&mut self, places: &[Place]) -> Result<(u16, u8), String> {
        let operands: Vec<Operand> = places.iter().copied().map(Operand::from).collect();
        let count = u8::try_from(operands.len()).map_err(|_| too_large())?;
        let known = self.operands.windows(operands.len().max(1));
        let first = if let Some(known) = known.into_iter().position(|known| known == operands) {
            known
        } else {
            self.operands.extend(operands);
            self.operands.len() - usize::from(count)
        };
        Ok((index(first)?, count))
    }
}

impl Instruction {
    /// Sets the distance to continue at.
    fn go(&mut self, distance: u16) {
        match self {
            Self::Copy { demand, .. }
            | Self::Rule { demand, .. }
            | Self::Call { demand, .. }
            | Self::Builtin { demand, .. }
            | Self::Index { demand, .. }
            | Self::Path { demand, .. }
            | Self::Compose { demand, .. }
            | Self::Arithmetic { demand, .. }
            | Self::Await { demand, .. } => demand.go(distance),
            Self::Check { fail, .. } | Self::Guard { fail, .. } => *fail = distance,
            Self::Loop { end, .. } => *end = distance,
            Self::Compare { .. }
            | Self::Not { .. }
            | Self::Next { .. }
            | Self::Leave
            | Self::Jump { .. }
            | Self::Collect
            | Self::Yield { .. }
            | Self::YieldField { .. }
            | Self::Collected { .. }
            | Self::Return => {}
        }
    }
}

/// An index in 16 bits; an error if it is too large.
pub(super) fn index(index: usize) -> Result<u16, String> {
    u16::try_from(index).map_err(|_| too_large())
}

pub(super) fn too_large() -> String {
    "the program is larger than the machine's".to_owned()
}

pub(super) fn lacks(what: &str) -> String {
    format!("the machine that runs the policies lacks {what}")
}
