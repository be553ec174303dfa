//! Random choices: from a seed, so that they are the same on every machine, or from bytes that a fuzzer varies.

/// The source of choices.
pub enum Chance<'b> {
    /// Random numbers (`SplitMix64`).
    Seed(u64),
    /// One byte per choice. When they are used up, it is always the first choice, which makes the smallest value.
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

    /// A number below a limit.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a small number");
        usize::try_from(self.next() % bound).expect("a small number")
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// True once in `times`, on average; always if the bytes are used up.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }
}
