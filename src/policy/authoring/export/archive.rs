//! OPA bundles: gzipped tar archives of modules with a manifest. The same files always give the same bytes.

use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};

use super::ExportedFile;

const BLOCK: usize = 512;

/// A gzipped tar archive of these files.
pub fn tar_gz(files: &[ExportedFile]) -> io::Result<Vec<u8>> {
    let mut writer = GzBuilder::new().write(Vec::new(), Compression::best());
    for file in files {
        writer.write_all(&header(&file.path, file.content.len()))?;
        writer.write_all(&file.content)?;
        writer.write_all(&vec![
            0;
            file.content.len().next_multiple_of(BLOCK)
                - file.content.len()
        ])?;
    }
    // Two empty blocks end the archive.
    writer.write_all(&[0; 2 * BLOCK])?;
    writer.finish()
}

/// The header of a file in POSIX format (ustar), without an owner or a time.
fn header(path: &str, size: usize) -> Vec<u8> {
    let fields: [(&str, usize); 10] = [
        (path, 100),
        ("0000644", 8),
        ("0000000", 8),
        ("0000000", 8),
        (&format!("{size:011o}"), 12),
        ("00000000000", 12),
        // The checksum is computed with spaces in its place.
        ("        ", 8),
        ("0", 1),
        ("", 100),
        ("ustar\u{0}00", 8),
    ];
    let mut header = Vec::with_capacity(BLOCK);
    for (text, width) in fields {
        let mut field = text.as_bytes().to_vec();
        field.resize(width, 0);
        header.extend(field);
    }
    header.resize(BLOCK, 0);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let checksum = format!("{sum:06o}\0 ");
    header.splice(148..156, checksum.into_bytes());
    header
}
