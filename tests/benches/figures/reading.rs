//! Reading costs what changed, not what exists: a phone's pull, every group of the nurse's worklist, a search and a
//! patient's file, among 1,000 patients and among 100,000. The two registries take turns, request by request.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use jiff::{ToSpan as _, tz::TimeZone};
use serde_json::{Value, json};
use shared::{
    api::{EnrolReply, PatientsReply, WorklistReply},
    id::PatientId,
    sync::protocol::PROTOCOL_VERSION,
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    growth::grow,
    hospital::{Engine, Hospital, Phone},
    table::{Figure, Table, median},
    wire::{Wire, request},
};

/// Requests of each kind to each registry; the median counts.
const TRIES: usize = 200;

/// How many patients the two registries have.
const SIZES: [u32; 2] = [1_000, 100_000];

/// Lines of a page of the worklist: both registries fill one of every group, so that as much is shown of either.
const A_PAGE: usize = 50;

/// What the patients of a page are called, and of a large registry some hundreds more.
const COMMON: &str = "Lescure";

/// Somebody whom no other patient is called like.
const RARE: &str = "Zzyzx";

/// All figures on one engine.
pub(crate) async fn measure(table: &mut Table, engine: &Engine) -> Result<()> {
    let [small, large] = SIZES;
    let (small, large) = (Registry::open(engine, small).await?, Registry::open(engine, large).await?);
    for (small, large) in small.asked.iter().zip(&large.asked) {
        let [small_ms, large_ms] = take_turns(small, large).await?;
        table.add(&growth(&small.what, engine, small_ms, large_ms));
    }
    Ok(())
}

fn growth(what: &str, engine: &Engine, small: f64, large: f64) -> Figure {
    let name = format!("{what}, {}, 100,000 / 1,000 patients", engine.name());
    Figure::ratio(&name, &format!("{large:.1} ms"), &format!("{small:.1} ms"), large / small).at_most(2.0)
}

/// The median times of one request to either registry, in milliseconds.
async fn take_turns(small: &Asked, large: &Asked) -> Result<[f64; 2]> {
    let (mut to_small, mut to_large) = (Wire::open(&small.address).await?, Wire::open(&large.address).await?);
    let mut times = [Vec::with_capacity(TRIES), Vec::with_capacity(TRIES)];
    for _ in 0..TRIES {
        let [of_small, of_large] = &mut times;
        of_small.push(timed(&mut to_small, &small.bytes).await?);
        of_large.push(timed(&mut to_large, &large.bytes).await?);
    }
    Ok(times.map(median))
}

async fn timed(wire: &mut Wire, asked: &[u8]) -> Result<f64> {
    let started = Instant::now();
    wire.ask(asked).await?;
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

/// The sending of EPICES at T0, or an answer to an item that there is not.
#[expect(clippy::disallowed_methods, reason = "the bench makes events of its own")]
fn event(phone: &Phone, what: &str) -> Value {
    let body = match what {
        "submitted" => json!({ "kind": what }),
        item => json!({ "kind": "answered", "item": item, "value": { "code": 1 } }),
    };
    json!({
        "id": Uuid::now_v7(), "patient": phone.patient, "assessment": "T0:1",
        "instrument": { "key": "epices", "version": "1.0" },
        "wording": { "pack": "demo-epices-fr", "language": "fr", "hash": "0".repeat(64) },
        "origin": {
            "respondent": "patient", "mode": "own_device", "device": phone.device, "session": Uuid::now_v7(),
        },
        "sequence": 1, "clock": { "at": phone.now, "utc_offset_minutes": 60, "monotonic_ms": 1000 }, "body": body,
    })
}

/// A request that is measured.
struct Asked {
    what: String,
    address: String,
    bytes: Vec<u8>,
}

/// A server with so many patients, and what is asked of it.
struct Registry {
    hospital: Hospital,
    asked: Vec<Asked>,
}

impl Registry {
    async fn open(engine: &Engine, size: u32) -> Result<Self> {
        let hospital = Hospital::open(engine).await?;
        let mut registry = Self { hospital, asked: Vec::new() };
        let phone = registry.leave_something_in_every_group().await?;
        grow(&registry.hospital, engine, size).await?;
        let rare = json!({
            "registry_number": RARE, "family_name": RARE, "hemopathy": "dlbcl", "site": "toulouse",
            "pathway": "conventional", "language": "fr",
        });
        registry.as_nurse("POST", "/api/patients", &rare).await?;
        registry.list_what_is_asked(&phone).await?;
        Ok(registry)
    }

    /// Patients of whom each is in nearly every group, so that either registry fills a page of it: their window closes
    /// tomorrow, both their phones sent something, answers wait on one, and of what it sent some was set aside.
    async fn leave_something_in_every_group(&self) -> Result<Phone> {
        for number in 0..A_PAGE {
            self.enrol(&format!("SILENT-{number:03}")).await?;
        }
        for number in 0..=A_PAGE {
            let phones = self.enrol_with_two_phones(number).await?;
            for phone in &phones {
                let [sent, strange] = ["submitted", "of-no-kind-of-item"].map(|what| event(phone, what));
                let push = json!({ "protocol": PROTOCOL_VERSION, "events": [sent, strange, "no answer event at all"] });
                self.as_phone(phone, "POST", "/api/sync/push", &push.to_string()).await?;
            }
            let [phone, _] = phones;
            self.as_phone(&phone, "GET", "/api/sync/pull?after=0&unsent=3&held=9", "").await?;
            if number == A_PAGE {
                return Ok(phone);
            }
        }
        anyhow::bail!("nobody was enrolled")
    }

    async fn enrol_with_two_phones(&self, number: usize) -> Result<[Phone; 2]> {
        let patient = self.enrol(&format!("PAGE-{number:03}")).await?;
        Ok([self.hospital.another_phone(patient).await?, self.hospital.another_phone(patient).await?])
    }

    /// Somebody whose first window closes tomorrow.
    #[expect(clippy::disallowed_methods, reason = "what closes tomorrow depends on today")]
    async fn enrol(&self, number: &str) -> Result<PatientId> {
        let included_on = Timestamp::now().to_zoned(TimeZone::UTC).date().checked_sub(6.days())?;
        let asked = json!({
            "registry_number": number, "family_name": COMMON, "hemopathy": "dlbcl", "site": "toulouse", "pathway": "conventional",
            "language": "fr",
            "milestones": [{ "kind": "inclusion", "on": { "date": included_on.to_string() } }],
        });
        let enrolled: EnrolReply = serde_json::from_slice(&self.as_nurse("POST", "/api/patients", &asked).await?)?;
        Ok(enrolled.patient)
    }

    /// Fills what is measured.
    async fn list_what_is_asked(&mut self, phone: &Phone) -> Result<()> {
        let (pull, nurse) = ("/api/sync/pull?after=0", self.nurse());
        self.measured("pull", "GET", pull, &phone.headers("GET", pull, b""), "");
        for group in ["closing", "due", "overdue", "silent", "unsent", "received", "flags", "quarantine", "conflict"] {
            let asked = json!({ "group": group });
            let list: WorklistReply = serde_json::from_slice(&self.as_nurse("POST", "/api/worklist", &asked).await?)?;
            ensure!(list.lines.len() >= A_PAGE, "{group} fills no page: {:?}", list.counts);
            self.measured(&format!("worklist, {group}"), "POST", "/api/worklist", &nurse, &asked.to_string());
        }
        for (what, search) in [("a name of many", COMMON), ("a rare name", RARE), ("a number", "DEMO-100")] {
            let asked = json!({ "search": search }).to_string();
            self.measured(&format!("search, {what}"), "POST", "/api/patients/search", &nurse, &asked);
        }
        let asked = json!({ "search": RARE, "group": "overdue" }).to_string();
        self.measured("worklist, searched", "POST", "/api/worklist", &nurse, &asked);
        let found = self.as_nurse("POST", "/api/patients/search", &json!({ "search": "DEMO-100" })).await?;
        let found: PatientsReply = serde_json::from_slice(&found)?;
        let patient = found.patients.first().context("there is no such patient")?.patient;
        self.measured("a patient's file", "GET", &format!("/api/patients/{patient}"), &nurse, "");
        Ok(())
    }

    fn measured(&mut self, what: &str, method: &str, path: &str, own: &str, body: &str) {
        let address = self.hospital.address().to_owned();
        let bytes = request(method, &address, path, own, body.as_bytes());
        self.asked.push(Asked { what: what.to_owned(), address, bytes });
    }

    async fn as_nurse(&self, method: &str, path: &str, body: &Value) -> Result<Vec<u8>> {
        self.ask(method, path, &self.nurse(), &body.to_string()).await
    }

    async fn as_phone(&self, phone: &Phone, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
        self.ask(method, path, &phone.headers(method, path, body.as_bytes()), body).await
    }

    /// The line of a request's header that makes it the nurse's.
    fn nurse(&self) -> String {
        format!("cookie: {}\r\n", self.hospital.nurse_cookie())
    }

    async fn ask(&self, method: &str, path: &str, own: &str, body: &str) -> Result<Vec<u8>> {
        let address = self.hospital.address();
        Wire::open(address).await?.ask(&request(method, address, path, own, body.as_bytes())).await
    }
}
