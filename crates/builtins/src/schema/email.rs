//! Parses an email address as Go's `net/mail` does.

use std::net::IpAddr;

/// Whether a string is one address, such as `a@b.example` or `Ann <a@b.example>`.
#[must_use]
pub(super) fn is_address(text: &str) -> bool {
    let mut reader = Reader(text);
    let found = reader.address(true);
    matches!(found, Some(1)) && reader.skip_comments().is_some() && reader.0.is_empty()
}

/// The text that is left.
struct Reader<'t>(&'t str);

impl<'t> Reader<'t> {
    /// Reads an address or a group. Returns the number of addresses.
    fn address(&mut self, may_be_group: bool) -> Option<usize> {
        self.skip_space();
        if self.0.is_empty() {
            return None;
        }
        let before = self.0;
        if self.specification().is_some() {
            self.skip_space();
            if self.take('(') {
                self.comment()?;
            }
            return Some(1);
        }
        self.0 = before;
        if !self.0.starts_with('<') {
            self.phrase()?;
        }
        self.skip_space();
        if may_be_group && self.take(':') {
            return self.group();
        }
        self.take('<').then_some(())?;
        self.specification()?;
        self.take('>').then_some(1)
    }

    fn group(&mut self) -> Option<usize> {
        self.skip_space();
        if self.take(';') {
            return self.skip_comments().map(|()| 0);
        }
        let mut count = 0;
        loop {
            self.skip_space();
            count += self.address(false)?;
            self.skip_comments()?;
            if self.take(';') {
                return self.skip_comments().map(|()| count);
            }
            self.take(',').then_some(())?;
        }
    }

    /// Reads `local@domain`.
    fn specification(&mut self) -> Option<()> {
        self.skip_space();
        if self.0.starts_with('"') {
            self.quoted().filter(|is_empty| !is_empty)?;
        } else {
            self.atom(false)?;
        }
        self.take('@').then_some(())?;
        self.skip_space();
        if self.take('[') {
            let (literal, rest) = self.0.split_once(']')?;
            literal.parse::<IpAddr>().ok()?;
            self.0 = rest;
        } else {
            self.atom(false)?;
        }
        Some(())
    }

    /// Reads a name, which consists of words.
    fn phrase(&mut self) -> Option<()> {
        let mut words = 0;
        loop {
            if words > 0 {
                self.skip_comments()?;
            }
            self.skip_space();
            if self.0.is_empty() {
                break;
            }
            let word = if self.0.starts_with('"') {
                self.quoted().map(|_| ())
            } else {
                self.atom(true)
                    .filter(|word| is_decodable(word))
                    .map(|_| ())
            };
            if word.is_none() {
                return (words > 0).then_some(());
            }
            words += 1;
        }
        Some(())
    }

    /// Reads a quoted string. Returns whether it is empty.
    fn quoted(&mut self) -> Option<bool> {
        let mut chars = self.0.char_indices().skip(1);
        let mut is_empty = true;
        let end = loop {
            let (at, c) = chars.next()?;
            match c {
                '"' => break at,
                '\\' => {
                    let (_, escaped) = chars.next()?;
                    is_text(escaped).then_some(())?;
                }
                c => is_text(c).then_some(())?,
            }
            is_empty = false;
        };
        self.0 = self.0.get(end + 1..)?;
        Some(is_empty)
    }

    /// Reads characters that aren't special, and dots. Unless `is_lax`, there is no dot at either end, and no two in
    /// a row.
    fn atom(&mut self, is_lax: bool) -> Option<&'t str> {
        let is_special = |c: char| "()<>[]:;@\\,\"".contains(c) || !is_visible(c);
        let end = self.0.find(is_special).unwrap_or(self.0.len());
        let (atom, rest) = self.0.split_at(end);
        let has_dots = atom.starts_with('.') || atom.ends_with('.') || atom.contains("..");
        if atom.is_empty() {
            return None;
        }
        self.0 = rest;
        (is_lax || !has_dots).then_some(atom)
    }

    fn skip_comments(&mut self) -> Option<()> {
        self.skip_space();
        while self.take('(') {
            self.comment()?;
            self.skip_space();
        }
        Some(())
    }

    /// Skips a comment, up to its closing parenthesis.
    fn comment(&mut self) -> Option<()> {
        let mut depth = 1;
        let mut chars = self.0.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.0 = self.0.get(at + 1..)?;
                return Some(());
            }
        }
        None
    }

    fn skip_space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t']);
    }

    fn take(&mut self, c: char) -> bool {
        match self.0.strip_prefix(c) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }
}

fn is_visible(c: char) -> bool {
    matches!(c, '!'..='~') || !c.is_ascii()
}

fn is_text(c: char) -> bool {
    is_visible(c) || matches!(c, ' ' | '\t')
}

/// Whether a word isn't encoded in a character set that Go doesn't have.
fn is_decodable(word: &str) -> bool {
    let Some(inner) = word
        .strip_prefix("=?")
        .and_then(|word| word.strip_suffix("?="))
    else {
        return true;
    };
    let Some((set, rest)) = inner.split_once('?') else {
        return true;
    };
    let is_encoded = matches!(rest.get(..2), Some("q?" | "Q?" | "b?" | "B?"));
    let known = ["utf-8", "iso-8859-1", "us-ascii"];
    !is_encoded || set.is_empty() || known.iter().any(|name| set.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::is_address;

    /// What Go's `mail.ParseAddress` makes of them.
    #[test]
    fn tells_addresses_as_go_does() {
        for text in [
            "a@b",
            " a.b+c@d.example ",
            "Ann B. <a@b.example>",
            "\"a b\"@c",
            "\"Ann\" <a@b>",
            "a@[127.0.0.1]",
            "a@b (Ann)",
            "Group: a@b;",
            "ü@ü.example",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@",
            "@b",
            "a@b@c",
            ".a@b",
            "a..b@c",
            "a@b.",
            "\"\"@b",
            "a b@c",
            "<a@b",
            "a@[x]",
            "a@b (",
            "a@b, c@d",
            "Group: a@b, c@d;",
            "Group:;",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
