//! Other layouts of modules, with white space, comments and line breaks between their tokens.

use super::corpus::Text;

/// What to insert between two tokens.
const GAPS: [&str; 15] = [
    "\n",
    "\n\n",
    " ",
    "  ",
    " # c\n",
    "\n# d\n",
    "\n\n# e\n\n",
    "\t",
    "\n\t\t",
    " # f\n# g\n",
    "\r\n",
    "\n\n\n",
    "\n# METADATA\n# title: x\n",
    " # h\n\n",
    " #\n#i\n",
];

/// What to insert now and then, which mostly changes the meaning of the module.
const OTHERS: [&str; 6] = ["(", ")", ",", ";", "{", "}"];

/// Random numbers (xorshift).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}

/// This many layouts, each of a random module.
pub fn layouts(modules: &[Text], seed: u64, count: usize) -> Vec<Text> {
    let mut chance = Chance::new(seed);
    (0..count)
        .map(|i| {
            let module = &modules[chance.below(modules.len())];
            Text {
                name: format!("{} (layout {i} of seed {seed})", module.name),
                text: layout(&module.text, &mut chance),
            }
        })
        .collect()
}

fn layout(text: &str, chance: &mut Chance) -> String {
    let mut tokens: Vec<String> = tokens(text).into_iter().map(str::to_owned).collect();
    for _ in 0..[1, 1, 2, 3, 6][chance.below(5)] {
        let at = chance.below(tokens.len() + 1);
        let mut gap = GAPS[chance.below(GAPS.len())].to_owned();
        if chance.below(20) == 0 {
            OTHERS[chance.below(OTHERS.len())].clone_into(&mut gap);
        }
        match tokens.get_mut(at) {
            Some(token) if token.trim().is_empty() => *token = gap,
            _ => {
                let is_behind_comment = at > 0 && tokens[at - 1].starts_with('#');
                let gap = if is_behind_comment {
                    format!("\n{gap}")
                } else {
                    gap
                };
                tokens.insert(at, gap);
            }
        }
    }
    tokens.concat()
}

/// Splits a module into words, strings, comments, white space, and single characters.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '`' => rest[1..].find('`').map_or(rest.len(), |at| at + 2),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            c if c.is_whitespace() => length_of(rest, char::is_whitespace),
            c if is_word(c) => length_of(rest, is_word),
            ':' | '=' | '!' | '<' | '>' if rest[1..].starts_with('=') => 2,
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn length_of(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !is_escaped => return at + 1,
            '\n' => return at,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}
