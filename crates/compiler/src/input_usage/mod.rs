//! Finds the parts of the input that policies read. Other parts are parsed, but not kept.

mod variables;

use crate::syntax::ast::Module;
use values::InputUsage;

/// How many parts may be copied because they hold for every key and some keys are named. Without a limit, a few short
/// policies would make millions of copies.
const MOST_COPIES: usize = 4096;

/// The parts of the input that compiled modules read.
#[must_use]
pub fn of_modules(modules: &[Module]) -> InputUsage {
    let mut usage = InputUsage::default();
    for rule in modules.iter().flat_map(|module| &module.rules) {
        usage.join(&variables::input_of(rule), &mut { usize::MAX });
    }
    usage.spread(&mut { MOST_COPIES });
    usage
}
