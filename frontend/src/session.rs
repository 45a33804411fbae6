//! Who sits here and since when: the browser's clock and ids, and a patient's session from PIN to lock.
//!
//! The only place of the frontend that reads a clock or makes an id. Wrong PINs are slowed, and never erase
//! anything; a try is counted before it is checked, so that closing the page does not undo it.

pub(crate) mod passkey;
pub(crate) mod provider;

use jiff::{civil::DateTime, tz::Offset};
use js_sys::{Date as JsDate, Object, Reflect};
use leptos::prelude::window;
use shared::{
    api::{Claim, ClaimReply, ClaimRequest},
    id::{AnswerEventId, DeviceId, PatientId, SessionId},
    people::{Mode, Respondent},
    sync::store::{Enrolment, Store, StoreError},
    time::{Date, DeviceTime, Moment as _, Timestamp},
};
use uuid::Uuid;
use wasm_bindgen::JsValue;

use crate::{
    api::{self, Failure},
    crypto::{self, CryptoUnavailable, DeviceKey, Key, Pin},
    store::IndexedDbStore,
};

/// Wrong tries that cost nothing.
const FREE_TRIES: u32 = 5;
/// How long the first further one costs; each one more doubles it.
const FIRST_WAIT_S: i64 = 30;
/// The longest wait.
const LONGEST_WAIT_S: i64 = 24 * 3600;

/// What the browser's clock says.
#[must_use]
pub fn now() -> Timestamp {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "whole milliseconds, far within i64")]
    let milliseconds = JsDate::now() as i64;
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

/// Today in Europe/Paris.
#[must_use]
pub fn today() -> Date {
    civil_date(now())
}

/// The civil date of an instant in Europe/Paris, whatever zone the phone is set to.
#[must_use]
pub fn civil_date(at: Timestamp) -> Date {
    civil(at).date()
}

/// The civil date and time of an instant in Europe/Paris, whatever zone the phone is set to.
#[must_use]
pub fn civil(at: Timestamp) -> DateTime {
    let options = Object::new();
    let _ = Reflect::set(&options, &"timeZone".into(), &"Europe/Paris".into());
    // Swedish dates are written year-month-day.
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "JavaScript counts milliseconds in a double"
    )]
    let instant = JsDate::new(&JsValue::from_f64(at.as_millisecond() as f64));
    let text = String::from(instant.to_locale_string("sv-SE", &options)).replace(' ', "T") + "Z";
    Offset::UTC.to_datetime(Timestamp::read(&text).unwrap_or(at))
}

#[expect(clippy::disallowed_methods, reason = "this is the browser's home of ids")]
fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// An id for a lock of the ward's tablet.
#[must_use]
pub(crate) fn new_lock_id() -> DeviceId {
    DeviceId::new(new_id())
}

/// The address of a file made here, for a link that saves it: it is made of the text itself and asks nobody.
#[must_use]
pub fn file_address(json: &str) -> String {
    format!("data:application/json;charset=utf-8,{}", js_sys::encode_uri_component(json))
}

/// An id for a new answer event.
#[must_use]
pub fn new_event_id() -> AnswerEventId {
    AnswerEventId::new(new_id())
}

/// An id for the desk at which one form or one correction is typed in.
#[must_use]
pub fn new_desk() -> DeviceId {
    DeviceId::new(new_id())
}

/// What the browser of whoever types in knows of the time, since its page was loaded.
#[must_use]
pub fn desk_clock() -> DeviceTime {
    clock_since(0.0)
}

/// What this device knows of the time, since an uptime.
fn clock_since(began_ms: f64) -> DeviceTime {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "offsets are below 900 minutes")]
    let utc_offset_minutes = -(JsDate::new_0().get_timezone_offset() as i16);
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "uptime does not go back"
    )]
    let monotonic_ms = (uptime_ms() - began_ms) as u64;
    DeviceTime { at: now(), utc_offset_minutes, monotonic_ms }
}

/// A number that no other device draws: what keeps devices from retrying in step.
#[must_use]
pub fn seed() -> u64 {
    crypto::random_bytes().map_or(0, u64::from_le_bytes)
}

/// A patient's session at this device, from a right PIN until it is locked.
#[derive(Clone)]
pub struct Session {
    /// The device, as enrolled for this patient.
    pub device: DeviceId,
    /// Who.
    pub patient: PatientId,
    /// This sitting.
    pub id: SessionId,
    /// Who answers, and with what help.
    pub respondent: Respondent,
    /// How: on the patient's own device, or the ward's.
    pub mode: Mode,
    credential: String,
    began_ms: f64,
}

impl Session {
    fn begin(enrolment: &Enrolment, credential: String) -> Self {
        let Enrolment { device, patient, .. } = *enrolment;
        let (id, respondent, mode) = (SessionId::new(new_id()), Respondent::Patient, Mode::OwnDevice);
        Self { device, patient, id, respondent, mode, credential, began_ms: uptime_ms() }
    }

    /// What the hospital opens a session for.
    #[must_use]
    pub fn credential(&self) -> &str {
        &self.credential
    }

    /// What this device knows of the time.
    #[must_use]
    pub fn clock(&self) -> DeviceTime {
        clock_since(self.began_ms)
    }
}

/// Milliseconds since the page was loaded, from a clock that nobody can set.
fn uptime_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Why a device was not enrolled; the letter still works unless the hospital said otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EnrolError {
    /// The letter's code was refused, or the hospital was not reached.
    Claim(Failure),
    /// The browser offers no cryptography.
    Crypto(CryptoUnavailable),
    /// The credential could not be kept.
    Store(StoreError),
}

/// Uses up a letter for a new key pair, and keeps the device's credential under the PIN, which is chosen before: nothing
/// is claimed that could not be kept at once, the key pair included.
///
/// # Errors
/// When the letter is refused or the device cannot keep the credential.
pub async fn enrol(store: &IndexedDbStore, letter: Claim, pin: &Pin) -> Result<Session, EnrolError> {
    let key = DeviceKey::make().await.map_err(EnrolError::Crypto)?;
    store.try_key(&key).await.map_err(EnrolError::Store)?;
    let claim = ClaimRequest { letter, public_key: key.public() };
    let reply = api::claim(&claim).await.map_err(EnrolError::Claim)?;
    let ClaimReply { device, patient, credential, language } = reply;
    let sealed = crypto::seal(&credential, device, pin).await.map_err(EnrolError::Crypto)?;
    let enrolment = Enrolment { device, patient, language, sealed, wrong_tries: 0, wait_until: None };
    store.enrol(&enrolment, &key).await.map_err(EnrolError::Store)?;
    Ok(Session::begin(&enrolment, credential))
}

/// What became of a PIN.
pub enum Unlocking {
    /// Right.
    Open(Session),
    /// Wrong; so many more tries cost nothing.
    WrongPin {
        /// Tries left before a wait.
        free_tries: u32,
    },
    /// Not tried: too many were wrong.
    Wait {
        /// When the next try is possible.
        until: Timestamp,
    },
}

/// Why a PIN could not be tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UnlockError {
    /// This device is not enrolled under this name.
    NotEnrolled,
    /// The browser offers no cryptography.
    Crypto(CryptoUnavailable),
    /// The try could not be counted.
    Store(StoreError),
}

/// Tries a PIN, without network.
///
/// # Errors
/// When it cannot be tried.
pub async fn unlock(store: &IndexedDbStore, device: DeviceId, pin: &Pin) -> Result<Unlocking, UnlockError> {
    let enrolments = store.list_enrolments().await.map_err(UnlockError::Store)?;
    let found = enrolments.into_iter().find(|enrolment| enrolment.device == device);
    let mut enrolment = found.ok_or(UnlockError::NotEnrolled)?;
    let now = now();
    if let Some(until) = enrolment.wait_until.filter(|until| *until > now) {
        return Ok(Unlocking::Wait { until });
    }
    enrolment.wrong_tries = enrolment.wrong_tries.saturating_add(1);
    enrolment.wait_until = wait_after(enrolment.wrong_tries, now);
    store.save_enrolment(&enrolment).await.map_err(UnlockError::Store)?;
    let opened = crypto::unseal(&enrolment.sealed, device, pin).await.map_err(UnlockError::Crypto)?;
    let Some(credential) = opened else {
        return Ok(match enrolment.wait_until {
            Some(until) => Unlocking::Wait { until },
            None => Unlocking::WrongPin { free_tries: free_tries_left(enrolment.wrong_tries) },
        });
    };
    (enrolment.wrong_tries, enrolment.wait_until) = (0, None);
    store.save_enrolment(&enrolment).await.map_err(UnlockError::Store)?;
    Ok(Unlocking::Open(Session::begin(&enrolment, credential)))
}

/// Takes up what a nurse left in this store for one sitting; `None` when there is nothing, or the key opens it not.
///
/// It is forgotten first: what was taken up once opens nothing any more.
///
/// # Errors
/// When it cannot be tried.
pub async fn take_handover(store: &IndexedDbStore, key: &Key) -> Result<Option<Session>, UnlockError> {
    let found = store.list_enrolments().await.map_err(UnlockError::Store)?.into_iter().next_back();
    let respondent = store.find_respondent().await.map_err(UnlockError::Store)?;
    let (Some(enrolment), Some(respondent)) = (found, respondent) else { return Ok(None) };
    store.forget_enrolment(enrolment.device).await.map_err(UnlockError::Store)?;
    let opened = crypto::unseal_under(key, &enrolment.sealed, enrolment.device).await.map_err(UnlockError::Crypto)?;
    let begin = |credential| {
        let session = Session::begin(&enrolment, credential);
        Session { respondent, mode: Mode::WardTablet, ..session }
    };
    Ok(opened.map(begin))
}

/// How many more wrong tries cost nothing.
pub(crate) const fn free_tries_left(n_wrong: u32) -> u32 {
    FREE_TRIES.saturating_sub(n_wrong)
}

/// Until when the n-th wrong try in a row keeps from the next.
pub(crate) fn wait_after(n_wrong: u32, now: Timestamp) -> Option<Timestamp> {
    let doublings = n_wrong.checked_sub(FREE_TRIES)?;
    let seconds = FIRST_WAIT_S.saturating_mul(1 << doublings.min(16)).min(LONGEST_WAIT_S);
    now.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}
