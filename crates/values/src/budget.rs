//! The budget of an evaluation or a compilation: how many steps and bytes it may still take.
//!
//! Work grows in places that can't fail, such as a comparison of two values in the middle of a binary search. So the
//! budget belongs to the thread: whatever grows draws on it, and what goes beyond it isn't done. The budget then
//! stays spent until the evaluation notices, and ends with an error, so that an incomplete result is never taken for
//! an answer.

#![expect(
    clippy::must_use_candidate,
    reason = "what draws goes on all the same: the budget stays spent until somebody looks"
)]

use std::cell::Cell;

/// How much a budget allows.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// The number of steps. A statement, an item, a comparison and a stretch of a string are a step each.
    pub steps: u64,
    /// The bytes of all values alive at once, and of all strings ever made.
    pub bytes: u64,
    /// When the work must be done; `None` if it may take any time.
    pub deadline: Option<Deadline>,
}

/// A time by which the work must be done.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// The clock.
    pub clock: fn() -> f64,
    /// The clock's value when the time is over, in the clock's unit: milliseconds for `Date.now`.
    pub end: f64,
}

impl Deadline {
    fn is_over(self) -> bool {
        (self.clock)() > self.end
    }
}

/// The part of the budget that ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// The steps.
    Steps,
    /// The bytes.
    Bytes,
    /// The time.
    Time,
    /// The stack: values nest too deeply for an operation on them.
    Stack,
}

/// How many steps are taken between two looks at the clock. It is a few milliseconds' work.
const STEPS_BETWEEN_LOOKS: u64 = 1 << 14;

/// From how many bytes on a string counts twice when it grows, because it is copied.
const LONG: usize = 1 << 20;

/// How many bytes of a string count as one step.
const STRETCH: usize = 32;

/// The number of steps that means no limit.
const ENDLESS: u64 = u64::MAX;

struct Budget {
    /// The steps left until the next look at the clock.
    near: Cell<u64>,
    /// The steps left after those.
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
    /// Looks at the clock, and makes at least this many steps available. Returns whether there are that many left.
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

/// Takes steps. If too few are left, the budget is spent, and it returns false.
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

/// Takes the steps of reading a string of this many bytes. Returns false if too few are left.
#[inline]
pub fn read(bytes: usize) -> bool {
    step((bytes / STRETCH) as u64)
}

/// Takes the steps of computing with a number of this many digits. Returns false if too few are left.
pub fn compute(digits: usize) -> bool {
    // Long multiplications and divisions look at each pair of digits.
    step((digits.saturating_mul(digits) / (STRETCH * STRETCH)) as u64)
}

/// Takes bytes. If too few are left, the budget is spent, and it returns false.
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

/// Whether this many bytes are left. It doesn't take them, but if there are fewer, the budget is spent.
#[inline]
#[must_use]
pub fn has(bytes: usize) -> bool {
    BUDGET.with(|budget| budget.bytes.get() >= bytes as u64 || budget.spend(Spent::Bytes))
}

/// Whether a string that is being made may continue to grow, and be copied when it is complete. If not, the budget is
/// spent.
#[must_use]
pub fn has_for(growing: &str) -> bool {
    growing.len() < LONG || has(growing.len() * 2)
}

/// Returns bytes that were taken.
#[inline]
pub fn give(bytes: usize) {
    BUDGET.with(|budget| {
        if budget.spent.get().is_none() {
            let left = budget.bytes.get().saturating_add(bytes as u64);
            // Values from before the evaluation may be dropped in it, though they were never taken from the budget.
            budget.bytes.set(left.min(budget.all_bytes.get()));
        }
    });
}

/// Records that values nest too deeply for an operation.
pub(crate) fn nests_too_deeply() {
    BUDGET.with(|budget| budget.spend(Spent::Stack));
}

/// The part of the budget that ran out; `None` if something is left of each.
#[inline]
#[must_use]
pub fn spent() -> Option<Spent> {
    BUDGET.with(|budget| budget.spent.get())
}

/// Whether any part of the budget ran out.
#[inline]
#[must_use]
pub fn is_spent() -> bool {
    spent().is_some()
}

/// A budget in use. When it is dropped, the previous budget is restored, minus the steps that were taken.
#[derive(Debug)]
pub struct Using {
    /// The steps of this budget.
    steps: u64,
    /// The steps left in the previous budget.
    before: u64,
    bytes: u64,
    all_bytes: u64,
    deadline: Option<Deadline>,
    spent: Option<Spent>,
}

impl Using {
    /// Begins to use a budget. It has no more steps than are left in the current one.
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

/// How many steps are left.
#[must_use]
pub fn steps() -> u64 {
    BUDGET.with(Budget::steps)
}

impl Drop for Using {
    fn drop(&mut self) {
        BUDGET.with(|budget| {
            let taken = self.steps - budget.steps();
            // Nothing is subtracted if the thread had no limit.
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
        assert!(!take(1));
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
