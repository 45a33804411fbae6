//! A PostgreSQL of our own for as long as a test or bench runs: own folder, loopback, free port, gone at the end.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{setup, shell};

/// What a power cut must not undo, or what may be lost with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Durability {
    /// As in a hospital.
    Full,
    /// For tests, which throw their databases away.
    None,
}

/// A running server, stopped and deleted when this goes.
pub(crate) struct Postgres {
    server: Child,
    folder: PathBuf,
    port: u16,
    programs: PathBuf,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let programs = setup::postgres_programs().context("PostgreSQL is not installed: apt-get install postgresql")?;
        let folder = std::env::temp_dir().join(format!("ressenti-postgres-{}", std::process::id()));
        let cluster = folder.join("cluster");
        std::fs::create_dir_all(&folder)?;
        if setup::is_root() {
            shell::run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let mut initdb = as_postgres(&programs.join("initdb"));
        initdb.args(["--username=ressenti", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        shell::read(initdb.arg("--pgdata").arg(&cluster)).context("a PostgreSQL cluster could not be made")?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = as_postgres(&programs.join("postgres"));
        server.arg("-D").arg(&cluster).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        server.args(["-c", "unix_socket_directories=", "-c", "max_connections=300", "-c", "log_min_messages=fatal"]);
        if durability == Durability::None {
            server.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        let server = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut started = Self { server, folder, port, programs };
        started.wait_until_ready()?;
        Ok(started)
    }

    /// Where to connect; the account may create databases.
    pub(crate) fn url(&self) -> String {
        format!("postgres://ressenti@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_mins(1);
        let mut probe = Command::new(self.programs.join("pg_isready"));
        probe.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        while !probe.status()?.success() {
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL stopped while starting ({status})");
            }
            if Instant::now() > deadline {
                bail!("PostgreSQL did not start within a minute");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is its "fast shutdown": connections are closed, nothing is left running.
        let _ = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program under the account `postgres` when this runs as root, which PostgreSQL refuses to; stopped with us
/// even if we are killed.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if setup::is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"]);
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program).current_dir(std::env::temp_dir());
    command
}
