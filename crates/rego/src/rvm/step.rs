//! The steps of a body, between what regorus made and what the machine runs.

use super::builtins::Builtin;
use super::program::{Collection, Condition, Place, Relation};

/// A step of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Gives a register a value; if `must`, the body, or the turn of a loop, ends where it is undefined.
    Make {
        dest: u8,
        make: Make,
        must: bool,
    },
    Check(Relation, Place, Place),
    Guard(Condition, Place),
    Loop {
        of: Place,
        key: u8,
        value: u8,
        steps: Vec<Step>,
    },
    /// Whether all turns of a loop come to their end.
    Every {
        dest: u8,
        of: Place,
        key: u8,
        value: u8,
        steps: Vec<Step>,
    },
    Collect {
        dest: u8,
        kind: Collection,
        steps: Vec<Step>,
    },
    Yield(Place),
    YieldField(Place, Place),
    /// The body holds.
    Return,
}

/// What makes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Make {
    Copy(Place),
    Rule(u16),
    Call(u16, Vec<Place>),
    Builtin(Builtin, Vec<Place>),
    Index(Place, Place),
    Path(Vec<Place>),
    Array(Vec<Place>),
    Set(Vec<Place>),
    /// Pairs of a key that is a literal and a value, sorted by key.
    Record(Vec<Place>),
    /// Pairs of key and value.
    Object(Vec<Place>),
    Arithmetic(Arithmetic, Place, Place),
    Compare(Relation, Place, Place),
    Not(Place),
    Await(Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Step {
    /// Goes through the places that the step itself, or what is within it, reads.
    pub(super) fn places(&self, visit: &mut impl FnMut(&Place)) {
        match self {
            Self::Make { make, .. } => make.places(visit),
            Self::Check(_, left, right) | Self::YieldField(left, right) => {
                visit(left);
                visit(right);
            }
            Self::Guard(_, place) | Self::Yield(place) => visit(place),
            Self::Loop { of, steps, .. } | Self::Every { of, steps, .. } => {
                visit(of);
                for step in steps {
                    step.places(visit);
                }
            }
            Self::Collect { steps, .. } => {
                for step in steps {
                    step.places(visit);
                }
            }
            Self::Return => {}
        }
    }

    /// The same to change them, but not what is within the step.
    pub(super) fn own_places_mut(&mut self, visit: &mut impl FnMut(&mut Place)) {
        match self {
            Self::Make { make, .. } => make.places_mut(visit),
            Self::Check(_, left, right) | Self::YieldField(left, right) => {
                visit(left);
                visit(right);
            }
            Self::Guard(_, place) | Self::Yield(place) => visit(place),
            Self::Loop { of, .. } | Self::Every { of, .. } => visit(of),
            Self::Collect { .. } | Self::Return => {}
        }
    }

    /// The steps within it.
    pub(super) fn within(&self) -> Option<&Vec<Step>> {
        match self {
            Self::Loop { steps, .. } | Self::Every { steps, .. } | Self::Collect { steps, .. } => {
                Some(steps)
            }
            _ => None,
        }
    }

    /// The same to change them.
    pub(super) fn within_mut(&mut self) -> Option<&mut Vec<Step>> {
        match self {
            Self::Loop { steps, .. } | Self::Every { steps, .. } | Self::Collect { steps, .. } => {
                Some(steps)
            }
            _ => None,
        }
    }
}

impl Make {
    fn places(&self, visit: &mut impl FnMut(&Place)) {
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
            | Self::Array(places)
            | Self::Set(places)
            | Self::Record(places)
            | Self::Object(places) => places.iter().for_each(visit),
        }
    }

    fn places_mut(&mut self, visit: &mut impl FnMut(&mut Place)) {
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
            | Self::Array(places)
            | Self::Set(places)
            | Self::Record(places)
            | Self::Object(places) => places.iter_mut().for_each(visit),
        }
    }

    /// Whether it has a value where all that it reads has one.
    pub(super) fn is_defined(&self) -> bool {
        matches!(self, Self::Not(_) | Self::Compare(Relation::In, ..))
    }
}

impl Step {
    /// Whether it gives that register a value, and does no more.
    pub(super) fn makes(&self, register: u8) -> bool {
        matches!(self, Self::Make { dest, must: false, .. } if *dest == register)
    }
}
