//! Comments that annotate what follows them: `# METADATA` and the lines after it.

use super::ast::{Block, Location};
use super::lexer::Lexer;
use super::token::Token;
use values::Version;

const HEADING: &str = "METADATA";

/// The METADATA blocks of a module, in order. Before OPA 1.0, a heading may come after code on its line, and a
/// heading within a block doesn't count.
pub(super) fn blocks(text: &str, module: u32, version: Version) -> Vec<Block> {
    if !text.contains(HEADING) {
        return Vec::new();
    }
    let is_v1 = version == Version::V1;
    let mut blocks: Vec<Block> = Vec::new();
    // The start of the next line that belongs to the current block.
    let mut next = None;
    let (mut row, mut counted) = (1, 0);
    for (start, comment) in comments(text, version) {
        let at = Location {
            module,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(start + comment.len()).unwrap_or(u32::MAX),
        };
        let line = comment.get(1..).unwrap_or_default();
        let begins = start == 0
            || text
                .get(..start)
                .is_some_and(|before| before.ends_with('\n'));
        let is_heading = line.trim().starts_with(HEADING) && (begins || !is_v1);
        let goes_on = begins && next == Some(start) && !(is_heading && is_v1);
        if goes_on && let Some(block) = blocks.last_mut() {
            block.at.end = at.end;
            let line = line.strip_suffix('\r').unwrap_or(line);
            let line = line.strip_prefix(' ').unwrap_or(line);
            block.lines.push(line.to_owned());
            block.places.push(at);
        } else if is_heading {
            let between = text.get(counted..start).unwrap_or_default();
            row += between.matches('\n').count();
            counted = start;
            blocks.push(Block {
                at,
                row,
                lines: Vec::new(),
                places: Vec::new(),
            });
        } else {
            next = None;
            continue;
        }
        next = Some(start + comment.len() + 1);
    }
    blocks
}

/// The comments with their offsets. They are found between tokens, so a `#` in a string isn't one.
#[must_use]
pub fn comments(text: &str, version: Version) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut lexer = Lexer::new(text);
    let mut before = 0;
    // The template strings around the current token: whether each is raw, and how many braces are open in it.
    let mut templates: Vec<(bool, usize)> = Vec::new();
    loop {
        let token = lexer.next();
        let mut at = before;
        let between = text.get(before..token.start).unwrap_or_default();
        for line in between.split_inclusive('\n') {
            if let Some(start) = line.find('#') {
                let comment = line.get(start..).unwrap_or_default();
                found.push((at + start, comment.strip_suffix('\n').unwrap_or(comment)));
            }
            at += line.len();
        }
        before = token.end;
        let text_follows = match (token.token, templates.last_mut()) {
            (Token::End, _) => return found,
            (Token::Template, _) if version == Version::V1 => {
                let is_raw = text.as_bytes().get(token.end) == Some(&b'`');
                // The opening quote isn't part of its contents.
                lexer.pass_quote();
                templates.push((is_raw, 0));
                true
            }
            (Token::OpenBrace, Some((_, braces))) => {
                *braces += 1;
                false
            }
            (Token::CloseBrace, Some((_, 0))) => true,
            (Token::CloseBrace, Some((_, braces))) => {
                *braces -= 1;
                false
            }
            _ => false,
        };
        if text_follows && let Some((is_raw, _)) = templates.last() {
            let part = lexer.template(*is_raw);
            before = part.end;
            if part.token == Token::TemplateEnd {
                templates.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, version: Version) -> Vec<String> {
        let blocks = blocks(text, 0, version);
        blocks.iter().map(|block| block.lines.join("|")).collect()
    }

    #[test]
    fn a_block_is_of_lines_right_below_each_other() {
        let text = "# METADATA\n# a: b\n#   c\n\n# no\npackage p # METADATA\n # METADATA\n#METADATA\n#x\n# METADATA\n# y\n";
        assert_eq!(found(text, Version::V1), ["a: b|  c", "x", "y"]);
        assert_eq!(
            found(text, Version::V0),
            ["a: b|  c", "", "METADATA|x|METADATA|y"]
        );
    }

    #[test]
    fn texts_hold_no_comments() {
        let text = "x := `\n# METADATA\n# a: b\n`\n";
        assert_eq!(found(text, Version::V1), [""; 0]);
    }
}
