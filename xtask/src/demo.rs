//! `cargo xtask demo`: from a fresh machine to a running demonstration.

use std::{net::TcpListener, os::unix::process::CommandExt as _};

use anyhow::{Context as _, Result, bail};

use crate::{dist, say, shell};

/// Builds what is needed and starts the server in the place of this program.
pub(crate) fn demo(port: u16) -> Result<()> {
    ensure_free(port)?;
    dist::dist(dist::Profile::Dev)?;
    let mut build = shell::cargo();
    say::step("compile the server", || shell::run(build.args(["build", "--quiet", "--package", "server"])))?;
    let folder = shell::target().join("demo");
    let listen = format!("127.0.0.1:{port}");
    let mut ressenti = std::process::Command::new(shell::target().join("debug/ressenti"));
    ressenti.current_dir(shell::root()).args(["demo", "--listen", &listen, "--data"]).arg(folder);
    Err(ressenti.exec()).context("ressenti could not be started")
}

/// Says so at once when the port is taken, not after minutes of building.
fn ensure_free(port: u16) -> Result<()> {
    if let Err(error) = TcpListener::bind(("127.0.0.1", port)) {
        bail!("port {port} cannot be used ({error}): stop what listens there, or choose another with --port 8081");
    }
    Ok(())
}
