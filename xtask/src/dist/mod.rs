//! `cargo xtask dist`: the two web apps, compiled, bound, named by content, listed for their service workers and
//! compressed, into `dist/`: the patient's at `/`, the staff's under `/staff/`.
//!
//! Each step is remembered by the hash of what goes into it (see `memo`), so an edit repeats only what it touches.

mod app;
mod bind;
mod compress;
mod fill;
mod memo;
mod styles;
mod trim;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use crate::{say, shell};
use memo::Memo;

/// Files by their path below the root of the site.
type Files = BTreeMap<String, Vec<u8>>;

/// How the web apps are built.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Profile {
    /// For the edit loop: quick to build, large, with names in stack traces, not compressed.
    Dev,
    /// For patients: the smallest download.
    Small,
}

impl Profile {
    const fn cargo_name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Small => "wasm-release",
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Small => "wasm-release",
        }
    }
}

/// Where the site is written.
pub(crate) fn folder() -> PathBuf {
    shell::root().join("dist")
}

/// Makes the folder if there is none yet: a server compiled without it would never look there again.
pub(crate) fn ensure_folder() -> Result<()> {
    fs::create_dir_all(folder()).context("the folder of the web files could not be made")
}

/// Builds everything and writes the site.
pub(crate) fn dist(profile: Profile) -> Result<()> {
    ensure_wasm_target()?;
    say::step("compile the web apps", || compile(profile))?;
    let mut memo = Memo::open(&shell::target().join("dist").join(profile.folder()))?;
    let mut site = Files::new();
    for app in [app::PATIENT, app::STAFF] {
        site.append(&mut app::files(&app, profile, &mut memo)?);
    }
    if profile == Profile::Small {
        say::step("compress", || compress::add(&mut site, &mut memo))?;
    }
    write(&folder(), &site)?;
    memo.forget_unused()
}

/// Adds the browser's target to the toolchain when it is not there yet.
fn ensure_wasm_target() -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(shell::root()).args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]);
    if Path::new(shell::read(&mut rustc)?.trim()).is_dir() {
        return Ok(());
    }
    say::step("add the wasm32-unknown-unknown target", || {
        shell::run(Command::new("rustup").current_dir(shell::root()).args(["target", "add", "wasm32-unknown-unknown"]))
            .context("install rustup from https://rustup.rs, or add this target to your Rust by other means")
    })
}

fn compile(profile: Profile) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--quiet", "--package", "frontend", "--bins", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--profile", profile.cargo_name()]);
    if profile == Profile::Small {
        cargo.args(["--config", &format!("target.wasm32-unknown-unknown.rustflags = {:?}", smaller())]);
    }
    shell::run(&mut cargo)
}

/// What makes the download smaller and is no setting of a profile: views without a type each (an eighth of the
/// staff's app), and no folder of the building machine in the texts of panics.
fn smaller() -> [String; 3] {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"))).unwrap_or_default();
    ["--cfg".to_owned(), "erase_components".to_owned(), format!("--remap-path-prefix={}=", home.display())]
}

/// Makes the folder hold these files and no others, touching only what differs.
fn write(folder: &Path, site: &Files) -> Result<()> {
    for (name, bytes) in site {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|there| there == *bytes) {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    let wanted: BTreeSet<PathBuf> = site.keys().map(|name| folder.join(name)).collect();
    for stale in walk(folder)?.into_iter().filter(|path| !wanted.contains(path)) {
        fs::remove_file(stale)?;
    }
    Ok(())
}

/// All files below a folder, in order of path; none when it is not there.
pub(crate) fn walk(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { files.append(&mut walk(&path)?) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// What follows the last dot of a name.
pub(crate) fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
