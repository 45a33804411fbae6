//! An app's style sheet: `frontend/styles/<app>.css` with each `@import "other.css";` put in its place.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

/// The whole sheet of one app as one file.
pub(super) fn sheet(folder: &Path, app: &str) -> Result<Vec<u8>> {
    inlined(folder, &format!("{app}.css")).map(String::into_bytes)
}

fn inlined(folder: &Path, name: &str) -> Result<String> {
    let source = fs::read_to_string(folder.join(name)).with_context(|| format!("frontend/styles/{name}"))?;
    let mut sheet = String::with_capacity(source.len());
    for line in source.lines() {
        match line.strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";")) {
            Some(other) => sheet.push_str(&inlined(folder, other)?),
            None => sheet.push_str(line),
        }
        sheet.push('\n');
    }
    Ok(sheet)
}
