//! Whatever reads bytes from outside, fed with damaged ones: nothing panics, and what is read writes the same again.
//!
//! Mutations of true samples on stable Rust, without coverage to guide them: bits, cuts, copies, splices and a short
//! dictionary. Each decoder gets the same share of the time.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::LazyLock,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use fastrand::Rng;
use serde_json::json;
use shared::{
    answers::{AnswerEvent, AnswerValue, Slot},
    api::{ClaimRequest, DeviceSessionRequest, SignInRequest},
    fhir::{Form, ValueSets},
    id::{AssessmentId, DeviceId, PatientId},
    json as device_json,
    paper::FormCode,
    study::Study,
    sync::{
        protocol::{PatientBundle, PullReply, PushReply, PushRequest},
        signing::{self, DeviceKey, Message, PublicKey, Signed},
    },
};

use crate::report::Line;

/// Reads a text; false when a promise about what it read is broken.
type Read = fn(&str) -> bool;

struct Decoder {
    name: &'static str,
    samples: Vec<Vec<u8>>,
    read: Read,
    n: u64,
}

/// How long, or how often in all: whichever comes later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) time: Duration,
    pub(crate) executions: u64,
}

/// The id of everything in the samples.
const EVENT: &str = "018f0000-0000-7000-8000-000000000001";

/// One turn of one decoder.
const TURN: Duration = Duration::from_millis(100);

/// Every decoder in turn, until the effort is made.
pub(crate) fn run(root: &Path, effort: Effort, mut chance: Rng) -> Result<Line> {
    let started = Instant::now();
    let mut decoders = decoders(root)?;
    let mut line = Line::default();
    while started.elapsed() < effort.time || decoders.iter().map(|decoder| decoder.n).sum::<u64>() < effort.executions {
        for decoder in &mut decoders {
            line.problems.extend(turn(decoder, &mut chance));
        }
        if line.problems.len() > 10 {
            break;
        }
    }
    let counts: Vec<String> = decoders.iter().map(|decoder| format!("{} {}", decoder.n, decoder.name)).collect();
    line.n = decoders.iter().map(|decoder| decoder.n).sum();
    line.fault = format!("damaged input to decoders: {}", counts.join(", "));
    line.seconds = started.elapsed().as_secs_f64();
    Ok(line)
}

fn turn(decoder: &mut Decoder, chance: &mut Rng) -> Option<String> {
    let started = Instant::now();
    while started.elapsed() < TURN {
        let bytes = damaged(&decoder.samples, chance);
        let text = String::from_utf8_lossy(&bytes);
        decoder.n += 1;
        let what = match catch_unwind(AssertUnwindSafe(|| (decoder.read)(&text))) {
            Ok(true) => continue,
            Ok(false) => "broke its promise",
            Err(_) => "panicked",
        };
        let shown: String = text.chars().take(2_000).collect();
        return Some(format!("the decoder of {} {what} over {shown:?}", decoder.name));
    }
    None
}

/// A sample with one to six damages.
fn damaged(samples: &[Vec<u8>], chance: &mut Rng) -> Vec<u8> {
    let mut bytes = chance.choice(samples).cloned().unwrap_or_default();
    for _ in 0..chance.u8(1..=6) {
        let at = chance.usize(..=bytes.len());
        let to = (at + chance.usize(..24)).min(bytes.len());
        match chance.u8(..7) {
            0 | 1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.u8(..8);
                }
            }
            2 => drop(bytes.drain(at..to)),
            3 => {
                let copy = bytes.get(at..to).unwrap_or_default().repeat(chance.usize(1..4));
                bytes.splice(at..at, copy);
            }
            4 => {
                let word = chance.choice(WORDS).unwrap_or_default();
                bytes.splice(at..to, word.bytes());
            }
            5 => bytes.truncate(at),
            _ => {
                let other = chance.choice(samples).map(Vec::as_slice).unwrap_or_default();
                let from = chance.usize(..=other.len());
                bytes.truncate(at);
                bytes.extend(other.iter().skip(from));
            }
        }
    }
    bytes
}

/// What readers stumble over.
const WORDS: [&str; 34] = [
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-0",
    "-1",
    "1e400",
    "-1e-400",
    "0.1e1",
    "9223372036854775808",
    "18446744073709551616",
    "1.7976931348623157e308",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\u{1f3b5}",
    "9999-12-31",
    "-009999-01-01",
    "2026-02-30",
    "2026-10-25T02:30:00",
    "T00:00:60Z",
    "\"kind\":\"submitted\"",
    "\"id\":\"\"",
    "R:0",
    "R:65536",
    "[[[[[[[[[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":",
    "\n[[",
    "''' ",
    "\t",
];

fn decoders(root: &Path) -> Result<Vec<Decoder>> {
    let event = sample_event();
    let push = json!({ "protocol": 1, "events": [event, event] });
    let receipt = json!({ "id": EVENT, "position": 7, "received_at": "2026-03-02T08:00:00Z", "hash": "0".repeat(64) });
    let pull =
        json!({ "events": [{ "event": event, "receipt": receipt }], "cursor": 7, "more": false, "life": "first" });
    let outcome = json!({ "outcome": "received", "id": EVENT, "position": 7, "received_at": "2026-03-02T08:00:00Z", "hash": "0" });
    let aside = json!({ "outcome": "quarantined", "id": null, "reason": "unreadable", "detail": "" });
    let text = |value: &serde_json::Value| value.to_string().into_bytes();
    let values = [
        json!({ "code": 3 }),
        json!({ "codes": [1, 2] }),
        json!({ "decimal": 1.5e-7 }),
        json!({ "date": "2026-02-28" }),
    ];
    let signed = SIGNED.as_ref().context("no number of the curve")?;
    let study = std::fs::read(root.join("shared/src/study/registry.toml")).context("the study file")?;
    let one = |name, sample: Vec<u8>, read| Decoder { name, samples: vec![sample], read, n: 0 };
    Ok(vec![
        one("push request", text(&push), |text| serde_json::from_str::<PushRequest>(text).map_or(true, |_| true)),
        one("event", text(&event), writes_the_same),
        Decoder { name: "answer value", samples: values.iter().map(text).collect(), read: value_writes_the_same, n: 0 },
        one("push reply", text(&json!({ "outcomes": [outcome, aside] })), same_on_both_sides::<PushReply>),
        one("pull reply", text(&pull), same_on_both_sides::<PullReply>),
        one("bundle", text(&json!({ "revision": "0", "patient": EVENT })), same_on_both_sides::<PatientBundle>),
        one("study file", study, |text| Study::parse_toml(text).map_or(true, |_| true)),
        Decoder { name: "FHIR questionnaire", samples: forms(root)?, read: reads_form, n: 0 },
        one("form code", b"OW0-GG0-G8L https://ressenti.example/staff/forms/".to_vec(), |text| {
            text.parse::<FormCode>().map_or(true, |code| code.to_string().parse() == Ok(code))
        }),
        one("claim", text(&json!({ "letter": { "code": "ABCD-EFGH" }, "public_key": "BA" })), |text| {
            serde_json::from_str::<ClaimRequest>(text).map_or(true, |_| true)
        }),
        one("public key", signed.key.text().into_bytes(), |text| {
            PublicKey::parse(text).is_none_or(|key| key.text() == text)
        }),
        one("signature", signed.headers.join("\n").into_bytes(), is_its_signature_or_none),
        one("sign-in", text(&json!({ "username": "a", "password": "b", "one_time_code": "c" })), |text| {
            serde_json::from_str::<SignInRequest>(text).map_or(true, |_| true)
                && serde_json::from_str::<DeviceSessionRequest>(text).map_or(true, |_| true)
        }),
        one("ids", b"00000000-0000-0000-0000-000000000001/M3:1/qlq-c30".to_vec(), |text| {
            text.parse::<Slot>().map_or(true, |slot| slot.to_string().parse() == Ok(slot))
                && text.parse::<AssessmentId>().map_or(true, |id| id.to_string().parse() == Ok(id))
                && text.parse::<PatientId>().map_or(true, |id| id.to_string().parse() == Ok(id))
        }),
    ])
}

fn sample_event() -> serde_json::Value {
    let id = EVENT;
    json!({
        "id": id, "patient": id, "assessment": "M3:1", "instrument": { "key": "qlq-c30", "version": "3.0" },
        "wording": { "pack": "demo", "language": "fr", "hash": "0".repeat(64) },
        "origin": { "respondent": "patient", "mode": "own_device", "device": id, "session": id },
        "sequence": 12, "clock": { "at": "2026-03-02T08:00:00.123Z", "utc_offset_minutes": 60, "monotonic_ms": 1000 },
        "body": { "kind": "answered", "item": "q1", "value": { "decimal": 0.1 } },
    })
}

/// A push that a device signed.
struct SignedPush {
    device: DeviceId,
    key: PublicKey,
    headers: [String; 3],
}

const PUSHED: Message<'_> = Message { method: "POST", path: "/api/sync/push", query: "", body: b"{}" };

static SIGNED: LazyLock<Option<SignedPush>> = LazyLock::new(|| {
    let (device, key) = (EVENT.parse().ok()?, DeviceKey::from_secret(&[7; 32])?);
    let headers = key.sign(&PUSHED, device, 1_772_000_000).map(|(_, value)| value);
    Some(SignedPush { device, key: key.public(), headers })
});

/// Of all headers only the very ones that the device made are its signature.
fn is_its_signature_or_none(text: &str) -> bool {
    let mut lines = text.split('\n');
    let [digest, input, signature] = [(); 3].map(|()| lines.next().unwrap_or_default());
    SIGNED.as_ref().is_some_and(|made| {
        let is_own = made.headers.iter().eq([digest, input, signature]);
        signing::check(&PUSHED, Signed { digest, input, signature }, made.device, made.key) == is_own
    })
}

/// What could be read has one byte form, which reads as the same.
fn writes_the_same(text: &str) -> bool {
    let Ok(event) = serde_json::from_str::<AnswerEvent>(text) else { return true };
    let Ok(bytes) = event.canonical_bytes() else { return false };
    let again = serde_json::from_slice::<AnswerEvent>(&bytes).ok();
    again.and_then(|again| again.canonical_bytes().ok()) == Some(bytes)
}

fn value_writes_the_same(text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<AnswerValue>(text) else { return true };
    let written = serde_json::to_string(&value).unwrap_or_default();
    let again = serde_json::from_str::<AnswerValue>(&written).ok();
    again.and_then(|again| serde_json::to_string(&again).ok()) == Some(written)
}

/// What a device reads by its short reader is what the server's would have read.
fn same_on_both_sides<T: device_json::FromJson + serde::de::DeserializeOwned + PartialEq>(text: &str) -> bool {
    let (short, full) = (device_json::read::<T>(text), serde_json::from_str::<T>(text).ok());
    short.is_none() || full.is_none() || short == full
}

fn reads_form(text: &str) -> bool {
    let Ok(source) = serde_json::from_str(text) else { return true };
    Form::read(source, &ValueSets::default()).map_or(true, |form| form.problems().len() < usize::MAX)
}

/// Forms of other systems, small ones first: from the corpus beside the repository, else one made here.
fn forms(root: &Path) -> Result<Vec<Vec<u8>>> {
    let made = json!({ "resourceType": "Questionnaire", "status": "draft", "item": [
        { "linkId": "a", "text": "?", "type": "choice", "answerOption": [{ "valueInteger": 1 }, { "valueString": "b" }] },
        { "linkId": "b", "text": "?", "type": "decimal", "enableWhen": [{ "question": "a", "operator": "=", "answerInteger": 1 }] },
        { "linkId": "c", "type": "group", "item": [{ "linkId": "c.1", "text": "?", "type": "string", "maxLength": 10 }] },
    ] });
    let mut forms = vec![made.to_string().into_bytes()];
    let folder = root.join("../shared/data/fhir");
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let Ok(files) = std::fs::read_dir(&folder) else { continue };
        for file in files {
            let path = file?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") && path.metadata()?.len() < 20_000 {
                forms.push(std::fs::read(&path)?);
            }
        }
    }
    Ok(forms)
}
