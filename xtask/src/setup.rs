//! What the tests need beyond cargo: Chromium with its driver, PostgreSQL, Node with the browser tests' packages,
//! Python with a mail server and a reader of calendars.
//! Installs what is absent and touches nothing that is there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{say, shell};

/// The browser tests' folder.
pub(crate) fn e2e() -> PathBuf {
    shell::root().join("tests/e2e")
}

/// Installs everything that is absent.
pub(crate) fn ensure_all() -> Result<()> {
    let absent = absent_packages();
    if !absent.is_empty() {
        say::step(&format!("install {}", absent.join(" ")), || install(&absent))?;
    }
    ensure_npm_packages()?;
    ensure_python_packages()
}

/// Debian packages whose programs are not here.
fn absent_packages() -> Vec<&'static str> {
    let needs: [(&str, bool); 5] = [
        ("chromium", shell::find_program(&["chromium"]).is_some()),
        ("chromium-driver", shell::find_program(&["chromedriver"]).is_some()),
        ("postgresql", postgres_programs().is_some()),
        ("npm", shell::find_program(&["npm"]).is_some()),
        ("python3-pip", shell::read(Command::new("python3").args(["-m", "pip", "--version"])).is_ok()),
    ];
    needs.into_iter().filter(|(_, there)| !there).map(|(package, _)| package).collect()
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = |words: &[&str]| {
        let mut apt = Command::new("apt-get");
        shell::run(apt.env("DEBIAN_FRONTEND", "noninteractive").args(["--quiet", "--quiet"]).args(words))
    };
    if shell::find_program(&["apt-get"]).is_none() || !is_root() {
        bail!("the tests need these Debian packages; install them, or run this as root: {}", packages.join(" "));
    }
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

/// Installs the packages of the lock file, unless that was done for this very lock file.
fn ensure_npm_packages() -> Result<()> {
    let lock = fs::read(e2e().join("package-lock.json")).context("tests/e2e/package-lock.json")?;
    let stamp = e2e().join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say::step("npm ci", || {
        shell::run(Command::new("npm").current_dir(e2e()).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
        Ok(fs::write(&stamp, &lock)?)
    })
}

/// Installs the listed packages beside the build, unless that was done for this very list. The list is whole.
fn ensure_python_packages() -> Result<()> {
    let list = shell::root().join("tests/python/requirements.txt");
    let wanted = fs::read(&list).context("tests/python/requirements.txt")?;
    let folder = shell::target().join("python");
    let stamp = folder.join("installed.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say::step("pip install", || {
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--root-user-action=ignore",
            "--upgrade",
            "--target",
        ]);
        shell::run(pip.arg(&folder).arg("--requirement").arg(&list))?;
        Ok(fs::write(&stamp, &wanted)?)
    })
}

/// The newest PostgreSQL on this machine: the folder of its programs.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, programs)| programs.join("initdb").is_file())
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, programs)| programs);
    newest.or_else(|| shell::find_program(&["initdb"]).and_then(|initdb| initdb.parent().map(Path::to_owned)))
}

/// Whether this runs with all rights; PostgreSQL then wants another account, and apt-get works.
pub(crate) fn is_root() -> bool {
    shell::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
