//! What of an input policies look at: the rest is read, and not kept.

mod variables;

use crate::syntax::ast::Module;
use values::InputUsage;

/// How many parts may be copied to keys that are written out because they hold for every key. Without a limit, a few
/// short policies would make millions of copies.
const MOST_COPIES: usize = 4096;

/// What modules look at of the input, compiled as they are.
#[must_use]
pub fn of_modules(modules: &[Module]) -> InputUsage {
    let mut usage = InputUsage::default();
    for rule in modules.iter().flat_map(|module| &module.rules) {
        usage.join(&variables::input_of(rule), &mut { usize::MAX });
    }
    usage.spread(&mut { MOST_COPIES });
    usage
}
