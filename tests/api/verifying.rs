//! `ressenti verify` finds whatever was changed behind the server's back, and says where; proofs prove to a device.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use server::{
    audit, checkpoints,
    db::{Database, Engine, hex},
};
use shared::{
    api::ExportReply,
    id::AnswerEventId,
    sync::{
        proof::{self, Hash},
        protocol::{ProofReply, Receipt},
    },
    time::Timestamp,
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;
use verify::{Asked, Finding, Kind, Log, Report, verify};

use super::commands::ressenti;
use crate::support::{Phone, TestApp, on_both_databases, patient::receipt};

/// What a column holds, as far as flipping one of its bits goes.
#[derive(Clone, Copy)]
enum Held {
    Number,
    Id,
    Bytes,
    Text,
}
use Held::{Bytes, Id, Number, Text};

/// A log's table, its number's column, where its end is kept, and the columns beside the number.
struct Table {
    log: Log,
    name: &'static str,
    number: &'static str,
    end: &'static str,
    columns: &'static [(&'static str, Held)],
}

const ANSWERS: Table = Table {
    log: Log::Answers,
    name: "answer_event",
    number: "position",
    end: "position",
    columns: &[
        ("event_id", Id),
        ("patient_id", Id),
        ("timepoint", Text),
        ("occurrence", Number),
        ("instrument", Text),
        ("version", Text),
        ("device_id", Id),
        ("sequence", Number),
        ("received_at", Number),
        ("hash", Bytes),
        ("body", Text),
        ("salt", Bytes),
        ("chain", Bytes),
    ],
};

const AUDIT: Table = Table {
    log: Log::Audit,
    name: "audit",
    number: "audit_id",
    end: "audit_end",
    columns: &[
        ("log", Text),
        ("at", Number),
        ("staff_id", Id),
        ("device_id", Id),
        ("operation", Text),
        ("patient_id", Id),
        ("detail", Text),
        ("salt", Bytes),
        ("commitment", Bytes),
        ("chain", Bytes),
    ],
};

pub(super) async fn execute(app: &TestApp, sql: impl Into<String>) {
    let sql = sql.into();
    let done = match app.state.db.write() {
        Engine::Sqlite(pool) => sqlx::query(AssertSqlSafe(sql.clone())).execute(pool).await.map(|_| ()),
        Engine::Postgres(pool) => sqlx::query(AssertSqlSafe(sql.clone())).execute(pool).await.map(|_| ()),
    };
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

pub(super) async fn get<T>(app: &TestApp, sql: impl Into<String>) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let sql = AssertSqlSafe(sql.into());
    match app.state.db.read() {
        Engine::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        Engine::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}

pub(super) fn is_sqlite(app: &TestApp) -> bool {
    matches!(app.state.db.read(), Engine::Sqlite(_))
}

pub(super) async fn report(app: &TestApp, against: Option<&str>) -> Report {
    let database = match &app.config.database {
        Database::File(path) => verify::Database::File(path.clone()),
        Database::Postgres(options) => verify::Database::Postgres(options.clone()),
    };
    let against = against.map(|notes| {
        let path = app.folder().join("kept.txt");
        std::fs::write(&path, notes).unwrap();
        path
    });
    let keys = app.config.checkpoint_key.with_extension("pub");
    verify(&Asked { database, keys, against, now: app.clock.now().as_millisecond() }).await.unwrap()
}

#[track_caller]
pub(super) fn located(report: &Report, log: Log, kind: Kind, first: i64, last: i64) {
    let wanted = |it: &&Finding| (it.log, it.kind, it.first, it.last) == (log, kind, first, last);
    assert!(report.findings().any(|it| wanted(&it)), "{kind} at {first} to {last} is not among:\n{report}");
}

pub(super) async fn make_checkpoints(app: &TestApp) -> String {
    checkpoints::make(&app.state.db, &app.state.checkpoint_key, app.clock.now()).await.unwrap()
}

/// A registry whose logs have a past, with checkpoints in the middle of it: gives those.
async fn with_a_past(app: &TestApp) -> String {
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let phone = Phone::new(app, &nurse, "R-1").await;
    phone.push(&phone.questionnaire()).await;
    nurse.get(&format!("/api/patients/{}", phone.patient)).await;
    let kept = make_checkpoints(app).await;
    app.clock.advance(Duration::from_mins(5));
    let second = Phone::new(app, &nurse, "R-2").await;
    second.push(&second.questionnaire()).await;
    let revoke = format!("/api/patients/{}/devices/{}/revoke", second.patient, second.device);
    assert!(nurse.post(&revoke, &serde_json::json!({})).await.status.is_success());
    let note = serde_json::json!({ "assessment": "M1:1", "reason": "too_ill", "note": "" });
    nurse.post(&format!("/api/patients/{}/missing", phone.patient), &note).await;
    app.sign_in("claire").await;
    kept
}

/// Takes away what keeps the database from being changed, and puts by what it holds.
pub(super) async fn open_up(app: &TestApp) {
    for table in ["answer_event", "audit", "checkpoint", "position", "audit_end"] {
        execute(app, format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        if !is_sqlite(app) {
            execute(app, format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await;
        }
    }
    if is_sqlite(app) {
        for table in ["answer_event", "audit", "checkpoint"] {
            for trigger in ["keeps_its_values", "stays"] {
                execute(app, format!("DROP TRIGGER {table}_{trigger}")).await;
            }
        }
    }
}

/// Puts everything back as it was.
pub(super) async fn put_back(app: &TestApp) {
    for table in ["answer_event", "audit", "checkpoint", "position", "audit_end"] {
        execute(app, format!("DELETE FROM {table}")).await;
        execute(app, format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
    }
}

/// Flips a bit in a column of an entry; the bit is the n-th, counted around.
async fn flip(app: &TestApp, table: &Table, column: &str, held: Held, number: i64, nth: usize) {
    let Table { name, number: key, .. } = table;
    let sqlite = is_sqlite(app);
    if let Number = held {
        let bit = 1_u64 << (nth % 20);
        return execute(
            app,
            format!("UPDATE {name} SET {column} = ({column} | {bit}) - ({column} & {bit}) WHERE {key} = {number}"),
        )
        .await;
    }
    let as_hex = match (held, sqlite) {
        (_, true) => format!("hex(CAST({column} AS BLOB))"),
        (Text, false) => format!("encode(convert_to({column}, 'UTF8'), 'hex')"),
        (Id, false) => format!("encode(uuid_send({column}), 'hex')"),
        (_, false) => format!("encode({column}, 'hex')"),
    };
    let held_hex: String = get(app, format!("SELECT {as_hex} FROM {name} WHERE {key} = {number}")).await;
    let mut bytes = from_hex(&held_hex);
    let at = nth * 37 % bytes.len();
    // a text stays one: of its letters a low bit
    bytes[at] ^= if matches!(held, Text) { 1 << (nth % 3) } else { 1 << (nth % 8) };
    let hex = hex(&bytes);
    let value = match (held, sqlite) {
        (Text, true) => format!("CAST(x'{hex}' AS TEXT)"),
        (_, true) => format!("x'{hex}'"),
        (Text, false) => format!("convert_from(decode('{hex}', 'hex'), 'UTF8')"),
        (Id, false) => format!("CAST('{hex}' AS UUID)"),
        (_, false) => format!("decode('{hex}', 'hex')"),
    };
    execute(app, format!("UPDATE {name} SET {column} = {value} WHERE {key} = {number}")).await;
}

/// Position, receipt, id, salt and hash of an answer event.
type EventRow = (i64, i64, Uuid, Vec<u8>, Vec<u8>);

/// Computes the chain anew from an entry on, as somebody would who can write to the database and knows how.
async fn chain_anew(app: &TestApp) {
    let sql = "SELECT position, received_at, event_id, salt, hash FROM answer_event ORDER BY position";
    let rows: Vec<EventRow> = match app.state.db.read() {
        Engine::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        Engine::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    };
    let mut chain = proof::CHAIN_START;
    for (position, received_at, event, salt, hash) in rows {
        let commitment = proof::commitment(&salt.try_into().unwrap(), &hash.try_into().unwrap());
        let received_at = Timestamp::from_millisecond(received_at).unwrap();
        let number = u64::try_from(position).unwrap();
        chain = proof::chain(&chain, &proof::answer_leaf(number, received_at, AnswerEventId::new(event), &commitment));
        let hex = hex(&chain);
        let value = if is_sqlite(app) { format!("x'{hex}'") } else { format!("decode('{hex}', 'hex')") };
        execute(app, format!("UPDATE answer_event SET chain = {value} WHERE position = {position}")).await;
        execute(app, format!("UPDATE position SET value = {position}, chain = {value}")).await;
    }
}

async fn last(app: &TestApp, table: &Table) -> i64 {
    get(app, format!("SELECT MAX({}) FROM {}", table.number, table.name)).await
}

on_both_databases! {
    async fn what_nobody_touched_verifies(app: TestApp) {
        assert!(report(&app, None).await.is_sound(), "while there is nothing");
        let kept = with_a_past(&app).await;
        let report = report(&app, Some(&kept)).await;
        assert!(report.is_sound(), "{report}");
        let [answers, audit] = &report.logs;
        assert_eq!((answers.entries, answers.checkpoints, answers.vouched_up_to), (24, 2, 12));
        let n_entries = u64::try_from(app.count("SELECT COUNT(*) FROM audit").await).unwrap();
        assert_eq!((audit.entries, audit.checkpoints), (n_entries, 2));
        assert!(report.to_json().starts_with("{\"logs\":[{\"checkpoints\":2,\"entries\":24,"));
    }

    async fn two_processes_write_at_once_and_both_logs_stay_whole(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let (app, other) = (app.with_wait(Duration::from_mins(1)).await, app.with_wait(Duration::from_mins(1)).await);
        let mut phones = Vec::new();
        for n in 0..6 {
            phones.push(Phone::new(if n % 2 == 0 { &app } else { &other }, &nurse, &format!("R-{n}")).await);
        }
        app.clock.advance(Duration::from_mins(1)); // a one-time code works once
        let (here, elsewhere) = (app.sign_in("claire").await, {
            app.clock.advance(Duration::from_mins(1));
            other.sign_in("claire").await
        });
        let pushing = phones.iter().map(|phone| async {
            for n in 0..6 {
                phone.push(&[phone.answer("e1", n % 2), phone.answer("e2", n % 2)]).await;
            }
        });
        let reading = phones.iter().zip([&here, &elsewhere].into_iter().cycle()).map(|(phone, nurse)| async move {
            for _ in 0..6 {
                assert!(nurse.get(&format!("/api/patients/{}", phone.patient)).await.status.is_success());
            }
            let note = serde_json::json!({ "assessment": "T0:1", "reason": "too_ill", "note": "" });
            assert!(nurse.post(&format!("/api/patients/{}/missing", phone.patient), &note).await.status.is_success());
        });
        let checking = async {
            for _ in 0..4 {
                make_checkpoints(&app).await;
                assert!(report(&app, None).await.is_sound(), "at any moment");
            }
        };
        let (pushing, reading) = (futures_util::future::join_all(pushing), futures_util::future::join_all(reading));
        futures_util::future::join3(pushing, reading, checking).await;
        let report = report(&app, None).await;
        assert!(report.is_sound(), "{report}");
        assert_eq!(report.logs[0].entries, 6 * 6 * 2);
    }

    async fn a_flipped_bit_is_located_in_every_column(app: TestApp) {
        with_a_past(&app).await;
        open_up(&app).await;
        for table in [ANSWERS, AUDIT] {
            for (column, held) in table.columns {
                let filled = if matches!(held, Text) { format!("{column} <> ''") } else { format!("{column} IS NOT NULL") };
                let (name, key) = (table.name, table.number);
                let first: i64 = get(&app, format!("SELECT MIN({key}) FROM {name} WHERE {filled}")).await;
                let last: i64 = get(&app, format!("SELECT MAX({key}) FROM {name} WHERE {filled}")).await;
                for (nth, number) in [(0, first), (5, first), (11, last), (19, last)] {
                    flip(&app, &table, column, *held, number, nth).await;
                    let report = report(&app, None).await;
                    located(&report, table.log, Kind::Altered, number, number);
                    let elsewhere = report.findings().filter(|it| it.kind == Kind::Altered && it.first != number);
                    assert_eq!(elsewhere.count(), 0, "{column}: nothing else was altered:\n{report}");
                    put_back(&app).await;
                }
            }
        }
        assert!(report(&app, None).await.is_sound(), "all of it is back");
    }

    async fn deleting_inserting_swapping_and_cutting_off_are_located(app: TestApp) {
        with_a_past(&app).await;
        open_up(&app).await;
        for table in [ANSWERS, AUDIT] {
            let Table { log, name, number: key, .. } = table;
            let end = last(&app, &table).await;
            let columns = table.columns.iter().map(|(column, _)| *column).collect::<Vec<_>>().join(", ");
            let damages = [
                (format!("DELETE FROM {name} WHERE {key} = 1"), Kind::Missing, 1, 1),
                (format!("DELETE FROM {name} WHERE {key} BETWEEN 3 AND 5"), Kind::Missing, 3, 5),
                (format!("DELETE FROM {name} WHERE {key} = {end}"), Kind::CutOff, end, end),
                (format!("DELETE FROM {name} WHERE {key} > 4"), Kind::CutOff, 5, end),
                (format!("DELETE FROM {name}"), Kind::CutOff, 1, end),
                (format!("UPDATE {name} SET {key} = {key} + 1024 WHERE {key} = 7"), Kind::Missing, 7, 7),
                (format!("UPDATE {name} SET {key} = 0 WHERE {key} = 1"), Kind::Added, 0, 0),
                (format!("UPDATE {} SET value = value + 2", table.end), Kind::CutOff, end + 1, end + 2),
                (format!("UPDATE {} SET value = value - 1", table.end), Kind::Added, end, end),
                (format!("DELETE FROM {}", table.end), Kind::Altered, end, end),
            ];
            for (damage, kind, first, last) in damages {
                execute(&app, damage).await;
                located(&report(&app, None).await, log, kind, first, last);
                put_back(&app).await;
            }
            for step in [(6, -6), (7, 6), (-6, 7)] {
                execute(&app, format!("UPDATE {name} SET {key} = {} WHERE {key} = {}", step.1, step.0)).await;
            }
            let swapped = report(&app, None).await;
            located(&swapped, log, Kind::Altered, 6, 6);
            located(&swapped, log, Kind::Altered, 7, 7);
            put_back(&app).await;
            let inserted = match table.log {
                Log::Answers => columns.replace("event_id", if is_sqlite(&app) { "randomblob(16)" } else { "gen_random_uuid()" }),
                Log::Audit => columns.clone(),
            };
            execute(&app, format!("INSERT INTO {name} ({key}, {columns}) SELECT {end} + 1, {inserted} FROM {name} WHERE {key} = 2")).await;
            located(&report(&app, None).await, log, Kind::Added, end + 1, end + 1);
            put_back(&app).await;
        }
    }

    async fn whoever_recomputes_the_chain_is_found_by_a_checkpoint(app: TestApp) {
        let kept = with_a_past(&app).await;
        make_checkpoints(&app).await;
        open_up(&app).await;
        for (position, first, last) in [(5, 1, 12), (20, 13, 24)] {
            execute(&app, format!("UPDATE answer_event SET received_at = received_at + 1 WHERE position = {position}")).await;
            chain_anew(&app).await;
            let found = report(&app, None).await;
            located(&found, Log::Answers, Kind::Disagrees, first, last);
            assert!(found.findings().all(|it| it.kind == Kind::Disagrees), "the chain fits:\n{found}");
            put_back(&app).await;
        }
        // the checkpoints that the database keeps are gone too: only what was kept elsewhere tells
        execute(&app, "UPDATE answer_event SET received_at = received_at + 1 WHERE position = 5").await;
        execute(&app, "DELETE FROM checkpoint").await;
        chain_anew(&app).await;
        assert!(report(&app, None).await.is_sound(), "the whole was rewritten");
        located(&report(&app, Some(&kept)).await, Log::Answers, Kind::Disagrees, 1, 12);
        put_back(&app).await;

        execute(&app, "DELETE FROM answer_event WHERE position > 9").await;
        execute(&app, "DELETE FROM checkpoint").await;
        chain_anew(&app).await;
        assert!(report(&app, None).await.is_sound(), "the end was rewritten");
        located(&report(&app, Some(&kept)).await, Log::Answers, Kind::CutOff, 10, 12);
        put_back(&app).await;

        execute(&app, "UPDATE checkpoint SET note = REPLACE(note, '12', '13') WHERE size = 12 AND log = 'answers'").await;
        located(&report(&app, None).await, Log::Answers, Kind::Unsigned, 12, 12);
    }

    async fn the_security_log_is_purged_and_what_stays_verifies(app: TestApp) {
        let kept = with_a_past(&app).await;
        let n_security = app.count("SELECT COUNT(*) FROM audit WHERE log = 'security'").await;
        let make_daily = || checkpoints::make_daily(&app.state.db, &app.state.checkpoint_key, app.clock.now());
        let n_purged = "SELECT COUNT(*) FROM audit WHERE operation = 'purged' AND salt IS NULL AND staff_id IS NULL";
        app.clock.advance(Duration::from_hours(24 * 300));
        make_daily().await.unwrap();
        assert_eq!(app.count(n_purged).await, 0, "not before its time");
        app.clock.advance(Duration::from_hours(24 * 70));
        make_daily().await.unwrap();
        assert_eq!(app.count(n_purged).await, n_security);
        let n_checkpoints = app.count("SELECT COUNT(*) FROM checkpoint").await;
        make_daily().await.unwrap();
        assert_eq!(app.count("SELECT COUNT(*) FROM checkpoint").await, n_checkpoints, "once a day");
        let purged = report(&app, Some(&kept)).await;
        assert!(purged.is_sound(), "{purged}");
        assert_eq!(purged.logs[1].n_without_payload, u64::try_from(n_security).unwrap());

        open_up(&app).await;
        let empty = "SET operation = 'purged', detail = '', staff_id = NULL, device_id = NULL, patient_id = NULL, salt = NULL";
        let number: i64 = get(&app, "SELECT MIN(audit_id) FROM audit WHERE log = 'clinical'").await;
        execute(&app, format!("UPDATE audit {empty} WHERE audit_id = {number}")).await;
        located(&report(&app, None).await, Log::Audit, Kind::Altered, number, number);
        put_back(&app).await;
        app.sign_in("claire").await;
        let number = last(&app, &AUDIT).await;
        execute(&app, format!("UPDATE audit {empty} WHERE audit_id = {number}")).await;
        located(&report(&app, None).await, Log::Audit, Kind::Altered, number, number);
        assert_eq!(audit::purge(&app.state.db, app.clock.now()).await.unwrap(), 0, "nothing is purged twice");
    }

    async fn an_export_names_the_checkpoints_it_was_made_from(app: TestApp) {
        with_a_past(&app).await;
        app.add_staff("hugo", shared::people::Role::Investigator, &[]).await;
        let hugo = app.sign_in("hugo").await;
        let export: ExportReply = hugo.post("/api/exports", &serde_json::json!({ "purpose": "a test" })).await.ok();
        let [answers, of_answers, audit, _] = export.checkpoints.split("\n\n").collect::<Vec<_>>().try_into().unwrap();
        assert!(answers.contains("/answers\n24\n") && of_answers.starts_with("\u{2014} ressenti/"), "{answers}");
        assert!(audit.contains(&format!("/audit\n{}\n", export.export)), "its own entry is in it: {audit}");
        assert!(report(&app, Some(&export.checkpoints)).await.is_sound());
    }

    async fn a_device_can_have_its_receipts_proved(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let stranger = Phone::new(&app, &nurse, "R-2").await;
        let mut receipts: Vec<Receipt> = Vec::new();
        for n in [200, 57, 1, 199, 143] {
            let events: Vec<_> = (0..n).map(|nth| phone.answer("e1", nth % 2)).collect();
            receipts.extend(phone.push(&events).await.iter().map(|outcome| receipt(outcome).clone()));
            if n == 1 {
                make_checkpoints(&app).await; // roots of complete blocks are kept from here on
            }
        }
        let before: ProofReply = phone.client.get("/api/sync/proof").await.ok();
        assert_eq!(before.event, None);
        stranger.push(&[stranger.answer("e1", 1)]).await;
        for position in [1, 2, 255, 256, 257, 258, 511, 512, 513, 600] {
            let path = format!("/api/sync/proof?position={position}&since=600");
            let reply: ProofReply = phone.client.get(&path).await.ok();
            let event = reply.event.unwrap();
            assert_eq!(event.receipt, receipts[position - 1], "the very receipt");
            let hash = |hex: &String| -> Hash { from_hex(hex).try_into().unwrap() };
            let commitment = proof::commitment(&from_hex(&event.salt).try_into().unwrap(), &hash(&event.receipt.hash));
            let index = event.receipt.position - 1;
            let Receipt { id, position, received_at, .. } = event.receipt;
            let leaf = proof::answer_leaf(position, received_at, id, &commitment);
            let ((old, old_root), (size, root)) = (head(&before.checkpoint), head(&reply.checkpoint));
            assert_eq!((old, size), (600, 601));
            let inclusion: Vec<Hash> = event.inclusion.iter().map(hash).collect();
            assert!(proof::proves_inclusion(leaf, index, size, root, &inclusion), "at {position}");
            let consistency: Vec<Hash> = reply.consistency.iter().map(hash).collect();
            assert!(proof::proves_consistency((old, old_root), (size, root), &consistency), "it only grew");
        }
        for since in 1..=601 {
            assert!(phone.client.get(&format!("/api/sync/proof?since={since}")).await.status.is_success());
        }
        assert_eq!(stranger.client.get("/api/sync/proof?position=1").await.status, 404, "another patient's");
        assert_eq!(phone.client.get("/api/sync/proof?position=602").await.status, 404);
        assert_eq!(phone.client.get("/api/sync/proof?since=602").await.status, 404);
        make_checkpoints(&app).await;
        let report = report(&app, Some(&before.checkpoint)).await;
        assert!(report.is_sound(), "{report}");
        assert_eq!(app.count("SELECT COUNT(*) FROM tree_block WHERE log = 'answers'").await, 2);
        execute(&app, "UPDATE tree_block SET block = block + 7 WHERE block = 1").await;
        execute(&app, "UPDATE tree_block SET root = (SELECT root FROM tree_block WHERE block = 8) WHERE block = 0").await;
        let damaged = self::report(&app, None).await;
        located(&damaged, Log::Answers, Kind::Disagrees, 1, 256);
        located(&damaged, Log::Answers, Kind::Disagrees, 2_049, 2_304);
    }
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2).unwrap(), 16).unwrap()).collect()
}

/// Size and root of a checkpoint.
fn head(note: &str) -> (u64, Hash) {
    let mut lines = note.lines().skip(1);
    let size = lines.next().unwrap().parse().unwrap();
    (size, STANDARD.decode(lines.next().unwrap()).unwrap().try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_verifies_a_copy_and_ends_as_it_found() {
    let app = TestApp::on_sqlite().await;
    let kept = with_a_past(&app).await;
    let copy = tempfile::tempdir().unwrap();
    let file = copy.path().join("ressenti.db");
    execute(&app, format!("VACUUM INTO '{}'", file.display())).await;
    let verify = |arguments: &[&str]| {
        let output = ressenti().args(["verify", "--data"]).arg(copy.path()).args(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), told + &String::from_utf8_lossy(&output.stderr))
    };
    let (code, told) = verify(&[]);
    assert_eq!(code, Some(2), "without a key nothing can be said: {told}");
    std::fs::copy(app.config.checkpoint_key.with_extension("pub"), copy.path().join("checkpoint.pub")).unwrap();
    let against = copy.path().join("kept.txt");
    std::fs::write(&against, &kept).unwrap();
    let against = against.to_str().unwrap();
    let before = std::fs::read(&file).unwrap();
    let (code, told) = verify(&["--against", against]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.ends_with("Everything fits.\n"), "{told}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "it only reads");
    std::fs::write(against, kept.replace("24", "25").replace("12", "13")).unwrap();
    assert_eq!(verify(&["--against", against]).0, Some(2), "a checkpoint that nobody signed is none");

    // one bit of one answer, in the file itself, wherever SQLite has its bytes
    let body: String = get(&app, "SELECT body FROM answer_event WHERE position = 5").await;
    let mut damaged = before.clone();
    let places = before.windows(body.len()).zip(0..).filter(|(it, _)| *it == body.as_bytes()).map(|(_, at)| at);
    let value = body.find("\"value\"").unwrap();
    for place in places.collect::<Vec<usize>>() {
        damaged[place + value + 16] ^= 1;
    }
    std::fs::write(&file, &damaged).unwrap();
    let (code, told) = verify(&["--json"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("\"first\":5,\"kind\":\"altered\",\"last\":5,\"log\":\"answers\""), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checkpoint_key_is_for_this_account_alone_and_a_lost_one_stops_nothing() {
    use std::os::unix::fs::PermissionsExt as _;

    let app = TestApp::on_sqlite().await;
    let kept = with_a_past(&app).await;
    let key = &app.config.checkpoint_key;
    assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::remove_file(key).unwrap();
    let state = app.try_another().await.unwrap();
    checkpoints::make(&state.db, &state.checkpoint_key, app.clock.now()).await.unwrap();
    let report = report(&app, Some(&kept)).await;
    assert!(report.is_sound(), "both keys are known: {report}");
    let lines = std::fs::read_to_string(key.with_extension("pub")).unwrap().lines().count();
    assert_eq!(lines, 4, "two logs, two keys");
}
