//! Characters YAML forbids.

use super::{Fault, Span, fault, source::Source};

/// Looks out for control characters, from the start of a text to its end.
///
/// The parser lets some of them pass and ends the text at others. C0 controls other than tab and
/// line breaks are forbidden everywhere, DEL and C1 controls outside of quotes (JSON allows them).
pub(super) struct Lookout<'t> {
    source: Source<'t>,
    next: Option<(usize, char)>,
}

impl<'t> Lookout<'t> {
    pub fn new(source: Source<'t>) -> Self {
        let mut lookout = Self { source, next: None };
        lookout.skip_to(0);
        lookout
    }

    /// Goes on at an offset, whatever stands before it.
    pub fn skip_to(&mut self, at: usize) {
        self.next = find(self.source.text(), at);
    }

    /// Goes on at an offset, if that is ahead.
    pub fn reach(&mut self, at: u32) {
        if self.next.is_some_and(|(found, _)| found < at as usize) {
            self.skip_to(at as usize);
        }
    }

    /// Looks at everything up to the end of a token.
    pub fn pass(&mut self, token: Span, quoted: bool) -> Result<(), Fault> {
        while let Some((at, character)) = self.next
            && at < token.end as usize
        {
            let allowed = quoted && at >= token.start as usize && character > '\u{1F}';
            if !allowed {
                return Err(self.fault(at, character));
            }
            self.skip_to(at + character.len_utf8());
        }
        Ok(())
    }

    /// The fault for a forbidden character before an offset, if there is one.
    pub fn before(&self, end: u32) -> Option<Fault> {
        let (at, character) = self.next.filter(|(at, _)| *at < end as usize)?;
        Some(self.fault(at, character))
    }

    fn fault(&self, at: usize, character: char) -> Fault {
        Fault::syntax(
            fault::forbidden(character),
            self.source.code_point(self.source.offset(at)),
        )
    }
}

/// The first character from `start` on that may be forbidden.
fn find(text: &str, start: usize) -> Option<(usize, char)> {
    const STRIDE: usize = 64;
    let rest = text.as_bytes().get(start..)?;
    let mut from = start;
    for stride in rest.chunks(STRIDE) {
        // Without a branch inside, this loop is a few vector instructions.
        if stride.iter().fold(false, |any, &byte| any | suspect(byte)) {
            let found = stride
                .iter()
                .zip(from..)
                .filter(|(byte, _)| suspect(**byte))
                .filter_map(|(_, at)| Some((at, text.get(at..)?.chars().next()?)))
                .find(|(_, character)| character.is_control() && *character != '\u{85}');
            if found.is_some() {
                return found;
            }
        }
        from += stride.len();
    }
    None
}

/// Whether a byte is, or leads, a control character. Many a letter has the lead byte of the C1
/// controls as well.
const fn suspect(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t' && byte != b'\n' && byte != b'\r') || byte == 0x7F || byte == 0xC2
}
