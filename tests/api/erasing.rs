//! Erasing a patient: nothing is left that says anything, both logs verify, and whoever forges an erasure is found.

use std::process::Output;

use serde_json::{Value, json};
use server::{
    auth::guard,
    clock::Clock,
    db::{Db, Engine},
    erasure::{self, Erased, Found},
    rebuild::rebuild,
};
use shared::{
    api::{DeviceSessionRequest, EnrolReply, ExportReply, PatientsReply, ProblemKind},
    id::PatientId,
    people::Role,
};
use sqlx::AssertSqlSafe;
use verify::{Kind, Log};

use super::{
    commands::ressenti,
    verifying::{execute, get, is_sqlite, located, make_checkpoints, open_up, put_back, report},
};
use crate::support::{
    Client, Phone, TestApp, on_both_databases,
    patient::{enrol, enrolment},
};

/// What was said of or by the patient, and must be nowhere afterwards.
const CANARIES: [&str; 5] = ["Canaryfield", "R-canary", "canary note", "canary mistake", "canary aside"];

async fn post(client: &Client, path: &str, body: Value) {
    let reply = client.post(path, &body).await;
    assert!(reply.status.is_success(), "{path}: {reply:?}");
}

/// A patient of whom there is something of every kind.
async fn with_a_life(app: &TestApp, nurse: &Client) -> Phone {
    let mut request = enrolment("R-canary");
    request["family_name"] = json!("Canaryfield");
    request["contacts"] = json!([{ "channel": "email", "address": "canary.person@example.org" }]);
    let EnrolReply { patient } = nurse.post("/api/patients", &request).await.ok();
    let file = format!("/api/patients/{patient}");
    let correction = json!({ "given_name": "Emil", "reason": "canary mistake" });
    post(nurse, &format!("{file}/person"), correction).await;
    let phone = Phone::of(app, nurse, patient).await;
    phone.push(&phone.questionnaire()).await;
    let tablet = Phone::of(app, nurse, patient).await;
    tablet.push(&tablet.questionnaire()).await;
    phone.try_push(&[json!({ "not": "an event", "said": "canary aside" })]).await;
    let moved = json!({ "kind": "rcp", "on": { "date": "2026-02-21" }, "reason": "canary note" });
    post(nurse, &format!("{file}/milestones"), moved).await;
    server::assessments::refresh(&app.state.db, &app.state.study).await.unwrap();
    server::scores::refresh(&app.state.db, &app.state.catalog).await.unwrap();
    nurse.get(&file).await;
    phone
}

async fn asks_for_erasure(nurse: &Client, patient: PatientId) {
    let withdrawal = json!({ "kind": "withdrawal", "on": { "date": "2026-03-02" },
        "cause": { "withdrawal": "stop_erase" } });
    post(nurse, &format!("/api/patients/{patient}/milestones"), withdrawal).await;
}

async fn find(app: &TestApp, named: &str) -> Option<Found> {
    erasure::find(&guard::operator(), &app.state, named).await.unwrap()
}

async fn erase(app: &TestApp, named: &str) -> Erased {
    let found = find(app, named).await.expect("there is such a patient");
    erasure::erase(&app.state, &found, "request of 2 March").await.unwrap()
}

/// Every value of every table, as text, with the table's name before each row.
async fn everything(db: &Db) -> String {
    let mut all = String::new();
    match db.read() {
        Engine::Sqlite(pool) => {
            let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1";
            for table in sqlx::query_scalar::<_, String>(tables).fetch_all(pool).await.unwrap() {
                let columns = format!(
                    "SELECT group_concat('quote(\"' || name || '\")', '||'' ''||') FROM pragma_table_info('{table}')"
                );
                let columns: String = sqlx::query_scalar(AssertSqlSafe(columns)).fetch_one(pool).await.unwrap();
                let rows = format!("SELECT '{table} ' || {columns} FROM \"{table}\"");
                all += &sqlx::query_scalar::<_, String>(AssertSqlSafe(rows)).fetch_all(pool).await.unwrap().join("\n");
                all.push('\n');
            }
        }
        Engine::Postgres(pool) => {
            let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
            for table in sqlx::query_scalar::<_, String>(tables).fetch_all(pool).await.unwrap() {
                let rows = format!("SELECT '{table} ' || it::text FROM \"{table}\" it");
                all += &sqlx::query_scalar::<_, String>(AssertSqlSafe(rows)).fetch_all(pool).await.unwrap().join("\n");
                all.push('\n');
            }
        }
    }
    all.to_lowercase()
}

/// Lines of such a text that hold an id, by the table they are of.
fn tables_with(all: &str, id: &str) -> Vec<String> {
    let (text, bytes) = (id.to_lowercase(), id.replace('-', "").to_lowercase());
    let lines = all.lines().filter(|line| line.contains(&text) || line.contains(&bytes));
    let mut tables: Vec<String> = lines.filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
    tables.dedup();
    tables
}

/// The value of an id in a statement.
fn literal(app: &TestApp, patient: PatientId) -> String {
    if is_sqlite(app) { format!("x'{}'", patient.as_uuid().simple()) } else { format!("CAST('{patient}' AS UUID)") }
}

/// Takes the payload of an event out, as an erasure does.
fn emptied(position: i64) -> String {
    format!("UPDATE answer_event SET commitment = hash, timepoint = NULL, occurrence = NULL, instrument = NULL,
        version = NULL, device_id = NULL, sequence = NULL, hash = NULL, body = NULL, salt = NULL WHERE position = {position}")
}

on_both_databases! {
    async fn an_erased_patient_leaves_nothing_but_what_the_logs_are_verified_by(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let (phone, other) = (with_a_life(&app, &nurse).await, Phone::new(&app, &nurse, "R-other").await);
        other.push(&other.questionnaire()).await;
        let copied = serde_json::to_value(phone.answer("e1", 1)).unwrap();
        other.try_push(&[copied]).await; // a device of somebody else's hands in something of hers
        let kept = make_checkpoints(&app).await;
        let before = everything(&app.state.db).await + &everything(&app.state.identity.0).await;
        for canary in CANARIES {
            assert!(before.contains(&canary.to_lowercase()), "{canary} is there to be erased");
        }
        let devices = [phone.device.to_string()];
        assert!(tables_with(&before, &phone.patient.to_string()).len() > 10);

        asks_for_erasure(&nurse, phone.patient).await;
        let found = find(&app, " r-CANARY ").await.unwrap();
        assert_eq!((found.patient(), found.requested_at), (phone.patient, Some(app.clock.now())));
        let rows = |what: &str| found.holdings.iter().find(|it| it.what == what).map(|it| it.rows);
        assert_eq!((rows("answer events"), rows("set aside"), rows("devices")), (Some(24), Some(2), Some(2)));
        assert_eq!(rows("person, corrections and addresses"), Some(3));
        let Erased { entry, overwritten } = erase(&app, "R-canary").await;
        assert_eq!(overwritten, is_sqlite(&app), "PostgreSQL overwrites in its own time");

        let research = everything(&app.state.db).await;
        let identity = everything(&app.state.identity.0).await;
        for canary in CANARIES {
            let canary = canary.to_lowercase();
            assert!(!research.contains(&canary) && !identity.contains(&canary), "{canary} is still there");
        }
        let patient = phone.patient.to_string();
        assert_eq!(tables_with(&research, &patient), ["answer_event", "audit", "erasure"]);
        assert_eq!(tables_with(&identity, &patient), ["erasure"]);
        for device in devices {
            let tables = tables_with(&research, &device);
            assert!(tables.iter().all(|table| table == "erased_device" || table == "audit"), "{tables:?}");
        }
        let told: String = get(&app, "SELECT detail FROM audit WHERE operation = 'erase'").await;
        assert!(told.starts_with("answers 1-24; audit ") && told.ends_with("; request of 2 March"), "{told}");
        assert_eq!(entry, Some(get(&app, "SELECT MAX(audit_id) FROM audit").await));

        let verified = report(&app, Some(&kept)).await;
        assert!(verified.is_sound(), "{verified}");
        assert_eq!(verified.logs[0].n_without_payload, 24);
        assert_eq!(other.pull().await.events.len(), 12, "nobody else lost anything");
        assert_eq!(rebuild(&app.state).await.unwrap().n_patients, 1);
        let list: PatientsReply = nurse.post("/api/patients/search", &json!({ "search": "" })).await.ok();
        assert_eq!(list.patients.len(), 1);
        assert_eq!(nurse.get(&format!("/api/patients/{}", phone.patient)).await.refusal(), ProblemKind::NotFound);
        assert!(find(&app, "R-canary").await.is_none(), "the number is nobody's any more");
        let again = find(&app, &patient).await.unwrap();
        assert!(again.is_gone());
        assert_ne!(enrol(&nurse, "R-canary").await, phone.patient, "it can be given anew");
    }

    async fn an_erasure_that_the_audit_does_not_tell_of_is_found(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = with_a_life(&app, &nurse).await;
        let other = Phone::new(&app, &nurse, "R-other").await;
        other.push(&other.questionnaire()).await;
        erase(&app, "R-canary").await;
        open_up(&app).await;
        let (patient, others) = (literal(&app, phone.patient), literal(&app, other.patient));

        // somebody else's payload, with and without a row of theirs in the table that the triggers ask
        execute(&app, emptied(30)).await;
        located(&report(&app, None).await, Log::Answers, Kind::Altered, 30, 30);
        execute(&app, format!("UPDATE answer_event SET patient_id = {patient} WHERE position = 30")).await;
        located(&report(&app, None).await, Log::Answers, Kind::Altered, 30, 30);
        put_back(&app).await;
        execute(&app, format!("INSERT INTO erasure (patient_id, erased_at) VALUES ({others}, 1)")).await;
        let end: i64 = get(&app, "SELECT value FROM audit_end").await;
        located(&report(&app, None).await, Log::Audit, Kind::Missing, 1, end);
        execute(&app, drop_triggers(&app)).await;
        execute(&app, format!("DELETE FROM erasure WHERE patient_id = {others}")).await;

        // an erased event that says something again, and one that lost its patient
        let body = "body = 'x', hash = commitment, salt = commitment, timepoint = 'T0', occurrence = 1, instrument = 'x',
            version = '1', device_id = event_id, sequence = 1";
        execute(&app, format!("UPDATE answer_event SET commitment = NULL, {body} WHERE position = 3")).await;
        located(&report(&app, None).await, Log::Answers, Kind::Altered, 3, 3);
        put_back(&app).await;
        for change in [format!("patient_id = {others}"), "commitment = chain".to_owned(), "received_at = 7".to_owned()] {
            execute(&app, format!("UPDATE answer_event SET {change} WHERE position = 4")).await;
            located(&report(&app, None).await, Log::Answers, Kind::Altered, 4, 4);
            put_back(&app).await;
        }

        // the entry itself: widened, of another patient, gone, doubled, made up
        let entry: i64 = get(&app, "SELECT audit_id FROM audit WHERE operation = 'erase'").await;
        execute(&app, emptied(30)).await;
        for change in ["detail = REPLACE(detail, 'answers 1-24', 'answers 1-36')".to_owned(), format!("patient_id = {others}")] {
            execute(&app, format!("UPDATE audit SET {change} WHERE operation = 'erase'")).await;
            located(&report(&app, None).await, Log::Audit, Kind::Altered, entry, entry);
            put_back(&app).await;
        }
        execute(&app, "UPDATE audit SET operation = 'export' WHERE operation = 'erase'").await;
        located(&report(&app, None).await, Log::Answers, Kind::Altered, 1, 1);
        put_back(&app).await;
        let last: i64 = get(&app, "SELECT MAX(audit_id) FROM audit").await;
        let copy = format!("INSERT INTO audit (audit_id, log, at, operation, patient_id, detail, salt, commitment, chain)
            SELECT {last} + 1, log, at, operation, {others}, 'answers 30; audit none; made up', salt, commitment, chain
            FROM audit WHERE operation = 'erase'");
        execute(&app, emptied(30)).await;
        execute(&app, copy).await;
        located(&report(&app, None).await, Log::Audit, Kind::Altered, last + 1, last + 1);
        put_back(&app).await;

        // an audit entry that lost its payload, and no erasure names it
        let number: i64 = get(&app, "SELECT MAX(audit_id) FROM audit WHERE operation = 'enrol_device'").await;
        let empty = "operation = 'erased', detail = '', staff_id = NULL, device_id = NULL, patient_id = NULL, salt = NULL";
        execute(&app, format!("UPDATE audit SET {empty} WHERE audit_id = {number}")).await;
        located(&report(&app, None).await, Log::Audit, Kind::Altered, number, number);
        put_back(&app).await;
        let whole = report(&app, None).await;
        assert!(whole.is_sound(), "all of it is back: {whole}");
    }

    async fn the_database_lets_an_erased_patients_payload_go_whole_and_nothing_else(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let (phone, other) = (Phone::new(&app, &nurse, "R-1").await, Phone::new(&app, &nurse, "R-2").await);
        phone.push(&phone.questionnaire()).await;
        other.push(&other.questionnaire()).await;
        let refused = async |sql: String| {
            let done = match app.state.db.write() {
                Engine::Sqlite(pool) => sqlx::query(AssertSqlSafe(sql.clone())).execute(pool).await.map(|_| ()),
                Engine::Postgres(pool) => sqlx::query(AssertSqlSafe(sql.clone())).execute(pool).await.map(|_| ()),
            };
            assert!(done.is_err(), "{sql}");
        };
        refused(emptied(1)).await;
        let patient = literal(&app, phone.patient);
        execute(&app, format!("INSERT INTO erasure (patient_id, erased_at) VALUES ({patient}, 1)")).await;
        for wrong in [
            emptied(13),
            emptied(1).replace("commitment = hash", "commitment = hash, received_at = 1"),
            emptied(1).replace("commitment = hash", "commitment = hash, chain = hash"),
            emptied(1).replace("salt = NULL", "salt = salt"),
            emptied(1).replace("body = NULL", "body = 'x'"),
            emptied(1).replace("commitment = hash, ", ""),
            "UPDATE answer_event SET body = 'x' WHERE position = 1".to_owned(),
            "DELETE FROM answer_event WHERE position = 1".to_owned(),
            "DELETE FROM milestone".to_owned(),
            format!("UPDATE milestone SET planned = TRUE WHERE patient_id = {patient}"),
            "UPDATE erasure SET erased_at = 2".to_owned(),
            "DELETE FROM erasure".to_owned(),
        ] {
            refused(wrong).await;
        }
        execute(&app, emptied(1)).await;
        refused("UPDATE answer_event SET commitment = chain WHERE position = 1".to_owned()).await;
        execute(&app, format!("DELETE FROM milestone WHERE patient_id = {patient}")).await;
    }

    async fn an_erasure_that_is_cut_short_between_the_databases_is_finished_by_asking_again(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = with_a_life(&app, &nurse).await;
        let identity = async |sql: &'static str| match app.state.identity.0.write() {
            Engine::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap(),
            Engine::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()).unwrap(),
        };
        let found = find(&app, "R-canary").await.unwrap();
        identity("ALTER TABLE contact RENAME TO away").await;
        assert!(erasure::erase(&app.state, &found, "a letter").await.is_err());
        identity("ALTER TABLE away RENAME TO contact").await;
        assert!(everything(&app.state.identity.0).await.contains("canaryfield"), "all of it, or nothing");
        assert!(!everything(&app.state.db).await.contains("canary note"));
        assert!(report(&app, None).await.is_sound());
        let found = find(&app, "R-canary").await.expect("found by its number, which is still there");
        assert!(found.erased_at.is_some() && !found.is_gone());
        assert_eq!(erasure::erase(&app.state, &found, "a letter").await.unwrap().entry, None, "it is told of once");
        assert!(find(&app, &phone.patient.to_string()).await.unwrap().is_gone());
        assert!(!everything(&app.state.identity.0).await.contains("canary"));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'erase'").await, 1);
    }

    async fn an_erased_patients_device_is_told_so_and_nothing_it_sends_is_kept(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = with_a_life(&app, &nurse).await;
        phone.pull().await; // its session was looked up a moment ago
        erase(&app, "R-canary").await;
        let late = serde_json::to_value(phone.answer("e2", 1)).unwrap();
        let reply = phone.try_push(&[late.clone(), json!({ "said": "canary aside" })]).await;
        assert!(!reply.status.is_success(), "whoever knew its session yet: {reply:?}");
        app.clock.advance(std::time::Duration::from_secs(2));
        assert_eq!(phone.try_push(&[late]).await.refusal(), ProblemKind::NotSignedIn);
        let session = DeviceSessionRequest { device: phone.device, credential: phone.credential.clone() };
        assert_eq!(phone.client.post("/api/device/session", &session).await.refusal(), ProblemKind::DeviceRevoked);
        assert_eq!(app.count("SELECT COUNT(*) FROM answer_event").await, 24);
        assert_eq!(app.count("SELECT COUNT(*) FROM quarantine").await, 0);
        let report = report(&app, None).await;
        assert!(report.is_sound(), "{report}");
    }

    async fn whoever_asks_to_be_erased_leaves_in_no_export_from_then_on(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        app.add_staff("hugo", Role::Investigator, &[]).await;
        let hugo = app.sign_in("hugo").await;
        let (phone, other) = (Phone::new(&app, &nurse, "R-1").await, Phone::new(&app, &nurse, "R-2").await);
        for phone in [&phone, &other] {
            phone.push(&phone.questionnaire()).await;
        }
        let export = async || -> ExportReply { hugo.post("/api/exports", &json!({ "purpose": "a test" })).await.ok() };
        let file = async |export: u64| hugo.get(&format!("/api/exports/{export}/answers.csv")).await;
        let holds = |reply: &crate::support::Reply, phone: &Phone| {
            assert!(reply.status.is_success(), "{reply:?}");
            String::from_utf8_lossy(&reply.body).contains(&phone.patient.to_string())
        };
        let first = export().await;
        assert_eq!(first.n_withheld, 0);
        assert!(holds(&file(first.export).await, &phone));
        app.clock.advance(std::time::Duration::from_secs(1));
        asks_for_erasure(&nurse, phone.patient).await;
        let second = export().await;
        assert_eq!((second.n_withheld, second.files[0].rows), (1, 11));
        let answers = file(second.export).await;
        assert!(!holds(&answers, &phone) && holds(&answers, &other));
        let problem = file(first.export).await.problem();
        assert!(problem.kind == ProblemKind::Conflict && problem.detail.contains("asked to be erased"), "{problem:?}");

        app.clock.advance(std::time::Duration::from_secs(1));
        erase(&app, "R-1").await;
        let problem = file(first.export).await.problem();
        assert!(problem.kind == ProblemKind::Conflict && problem.detail.contains("was erased"), "{problem:?}");
        assert_eq!(file(second.export).await.body, answers.body, "it never held her: the same bytes");
        let third = export().await;
        assert_eq!((third.n_withheld, third.files[0].rows), (0, 11));
        server::assessments::refresh(&app.state.db, &app.state.study).await.unwrap();
        assert_eq!(app.count("SELECT COUNT(DISTINCT patient_id) FROM assessment").await, 1, "no figure counts her");
    }
}

/// What keeps the table of erasures from being changed, away.
fn drop_triggers(app: &TestApp) -> &'static str {
    if is_sqlite(app) { "DROP TRIGGER erasure_stays" } else { "ALTER TABLE erasure DISABLE TRIGGER USER" }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_shows_asks_and_leaves_no_trace_in_the_files() {
    let app = TestApp::on_sqlite_at(Clock::System.now()).await;
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let phone = with_a_life(&app, &nurse).await;
    let said = phone.pull().await.events[0].event.id.to_string();
    let command = |arguments: &[&str]| -> Output {
        ressenti().args(["patient", "erase", "--data"]).arg(app.folder()).args(arguments).output().unwrap()
    };
    let told = |output: &Output| String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned();
    let files = || {
        let files = std::fs::read_dir(app.folder()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect::<Vec<u8>>()
    };
    let holds = |text: &str| files().windows(text.len()).any(|window| window == text.as_bytes());
    let shown = command(&["R-canary", "--reason", "a letter"]);
    assert!(!shown.status.success() && told(&shown).contains("       24  answer events"), "{}", told(&shown));
    assert!(told(&shown).contains("has NOT asked for this") && told(&shown).contains("Nobody is there to confirm"));
    assert!(!told(&shown).contains("Canaryfield"), "the screen shows no name");
    assert!(!command(&["R-nobody", "--reason", "a letter", "--yes"]).status.success());
    assert!(!command(&["R-canary", "--reason", " ", "--yes"]).status.success());
    assert!(holds("Canaryfield") && holds(&said));

    app.state.db.close().await; // the server is stopped
    app.state.identity.0.close().await;
    let erased = command(&["R-canary", "--reason", "a letter", "--yes"]);
    assert!(erased.status.success() && told(&erased).contains("Erased. Audit entry "), "{}", told(&erased));
    assert!(!told(&erased).contains("may still hold"), "{}", told(&erased));
    for canary in CANARIES.iter().chain([&said.as_str()]) {
        assert!(!holds(canary), "{canary} is in a file");
    }
    let again = command(&[&phone.patient.to_string(), "--reason", "a letter", "--yes"]);
    assert!(again.status.success() && told(&again).contains("was erased on "), "{}", told(&again));
    let verified = ressenti().args(["verify", "--data"]).arg(app.folder()).output().unwrap();
    assert!(verified.status.success(), "{}", told(&verified));
}
