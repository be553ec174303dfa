//! Choices made by chance: from a seed, the same on every machine, or from bytes that a fuzzer varies.

/// Where choices come from.
pub enum Chance<'b> {
    /// Numbers that look random (splitmix64).
    Seed(u64),
    /// One byte a choice; after the last one, the first choice each time, which is the smallest.
    Bytes(std::slice::Iter<'b, u8>),
}

impl<'b> Chance<'b> {
    /// Choices from bytes.
    pub fn from_bytes(bytes: &'b [u8]) -> Self {
        Self::Bytes(bytes.iter())
    }

    /// A number: any of 64 bits from a seed, one byte from bytes.
    pub fn next(&mut self) -> u64 {
        match self {
            Self::Seed(state) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut mixed = *state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                mixed ^ (mixed >> 31)
            }
            Self::Bytes(bytes) => bytes.next().copied().unwrap_or_default().into(),
        }
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a small number");
        usize::try_from(self.next() % bound).expect("a small number")
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Whether it is this time, once in so many; from exhausted bytes it always is.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }
}
