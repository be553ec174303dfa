//! The steps of a body: the form between regorus' instructions and the machine's.

use super::builtins::Builtin;
use super::program::{Arithmetic, Collection, Composite, Condition, Place, Relation};

/// A step of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Gives a register a value. If the demand isn't met, the body fails, or the turn of the loop ends.
    Make {
        dest: u8,
        make: Make,
        demand: Option<Condition>,
    },
    /// Fails unless two values are in a relation.
    Check(Relation, Place, Place),
    /// Fails unless a condition holds for a value.
    Guard(Condition, Place),
    /// Runs steps for each item of a collection, with its key and value in registers.
    Loop {
        of: Place,
        key: u8,
        value: u8,
        steps: Vec<Step>,
    },
    /// Whether the steps hold for every item of a collection.
    Every {
        dest: u8,
        of: Place,
        key: u8,
        value: u8,
        steps: Vec<Step>,
    },
    /// Makes a collection of what the steps yield.
    Collect {
        dest: u8,
        kind: Collection,
        steps: Vec<Step>,
    },
    /// Adds a value to the comprehension, or to the set that the rule defines.
    Yield(Place),
    /// Adds a key and a value to the comprehension.
    YieldField(Place, Place),
    /// Ends the body, which holds.
    Return,
}

/// How a value is made. The variants are those of [`Instruction`](super::program::Instruction).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Make {
    /// A copy.
    Copy(Place),
    /// The value of a rule.
    Rule(u16),
    /// The value of a function.
    Call(u16, Vec<Place>),
    /// The value of a built-in function.
    Builtin(Builtin, Vec<Place>),
    /// The field or item of a collection.
    Index(Place, Place),
    /// A field of an item of a field, and so on. The first place is the collection.
    Path(Vec<Place>),
    /// A collection. For an object, the places are keys and values in turn.
    Compose(Composite, Vec<Place>),
    /// The result of an operation on two numbers.
    Arithmetic(Arithmetic, Place, Place),
    /// Whether two values are in a relation.
    Compare(Relation, Place, Place),
    /// Whether a value is undefined or false.
    Not(Place),
    /// The host's answer.
    Await(Place),
}

/// Functions that visit the parts of a step, once to read and once to change them.
macro_rules! visitors {
    ($($own_places:ident $within:ident $places:ident $iter:ident ($($mutable:ident)?);)*) => {$(
        impl Step {
            /// Visits the places that the step itself reads.
            pub(super) fn $own_places(&$($mutable)? self, visit: &mut impl FnMut(&$($mutable)? Place)) {
                match self {
                    Self::Make { make, .. } => make.$places(visit),
                    Self::Check(_, left, right) | Self::YieldField(left, right) => {
                        visit(left);
                        visit(right);
                    }
                    Self::Guard(_, place) | Self::Yield(place) => visit(place),
                    Self::Loop { of, .. } | Self::Every { of, .. } => visit(of),
                    Self::Collect { .. } | Self::Return => {}
                }
            }

            /// The steps inside it.
            pub(super) fn $within(&$($mutable)? self) -> Option<&$($mutable)? Vec<Step>> {
                match self {
                    Self::Loop { steps, .. } | Self::Every { steps, .. } | Self::Collect { steps, .. } => {
                        Some(steps)
                    }
                    _ => None,
                }
            }
        }

        impl Make {
            fn $places(&$($mutable)? self, visit: &mut impl FnMut(&$($mutable)? Place)) {
                match self {
                    Self::Copy(place) | Self::Not(place) | Self::Await(place) => visit(place),
                    Self::Rule(_) => {}
                    Self::Index(left, right)
                    | Self::Arithmetic(_, left, right)
                    | Self::Compare(_, left, right) => {
                        visit(left);
                        visit(right);
                    }
                    Self::Call(_, places)
                    | Self::Builtin(_, places)
                    | Self::Path(places)
                    | Self::Compose(_, places) => places.$iter().for_each(visit),
                }
            }
        }
    )*};
}

visitors! {
    own_places within places iter ();
    own_places_mut within_mut places_mut iter_mut (mut);
}

impl Make {
    /// Whether it is always defined if what it reads is.
    pub(super) fn is_defined(&self) -> bool {
        matches!(self, Self::Not(_) | Self::Compare(Relation::In, ..))
    }
}

impl Step {
    /// Visits the places that the step, or a step inside it, reads.
    pub(super) fn places(&self, visit: &mut impl FnMut(&Place)) {
        self.own_places(visit);
        for step in self.within().into_iter().flatten() {
            step.places(visit);
        }
    }

    /// Visits the registers that the step itself writes.
    pub(super) fn written_mut(&mut self, visit: &mut impl FnMut(&mut u8)) {
        match self {
            Self::Make { dest, .. } | Self::Collect { dest, .. } => visit(dest),
            Self::Loop { key, value, .. } => {
                visit(key);
                visit(value);
            }
            Self::Every {
                dest, key, value, ..
            } => {
                visit(dest);
                visit(key);
                visit(value);
            }
            _ => {}
        }
    }

    /// The registers that the step itself writes.
    pub(super) fn written(&self) -> impl Iterator<Item = u8> {
        self.dest().into_iter().chain(self.of_turn())
    }

    /// The register in which it leaves a value.
    pub(super) fn dest(&self) -> Option<u8> {
        match self {
            Self::Make { dest, .. } | Self::Collect { dest, .. } | Self::Every { dest, .. } => {
                Some(*dest)
            }
            _ => None,
        }
    }

    /// The registers that each turn of a loop writes first.
    pub(super) fn of_turn(&self) -> Vec<u8> {
        match self {
            Self::Loop { key, value, .. } | Self::Every { key, value, .. } => vec![*key, *value],
            _ => Vec::new(),
        }
    }

    /// Whether all it does is to put a new array into this register.
    pub(super) fn makes_an_array(&self, register: u8) -> bool {
        let is_array = |make: &Make| matches!(make, Make::Compose(Composite::Array, _));
        self.makes(register) && matches!(self, Self::Make { make, .. } if is_array(make))
    }

    /// Whether all it does is to put a value into this register.
    pub(super) fn makes(&self, register: u8) -> bool {
        matches!(self, Self::Make { dest, demand: None, .. } if *dest == register)
    }
}
