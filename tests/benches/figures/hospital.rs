//! A running server with a nurse signed in: enrols patients and opens their phones the way people do.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::{
        CSRF_HEADER, CSRF_VALUE, Claim, ClaimReply, ClaimRequest, DeviceSessionRequest, EnrolReply, EnrolRequest,
        LetterReply, SignInRequest,
    },
    id::{DeviceId, PatientId, TimepointKey},
    sync::signing::{DeviceKey, Message},
    time::Timestamp,
};

use crate::setting;

/// Where the server keeps what it is told.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    Sqlite,
    /// The address of a PostgreSQL where databases may be made.
    Postgres(String),
}

impl Engine {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// A server of our own, stopped and forgotten when this goes.
pub(crate) struct Hospital {
    server: Child,
    _folder: tempfile::TempDir,
    address: String,
    database: String,
    client: reqwest::Client,
    /// The nurse's session.
    cookie: String,
}

/// An enrolled phone with an open session.
pub(crate) struct Phone {
    pub(crate) patient: PatientId,
    pub(crate) device: DeviceId,
    cookie: String,
    key: DeviceKey,
    /// The timepoint that can come round any number of times.
    pub(crate) relapse: TimepointKey,
    pub(crate) now: Timestamp,
}

impl Phone {
    /// The lines of a request's header that make it this phone's: its session and its signature.
    pub(crate) fn headers(&self, method: &str, path: &str, body: &[u8]) -> String {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let signed = self.key.sign(&Message { method, path, query, body }, self.device, self.now.as_second());
        signed
            .iter()
            .fold(format!("cookie: {}\r\n", self.cookie), |lines, (name, value)| lines + name + ": " + value + "\r\n")
    }
}

impl Hospital {
    /// Starts the server with the demonstration's registry and staff on databases of its own.
    pub(crate) async fn open(engine: &Engine) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(setting("RESSENTI_BENCH_SERVER")?);
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path()).env("RUST_LOG", "error");
        let mut database = folder.path().join("ressenti.db").display().to_string();
        if let Engine::Postgres(url) = engine {
            database = make_databases(url).await?;
            command.args(["--database", &database]);
        }
        let mut server = command.stdout(Stdio::piped()).spawn()?;
        let (address, secret) = listen_to(&mut server)?;
        let client = reqwest::Client::new();
        let mut hospital = Self { server, _folder: folder, address, database, client, cookie: String::new() };
        hospital.sign_in(&secret).await?;
        Ok(hospital)
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The research database: an address, or a file.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// The nurse's session, as a header holds it.
    pub(crate) fn nurse_cookie(&self) -> &str {
        &self.cookie
    }

    #[expect(clippy::disallowed_methods, reason = "a one-time code is of now")]
    async fn sign_in(&mut self, secret: &[u8]) -> Result<()> {
        let request = SignInRequest {
            username: "claire".to_owned(),
            password: "demonstration".to_owned(),
            one_time_code: server::auth::one_time_code(secret, Timestamp::now()),
        };
        self.cookie = session_of(&self.send("/api/staff/sign-in", &request).await?)?;
        Ok(())
    }

    /// Enrols patients, each with a letter and a phone that has opened it.
    pub(crate) async fn enrol_phones(&self, n: usize) -> Result<Vec<Phone>> {
        let mut phones = Vec::with_capacity(n);
        for number in 0..n {
            phones.push(self.enrol_phone(number).await?);
        }
        Ok(phones)
    }

    /// Enrols a patient; their letter is in hand.
    pub(crate) async fn enrol(&self, number: usize) -> Result<(PatientId, LetterReply)> {
        let enrolment = EnrolRequest {
            registry_number: format!("BENCH-{number:05}"),
            family_name: String::new(),
            given_name: String::new(),
            birth_date: None,
            hemopathy: "dlbcl".parse()?,
            site: "toulouse".parse()?,
            pathway: "conventional".parse()?,
            language: "fr".parse()?,
            pathway_from: None,
            consent: None,
            contacts: Vec::new(),
            milestones: Vec::new(),
        };
        let EnrolReply { patient } = self.post("/api/patients", &enrolment).await?;
        self.post(&format!("/api/patients/{patient}/letter"), &serde_json::json!({}))
            .await
            .map(|letter| (patient, letter))
    }

    async fn enrol_phone(&self, number: usize) -> Result<Phone> {
        let (patient, letter) = self.enrol(number).await?;
        self.open_phone(patient, letter).await
    }

    /// A phone of a patient, opened by a letter of its own.
    pub(crate) async fn another_phone(&self, patient: PatientId) -> Result<Phone> {
        let letter = self.post(&format!("/api/patients/{patient}/letter"), &serde_json::json!({})).await?;
        self.open_phone(patient, letter).await
    }

    #[expect(clippy::disallowed_methods, reason = "a phone has a clock")]
    async fn open_phone(&self, patient: PatientId, letter: LetterReply) -> Result<Phone> {
        let secret = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].map(uuid::Uuid::into_bytes).concat();
        let key =
            secret.as_slice().try_into().ok().and_then(DeviceKey::from_secret).context("no number of the curve")?;
        let claim = ClaimRequest { letter: Claim::Secret(letter.secret), public_key: key.public().text() };
        let claim: ClaimReply = self.post("/api/enrolment/claim", &claim).await?;
        let (device, cookie) = (claim.device, String::new());
        let mut phone = Phone { patient, device, cookie, key, relapse: "R".parse()?, now: Timestamp::now() };
        phone.cookie = self.open_session(&phone, claim.credential).await?;
        Ok(phone)
    }

    async fn open_session(&self, phone: &Phone, credential: String) -> Result<String> {
        let (path, opening) = ("/api/device/session", DeviceSessionRequest { device: phone.device, credential });
        let body = serde_json::to_vec(&opening)?;
        let mut request = self.request(path).header(CONTENT_TYPE, "application/json");
        let message = Message { method: "POST", path, query: "", body: &body };
        for (name, value) in phone.key.sign(&message, phone.device, phone.now.as_second()) {
            request = request.header(name, value);
        }
        session_of(&request.body(body).send().await?)
    }

    async fn post<R: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<R> {
        Ok(self.send(path, body).await?.json().await?)
    }

    fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let origin = format!("http://{}", self.address);
        self.client.post(format!("{origin}{path}")).header("origin", origin).header(CSRF_HEADER, CSRF_VALUE)
    }

    async fn send(&self, path: &str, body: &impl Serialize) -> Result<reqwest::Response> {
        let reply = self.request(path).header(COOKIE, &self.cookie).json(body).send().await?;
        let status = reply.status();
        if !status.is_success() {
            anyhow::bail!("{path}: {status}: {}", reply.text().await?);
        }
        Ok(reply)
    }
}

impl Drop for Hospital {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The session that a reply opens, as a header holds it. By hand: the cookie is for secure connections only, which a
/// browser takes loopback for and a client library does not.
fn session_of(reply: &reqwest::Response) -> Result<String> {
    let line = reply.headers().get(SET_COOKIE).context("no session was opened")?.to_str()?;
    Ok(line.split(';').next().unwrap_or_default().to_owned())
}

/// Two empty databases, for research and identity; the address of the first.
#[expect(clippy::disallowed_methods, reason = "a name that no other run has")]
async fn make_databases(url: &str) -> Result<String> {
    use sqlx::Connection as _;
    let name = format!("bench_{}", uuid::Uuid::new_v4().simple());
    let mut admin = sqlx::PgConnection::connect(url).await?;
    for name in [&name, &format!("{name}_identity")] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
    }
    let (server, _) = url.rsplit_once('/').context("the address names no database")?;
    Ok(format!("{server}/{name}"))
}

/// Reads what the demonstration prints: where it listens, and the nurse's authenticator secret.
fn listen_to(server: &mut Child) -> Result<(String, Vec<u8>)> {
    let mut lines = BufReader::new(server.stdout.take().context("no output")?).lines();
    let (mut address, mut secret) = (None, None);
    while address.is_none() || secret.is_none() {
        let line = lines.next().context("the server stopped before it listened")??;
        if let Some((_, rest)) = line.split_once("http://") {
            address = address.or_else(|| rest.split(['/', ' ', ',']).next().map(str::to_owned));
        }
        secret = secret.or_else(|| line.split_whitespace().find_map(decode_base32));
    }
    // Keep reading: a full pipe would stop the server.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    let (address, secret) = (address.context("no address")?, secret.context("no secret")?);
    ensure!(!secret.is_empty(), "the secret is empty");
    Ok((address, secret))
}

/// The bytes of a secret as authenticators write it: at least 16 letters of base 32.
fn decode_base32(word: &str) -> Option<Vec<u8>> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    if word.len() < 16 {
        return None;
    }
    let (mut bytes, mut bits, mut buffer) = (Vec::new(), 0, 0_u32);
    for letter in word.chars() {
        buffer = (buffer << 5) | u32::try_from(LETTERS.find(letter)?).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}
