//! What a device signs: whoever has its session and not its key says and hears nothing in its name.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::{
    api::{Claim, ClaimReply, ClaimRequest, DeviceSessionRequest, PatientReply, ProblemKind},
    sync::{
        protocol::{PROTOCOL_VERSION, PatientBundle, PushReply},
        signing::{DeviceKey, Message},
    },
};

use crate::support::{
    Client, Phone, Reply, TestApp, on_both_databases,
    patient::{claim, enrol, letter, new_key, receipt},
};

const PUSH: &str = "/api/sync/push";

/// A push of one answer, as its bytes.
fn push_of_one(phone: &Phone) -> Vec<u8> {
    serde_json::to_vec(&json!({ "protocol": PROTOCOL_VERSION, "events": [phone.answer("e1", 1)] })).unwrap()
}

/// Somebody who has the phone's session, and not its key.
fn thief(app: &TestApp, phone: &Phone) -> Client {
    let thief = app.client();
    thief.set_cookie(phone.client.cookie());
    thief
}

/// Pushes these bytes with this signature.
async fn push_signed(client: &Client, body: &[u8], headers: [(&'static str, String); 3]) -> Reply {
    let request = client.request(reqwest::Method::POST, PUSH).header(CONTENT_TYPE, "application/json");
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    client.send(request.body(body.to_vec())).await
}

fn message<'a>(path: &'a str, body: &'a [u8]) -> Message<'a> {
    Message { method: "POST", path, query: "", body }
}

/// A phone whose key the test holds, with an open session.
async fn phone_with(app: &TestApp) -> (Phone, DeviceKey) {
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let phone = Phone::new(app, &nurse, "R-1").await;
    let key = phone.client.key().unwrap();
    (phone, key)
}

on_both_databases! {
    async fn what_its_device_did_not_sign_is_refused_whole_and_can_be_sent_again(app: TestApp) {
        let (phone, key) = phone_with(&app).await;
        let stranger = Phone::new(&app, &app.nurse("paul", &["toulouse"]).await, "R-2").await;
        let (thief, body) = (thief(&app, &phone), push_of_one(&phone));
        assert_eq!(thief.post_bytes(PUSH, body.clone()).await.refusal(), ProblemKind::BadSignature, "not signed");
        let mut flipped = body.clone();
        let at = flipped.len() - 20;
        flipped[at] ^= 1;
        let good = || key.sign(&message(PUSH, &body), phone.device, 1_772_000_000);
        let of = |key: &DeviceKey, device, path| key.sign(&message(path, &body), device, 1_772_000_000);
        let other = shared::id::DeviceId::new(uuid::Uuid::new_v4());
        for (what, body, headers) in [
            ("one bit of the body", &flipped, good()),
            ("another device's key", &body, of(&new_key(), phone.device, PUSH)),
            ("another device's name", &body, of(&key, other, PUSH)),
            ("another device's name and key", &body, of(&stranger.client.key().unwrap(), stranger.device, PUSH)),
            ("another address", &body, of(&key, phone.device, "/api/device/session")),
        ] {
            assert_eq!(push_signed(&thief, body, headers).await.refusal(), ProblemKind::BadSignature, "{what}");
        }
        for table in ["SELECT COUNT(*) FROM answer_event", "SELECT COUNT(*) FROM quarantine"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
        let reply: PushReply = push_signed(&thief, &body, good()).await.ok();
        receipt(&reply.outcomes[0]);
    }

    async fn a_session_without_the_key_reads_nothing_and_tells_nothing(app: TestApp) {
        let (phone, _) = phone_with(&app).await;
        let thief = thief(&app, &phone);
        for path in ["/api/sync/pull?after=0&unsent=7&held=9", "/api/sync/bundle", "/api/sync/proof"] {
            assert_eq!(thief.get(path).await.refusal(), ProblemKind::BadSignature, "{path}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM device WHERE n_unsent > 0").await, 0);
        assert!(phone.client.get("/api/sync/pull?after=0&unsent=7&held=9").await.status.is_success());
        assert_eq!(app.count("SELECT COUNT(*) FROM device WHERE n_unsent = 7").await, 1);
    }

    async fn a_push_that_is_replayed_gets_the_first_receipts_and_changes_nothing(app: TestApp) {
        let (phone, key) = phone_with(&app).await;
        let body = push_of_one(&phone);
        let years_ago = key.sign(&message(PUSH, &body), phone.device, 1);
        let first: PushReply = push_signed(&phone.client, &body, years_ago.clone()).await.ok();
        receipt(&first.outcomes[0]);
        app.clock.advance(std::time::Duration::from_hours(6));
        let again: PushReply = push_signed(&thief(&app, &phone), &body, years_ago).await.ok();
        assert_eq!(again.outcomes, first.outcomes);
        assert_eq!(app.count("SELECT COUNT(*) FROM answer_event").await, 1);
    }

    async fn a_session_is_opened_by_credential_and_key_together(app: TestApp) {
        let (phone, key) = phone_with(&app).await;
        let opening = DeviceSessionRequest { device: phone.device, credential: phone.credential.clone() };
        let path = "/api/device/session";
        assert_eq!(app.client().post(path, &opening).await.refusal(), ProblemKind::BadSignature);
        let client = app.client();
        client.hold(phone.device, new_key());
        assert_eq!(client.post(path, &opening).await.refusal(), ProblemKind::BadSignature);
        client.hold(phone.device, key);
        let guessed = DeviceSessionRequest { credential: "guessed".to_owned(), ..opening.clone() };
        assert_eq!(client.post(path, &guessed).await.refusal(), ProblemKind::WrongCredentials);
        assert_eq!(client.post(path, &opening).await.status, 204);
    }

    async fn the_nurse_sees_which_key_was_enrolled_and_the_audit_keeps_it(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let hash = Sha256::digest(phone.client.key().unwrap().public().to_bytes());
        let hex = hash.iter().take(8).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
        let [line] = file.devices.as_slice() else { panic!("one device") };
        assert_eq!(line.fingerprint.as_ref().unwrap().replace(' ', ""), hex);
        let bundle: PatientBundle = phone.client.get("/api/sync/bundle").await.ok();
        assert_eq!(bundle.words, line.words, "the phone that signs is told the words of its own key");
        let kept = "SELECT COUNT(*) FROM audit WHERE operation = 'enrol_device' AND length(detail) = 19";
        assert_eq!(app.count(kept).await, 1);
        let twin = Phone::of(&app, &nurse, phone.patient).await;
        let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
        let of = |device| file.devices.iter().find(|line| line.device == device).unwrap().words.clone();
        assert_ne!(of(twin.device), of(phone.device));
    }

    async fn a_key_that_is_none_uses_up_no_letter(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let letter = letter(&nurse, patient).await;
        let secret = Claim::Secret(letter.secret);
        let off_the_curve = format!("BA{}=", "A".repeat(85));
        for public_key in [String::new(), "no key".to_owned(), off_the_curve] {
            let request = ClaimRequest { letter: secret.clone(), public_key };
            let reply = app.client().post("/api/enrolment/claim", &request).await;
            assert_eq!(reply.refusal(), ProblemKind::BadRequest);
        }
        let none: Value = json!({ "letter": secret });
        assert_eq!(app.client().post("/api/enrolment/claim", &none).await.refusal(), ProblemKind::BadRequest);
        assert_eq!(app.count("SELECT COUNT(*) FROM device").await, 0);
        let claimed: ClaimReply = app.client().post("/api/enrolment/claim", &claim(secret)).await.ok();
        assert_eq!(claimed.patient, patient);
        let unsigned = app.execute("UPDATE device SET public_key = NULL").await;
        assert!(unsigned.is_err(), "the database itself holds no phone without a key");
    }
}
