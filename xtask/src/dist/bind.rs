//! From what the compiler linked to what a browser loads: wasm-bindgen as a library, then wasm-opt if there is one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use super::{Files, Profile, app::App, memo::Memo, trim, walk};
use crate::{say, shell};

/// An app's program, ready for a browser.
pub(super) struct Program {
    pub(super) wasm: Vec<u8>,
    pub(super) js: Vec<u8>,
    /// JavaScript that crates bring along, by path beside the program.
    pub(super) snippets: Files,
}

/// What the Rust compiler of this toolchain may put into a program, and each browser we support understands.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What is inlined makes a smaller program and a larger download: copies of one function compress less well than
/// calls of it.
const NOTHING_INLINED: [&str; 6] = [
    "--always-inline-max-function-size",
    "0",
    "--flexible-inline-max-function-size",
    "0",
    "--one-caller-inline-max-function-size",
    "0",
];

/// The program of the app, from what `compile` linked.
pub(super) fn program(app: &App, profile: Profile, memo: &mut Memo) -> Result<Program> {
    let linked = format!("wasm32-unknown-unknown/{}/{}.wasm", profile.folder(), app.name);
    let linked = shell::target().join(linked);
    let bytes = fs::read(&linked).with_context(|| linked.display().to_string())?;
    let optimiser = if profile == Profile::Small { optimiser() } else { None };
    let how = optimiser.as_ref().map(|found| found.display().to_string()).unwrap_or_default();
    // What is done here belongs to what goes in.
    let steps: [&[u8]; 2] = [include_bytes!("bind.rs"), include_bytes!("trim.rs")];
    let folder = memo.folder(app.name, &[&bytes, how.as_bytes(), &steps.concat()], |folder| {
        say::step(&format!("bind {}", app.name), || bind(app, profile, &linked, folder))?;
        if profile == Profile::Small {
            trim(app, folder)?;
        }
        match &optimiser {
            Some(found) => say::step(&format!("wasm-opt {}", app.name), || optimise(app, found, folder)),
            None if profile == Profile::Small => {
                say::line(
                    "no wasm-opt here: the download will be about a sixth larger (npm ci in tests/e2e brings it)",
                );
                Ok(())
            }
            None => Ok(()),
        }
    })?;
    let mut snippets = Files::new();
    for path in walk(&folder.join("snippets"))? {
        snippets.insert(path.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/"), fs::read(&path)?);
    }
    Ok(Program { wasm: fs::read(wasm_in(app, &folder))?, js: fs::read(js_in(app, &folder))?, snippets })
}

fn wasm_in(app: &App, folder: &Path) -> PathBuf {
    folder.join(format!("{}_bg.wasm", app.name))
}

fn js_in(app: &App, folder: &Path) -> PathBuf {
    folder.join(format!("{}.js", app.name))
}

fn trim(app: &App, folder: &Path) -> Result<()> {
    let (js, wasm) = (js_in(app, folder), wasm_in(app, folder));
    let (program, glue) = trim::trim(&fs::read(&wasm)?, &fs::read_to_string(&js)?)?;
    fs::write(wasm, program)?;
    Ok(fs::write(js, glue)?)
}

fn bind(app: &App, profile: Profile, linked: &Path, folder: &Path) -> Result<()> {
    let dev = profile == Profile::Dev;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(linked)
        .out_name(app.name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(!dev)
        .remove_producers_section(true)
        .debug(dev)
        .generate(folder)
}

/// `wasm-opt` of the npm package `binaryen` beside the browser tests, else one on the search path.
fn optimiser() -> Option<PathBuf> {
    let beside_tests = shell::root().join("tests/e2e/node_modules/.bin/wasm-opt");
    if beside_tests.exists() { Some(beside_tests) } else { shell::find_program(&["wasm-opt"]) }
}

fn optimise(app: &App, optimiser: &Path, folder: &Path) -> Result<()> {
    let wasm = wasm_in(app, folder);
    let smaller = folder.join("smaller.wasm");
    shell::run(
        Command::new(optimiser).arg("-Oz").args(NOTHING_INLINED).args(FEATURES).arg(&wasm).arg("-o").arg(&smaller),
    )?;
    Ok(fs::rename(smaller, wasm)?)
}
