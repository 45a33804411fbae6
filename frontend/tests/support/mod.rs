//! What the browser tests share: names nobody else has, drafts, a clock, and the yardstick of a tap.
#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses its part; these are tests")]

pub(crate) mod hand;

use frontend::{
    crypto::{self, Pin},
    store::IndexedDbStore,
};
use shared::{
    answers::{AnswerValue, DraftEvent, EventBody, KnownBody, Origin, WordingRef},
    id::{AnswerEventId, DeviceId, InstrumentVersion, PatientId, SessionId},
    people::{Mode, Respondent},
    sync::store::{Enrolment, Store as _},
    time::{DeviceTime, Timestamp},
};
use uuid::Uuid;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = "
    const open = new Map();
    function database(name) {
        if (!open.has(name)) {
            open.set(name, new Promise((resolve, reject) => {
                const request = indexedDB.open(name);
                request.onupgradeneeded = () => request.result.createObjectStore('bare');
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            }));
        }
        return open.get(name);
    }
    const clock = Date.now;
    export function turn_phone(hidden, later_ms) {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        Date.now = () => clock() + later_ms;
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }
    export async function bare_strict_put(name, key, value) {
        const transaction = (await database(name)).transaction('bare', 'readwrite', { durability: 'strict' });
        transaction.objectStore('bare').put(value, key);
        await new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = reject;
        });
    }
")]
extern "C" {
    /// Puts the phone away or takes it out again, so many milliseconds from now.
    pub(crate) fn turn_phone(hidden: bool, later_ms: f64);
    #[wasm_bindgen(catch)]
    pub(crate) async fn bare_strict_put(name: &str, key: &str, value: &str) -> Result<JsValue, JsValue>;
}

#[expect(clippy::disallowed_methods, reason = "a name no other test has")]
pub(crate) fn fresh_name() -> String {
    format!("test-{}", Uuid::new_v4())
}

pub(crate) fn uptime_ms() -> f64 {
    web_sys::window().unwrap().performance().unwrap().now()
}

pub(crate) fn patient() -> PatientId {
    PatientId::new(Uuid::from_u128(1))
}

pub(crate) fn pin(digits: &str) -> Pin {
    Pin::parse(digits).unwrap()
}

/// Enrols a patient on this phone, under the PIN 2580.
pub(crate) async fn enrol(store: &IndexedDbStore, patient: PatientId, device: DeviceId, language: &str) {
    let sealed = crypto::seal("credential", device, &pin("2580")).await.unwrap();
    let language = language.parse().unwrap();
    let enrolment = Enrolment { device, patient, language, sealed, wrong_tries: 0, wait_until: None };
    store.save_enrolment(&enrolment).await.unwrap();
}

pub(crate) fn draft(id: u128, item: &str, code: i32) -> DraftEvent {
    DraftEvent {
        id: AnswerEventId::new(Uuid::from_u128(id)),
        patient: patient(),
        assessment: "M3:1".parse().unwrap(),
        instrument: InstrumentVersion { key: "qlq-c30".parse().unwrap(), version: "3.0".to_owned() },
        wording: WordingRef { pack: "demo".parse().unwrap(), language: "fr".parse().unwrap(), hash: "0".repeat(64) },
        origin: Origin {
            respondent: Respondent::Patient,
            mode: Mode::OwnDevice,
            device: DeviceId::new(Uuid::from_u128(2)),
            session: SessionId::new(Uuid::from_u128(3)),
            staff: None,
        },
        clock: DeviceTime { at: Timestamp::UNIX_EPOCH, utc_offset_minutes: 60, monotonic_ms: 0 },
        body: EventBody::Known(KnownBody::Answered { item: item.parse().unwrap(), value: AnswerValue::Code(code) }),
    }
}
