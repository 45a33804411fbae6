//! One web app's files: its program, style sheet, public files and page, each knowing the names of the others.
//!
//! Files in `frontend/public` go to both apps, those in `frontend/public/patient` and `…/staff` to one. In texts,
//! the marks of [`Marks`](super::fill::Marks) are filled in. The page and the service worker come last: they
//! name everything else.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};

use super::{
    Files, Profile, bind,
    fill::Marks,
    memo::{Memo, hash},
    styles, walk,
};
use crate::shell;

/// An entry point of the frontend.
pub(super) struct App {
    /// The name of its program, its style sheet and its folder of public files.
    pub(super) name: &'static str,
    /// Its page within `frontend`.
    page: &'static str,
    /// Where it lives on the site: empty, or a folder with a slash at its end.
    base: &'static str,
}

pub(super) const PATIENT: App = App { name: "patient", page: "index.html", base: "" };
pub(super) const STAFF: App = App { name: "staff", page: "staff.html", base: "staff/" };

const SERVICE_WORKER: &str = "sw.js";

/// Every file of the app, by its path on the site.
pub(super) fn files(app: &App, profile: Profile, memo: &mut Memo) -> Result<Files> {
    let frontend = shell::root().join("frontend");
    let mut files = Files::new();
    let program = bind::program(app, profile, memo)?;
    let wasm = add_asset(&mut files, app, "wasm", program.wasm);
    let mut js = String::from_utf8(program.js)?;
    for (name, bytes) in program.snippets {
        let by_content = add_asset(&mut files, app, "js", bytes);
        // Only where it is loaded from: the program knows it by its first name.
        for quote in ['"', '\''] {
            js = js.replace(&format!("from {quote}./{name}{quote}"), &format!("from {quote}/{by_content}{quote}"));
        }
    }
    let js = add_asset(&mut files, app, "js", js.into_bytes());
    let css = add_asset(&mut files, app, "css", styles::sheet(&frontend.join("styles"), app.name)?);

    let mut marks = Marks(BTreeMap::from([("app", app.name.to_owned()), ("base", app.base.to_owned())]));
    marks.0.extend([("wasm", wasm), ("js", js), ("css", css)]);
    let mut service_worker = None;
    for (name, bytes) in public(&frontend.join("public"), app)? {
        if name == SERVICE_WORKER {
            service_worker = Some(bytes);
        } else {
            files.insert(format!("{}{name}", app.base), marks.fill(&name, bytes)?);
        }
    }
    let page = fs::read(frontend.join(app.page)).with_context(|| format!("frontend/{}", app.page))?;
    files.insert(format!("{}index.html", app.base), marks.fill(app.page, page)?);
    if let Some(source) = service_worker {
        marks.0.extend([("version", version(&files)), ("precache", precache(app, &files))]);
        files.insert(format!("{}{SERVICE_WORKER}", app.base), marks.fill(SERVICE_WORKER, source)?);
    }
    Ok(files)
}

/// Adds a file under a name that changes with its content, and gives that name.
fn add_asset(files: &mut Files, app: &App, extension: &str, bytes: Vec<u8>) -> String {
    let name = format!("{}assets/{}-{}.{extension}", app.base, app.name, hash([bytes.as_slice()]));
    files.insert(name.clone(), bytes);
    name
}

/// The public files of the app by name: those of both apps and its own.
fn public(folder: &Path, app: &App) -> Result<Files> {
    let mut files = Files::new();
    for path in walk(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        let name = match name.split_once('/') {
            Some((whose, own)) if whose == app.name => own.to_owned(),
            Some((whose, _)) if [PATIENT.name, STAFF.name].contains(&whose) => continue,
            Some(_) | None => name,
        };
        files.insert(name, fs::read(&path)?);
    }
    Ok(files)
}

/// Changes when any file of the app does.
fn version(files: &Files) -> String {
    hash(files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_slice()]))
}

/// The addresses that the service worker keeps, as JSON: all of the app, its page by the name people open.
fn precache(app: &App, files: &Files) -> String {
    let page = format!("{}index.html", app.base);
    let addresses: Vec<String> =
        files.keys().map(|name| if *name == page { format!("/{}", app.base) } else { format!("/{name}") }).collect();
    format!("{addresses:?}")
}
