//! Brotli and gzip beside each file, at the strongest setting: made once, served to everybody.

use std::{fs, io::Write as _};

use anyhow::Result;

use super::{Files, memo::Memo};

/// Below this a compressed twin saves no packet.
const WORTH_IT: usize = 512;

/// Adds `.br` and `.gz` beside each file that gets smaller by it.
pub(super) fn add(site: &mut Files, memo: &mut Memo) -> Result<()> {
    let mut twins = Files::new();
    for (name, bytes) in site.iter().filter(|(name, bytes)| bytes.len() >= WORTH_IT && super::extension(name) != "png")
    {
        let folder = memo.folder("compressed", &[bytes], |folder| {
            fs::write(folder.join("br"), brotli(bytes)?)?;
            Ok(fs::write(folder.join("gz"), gzip(bytes)?)?)
        })?;
        for kind in ["br", "gz"] {
            twins.insert(format!("{name}.{kind}"), fs::read(folder.join(kind))?);
        }
    }
    site.append(&mut twins);
    Ok(())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 24);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}
