//! Random YAML, which is the same for the same seed.

use std::iter::repeat_n;

/// A random number generator.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    /// A number below another one.
    pub(super) fn below(&mut self, most: usize) -> usize {
        // SplitMix64: neighboring seeds have nothing in common.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed >> 32).unwrap() % most
    }

    /// True once in `times`, on average.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'p>(&mut self, from: &[&'p str]) -> &'p str {
        from[self.below(from.len())]
    }
}

/// One or more documents of YAML that the scanner reads, with something odd now and then.
pub(super) fn yaml(chance: &mut Chance) -> String {
    let mut writer = Writer {
        odd: [10, 100, 1_000][chance.below(3)],
        line_break: ["\n", "\n", "\n", "\r\n"][chance.below(4)],
        text: String::new(),
        chance,
    };
    writer.documents();
    writer.text
}

struct Writer<'c> {
    chance: &'c mut Chance,
    /// On average, something that the scanner leaves to the parser, or that is wrong, is written once in this many
    /// times.
    odd: usize,
    line_break: &'static str,
    text: String,
}

impl Writer<'_> {
    fn write(&mut self, usual: &[&str], odd: &[&str]) {
        let from = if self.is_odd() { odd } else { usual };
        self.text.push_str(self.chance.pick(from));
    }

    fn is_odd(&mut self) -> bool {
        self.chance.once_in(self.odd)
    }

    fn documents(&mut self) {
        self.comments(0);
        if self.chance.once_in(3) {
            self.text.push_str("---");
            self.end_line();
        }
        loop {
            self.comments(0);
            if !self.chance.once_in(12) {
                self.block(0, 0);
            }
            if !self.chance.once_in(4) {
                return;
            }
            self.write(
                &["---", "---", "..."],
                &["--- a", "----", "--", "--- |", "... x", "%YAML 1.2"],
            );
            self.end_line();
        }
    }

    /// A mapping, a sequence or another value. Its lines are indented by `indent` spaces; the first line already is.
    fn block(&mut self, indent: usize, depth: usize) {
        let kind = self.chance.below(20);
        if kind == 0 {
            self.value(indent, depth);
            return;
        }
        for at in 0..=self.chance.below(4) {
            if at > 0 {
                self.comments(indent);
                self.indent(indent);
            }
            if kind > 6 {
                self.entry(indent, depth);
            } else {
                self.item(indent, depth);
            }
        }
    }

    fn deeper_block(&mut self, indent: usize, depth: usize) {
        self.end_line();
        let deeper = indent + 1 + self.chance.below(3);
        self.comments(deeper);
        self.indent(deeper);
        self.block(deeper, depth + 1);
    }

    fn entry(&mut self, indent: usize, depth: usize) {
        self.key();
        self.write(
            &[":", ":", ":", ":", " :"],
            &["", "::", "\t:", "\n:", ": :"],
        );
        match self.chance.below(8) {
            0 => self.end_line(),
            1..=2 if depth < 5 => self.deeper_block(indent, depth),
            3 if depth < 5 => {
                self.end_line();
                for _ in 0..=self.chance.below(3) {
                    self.comments(indent);
                    self.indent(indent);
                    self.item(indent, depth);
                }
            }
            _ => {
                self.blanks();
                self.value(indent, depth);
            }
        }
    }

    fn item(&mut self, indent: usize, depth: usize) {
        self.text.push('-');
        match self.chance.below(8) {
            0 => self.end_line(),
            1 if depth < 5 => self.deeper_block(indent, depth),
            2..=4 if depth < 5 => {
                let before = self.text.len();
                self.blanks();
                let deeper = indent + 1 + self.text.len() - before;
                self.block(deeper, depth + 1);
            }
            _ => {
                self.blanks();
                self.value(indent, depth);
            }
        }
    }

    fn key(&mut self) {
        self.write(
            &[
                "a", "b", "c", "key", "a b", "1", "true", "~", "é", "a:b", "a#b", "-a", "?a", ":a",
                "<+x>", "\"q\"", "'s'", "\"\"", "''", "\"a: b\"", "'a # b'", "a, b", "\"\\n\"",
                "a]", "a's",
            ],
            &[
                "<<", "[", "*a", "&a b", "!t k", "? k", "", "a\tb", "{a}", "%k", "\"a\"b", "k #",
                "\u{a0}", "\u{feff}",
            ],
        );
    }

    fn value(&mut self, indent: usize, depth: usize) {
        match self.chance.below(10) {
            0..=1 => self.block_scalar(indent),
            2..=3 => {
                if self.chance.once_in(2) {
                    self.flow(depth);
                } else {
                    self.quoted();
                }
                self.end_line();
            }
            4 => {
                self.plain();
                for _ in 0..=self.chance.below(2) {
                    self.end_line();
                    let less = usize::from(self.is_odd());
                    let deeper = indent + 1 + self.chance.below(3) - less;
                    self.indent(deeper);
                    self.plain();
                }
                self.end_line();
            }
            _ => {
                self.plain();
                self.end_line();
            }
        }
    }

    fn quoted(&mut self) {
        self.write(
            &[
                "\"x\"",
                "'x'",
                "\"a b\"",
                "'it''s'",
                "\"\\\"\"",
                "\"a\\nb\"",
                "''",
                "\"\"",
                "\"# x\"",
                "': '",
                "''''",
                "\"\\\\\"",
                "\"\\/ \\t\"",
                "' a '",
                "\"a\tb\"",
                "\"😀\"",
                "'\\'",
                "\"'\"",
                "\"\\r\\r\"",
            ],
            &[
                "\"\\u00e9\"",
                "\"a\n b\"",
                "'a\n b'",
                "\"\\x41\"",
                "'a'b",
                "\"a\" b",
                "\"a\"#b",
                "\"a",
                "'",
                "\"\\d\"",
                "\"\\",
                "'a' : b",
                "\"\\\n\"",
                "\"\0\"",
            ],
        );
    }

    fn plain(&mut self) {
        self.write(
            &[
                "x",
                "word",
                "two words",
                "a:b",
                "a::b",
                "http://x/y?z#w",
                "1",
                "-1",
                "1.5e3",
                "true",
                "null",
                "~",
                "0x1F",
                "a#b",
                "<+pipeline.name>",
                "é ü",
                "😀",
                "-x",
                "--- x",
                "?x",
                ":x",
                "a -b",
                "a - b",
                "a ,b",
                "a [b]",
                "x{y}",
                "a'b",
                "a\"b\"",
                ".inf",
                "=",
                "a|b",
                "a > b",
                "..",
                "a  b",
                "<< ",
                "a \\ b",
                "...",
                "... x",
                "--x",
                "a :b",
                "a ?",
                "x-",
                "a &b *c !d",
            ],
            &[
                "%x",
                "@x",
                "`x",
                "*x",
                "&x y",
                "!t x",
                "!!str 1",
                "a: b",
                "x:",
                "- y",
                "- - y",
                "? y",
                "{{ x }}",
                "{{x}}: y",
                "]",
                "}",
                ", x",
                "a\tb",
                "\tx",
                "no # yes",
                "x\u{a0}",
                "\u{2028}",
                "\u{3000}x",
                "---",
                "|",
                "a : b",
                "\u{feff}",
                "\u{85}",
                "\u{7f}",
                "\0",
            ],
        );
    }

    fn flow(&mut self, depth: usize) {
        let is_mapping = self.chance.once_in(2);
        self.text.push(if is_mapping { '{' } else { '[' });
        for at in 0..self.chance.below(4) {
            if at > 0 {
                self.write(
                    &[",", ", ", " , ", ",\n  "],
                    &[",,", ",\n", "", ", # c\n", ",\t", ",#"],
                );
            }
            if (is_mapping || self.is_odd()) && !self.flow_key() {
                continue;
            }
            if depth < 4 && self.chance.once_in(4) {
                self.flow(depth + 1);
            } else {
                self.flow_scalar();
            }
            if self.chance.once_in(5) {
                self.text.push(' ');
            }
        }
        if self.chance.once_in(5) {
            self.write(&[", ", "\n", ",\n ", "  \n\n"], &["\n---\n", "\t", " #\n"]);
        }
        if !self.is_odd() {
            self.text.push(if is_mapping { '}' } else { ']' });
        }
    }

    /// A key. Returns whether there is a colon after it.
    fn flow_key(&mut self) -> bool {
        self.write(
            &[
                "a", "b", "\"q\"", "'s'", "a b", "-a", "k#", "<+x>", "\"\"", "1",
            ],
            &[
                "c:", "<<", "", "[a]", "{a}", "*a", "? a", "a\t", "k #", "-", "- a",
            ],
        );
        if self.chance.once_in(5) {
            return false;
        }
        self.write(
            &[": ", ": ", " : ", ":  "],
            &[":", " :", ":\n ", ":\t", "", "::"],
        );
        true
    }

    fn flow_scalar(&mut self) {
        self.write(
            &[
                "x",
                "1",
                "a b",
                "\"x\"",
                "'y'",
                "a:b",
                "-1",
                "a#b",
                "null",
                "é",
                "''",
                "a\"b",
                "a'",
                "http://x:1",
                "<+a.b>",
                "\"a, b\"",
                "']'",
                "a - b",
            ],
            &[
                "", "-", "- x", "?x", ":x", "a #b", "#c", "x\ty", "*x", "|", "%x", "a: b",
                "\"a\\d\"", "a:", "\"x\" y", ">", "\u{a0}",
            ],
        );
    }

    fn block_scalar(&mut self, indent: usize) {
        self.write(
            &["|", ">", "|-", ">-", "|+", ">+", "|", ">", "|", ">"],
            &[
                "|2", ">1-", "|-1", "|+2", "|0", "|-+", ">9", "|x", "|#", "|1+", ">3", "|3-",
                "|12", "| x",
            ],
        );
        self.end_line();
        let deeper = indent + 1 + self.chance.below(3);
        for at in 0..self.chance.below(6) {
            match self.chance.below(12) {
                0..=1 => {
                    let spaces = self.chance.below(deeper + 1) + usize::from(self.is_odd());
                    self.indent(spaces);
                }
                2 if self.is_odd() => {
                    let spaces = self.chance.below(deeper + 1);
                    self.indent(spaces);
                    self.text.push_str("# less");
                }
                _ => {
                    let more = if at == 0 {
                        0
                    } else {
                        [0, 0, 0, 0, 1, 2][self.chance.below(6)]
                    };
                    self.indent(deeper + more);
                    self.write(
                        &[
                            "x",
                            "x y  ",
                            "# no comment",
                            "- a",
                            "a: b",
                            "\ttab",
                            "---",
                            "é",
                            "\"",
                            "x\ty",
                            "...",
                            "x",
                            "x",
                            "*a",
                        ],
                        &[" ", "\u{a0}", "\u{2028}", "\u{85}", "\0", "\t", ""],
                    );
                }
            }
            self.text.push_str(self.line_break);
        }
    }

    fn blanks(&mut self) {
        self.write(&[" ", " ", " ", " ", "  ", "   "], &["\t", " \t", ""]);
    }

    fn end_line(&mut self) {
        if self.chance.once_in(6) {
            self.write(
                &[" ", "  ", " # c", "  # c: d", " #", " # é", " # \t"],
                &["\t", "\t# c", "#c", " \u{85}", " # \u{2029}", " x", " #\0"],
            );
        }
        self.text.push_str(self.line_break);
    }

    fn comments(&mut self, indent: usize) {
        if !self.chance.once_in(6) {
            return;
        }
        for _ in 0..=self.chance.below(2) {
            let spaces = self.chance.below(indent + 3);
            self.indent(spaces);
            self.write(
                &["# c", "#", "", "", "# - a: b", " ", "# \"", "## é"],
                &["\t", "\t# c", "%x", "---", "..."],
            );
            self.text.push_str(self.line_break);
        }
    }

    fn indent(&mut self, spaces: usize) {
        let spaces = spaces + usize::from(self.chance.once_in(self.odd * 10));
        self.text.extend(repeat_n(' ', spaces));
    }
}

/// Pieces to insert into a text to break it, or to make one of.
const PIECES: [&str; 73] = [
    "\n", "\n", "\n", "\n ", "\n  ", "\n   ", "\n    ", "\r\n", "\r", "\t", " ", " ", "  ", ":",
    ":", ": ", ": ", ":\n", "- ", "- ", "-", "-\n", "? ", "?", "[", "]", "{", "}", ",", ", ", "\"",
    "'", "|", ">", "|\n", ">\n", "|-\n  ", ">+\n ", "|2\n", "#", " #", " # c\n", "# c\n", "&n ",
    "*n", "!", "!!int ", "<<: ", "<<", "---\n", "\n---\n", "...\n", "\n...", "---", "--- ", "%",
    "\0", "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\u{FEFF}", "é", "a", "a", "b", "a: b", "a:b",
    "- a", "\\", "''", "{{", "b: c\n",
];

/// A text of random pieces.
pub(super) fn pieces(chance: &mut Chance) -> String {
    (0..=chance.below(14))
        .map(|_| chance.pick(&PIECES))
        .collect()
}

/// A text with something deleted, duplicated, moved or inserted, in up to four places.
pub(super) fn damaged(chance: &mut Chance, mut text: String) -> String {
    for _ in 0..=chance.below(4) {
        let edges: Vec<_> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let first = chance.below(edges.len());
        let last = (first + chance.below(4)).min(edges.len() - 1);
        let (start, end) = (edges[first], edges[last]);
        match chance.below(6) {
            0 => text.replace_range(start..end, ""),
            1 => {
                let doubled = text[start..end].to_owned();
                text.insert_str(start, &doubled);
            }
            2 => move_line(chance, &mut text),
            3 => text.truncate(start),
            4 => text.insert_str(start, chance.pick(&PIECES)),
            _ => text.replace_range(start..end, chance.pick(&PIECES)),
        }
    }
    text
}

/// Moves a line to the left or to the right.
fn move_line(chance: &mut Chance, text: &mut String) {
    let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
    let starts: Vec<_> = [0].into_iter().chain(breaks).collect();
    let start = starts[chance.below(starts.len())];
    if text[start..].starts_with(' ') && chance.once_in(2) {
        text.remove(start);
    } else {
        text.insert_str(start, chance.pick(&[" ", "  ", "   ", "\t"]));
    }
}
