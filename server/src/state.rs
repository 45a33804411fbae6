//! What every handler can reach: the two databases, the study, the catalogue, the clock, chance, and the writer.

use std::{ops::Deref, sync::Arc};

use shared::{instrument::catalog::Catalog, study::Study};

use crate::{
    auth::{Passkeys, Provider, RecentDevices},
    checkpoints::CheckpointKey,
    clock::{Chance, Clock},
    config::{Config, MailConfig, StartError},
    db::{self, Db, IdentityDb},
    identity::IdentityKey,
    instruments::read_catalog,
    sync::{self, News, Writer},
};

/// Shared by all handlers; cheap to clone, and read as its [`Parts`].
#[derive(Clone, Debug)]
pub struct AppState(Arc<Parts>);

/// What an [`AppState`] holds.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The research database.
    pub db: Db,
    /// The identity database.
    pub identity: IdentityDb,
    /// What addresses on the identity side are sealed with.
    pub identity_key: IdentityKey,
    /// What checkpoints of the logs are signed with.
    pub checkpoint_key: CheckpointKey,
    /// The study file, checked.
    pub study: Arc<Study>,
    /// Every instrument this server knows, and which of their items the study asks.
    pub catalog: Arc<Catalog>,
    /// What time it is.
    pub clock: Clock,
    /// Where ids and secrets come from.
    pub chance: Chance,
    /// Device sessions looked up a moment ago.
    pub recent_devices: RecentDevices,
    /// Who appends answer events.
    pub writer: Writer,
    /// What was committed last, as it moves.
    pub news: News,
    /// How passkeys are taken, if this server can take any.
    pub passkeys: Option<Arc<Passkeys>>,
    /// The hospital's own sign-in, if staff may use it.
    pub provider: Option<Arc<Provider>>,
    /// The mail server that reminders leave by, if there is one.
    pub mail: Option<Arc<MailConfig>>,
}

/// Connections to each database. SQLite needs few: one writes, the others read.
const CONNECTIONS: u32 = 10;

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl AppState {
    /// The same but for another clock and other chance: for invented histories.
    #[must_use]
    pub fn at(&self, clock: Clock, chance: Chance) -> Self {
        Self(Arc::new(Parts { clock, chance, ..Parts::clone(self) }))
    }

    /// Opens both databases, brings them up to date and reads the study.
    ///
    /// # Errors
    /// When a database cannot be opened or migrated, or the study file is wrong: a sentence and a hint.
    pub async fn open(config: &Config, clock: Clock, chance: Chance) -> Result<Self, StartError> {
        let db = db::connect(&config.database, CONNECTIONS, config.database_wait).await?;
        let identity = IdentityDb(db::connect(&config.identity_database, CONNECTIONS, config.database_wait).await?);
        db::migrate(&db, &identity).await?;
        let identity_key = IdentityKey::open(&config.identity_key, &identity, &chance).await?;
        let checkpoint_key = CheckpointKey::open(&config.checkpoint_key, &chance)?;
        let counters = sync::last_news(&db).await.map_err(|error| {
            StartError::new(format!("The research database could not be read: {error}."), "see the database's own log")
        })?;
        let mut catalog = read_catalog(config.instruments.as_deref())?;
        let study = Arc::new(read_study(config, &catalog)?);
        catalog.select(study.selections());
        let catalog = Arc::new(catalog);
        let news = News::start(db.clone(), counters);
        let writer = Writer::start(db.clone(), news.clone()).map_err(|error| {
            StartError::new(format!("No thread could be started: {error}."), "end what else runs on this machine")
        })?;
        let recent_devices = RecentDevices::default();
        let passkeys = config.public_address.as_deref().and_then(Passkeys::at).map(Arc::new);
        let provider = config.provider.clone().map(Provider::new).transpose().map_err(|error| {
            let hint = "see that this machine's certificates can be read";
            StartError::new(format!("OpenID Connect cannot be set up: {error}."), hint)
        })?;
        let mail = config.mail.clone().map(Arc::new);
        Ok(Self(Arc::new(Parts {
            db,
            identity,
            identity_key,
            checkpoint_key,
            study,
            catalog,
            clock,
            chance,
            recent_devices,
            writer,
            news,
            passkeys,
            provider: provider.map(Arc::new),
            mail,
        })))
    }
}

/// The site's study file or the one shipped, checked by itself and against the instruments there are.
fn read_study(config: &Config, catalog: &Catalog) -> Result<Study, StartError> {
    let hint = "correct the study file, or leave it out to use the one shipped";
    let told = |file: String| move |error| StartError::new(format!("{file}: {error}"), hint);
    let Some(path) = &config.study else {
        return shared::study::shipped().map_err(told("The shipped study".to_owned()));
    };
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| StartError::new(format!("The study file {shown} could not be read: {error}."), hint))?;
    Study::parse_toml_with(&text, catalog).map_err(told(format!("The study file {shown}")))
}
