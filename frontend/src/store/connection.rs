//! One connection to IndexedDB: strict transactions, reopening after the phone closed it, and errors by what helps.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
};

use idb::{
    DatabaseEvent, Event, Factory, IndexParams, KeyPath, KeyRange, ObjectStore, ObjectStoreParams, Request,
    Transaction, event::VersionChangeEvent,
};
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use serde::Serialize;
use shared::{
    json::{self, FromJson},
    sync::store::StoreError,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbTransaction};

/// Raise it with every change of [`create_stores`]; what is there is kept and added to.
const VERSION: u32 = 1;
const EVENTS: &str = "answer_event";
const DOCUMENTS: &str = "document";

/// Why a transaction did not go through.
pub(super) enum Trouble {
    /// The connection was closed under us, as the browser says it: open it again and try once more.
    Closed(String),
    /// A row has the id or the place of the one that was to be added: look what is there.
    Taken,
    /// Tell whoever asked.
    Told(StoreError),
}

impl Trouble {
    pub(super) fn broken(reason: impl std::fmt::Display) -> Self {
        Self::Told(StoreError::Broken(reason.to_string()))
    }

    /// By the name of the browser's exception, which stands at the head of its text.
    fn named(text: String) -> Self {
        let is = |name: &str| text.contains(name);
        if is("ConstraintError") {
            Self::Taken
        } else if is("QuotaExceededError") {
            Self::Told(StoreError::Full)
        } else if is("VersionError") {
            Self::Told(StoreError::Outdated)
        } else if is("InvalidStateError") || is("UnknownError") || is("AbortError") {
            Self::Closed(text)
        } else {
            Self::Told(StoreError::Broken(text))
        }
    }

    fn thrown(exception: &JsValue) -> Self {
        Self::named(exception.unchecked_ref::<Object>().to_string().into())
    }
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Closed(text) => Self::Broken(text),
            Trouble::Taken => Self::Broken("two rows would have one key".to_owned()),
            Trouble::Told(error) => error,
        }
    }
}

impl From<idb::Error> for Trouble {
    /// By the exception within; what the words of the others would weigh is more than they say.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others come of calls that are not made here")]
    fn from(error: idb::Error) -> Self {
        use idb::Error;
        match error {
            Error::DomException(exception) => Self::thrown(&exception),
            Error::AddFailed(exception)
            | Error::UpdateFailed(exception)
            | Error::GetFailed(exception)
            | Error::GetAllFailed(exception)
            | Error::GetKeyFailed(exception)
            | Error::CountFailed(exception)
            | Error::OpenCursorFailed(exception)
            | Error::OpenKeyCursorFailed(exception)
            | Error::CursorKeyNotFound(exception)
            | Error::CursorValueNotFound(exception)
            | Error::KeyRangeCreateFailed(exception)
            | Error::IndexNotFound(exception)
            | Error::ObjectStoreNotFound(exception)
            | Error::RequestResultNotFound(exception)
            | Error::RequestErrorNotFound(exception)
            | Error::IndexedDbOpenFailed(exception)
            | Error::IndexedDbNotFound(exception) => Self::thrown(&exception),
            _ => Self::broken("the browser's store refused"),
        }
    }
}

/// A plain value as JavaScript has it, by way of JSON.
pub(super) fn js(value: &impl Serialize) -> Result<JsValue, Trouble> {
    let text = serde_json::to_string(value).map_err(Trouble::broken)?;
    JSON::parse(&text).map_err(|exception| Trouble::thrown(&exception))
}

/// A plain JavaScript value as we have it.
pub(super) fn plain<T: FromJson>(value: &JsValue) -> Result<T, Trouble> {
    known(&text_of(value)?)
}

/// What a text of ours says.
pub(super) fn known<T: FromJson>(text: &str) -> Result<T, Trouble> {
    json::read(text).ok_or_else(|| Trouble::broken("what is kept is not what was kept"))
}

fn text_of(value: &JsValue) -> Result<String, Trouble> {
    JSON::stringify(value).map(String::from).map_err(|exception| Trouble::thrown(&exception))
}

/// All texts from `from` to `to`, both included.
pub(super) fn texts(from: &str, to: &str) -> Result<KeyRange, Trouble> {
    Ok(KeyRange::bound(&from.into(), &to.into(), None, None)?)
}

/// All compound keys of a text and numbers: from these numbers on, up to the last that begins with those.
pub(super) fn span(text: &str, from: &[u64], to: &[u64]) -> Result<KeyRange, Trouble> {
    let last = compound(text, to);
    // An array is greater than every number.
    last.push(&Array::new());
    Ok(KeyRange::bound(&compound(text, from), &last, None, None)?)
}

pub(super) fn compound(text: &str, numbers: &[u64]) -> Array {
    let key = Array::of1(&text.into());
    for number in numbers {
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "JavaScript counts in doubles")]
        key.push(&JsValue::from_f64(*number as f64));
    }
    key
}

/// A step of a transaction, as the connection runs it: once, or once more when the connection was dead.
type Work<'a> = &'a dyn Fn(Scope) -> Pin<Box<dyn Future<Output = Result<(), Trouble>> + 'a>>;

pub(super) struct Connection {
    name: String,
    /// What every transaction is opened with.
    how: How,
    open: Rc<RefCell<Option<IdbDatabase>>>,
    outdated: Rc<Cell<bool>>,
    /// Once a save failed for no reason we can mend, the store is only read: what it holds may be all there is.
    read_only: RefCell<Option<StoreError>>,
}

impl Connection {
    pub(super) fn new(name: &str) -> Self {
        let (open, outdated, read_only) = (Rc::default(), Rc::default(), RefCell::default());
        Self { name: name.to_owned(), how: How::new(), open, outdated, read_only }
    }

    pub(super) async fn read<T>(&self, work: impl AsyncFn(&Scope) -> Result<T, Trouble>) -> Result<T, StoreError> {
        Ok(self.run("readonly", work).await?)
    }

    /// One strict transaction: when it returns `Ok`, all of it is on the disk.
    pub(super) async fn write<T>(&self, work: impl AsyncFn(&Scope) -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.check_writable()?;
        self.note_broken(self.run("readwrite", work).await.map_err(StoreError::from))
    }

    /// As [`Self::write`]; `None`, and nothing changed, when what was to be added has a key that is taken.
    pub(super) async fn write_if_free<T>(
        &self,
        work: impl AsyncFn(&Scope) -> Result<T, Trouble>,
    ) -> Result<Option<T>, StoreError> {
        self.check_writable()?;
        self.note_broken(match self.run("readwrite", work).await {
            Ok(value) => Ok(Some(value)),
            Err(Trouble::Taken) => Ok(None),
            Err(trouble) => Err(trouble.into()),
        })
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        self.read_only.borrow().clone().map_or(Ok(()), Err)
    }

    fn note_broken<T>(&self, saved: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error @ StoreError::Broken(_)) = &saved {
            self.read_only.replace(Some(error.clone()));
        }
        saved
    }

    /// As a phone does it: the connection is dead, and we still hold it.
    pub(super) fn close(&self) {
        if let Some(database) = self.open.borrow().as_ref() {
            database.close();
        }
    }

    /// Deletes the database. Whoever holds it open elsewhere makes way.
    pub(super) async fn delete(&self) -> Result<(), StoreError> {
        self.check_writable()?;
        self.close();
        self.open.take();
        let delete = async { Ok::<_, Trouble>(Factory::new()?.delete(&self.name)?.await?) };
        Ok(delete.await?)
    }

    /// Runs `work` and gives what it made. All that does not depend on its type is in [`Self::try_twice`].
    async fn run<T>(&self, mode: &str, work: impl AsyncFn(&Scope) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let outcome = Cell::new(None);
        let (work, keep) = (&work, &outcome);
        self.try_twice(mode, &move |scope| {
            Box::pin(async move {
                keep.set(Some(work(&scope).await?));
                Ok(())
            })
        })
        .await?;
        outcome.take().ok_or_else(|| Trouble::broken("a transaction made nothing"))
    }

    async fn try_twice(&self, mode: &str, work: Work<'_>) -> Result<(), Trouble> {
        let outcome = Box::pin(self.attempt(mode, work)).await;
        if !matches!(outcome, Err(Trouble::Closed(_))) {
            return outcome;
        }
        self.close();
        self.open.take();
        Box::pin(self.attempt(mode, work)).await
    }

    async fn attempt(&self, mode: &str, work: Work<'_>) -> Result<(), Trouble> {
        let scope = Scope::open(&self.database().await?, mode, &self.how)?;
        match work(scope.clone()).await {
            Ok(()) if mode == "readonly" => Ok(()),
            Ok(()) => scope.commit().await,
            Err(trouble) => {
                let _ = scope.raw.abort();
                Err(trouble)
            }
        }
    }

    async fn database(&self) -> Result<IdbDatabase, Trouble> {
        if self.outdated.get() {
            return Err(Trouble::Told(StoreError::Outdated));
        }
        if let Some(database) = self.open.borrow().clone() {
            return Ok(database);
        }
        let mut request = Factory::new()?.open(&self.name, Some(VERSION))?;
        request.on_upgrade_needed(|event| {
            if create_stores(&event).is_err() {
                abort_upgrade(&event);
            }
        });
        let mut database = request.await?;
        let open = Rc::clone(&self.open);
        database.on_close(move |_| {
            open.take();
        });
        let (open, outdated) = (Rc::clone(&self.open), Rc::clone(&self.outdated));
        database.on_version_change(move |_| {
            // A newer version of the app waits for us: make way, and say so when next asked.
            outdated.set(true);
            if let Some(database) = open.take() {
                database.close();
            }
        });
        database.forget_callbacks();
        let database = IdbDatabase::from(database);
        self.open.replace(Some(database.clone()));
        Ok(database)
    }
}

fn create_stores(event: &VersionChangeEvent) -> Result<(), idb::Error> {
    let database = event.database()?;
    if event.old_version()? < 1 {
        let mut params = ObjectStoreParams::new();
        params.key_path(Some(KeyPath::new_single("key")));
        let events = database.create_object_store(EVENTS, params)?;
        let mut once = IndexParams::new();
        once.unique(true);
        events.create_index("place", KeyPath::new_single("place"), Some(once))?;
        events.create_index("slot", KeyPath::new_array(["slot", "sequence"]), None)?;
        events.create_index("stage", KeyPath::new_array(["patient", "stage", "sequence"]), None)?;
        events.create_index("sent", KeyPath::new_single("sent"), None)?;
        events.create_index("received", KeyPath::new_array(["patient", "received_ms"]), None)?;
        database.create_object_store(DOCUMENTS, ObjectStoreParams::new())?;
    }
    Ok(())
}

fn abort_upgrade(event: &VersionChangeEvent) {
    let transaction = event.target().ok().and_then(|request| request.transaction());
    let _ = transaction.map(Transaction::abort);
}

/// How a transaction is opened, in the browser's own values: made once, as every tap opens one.
struct How {
    method: JsValue,
    stores: Array,
    options: Object,
}

impl How {
    fn new() -> Self {
        let options = Object::new();
        let _ = Reflect::set(&options, &"durability".into(), &"strict".into());
        Self {
            method: "transaction".into(),
            stores: [EVENTS, DOCUMENTS].map(JsValue::from).into_iter().collect(),
            options,
        }
    }
}

/// What can be reached within one transaction.
#[derive(Clone)]
pub(super) struct Scope {
    raw: IdbTransaction,
}

impl Scope {
    /// `idb` has no durability option: `IDBDatabase.transaction(names, mode, { durability })` is called directly.
    fn open(database: &IdbDatabase, mode: &str, How { method, stores, options }: &How) -> Result<Self, Trouble> {
        let thrown = |exception: JsValue| Trouble::thrown(&exception);
        let open: Function = Reflect::get(database, method).map_err(thrown)?.unchecked_into();
        let raw: IdbTransaction = open.call3(database, stores, &mode.into(), options).map_err(thrown)?.unchecked_into();
        Ok(Self { raw })
    }

    pub(super) fn events(&self) -> Result<ObjectStore, Trouble> {
        Ok(Transaction::from(self.raw.clone()).object_store(EVENTS)?)
    }

    pub(super) fn documents(&self) -> Result<ObjectStore, Trouble> {
        Ok(Transaction::from(self.raw.clone()).object_store(DOCUMENTS)?)
    }

    pub(super) fn durability(&self) -> String {
        let durability = Reflect::get(&self.raw, &"durability".into()).ok();
        durability.and_then(|value| value.as_string()).unwrap_or_default()
    }

    /// Waits until the browser says that everything is on the disk.
    async fn commit(&self) -> Result<(), Trouble> {
        let finished = Promise::new(&mut |resolve, reject| {
            self.raw.set_oncomplete(Some(&resolve));
            self.raw.set_onabort(Some(&reject));
        });
        // A browser without `commit` commits by itself, a little later.
        let _ = Transaction::from(self.raw.clone()).commit();
        match JsFuture::from(finished).await {
            Ok(_) => Ok(()),
            Err(_) => Err(self.raw.error().map_or_else(
                || Trouble::Closed("a transaction was aborted for no reason given".to_owned()),
                |error| idb::Error::DomException(error).into(),
            )),
        }
    }
}
