//! Reading JSON files that people name, and saying in one sentence why one cannot be read.

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    path::Path,
};

use serde_json::{Value, error::Category};
use shared::fhir::{Form, Severity, ValueSets};

/// The largest file that is read; the largest real questionnaires have a megabyte.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The JSON of a file.
///
/// # Errors
/// One sentence.
pub(super) fn json(path: &Path) -> Result<Value, String> {
    let shown = path.display();
    let failed = |error: std::io::Error| {
        let known = [
            (ErrorKind::NotFound, format!("There is no file {shown}.")),
            (ErrorKind::PermissionDenied, format!("The file {shown} may not be read by this account.")),
            (ErrorKind::IsADirectory, format!("{shown} is a folder, not a file.")),
        ];
        let sentence = known.into_iter().find(|(kind, _)| *kind == error.kind()).map(|(_, sentence)| sentence);
        sentence.unwrap_or_else(|| format!("The file {shown} could not be read: {error}."))
    };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(format!("The file {shown} is larger than {} MB.", LARGEST / 1024 / 1024));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("The file {shown} is not text in UTF-8."))?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| match error.classify() {
        Category::Eof if text.trim().is_empty() => format!("The file {shown} is empty."),
        Category::Eof => format!("The file {shown} ends before its JSON does."),
        Category::Io | Category::Syntax | Category::Data => {
            let why = error.to_string();
            let why = why.split(" at line ").next().unwrap_or_default();
            format!("The file {shown} is not JSON: {why} in line {}, column {}.", error.line(), error.column())
        }
    })
}

/// The questionnaire of a file, as far as it can be read.
///
/// # Errors
/// One sentence: the first of what makes it unreadable.
pub(super) fn form(path: &Path, packs: &ValueSets) -> Result<Form, String> {
    Form::read(json(path)?, packs).map_err(|problems| {
        let worst = problems.iter().find(|problem| problem.severity == Severity::Error);
        let why = worst.map_or("it cannot be read", |problem| problem.message.as_str());
        format!("The questionnaire {} is refused: {why}.", path.display())
    })
}
