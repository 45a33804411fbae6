//! The binary itself, from start to stop: what it logs, and that it stops without losing what is under way.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Stdio},
};

use serde_json::json;
use server::{
    auth::{self, accounts, guard},
    clock::{Chance, Clock},
    config::{Config, LogFormat},
    db::Database,
    state::AppState,
};
use shared::{api::SignInRequest, people::Role};

use super::commands::ressenti;
use crate::support::{Client, patient::enrolment};

const PASSWORD: &str = "canary-password-7311";
const AUTHENTICATOR: &[u8] = b"canary authenticator";

/// Starts `ressenti serve` on a folder that has one nurse.
async fn start(folder: &std::path::Path) -> (Child, Client) {
    let database = Database::File(folder.join("ressenti.db"));
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        identity_database: database.identity_beside(),
        database,
        identity_key: folder.join("identity.key"),
        checkpoint_key: folder.join("checkpoint.key"),
        study: None,
        instruments: None,
        log: LogFormat::Json,
        database_wait: std::time::Duration::from_secs(5),
        public_address: None,
        mail: None,
        provider: None,
    };
    let state = AppState::open(&config, Clock::System, Chance::System).await.unwrap();
    let nurse = accounts::NewAccount {
        username: "claire".to_owned(),
        role: Role::Nurse,
        sites: vec!["toulouse".parse().unwrap()],
        password: PASSWORD.to_owned(),
        totp_secret: Some(AUTHENTICATOR.to_vec()),
    };
    accounts::add(&guard::operator(), &state.db, nurse, &state.chance, state.clock.now()).await.unwrap();
    state.db.close().await;

    let mut command = ressenti();
    command.args(["serve", "--listen", "127.0.0.1:0", "--log", "json", "--data"]).arg(folder);
    let command = command.env("RUST_LOG", "trace").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
    (server, Client::new(address.trim_end_matches('/')))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_holds_no_name_no_answer_and_no_secret_and_a_stop_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, nurse) = start(folder.path()).await;
    let stderr = server.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        BufReader::new(stderr).read_to_string(&mut text).map(|_| text)
    });
    let one_time_code = auth::one_time_code(AUTHENTICATOR, Clock::System.now());
    let request = SignInRequest { username: "claire".to_owned(), password: PASSWORD.to_owned(), one_time_code };
    assert!(nurse.post("/api/staff/sign-in", &request).await.status.is_success());
    let mut asked = enrolment("CANARY-4410");
    asked["family_name"] = json!("Canarivore");
    asked["birth_date"] = json!("1957-11-23");
    asked["contacts"] = json!([{ "channel": "email", "address": "canary@example.org" }]);
    let enrolled: shared::api::EnrolReply = nurse.post("/api/patients", &asked).await.ok();
    nurse.get("/api/patients?search=canarivore").await;
    let letter = crate::support::patient::letter(&nurse, enrolled.patient).await;
    let phone = Client::new(nurse.origin());
    let key = crate::support::patient::new_key();
    let claim = json!({ "letter": { "secret": letter.secret }, "public_key": key.public().text() });
    let claimed: shared::api::ClaimReply = phone.post("/api/enrolment/claim", &claim).await.ok();
    phone.hold(claimed.device, key);
    let opening = json!({ "device": claimed.device, "credential": claimed.credential });
    assert!(phone.post("/api/device/session", &opening).await.status.is_success());
    let strange = json!({ "protocol": 1, "events": [{ "answer": "canary-answer" }, "canary-answer"] });
    assert!(phone.post("/api/sync/push", &strange).await.status.is_success());
    phone.post_bytes("/api/sync/push", "{\"canary-answer\": ").await.problem();

    let live = nurse.request(reqwest::Method::GET, "/api/worklist/live").send().await.unwrap();
    let asked_to_stop = std::process::Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(asked_to_stop.success());
    assert!(live.bytes().await.is_ok(), "an open list ends, it is not cut off");
    assert!(server.wait().unwrap().success());

    let log = log.join().unwrap().unwrap();
    assert!(log.lines().filter(|line| line.contains("answered")).count() >= 8, "{log}");
    let cookies = [nurse.cookie().unwrap(), phone.cookie().unwrap()];
    let references = cookies.iter().map(|cookie| cookie.split_once('=').unwrap().1);
    let secrets = [PASSWORD, &letter.secret, &letter.code, &claimed.credential];
    let names = ["CANARY-4410", "Canarivore", "canarivore", "1957-11-23", "canary@example.org", "canary-answer"];
    for canary in references.chain(secrets).chain(names) {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
}
