//! A real server over fresh databases, on a clock that moves when told.

use std::time::Duration;

use server::{
    auth::{self, accounts},
    clock::{Chance, Clock},
    config::{Config, LogFormat, MailConfig, ProviderConfig, StartError},
    db::{Database, Engine},
    state::AppState,
};
use shared::{
    api::{SignInRequest, StaffReply},
    id::SiteKey,
    people::Role,
    time::Timestamp,
};
use tempfile::TempDir;

use super::{Client, postgres};

/// Every test account's password.
pub const PASSWORD: &str = "a password of a test";
/// Every test account's authenticator secret.
const AUTHENTICATOR: &[u8] = b"an authenticator's 160 bits";

/// Where people reach the tests' server, as it believes.
pub const PUBLIC_ADDRESS: &str = "https://ressenti.example.org";

/// A running server.
pub struct TestApp {
    /// What the server works on, for looking behind the interface.
    pub state: AppState,
    /// The server's clock; starts at 2 March 2026, 9 o'clock in Paris, unless told otherwise.
    pub clock: Clock,
    /// `http://127.0.0.1:<port>`.
    pub origin: String,
    /// How it was started.
    pub config: Config,
    serving: tokio::task::JoinHandle<()>,
    folder: TempDir,
    _databases: Option<postgres::Databases>,
}

/// Databases that nobody has opened yet, on the engine of an app.
pub struct Place {
    /// How a server over them is started.
    pub config: Config,
    folder: TempDir,
    databases: Option<postgres::Databases>,
}

impl Place {
    /// The folder of its files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// 2 March 2026, 9 o'clock in Paris.
fn first_morning() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

impl TestApp {
    /// Over SQLite in a folder of its own.
    pub async fn on_sqlite() -> Self {
        Self::on_sqlite_at(first_morning()).await
    }

    /// The same at another time: commands that run beside it go by the machine's clock.
    pub async fn on_sqlite_at(now: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::File(folder.path().join("ressenti.db"));
        Self::start(database, folder, None, now).await
    }

    /// Over PostgreSQL, when there is one to test on.
    pub async fn on_postgres() -> Option<Self> {
        let databases = postgres::fresh().await?;
        let database = Database::parse_url(&databases.research).unwrap();
        Some(Self::start(database, tempfile::tempdir().unwrap(), Some(databases), first_morning()).await)
    }

    async fn start(
        database: Database,
        folder: TempDir,
        databases: Option<postgres::Databases>,
        now: Timestamp,
    ) -> Self {
        let clock = Clock::fixed(now);
        let config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            identity_database: database.identity_beside(),
            database,
            identity_key: folder.path().join("identity.key"),
            checkpoint_key: folder.path().join("checkpoint.key"),
            study: None,
            instruments: None,
            log: LogFormat::Text,
            database_wait: Duration::from_millis(500),
            public_address: Some(PUBLIC_ADDRESS.to_owned()),
            mail: None,
            provider: None,
        };
        Self::serve(config, clock, folder, databases).await
    }

    /// Two more databases, on SQLite or on PostgreSQL; none when there is no PostgreSQL to test on.
    pub async fn empty_place(&self, on_sqlite: bool) -> Option<Place> {
        let folder = tempfile::tempdir().unwrap();
        let databases = if on_sqlite { None } else { Some(postgres::fresh().await?) };
        let database = match &databases {
            None => Database::File(folder.path().join("ressenti.db")),
            Some(databases) => Database::parse_url(&databases.research).unwrap(),
        };
        let config = Config {
            identity_database: database.identity_beside(),
            database,
            identity_key: folder.path().join("identity.key"),
            checkpoint_key: folder.path().join("checkpoint.key"),
            ..self.config.clone()
        };
        Some(Place { config, folder, databases })
    }

    /// Whether it runs over SQLite.
    pub fn is_on_sqlite(&self) -> bool {
        matches!(self.config.database, Database::File(_))
    }

    /// A server over such databases, at the time that it is here.
    pub async fn start_at(&self, place: Place) -> Self {
        Self::serve(place.config, self.clock.clone(), place.folder, place.databases).await
    }

    /// Stops serving and lets go of the databases.
    pub async fn stop(&self) {
        self.serving.abort();
        self.state.db.close().await;
        self.state.identity.0.close().await;
    }

    /// A second server over the same databases, as a second process would be.
    pub async fn another_process(&self) -> Self {
        Self::serve(self.config.clone(), self.clock.clone(), tempfile::tempdir().unwrap(), None).await
    }

    /// A second server over the same databases that waits so long for a busy one: for many writers on a busy machine.
    pub async fn with_wait(&self, database_wait: Duration) -> Self {
        let config = Config { database_wait, ..self.config.clone() };
        Self::serve(config, self.clock.clone(), tempfile::tempdir().unwrap(), None).await
    }

    /// Opens the same databases once more, which may be refused.
    pub async fn try_another(&self) -> Result<AppState, StartError> {
        AppState::open(&self.config, self.clock.clone(), Chance::System).await
    }

    /// The folder of its files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A second server over the same databases, with another study file.
    pub async fn with_study(&self, study: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.toml");
        std::fs::write(&path, study).unwrap();
        let config = Config { study: Some(path), ..self.config.clone() };
        Self::serve(config, self.clock.clone(), folder, None).await
    }

    /// A second server over the same databases, which sends mail.
    pub async fn with_mail(&self, mail: MailConfig) -> Self {
        let config = Config { mail: Some(mail), ..self.config.clone() };
        Self::serve(config, self.clock.clone(), tempfile::tempdir().unwrap(), None).await
    }

    /// A second server over the same databases, at which staff may sign in by a provider.
    pub async fn with_provider(&self, provider: ProviderConfig) -> Self {
        let config = Config { provider: Some(provider), ..self.config.clone() };
        Self::serve(config, self.clock.clone(), tempfile::tempdir().unwrap(), None).await
    }

    async fn serve(config: Config, clock: Clock, folder: TempDir, databases: Option<postgres::Databases>) -> Self {
        let state = AppState::open(&config, clock.clone(), Chance::System).await.unwrap();
        let listener = tokio::net::TcpListener::bind(config.listen).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = server::router(state.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { state, clock, origin, config, serving, folder, _databases: databases }
    }

    /// A browser that has never been here.
    pub fn client(&self) -> Client {
        Client::new(&self.origin)
    }

    /// Makes an account; its password and authenticator are the tests'.
    pub async fn add_staff(&self, username: &str, role: Role, sites: &[&str]) {
        let account = accounts::NewAccount {
            username: username.to_owned(),
            role,
            sites: sites.iter().map(|site| SiteKey::parse(site).unwrap()).collect(),
            password: PASSWORD.to_owned(),
            totp_secret: Some(AUTHENTICATOR.to_vec()),
        };
        let scope = auth::guard::operator();
        accounts::add(&scope, &self.state.db, account, &self.state.chance, self.clock.now()).await.unwrap();
    }

    /// What an account's authenticator shows now.
    pub fn one_time_code(&self) -> String {
        auth::one_time_code(AUTHENTICATOR, self.clock.now())
    }

    /// A browser in which this account is signed in.
    pub async fn sign_in(&self, username: &str) -> Client {
        let client = self.client();
        let request = SignInRequest {
            username: username.to_owned(),
            password: PASSWORD.to_owned(),
            one_time_code: self.one_time_code(),
        };
        let staff: StaffReply = client.post("/api/staff/sign-in", &request).await.ok();
        assert_eq!(staff.username, username);
        client
    }

    /// Counts behind the interface.
    pub async fn count(&self, sql: &'static str) -> i64 {
        match self.state.db.read() {
            Engine::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Engine::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    /// Runs a statement behind the interface.
    pub async fn execute(&self, sql: &'static str) -> sqlx::Result<u64> {
        match self.state.db.write() {
            Engine::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|done| done.rows_affected()),
            Engine::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|done| done.rows_affected()),
        }
    }

    /// A nurse of these sites, made and signed in.
    pub async fn nurse(&self, username: &str, sites: &[&str]) -> Client {
        self.add_staff(username, Role::Nurse, sites).await;
        self.sign_in(username).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
