//! Steps, written as instructions.

use super::program::{Body, Condition, GOES_ON, Instruction, Literal, Operand, Place};
use super::step::{Arithmetic, Make, Step};

/// A program that is being written, without its rules.
pub(super) struct Writer {
    pub instructions: Vec<Instruction>,
    pub operands: Vec<Operand>,
    pub bodies: Vec<Body>,
    pub literals: Literals,
}

/// The constants of a program, each of them once.
#[derive(Default)]
pub(super) struct Literals(pub Vec<Literal>);

impl Literals {
    /// The place of a literal.
    pub(super) fn index(&mut self, literal: Literal) -> Result<u16, String> {
        // An operand has no more room.
        const MOST: u16 = 0x7fff;
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

impl Default for Writer {
    fn default() -> Self {
        Self {
            // Where bodies go that don't hold.
            instructions: vec![Instruction::Fail],
            operands: Vec::new(),
            bodies: Vec::new(),
            literals: Literals::default(),
        }
    }
}

impl Writer {
    /// Writes a body.
    pub(super) fn body(&mut self, steps: &[Step]) -> Result<(), String> {
        let mut fails = Vec::new();
        self.write(steps, &mut fails)?;
        self.instructions.push(Instruction::Return);
        self.go_to(&fails, 0);
        Ok(())
    }

    /// Writes steps; `fails` gets the instructions that have to know where to go where something fails.
    fn write(&mut self, steps: &[Step], fails: &mut Vec<usize>) -> Result<(), String> {
        for step in steps {
            match step {
                Step::Make { dest, make, must } => {
                    let instruction = self.making(*dest, make)?;
                    if *must {
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
                    let next = index(self.instructions.len() - 1)?;
                    self.go_to(&turns_that_fail, next);
                    let end = index(self.instructions.len())?;
                    self.go_to(&[start], end);
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
                    let end = index(self.instructions.len())?;
                    self.go_to(&[start], end);
                    self.outcome(*dest, true)?;
                    // After the next two.
                    self.instructions.push(Instruction::Jump { to: end + 4 });
                    let failed = index(self.instructions.len())?;
                    self.go_to(&turns_that_fail, failed);
                    self.instructions.push(Instruction::Leave);
                    self.outcome(*dest, false)?;
                }
                Step::Collect { dest, kind, steps } => {
                    self.instructions.push(Instruction::Collect);
                    let mut fails = Vec::new();
                    self.write(steps, &mut fails)?;
                    let end = index(self.instructions.len())?;
                    self.go_to(&fails, end);
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

    /// Writes a loop, of which the end isn't known yet; where it begins.
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
        let body = index(start + 1)?;
        self.instructions
            .push(Instruction::Next { key, value, body });
        Ok(start)
    }

    fn outcome(&mut self, dest: u8, outcome: bool) -> Result<(), String> {
        let from = Place::Literal(self.literals.index(Literal::Bool(outcome))?).into();
        self.instructions.push(Instruction::Copy {
            dest,
            from,
            fail: GOES_ON,
        });
        Ok(())
    }

    /// Says of instructions where they go.
    fn go_to(&mut self, instructions: &[usize], to: u16) {
        for at in instructions {
            if let Some(instruction) = self.instructions.get_mut(*at) {
                instruction.go_to(to);
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each instruction")]
    fn making(&mut self, dest: u8, make: &Make) -> Result<Instruction, String> {
        let fail = GOES_ON;
        Ok(match make {
            Make::Copy(from) => Instruction::Copy {
                dest,
                from: (*from).into(),
                fail,
            },
            Make::Rule(rule) => Instruction::Rule {
                dest,
                rule: *rule,
                fail,
            },
            Make::Call(function, arguments) => {
                let (first, _) = self.operands(arguments)?;
                Instruction::Call {
                    dest,
                    function: *function,
                    first,
                    fail,
                }
            }
            Make::Builtin(builtin, arguments) => {
                let (first, _) = self.operands(arguments)?;
                Instruction::Builtin {
                    dest,
                    builtin: *builtin,
                    first,
                    fail,
                }
            }
            Make::Index(of, key) => Instruction::Index {
                dest,
                of: (*of).into(),
                key: (*key).into(),
                fail,
            },
            Make::Path(path) => {
                let (first, count) = self.operands(path)?;
                Instruction::Path {
                    dest,
                    first,
                    count,
                    fail,
                }
            }
            Make::Array(items) => {
                let (first, count) = self.operands(items)?;
                Instruction::Array {
                    dest,
                    first,
                    count,
                    fail,
                }
            }
            Make::Set(items) => {
                let (first, count) = self.operands(items)?;
                Instruction::Set {
                    dest,
                    first,
                    count,
                    fail,
                }
            }
            Make::Record(pairs) => {
                let (first, count) = self.operands(pairs)?;
                Instruction::Record {
                    dest,
                    first,
                    count: count / 2,
                    fail,
                }
            }
            Make::Object(pairs) => {
                let (first, count) = self.operands(pairs)?;
                Instruction::Object {
                    dest,
                    first,
                    count: count / 2,
                    fail,
                }
            }
            Make::Arithmetic(operation, left, right) => {
                let (left, right) = ((*left).into(), (*right).into());
                match operation {
                    Arithmetic::Add => Instruction::Add {
                        dest,
                        left,
                        right,
                        fail,
                    },
                    Arithmetic::Subtract => Instruction::Subtract {
                        dest,
                        left,
                        right,
                        fail,
                    },
                    Arithmetic::Multiply => Instruction::Multiply {
                        dest,
                        left,
                        right,
                        fail,
                    },
                    Arithmetic::Divide => Instruction::Divide {
                        dest,
                        left,
                        right,
                        fail,
                    },
                    Arithmetic::Remainder => Instruction::Remainder {
                        dest,
                        left,
                        right,
                        fail,
                    },
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
                fail,
            },
        })
    }

    /// The first of these operands, and how many there are.
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
    /// Says where it goes.
    fn go_to(&mut self, to: u16) {
        match self {
            Self::Copy { fail, .. }
            | Self::Rule { fail, .. }
            | Self::Call { fail, .. }
            | Self::Builtin { fail, .. }
            | Self::Index { fail, .. }
            | Self::Path { fail, .. }
            | Self::Array { fail, .. }
            | Self::Set { fail, .. }
            | Self::Record { fail, .. }
            | Self::Object { fail, .. }
            | Self::Add { fail, .. }
            | Self::Subtract { fail, .. }
            | Self::Multiply { fail, .. }
            | Self::Divide { fail, .. }
            | Self::Remainder { fail, .. }
            | Self::Await { fail, .. }
            | Self::Check { fail, .. }
            | Self::Guard { fail, .. } => *fail = to,
            Self::Loop { end, .. } => *end = to,
            Self::Compare { .. }
            | Self::Not { .. }
            | Self::Next { .. }
            | Self::Leave
            | Self::Jump { .. }
            | Self::Collect
            | Self::Yield { .. }
            | Self::YieldField { .. }
            | Self::Collected { .. }
            | Self::Return
            | Self::Fail => {}
        }
    }
}

/// An index that instructions have room for.
pub(super) fn index(index: usize) -> Result<u16, String> {
    // The last one means that nothing is there.
    let index = u16::try_from(index).ok();
    index.filter(|index| *index < GOES_ON).ok_or_else(too_large)
}

pub(super) fn too_large() -> String {
    "the program is larger than the machine's".to_owned()
}

pub(super) fn lacks(what: &str) -> String {
    format!("the machine that runs the policies lacks {what}")
}
