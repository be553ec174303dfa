//! Reads gzipped tar archives (ustar, with the long names of GNU and POSIX), within limits.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

/// How many bytes the files of an archive may have together, so that they fit into the module's memory. OPA's own
/// limit is 1 GiB per file.
const MOST: u64 = 512 << 20;

const BLOCK: usize = 512;

/// The name of a file, and its bytes.
pub(super) type Entry = (String, Vec<u8>);

/// The regular files of an archive, in order.
///
/// # Errors
///
/// Why the archive can't be read, in Go's words if Go has the same error.
pub(super) fn files(bytes: &[u8]) -> Result<Vec<Entry>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        let reason = if bytes.is_empty() {
            "EOF"
        } else {
            "gzip: invalid header"
        };
        return Err(format!("archive read failed: {reason}"));
    }
    let mut tar = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(MOST + 1)
        .read_to_end(&mut tar)
        .map_err(|error| format!("archive read failed: {error}"))?;
    if tar.len() as u64 > MOST {
        return Err(format!("the archive holds more than {} MiB", MOST >> 20));
    }
    entries(&tar)
}

fn entries(tar: &[u8]) -> Result<Vec<Entry>, String> {
    let mut found = Vec::new();
    let mut rest = tar;
    let mut long_name: Option<String> = None;
    while let Some((header, after)) = rest.split_at_checked(BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(found);
        }
        let header = Header(header);
        let size = header.size().ok_or("archive/tar: invalid tar header")?;
        let content = after.get(..size).ok_or("unexpected EOF")?;
        let padded = size.next_multiple_of(BLOCK).min(after.len());
        rest = after.get(padded..).unwrap_or_default();
        match header.kind() {
            b'0' | 0 => {
                let name = long_name.take().unwrap_or_else(|| header.name());
                // A name that ends with a slash is a folder, whatever its type is.
                if !name.ends_with('/') {
                    found.push((name, content.to_vec()));
                }
            }
            b'L' => {
                let name = String::from_utf8_lossy(content);
                long_name = Some(name.trim_end_matches('\0').to_owned());
            }
            b'x' => long_name = path_record(content).or(long_name),
            // Headers for all files have no name.
            b'g' => {}
            _ => long_name = None,
        }
    }
    if rest.is_empty() {
        return Ok(found);
    }
    Err("unexpected EOF".to_owned())
}

/// The path in the records of an extended header: `18 path=some/name\n`.
fn path_record(records: &[u8]) -> Option<String> {
    let mut rest = records;
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let length: usize = str::from_utf8(rest.get(..space)?).ok()?.parse().ok()?;
        let record = rest.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            let path = path.strip_suffix(b"\n").unwrap_or(path);
            return Some(String::from_utf8_lossy(path).into_owned());
        }
        rest = rest.get(length..)?;
    }
    None
}

struct Header<'t>(&'t [u8]);

impl Header<'_> {
    fn text(&self, from: usize, width: usize) -> String {
        let field = self.0.get(from..from + width).unwrap_or_default();
        let end = field.iter().position(|byte| *byte == 0);
        let field = field.get(..end.unwrap_or(field.len())).unwrap_or_default();
        String::from_utf8_lossy(field).into_owned()
    }

    fn name(&self) -> String {
        let name = self.text(0, 100);
        let is_posix = self.text(257, 6) == "ustar" && self.0.get(263..265) == Some(b"00");
        match self.text(345, 155) {
            prefix if is_posix && !prefix.is_empty() => format!("{prefix}/{name}"),
            _ => name,
        }
    }

    fn kind(&self) -> u8 {
        self.0.get(156).copied().unwrap_or_default()
    }

    fn size(&self) -> Option<usize> {
        let field = self.0.get(124..136)?;
        if field.first()? & 0x80 != 0 {
            // Numbers that are too large for digits are in base 256.
            let number = field.iter().skip(1);
            return number.into_iter().try_fold(0_usize, |size, byte| {
                size.checked_mul(256)?.checked_add((*byte).into())
            });
        }
        let digits = self.text(124, 12);
        let digits = digits.trim();
        usize::from_str_radix(if digits.is_empty() { "0" } else { digits }, 8).ok()
    }
}
