//! How much work an evaluation or a compilation may still do, and how much memory it may still take.
//!
//! Work grows in places that can't fail, such as a comparison of two values in the middle of a search in a
//! sorted list. So the budget is the thread's: whatever grows draws on it, and what is drawn beyond it isn't
//! done. Then the budget is spent, and stays so until the evaluation sees it and ends with an error: what was
//! left out can't be taken for an answer.

#![expect(
    clippy::must_use_candidate,
    reason = "what draws goes on all the same: the budget stays spent until somebody looks"
)]

use std::cell::Cell;

/// What may be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// Statements, items, comparisons, and stretches of strings gone through.
    pub steps: u64,
    /// The bytes of values that are there at once, and of all strings that are made.
    pub bytes: u64,
    /// When the time is over.
    pub deadline: Option<Deadline>,
}

/// When the time is over, by a clock.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// The clock.
    pub clock: fn() -> f64,
    /// What it shows when the time is over, in its own unit: milliseconds, where it is `Date.now`.
    pub end: f64,
}

impl Deadline {
    fn is_over(self) -> bool {
        (self.clock)() > self.end
    }
}

/// Which part of the budget ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// Of steps.
    Steps,
    /// Of bytes.
    Bytes,
    /// Of time.
    Time,
    /// Of the stack: something nests too deeply for what is done with it.
    Stack,
}

/// How many steps are taken before the clock is looked at again: some milliseconds.
const STEPS_BETWEEN_LOOKS: u64 = 1 << 14;

/// From how many bytes on it matters that a string is copied when it grows.
const LONG: usize = 1 << 20;

/// So long a stretch of a string is one step.
const STRETCH: usize = 32;

/// More steps than anything takes.
const ENDLESS: u64 = u64::MAX;

struct Budget {
    /// The steps until the clock is looked at.
    near: Cell<u64>,
    /// The steps after these.
    far: Cell<u64>,
    bytes: Cell<u64>,
    all_bytes: Cell<u64>,
    deadline: Cell<Option<Deadline>>,
    spent: Cell<Option<Spent>>,
}

thread_local! {
    static BUDGET: Budget = const {
        Budget {
            near: Cell::new(0),
            far: Cell::new(ENDLESS),
            bytes: Cell::new(u64::MAX),
            all_bytes: Cell::new(u64::MAX),
            deadline: Cell::new(None),
            spent: Cell::new(None),
        }
    };
}

impl Budget {
    /// The next steps up to a look at the clock, so many at least; whether there are any.
    #[cold]
    fn look(&self, steps: u64) -> bool {
        if self.spent.get().is_some() {
            return false;
        }
        let wanted = steps - self.near.get();
        if self.far.get() < wanted {
            return self.spend(Spent::Steps);
        }
        if self.deadline.get().is_some_and(Deadline::is_over) {
            return self.spend(Spent::Time);
        }
        let far = self.far.get() - wanted;
        let near = far.min(STEPS_BETWEEN_LOOKS);
        self.near.set(near);
        self.far.set(far - near);
        true
    }

    fn steps(&self) -> u64 {
        self.near.get().saturating_add(self.far.get())
    }

    fn set_steps(&self, steps: u64) {
        let near = steps.min(STEPS_BETWEEN_LOOKS);
        self.near.set(near);
        self.far.set(steps - near);
    }

    #[cold]
    fn spend(&self, on: Spent) -> bool {
        if self.spent.get().is_none() {
            self.spent.set(Some(on));
        }
        self.near.set(0);
        self.far.set(0);
        self.bytes.set(0);
        false
    }
}

/// Draws steps. False, and the budget is spent, where too few are left.
#[inline]
pub fn step(steps: u64) -> bool {
    BUDGET.with(|budget| match budget.near.get().checked_sub(steps) {
        Some(near) => {
            budget.near.set(near);
            true
        }
        None => budget.look(steps),
    })
}

/// Draws the steps of going through a string of so many bytes. False where too few are left.
#[inline]
pub fn read(bytes: usize) -> bool {
    step((bytes / STRETCH) as u64)
}

/// Draws the steps of computing with a number of so many digits. False where too few are left.
pub fn compute(digits: usize) -> bool {
    // Its digits come and go by long multiplications and divisions.
    step((digits.saturating_mul(digits) / (STRETCH * STRETCH)) as u64)
}

/// Draws bytes. False, and the budget is spent, where too few are left.
#[inline]
pub fn take(bytes: usize) -> bool {
    BUDGET.with(
        |budget| match budget.bytes.get().checked_sub(bytes as u64) {
            Some(left) if budget.spent.get().is_none() => {
                budget.bytes.set(left);
                true
            }
            _ => budget.spend(Spent::Bytes),
        },
    )
}

/// Whether there are so many bytes, which aren't drawn; else the budget is spent.
#[inline]
#[must_use]
pub fn has(bytes: usize) -> bool {
    BUDGET.with(|budget| budget.bytes.get() >= bytes as u64 || budget.spend(Spent::Bytes))
}

/// Whether there is room for a string that is being made to grow on, and to be copied once it is whole; else the
/// budget is spent.
#[must_use]
pub fn has_for(growing: &str) -> bool {
    growing.len() < LONG || has(growing.len() * 2)
}

/// Gives bytes back.
#[inline]
pub fn give(bytes: usize) {
    BUDGET.with(|budget| {
        if budget.spent.get().is_none() {
            let left = budget.bytes.get().saturating_add(bytes as u64);
            // What was there before the evaluation began was never drawn.
            budget.bytes.set(left.min(budget.all_bytes.get()));
        }
    });
}

/// Says that something nests too deeply for what is done with it.
pub(crate) fn nests_too_deeply() {
    BUDGET.with(|budget| budget.spend(Spent::Stack));
}

/// Which part of the budget ran out; none where there is still some of each.
#[inline]
#[must_use]
pub fn spent() -> Option<Spent> {
    BUDGET.with(|budget| budget.spent.get())
}

/// Whether there was too little of anything.
#[inline]
#[must_use]
pub fn is_spent() -> bool {
    spent().is_some()
}

/// A budget in use: the one before it holds again once this is dropped, without the steps that were taken.
#[derive(Debug)]
pub struct Using {
    /// The steps of this one.
    steps: u64,
    /// Those of the one before.
    before: u64,
    bytes: u64,
    all_bytes: u64,
    deadline: Option<Deadline>,
    spent: Option<Spent>,
}

impl Using {
    /// Begins to use a budget, of no more steps than there still are in the one in use.
    #[must_use]
    pub fn begin(allowance: Allowance) -> Self {
        BUDGET.with(|budget| {
            let before = budget.steps();
            let steps = allowance.steps.min(before);
            budget.set_steps(steps);
            Self {
                steps,
                before,
                bytes: budget.bytes.replace(allowance.bytes),
                all_bytes: budget.all_bytes.replace(allowance.bytes),
                deadline: budget.deadline.replace(allowance.deadline),
                spent: budget.spent.replace(None),
            }
        })
    }
}

/// How many steps there still are.
#[must_use]
pub fn steps() -> u64 {
    BUDGET.with(Budget::steps)
}

impl Drop for Using {
    fn drop(&mut self) {
        BUDGET.with(|budget| {
            let taken = self.steps - budget.steps();
            // Where nothing bounds the thread, nothing is taken of it.
            let is_bounded = self.before < ENDLESS;
            budget.set_steps(if is_bounded {
                self.before - taken
            } else {
                ENDLESS
            });
            budget.bytes.set(self.bytes);
            budget.all_bytes.set(self.all_bytes);
            budget.deadline.set(self.deadline);
            budget.spent.set(self.spent);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Allowance = Allowance {
        steps: 100_000,
        bytes: 1_000,
        deadline: None,
    };

    #[test]
    fn stays_spent_until_it_is_no_longer_used() {
        assert!(step(1_000_000) && take(1_000_000));
        let using = Using::begin(SMALL);
        assert!((0..100).all(|_| step(1_000)));
        assert_eq!(spent(), None);
        assert!(!step(1));
        assert_eq!(spent(), Some(Spent::Steps));
        give(100);
        assert!(!take(1) && !step(0) || !take(1));
        drop(using);
        assert!(!is_spent() && step(1));
    }

    #[test]
    fn what_is_taken_within_is_taken_of_all() {
        let all = Using::begin(SMALL);
        let one = Using::begin(SMALL);
        assert!(step(70_000));
        drop(one);
        assert_eq!(steps(), 30_000);
        let other = Using::begin(SMALL);
        assert!(step(30_000) && !step(1));
        drop(other);
        assert!(!is_spent() && !step(1));
        drop(all);
    }

    #[test]
    fn what_is_given_back_is_no_more_than_all() {
        let using = Using::begin(SMALL);
        give(500);
        assert!(take(1_000));
        give(400);
        assert!(take(400) && !take(1));
        assert_eq!(spent(), Some(Spent::Bytes));
        drop(using);
    }

    #[test]
    fn looks_at_the_clock_on_the_way() {
        let deadline = Some(Deadline {
            clock: || 2.0,
            end: 1.0,
        });
        let using = Using::begin(Allowance { deadline, ..SMALL });
        assert!(!(0..100_000).all(|_| step(1)));
        assert_eq!(spent(), Some(Spent::Time));
        drop(using);
    }
}
