//! The real server as a process of its own: made ready, started, killed and stopped; only what was started here.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::header::{COOKIE, SET_COOKIE};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::{
    api::{CSRF_HEADER, CSRF_VALUE, ClaimReply, EnrolReply, LetterReply, SignInRequest},
    id::PatientId,
    sync::signing::DeviceKey,
};
use tempfile::TempDir;

use crate::{
    checker::Address,
    device::{Enrolled, session_of},
    settings::{now_ms, today},
};

const PASSWORD: &str = "a password of a campaign";

/// What kind of database a hospital has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// What a campaign runs on.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// The server, built with faults.
    pub(crate) binary: PathBuf,
    /// A PostgreSQL where databases can be made.
    pub(crate) postgres: String,
    /// Where the scripts are that use a browser as people do.
    pub(crate) scripts: PathBuf,
}

impl Machine {
    /// Runs one of the scripts to its end; it writes down what it did and saw in `journal`.
    pub(crate) async fn browse(&self, script: &str, words: &[&str], journal: &Path) -> Result<()> {
        let mut node = tokio::process::Command::new("node");
        node.arg(self.scripts.join(script)).args(words).arg(journal).kill_on_drop(true);
        let status = node.status().await.context("node could not be started")?;
        ensure!(status.success(), "{script} {words:?} did not come to its end: {status}");
        Ok(())
    }
}

/// A server's databases and files, with a nurse; running or not.
pub(crate) struct Hospital {
    binary: PathBuf,
    folder: TempDir,
    address: Address,
    nurse: String,
    /// The nurse's authenticator, as it is typed in.
    secret: String,
}

/// A server that runs; killed when this goes.
pub(crate) struct Running {
    child: Child,
    /// `http://127.0.0.1:<port>`.
    pub(crate) origin: String,
}

impl Hospital {
    /// Makes databases and an account, with a nurse signed in.
    pub(crate) async fn found(machine: &Machine, engine: Engine, name: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = match engine {
            Engine::Sqlite => Address::Sqlite(folder.path().join("ressenti.db")),
            Engine::Postgres => Address::Postgres(make_databases(&machine.postgres, name).await?),
        };
        std::fs::create_dir(folder.path().join("journals"))?;
        let mut hospital =
            Self { binary: machine.binary.clone(), folder, address, nurse: String::new(), secret: String::new() };
        hospital.secret = hospital.add_nurse()?;
        let running = hospital.start("", "")?;
        hospital.nurse = sign_in(&running, &hospital.secret).await?;
        running.stop()?;
        Ok(hospital)
    }

    /// Where its research database is.
    pub(crate) const fn address(&self) -> &Address {
        &self.address
    }

    /// Where its devices write their journals.
    pub(crate) fn journals(&self) -> PathBuf {
        self.folder.path().join("journals")
    }

    /// The server's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    fn command(&self, words: &[&str]) -> Result<Command> {
        // A write beyond a limit is then an error, as on a full disk, and no signal that ends the process.
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(&self.binary);
        command.args(words).arg("--data").arg(self.folder.path()).env("RUST_LOG", "error");
        command.env_remove("FAILPOINTS").env_remove("RESSENTI_BROKEN");
        if let Address::Postgres(url) = &self.address {
            command.args(["--database", url]);
        }
        command.stderr(File::options().create(true).append(true).open(self.log())?);
        Ok(command)
    }

    /// What the nurse signs in with in a browser.
    pub(crate) fn account(&self) -> Value {
        json!({ "username": "claire", "password": PASSWORD, "secret": self.secret })
    }

    fn add_nurse(&self) -> Result<String> {
        let mut command = self.command(&["user", "add", "claire", "--role", "nurse", "--site", "toulouse"])?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        writeln!(child.stdin.take().context("no input")?, "{PASSWORD}")?;
        let output = child.wait_with_output()?;
        let told = String::from_utf8(output.stdout)?;
        let (_, rest) = told.split_once("secret=").context("no authenticator's secret was told")?;
        Ok(rest.split('&').next().unwrap_or_default().to_owned())
    }

    /// Starts the server with these fail points armed and this promise broken; both may be empty.
    pub(crate) fn start(&self, failpoints: &str, broken: &str) -> Result<Running> {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"])?;
        command.env("FAILPOINTS", failpoints).env("RESSENTI_BROKEN", broken);
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let Some((_, rest)) = first.split_once("http://") else {
            let status = child.wait()?;
            bail!("the server did not start ({status}): {}", std::fs::read_to_string(self.log())?);
        };
        let origin = format!("http://{}", rest.split('/').next().unwrap_or_default());
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop)); // a full pipe would stop the server
        Ok(Running { child, origin })
    }

    /// Runs a command of the server to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Result<()> {
        let status = self.command(words)?.stdout(Stdio::null()).status()?;
        ensure!(status.success(), "ressenti {words:?}: {status}: {}", std::fs::read_to_string(self.log())?);
        Ok(())
    }

    /// What the server's own verifier says is wrong with the logs of this database; empty when they hold.
    pub(crate) fn verify(&self) -> Result<Option<String>> {
        let output = self.command(&["verify"])?.output()?;
        Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// Enrols a device; a new patient's, unless one is given.
    pub(crate) async fn enrol(&self, running: &Running, number: usize, known: Option<&Enrolled>) -> Result<Enrolled> {
        let patient = match known {
            Some(known) => known.patient,
            None => self.enrol_patient(running, number, &[]).await?,
        };
        let letter = self.letter(running, patient).await?;
        let mut secret = [0; 32];
        fastrand::Rng::new().fill(&mut secret);
        let key = DeviceKey::from_secret(&secret).context("no number of the curve")?;
        let claim = json!({ "letter": { "secret": letter.secret }, "public_key": key.public().text() });
        let ClaimReply { device, patient, credential, .. } = self.post(running, "/api/enrolment/claim", &claim).await?;
        Ok(Enrolled { patient, device, credential, key })
    }

    /// Enrols a patient who has something to answer today; the link of their letter, for a real browser.
    pub(crate) async fn write_letter(&self, running: &Running, number: usize) -> Result<(PatientId, String)> {
        let (patient, _) = self.enrol_due(running, number).await?;
        let secret = self.letter(running, patient).await?.secret;
        Ok((patient, format!("{}/#e={secret}", running.origin)))
    }

    /// Enrols a patient who has something to answer today; and their registry number.
    pub(crate) async fn enrol_due(&self, running: &Running, number: usize) -> Result<(PatientId, String)> {
        let today = json!({ "kind": "inclusion", "on": { "date": today() } });
        Ok((self.enrol_patient(running, number, &[today]).await?, registry_number(number)))
    }

    async fn enrol_patient(&self, running: &Running, number: usize, milestones: &[Value]) -> Result<PatientId> {
        let enrolment = json!({
            "registry_number": registry_number(number), "family_name": "Lefèvre", "given_name": "Émile",
            "hemopathy": "dlbcl", "site": "toulouse", "pathway": "conventional", "language": "fr",
            "milestones": milestones,
        });
        Ok(self.post::<EnrolReply>(running, "/api/patients", &enrolment).await?.patient)
    }

    async fn letter(&self, running: &Running, patient: PatientId) -> Result<LetterReply> {
        self.post(running, &format!("/api/patients/{patient}/letter"), &json!({})).await
    }

    /// Asks as the nurse does.
    pub(crate) async fn post<R: DeserializeOwned>(&self, running: &Running, path: &str, body: &Value) -> Result<R> {
        let reply = send(running, path, &self.nurse, body).await?;
        let status = reply.status();
        ensure!(status.is_success(), "{path}: {status}: {}", reply.text().await?);
        Ok(reply.json().await?)
    }
}

fn registry_number(number: usize) -> String {
    format!("CAMPAIGN-{number:05}")
}

async fn send(running: &Running, path: &str, cookie: &str, body: &Value) -> Result<reqwest::Response> {
    let request = reqwest::Client::new().post(format!("{}{path}", running.origin)).header(CSRF_HEADER, CSRF_VALUE);
    Ok(request.header(COOKIE, cookie).json(body).send().await?)
}

async fn sign_in(running: &Running, secret: &str) -> Result<String> {
    let secret =
        totp_rs::Secret::Encoded(secret.to_owned()).to_bytes().map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let totp = totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, secret)?;
    let request = SignInRequest {
        username: "claire".to_owned(),
        password: PASSWORD.to_owned(),
        one_time_code: totp.generate(now_ms().unsigned_abs() / 1_000),
    };
    let reply = send(running, "/api/staff/sign-in", "", &json!(request)).await?;
    let cookie = reply.headers().get(SET_COOKIE).context("the nurse was not let in")?.to_str()?;
    session_of(cookie).context("no session was opened")
}

/// Two empty databases, for research and identity; the address of the first.
async fn make_databases(url: &str, name: &str) -> Result<String> {
    use sqlx::Connection as _;
    let name = format!("campaign_{}_{name}", std::process::id());
    let mut admin = sqlx::PgConnection::connect(url).await?;
    for name in [&name, &format!("{name}_identity")] {
        for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await?;
        }
    }
    let (server, _) = url.rsplit_once('/').context("the address names no database")?;
    Ok(format!("{server}/{name}"))
}

impl Running {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Kills it as `kill -9` does, unless a fail point has; says whether it was still there.
    pub(crate) fn kill(mut self) -> Result<bool> {
        let was_alive = self.is_alive()?;
        self.child.kill()?;
        let status = self.child.wait()?;
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        ensure!(signal == Some(9), "the server did not die of a kill: {status}");
        Ok(was_alive)
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?;
        ensure!(asked.success(), "the server could not be asked to stop");
        let status = self.child.wait()?;
        ensure!(status.success(), "the server did not stop well: {status}");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the log says of panics and the like, if it does.
pub(crate) fn accidents(log: &Path) -> Result<Vec<String>> {
    let text = if log.exists() { std::fs::read_to_string(log)? } else { String::new() };
    Ok(text.lines().filter(|line| line.contains("panicked")).map(str::to_owned).collect())
}
