//! The instruments of this site: those shipped, and those of its own folder (`--instruments FOLDER`).
//!
//! The folder holds definition files and wording packs (TOML), in any order and in folders of their own if it likes.
//! A file with a `pack` is a pack, any other a definition. Each is checked, and a bad one stops the start.

use std::{
    fs,
    path::{Path, PathBuf},
};

use shared::instrument::catalog::Catalog;

use crate::config::StartError;

/// Reads all instruments and wording packs.
///
/// # Errors
/// When the folder or a file in it cannot be read, or does not hold together.
pub fn read_catalog(folder: Option<&Path>) -> Result<Catalog, StartError> {
    let mut catalog = Catalog::shipped().map_err(|error| {
        StartError::new(format!("The shipped instruments: {error}"), "this build is broken; take another one")
    })?;
    if let Some(folder) = folder {
        let mut files = Vec::new();
        gather(folder, &mut files)?;
        for file in in_order(files)? {
            add(&mut catalog, &file)?;
        }
    }
    Ok(catalog)
}

/// What a file of the folder is, in the order in which they are added.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Kind {
    Definition,
    /// A definition that includes another.
    Extension,
    Pack,
}

struct OwnFile {
    path: PathBuf,
    text: String,
    kind: Kind,
}

/// Every TOML file in a folder and the folders in it.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), StartError> {
    let told = |error: std::io::Error| {
        let hint = "name a folder of definition files and wording packs with --instruments FOLDER";
        StartError::new(format!("The site's instruments in {} could not be read: {error}.", folder.display()), hint)
    };
    for entry in fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}

fn in_order(paths: Vec<PathBuf>) -> Result<Vec<OwnFile>, StartError> {
    let mut files: Vec<OwnFile> = paths.into_iter().map(read).collect::<Result<_, _>>()?;
    files.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    Ok(files)
}

fn read(path: PathBuf) -> Result<OwnFile, StartError> {
    let text = read_text(&path)?;
    let table: toml::Table = toml::from_str(&text).unwrap_or_default(); // what is wrong with it is told when added
    let kind = match (table.contains_key("pack"), table.contains_key("includes")) {
        (true, _) => Kind::Pack,
        (false, true) => Kind::Extension,
        (false, false) => Kind::Definition,
    };
    Ok(OwnFile { path, text, kind })
}

/// The text of a definition or pack.
///
/// # Errors
/// When it cannot be read.
pub fn read_text(path: &Path) -> Result<String, StartError> {
    fs::read_to_string(path).map_err(|error| {
        let hint = "check its path and whether this account may read it; it is UTF-8 text";
        StartError::new(format!("The file {} cannot be read: {error}.", path.display()), hint)
    })
}

fn add(catalog: &mut Catalog, file: &OwnFile) -> Result<(), StartError> {
    let shown = file.path.display().to_string();
    let added = match file.kind {
        Kind::Definition | Kind::Extension => catalog.add_definition(&shown, &file.text).map(|_| ()),
        Kind::Pack => catalog.add_pack(&shown, &file.text).map(|_| ()),
    };
    added.map_err(|error| {
        StartError::new(format!("The site's instruments: {error}"), "correct the file, or take it out of the folder")
    })
}
