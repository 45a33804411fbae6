//! `ressenti backup` and `restore`, rehearsed: what comes back is what there was, and what is not whole changes nothing.

use std::path::{Path, PathBuf};

use serde_json::json;
use server::{
    auth::guard,
    backup::{Asked, BackupError, Key, Manifest, Recipient, Restored, backup, restore},
    checkpoints,
    db::{Database, Side},
    erasure,
};
use shared::{
    api::{DeviceSessionRequest, ExportReply, ProblemKind},
    people::Role,
};
use verify::{Kind, Log};

use super::commands::ressenti;
use crate::support::{
    Phone, Place, TestApp, on_both_databases,
    patient::{enrol, receipt, set_aside},
};

/// Where backups of a test lie, and what opens them.
pub struct Shelf {
    folder: tempfile::TempDir,
    /// What opens them.
    pub key: Key,
    recipient: Recipient,
}

impl Shelf {
    /// An empty one, with a key of its own.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup.key");
        let recipient = Key::make(&path).unwrap();
        Self { key: Key::read(&path).unwrap(), folder, recipient }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What asks for a backup to be put back.
    pub fn asked(&self, name: &str, replace: bool) -> Asked {
        Asked { file: self.file(name), only: None, replace }
    }

    /// Makes a backup.
    pub async fn back_up(&self, app: &TestApp, name: &str) -> Result<Manifest, BackupError> {
        let databases = (&app.state.db, &app.state.identity);
        let keys = app.config.checkpoint_key.with_extension("pub");
        backup(databases, &keys, std::slice::from_ref(&self.recipient), &app.clock, &self.file(name)).await
    }

    async fn put_back(&self, app: &TestApp, name: &str, place: &Place) -> Result<Restored, BackupError> {
        restore(&self.asked(name, false), &self.key, &place.config, &app.clock).await
    }
}

/// A registry with answers, scores, something set aside, an address for reminders, a correction and an export.
async fn with_a_past(app: &TestApp) -> Phone {
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let phone = Phone::new(app, &nurse, "R-1").await;
    phone.push(&phone.questionnaire()).await;
    let other = Phone::new(app, &nurse, "R-2").await;
    set_aside(&phone.push(&[other.answer("e1", 1)]).await[0]);
    let contact = json!({ "channel": "email", "address": "emile@example.org" });
    let reply = nurse.post(&format!("/api/patients/{}/contacts", phone.patient), &contact).await;
    assert!(reply.status.is_success(), "{reply:?}");
    app.add_staff("hugo", Role::Investigator, &[]).await;
    export(app).await;
    phone
}

/// What an export holds: names, rows and hashes of its files.
async fn export(app: &TestApp) -> Vec<(String, u64, String)> {
    app.clock.advance(std::time::Duration::from_secs(30)); // a one-time code works once
    let hugo = app.sign_in("hugo").await;
    let export: ExportReply = hugo.post("/api/exports", &json!({ "purpose": "a test" })).await.ok();
    export.files.into_iter().map(|file| (file.name, file.rows, file.sha256)).collect()
}

/// Both sides of a manifest, but for the tables that tell of the backup or restoration itself.
fn rows_but_the_audit(manifest: &Manifest) -> Vec<(String, u64)> {
    let all = manifest.parts.iter().flat_map(|part| part.n_rows.clone());
    all.filter(|(table, _)| table != "audit").collect()
}

/// Nothing is in a place: no file on SQLite, no table on PostgreSQL.
async fn is_untouched(place: &Place) -> bool {
    match &place.config.database {
        Database::File(path) => !path.exists() && !path.with_file_name("identity.db").exists(),
        Database::Postgres(options) => {
            use sqlx::Connection as _;
            let mut connection = sqlx::PgConnection::connect_with(options).await.unwrap();
            let tables = "SELECT COUNT(*) FROM pg_class WHERE relname IN ('answer_event', '_sqlx_migrations')";
            let n: i64 = sqlx::query_scalar(tables).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            n == 0
        }
    }
}

on_both_databases! {
    async fn what_is_put_back_counts_chains_and_scores_the_same(app: TestApp) {
        let phone = with_a_past(&app).await;
        let before = export(&app).await;
        let shelf = Shelf::new();
        let made = shelf.back_up(&app, "first").await.unwrap();
        assert_eq!(made.answers.number, 12);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'backup'").await, 1);
        assert_eq!(made.audit.number, app.count("SELECT value FROM audit_end").await, "its own entry is in it");

        let place = app.empty_place(app.is_on_sqlite()).await.unwrap();
        std::fs::copy(&app.config.identity_key, &place.config.identity_key).unwrap();
        let restored = shelf.put_back(&app, "first", &place).await.unwrap();
        let report = restored.report.unwrap();
        assert!(report.is_sound(), "{report}");
        assert_eq!(i64::try_from(report.logs[0].entries).unwrap(), made.answers.number);
        assert_eq!(i64::try_from(report.logs[1].entries).unwrap(), made.audit.number + 1, "the restoration's own");

        let there = app.start_at(place).await;
        let again = shelf.back_up(&there, "again").await.unwrap();
        assert_eq!(rows_but_the_audit(&again), rows_but_the_audit(&made));
        assert_eq!(again.answers, made.answers, "the same end of the same chain");
        assert_eq!(again.parts[1], made.parts[1], "who the patients are, byte for byte");
        assert_eq!(export(&there).await, before, "answers and scores");
        let contact = there.count("SELECT COUNT(*) FROM audit WHERE operation = 'restore' AND detail LIKE '12 answers%'").await;
        assert_eq!(contact, 1);
        there.clock.advance(std::time::Duration::from_secs(30));
        let nurse = there.sign_in("claire").await;
        assert_eq!(made.parts[1].n_rows["contact"], 1, "its key, put beside, opened it: else the server had not started");
        // life goes on, numbers included that the database itself gives out
        let newcomer = Phone::new(&there, &nurse, "R-3").await;
        receipt(&newcomer.push(&newcomer.questionnaire()).await[0]);
        set_aside(&newcomer.push(&[phone.answer("e1", 1)]).await[0]);
    }

    async fn a_registry_moves_from_one_engine_to_the_other(app: TestApp) {
        with_a_past(&app).await;
        let before = export(&app).await;
        let shelf = Shelf::new();
        shelf.back_up(&app, "moving").await.unwrap();
        let Some(place) = app.empty_place(!app.is_on_sqlite()).await else { return };
        std::fs::copy(&app.config.identity_key, &place.config.identity_key).unwrap();
        let restored = shelf.put_back(&app, "moving", &place).await.unwrap();
        assert!(restored.report.unwrap().is_sound());
        assert_eq!(export(&app.start_at(place).await).await, before);
    }

    async fn a_backup_under_load_holds_a_moment_that_fits(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-0").await;
        let pushing = async {
            for _ in 0..25 {
                let events: Vec<_> = (0..40).map(|nth| phone.answer("e1", nth % 2)).collect();
                phone.push(&events).await;
            }
        };
        let enrolling = async {
            for nth in 1..=25 {
                enrol(&nurse, &format!("R-{nth}")).await;
            }
        };
        let shelf = Shelf::new();
        let backing_up = async {
            let mut made = Vec::new();
            for nth in 0..6 {
                let n_before = app.count("SELECT value FROM position").await;
                let manifest = shelf.back_up(&app, &nth.to_string()).await.unwrap();
                assert!(manifest.answers.number >= n_before, "what was acknowledged before it is in it");
                made.push(manifest);
            }
            made
        };
        let ((), (), made) = futures_util::join!(pushing, enrolling, backing_up);
        for (nth, manifest) in made.iter().enumerate() {
            let [research, identity] = &manifest.parts;
            assert_eq!(i64::try_from(research.n_rows["answer_event"]).unwrap(), manifest.answers.number);
            assert!(research.n_rows["patient"] <= identity.n_rows["person"], "each patient has an identity");
            let place = app.empty_place(app.is_on_sqlite()).await.unwrap();
            let restored = shelf.put_back(&app, &nth.to_string(), &place).await.unwrap();
            let report = restored.report.unwrap();
            assert!(report.is_sound(), "{report}");
        }
    }

    async fn what_is_not_whole_or_not_ours_is_refused_and_changes_nothing(app: TestApp) {
        with_a_past(&app).await;
        let shelf = Shelf::new();
        shelf.back_up(&app, "whole").await.unwrap();
        let whole = std::fs::read(shelf.file("whole")).unwrap();
        let place = app.empty_place(app.is_on_sqlite()).await.unwrap();
        let refused = async |bytes: &[u8], what: String| {
            std::fs::write(shelf.file("damaged"), bytes).unwrap();
            let refusal = shelf.put_back(&app, "damaged", &place).await.expect_err(&what);
            let told = matches!(refusal, BackupError::NoBackup | BackupError::OtherKey | BackupError::Damaged(_));
            assert!(told, "{what}: {refusal}");
        };
        for length in [0, 1, 17, 18, 25, 26, 300, whole.len() / 2, whole.len() - 17, whole.len() - 1] {
            refused(&whole[..length], format!("{length} bytes of it")).await;
        }
        refused(&[whole.as_slice(), b"\n"].concat(), "with something after it".to_owned()).await;
        // every byte of the beginnings, and a few hundred of the rest, one bit each
        let places = (0..400).chain((400..whole.len()).step_by(whole.len() / 200));
        for place in places {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << (place % 8);
            refused(&damaged, format!("another bit at {place}")).await;
        }
        let stranger = Key::read(&{
            let path = shelf.file("other.key");
            Key::make(&path).unwrap();
            path
        });
        let refusal = restore(&shelf.asked("whole", false), &stranger.unwrap(), &place.config, &app.clock).await.unwrap_err();
        assert!(matches!(refusal, BackupError::OtherKey), "{refusal}");
        assert!(is_untouched(&place).await);
        // nor does a backup take another's place, or begin where it cannot end
        assert!(matches!(shelf.back_up(&app, "whole").await, Err(BackupError::File(..))));
        assert_eq!(std::fs::read(shelf.file("whole")).unwrap(), whole);
        assert!(matches!(shelf.back_up(&app, "nowhere/file").await, Err(BackupError::File(..))));
        let left: Vec<_> = std::fs::read_dir(shelf.folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(left.len(), 4, "nothing half-made stays: {left:?}");
    }

    async fn a_database_that_holds_something_is_replaced_only_when_told(app: TestApp) {
        with_a_past(&app).await;
        let shelf = Shelf::new();
        let made = shelf.back_up(&app, "first").await.unwrap();
        let later = Phone::new(&app, &app.nurse("nina", &["toulouse"]).await, "R-9").await;
        receipt(&later.push(&[later.answer("e2", 0)]).await[0]);
        let kept = app.folder().join("kept.txt");
        let key = &app.state.checkpoint_key;
        std::fs::write(&kept, checkpoints::make(&app.state.db, key, app.clock.now()).await.unwrap()).unwrap();
        let asked = |replace| shelf.asked("first", replace);
        let in_use = restore(&asked(true), &shelf.key, &app.config, &app.clock).await.unwrap_err();
        assert!(matches!(in_use, BackupError::InUse(_) | BackupError::Start(_) | BackupError::Database(_)), "{in_use}");
        assert_eq!(app.count("SELECT COUNT(*) FROM answer_event").await, 13, "a server that runs keeps what it has");
        app.stop().await;
        let refusal = restore(&asked(false), &shelf.key, &app.config, &app.clock).await.unwrap_err();
        assert!(matches!(refusal, BackupError::Filled(_)), "{refusal}");
        let same = app.another_process().await;
        assert_eq!(same.count("SELECT COUNT(*) FROM answer_event").await, 13, "nothing was changed");
        same.stop().await;
        let restored = restore(&asked(true), &shelf.key, &app.config, &app.clock).await.unwrap();
        assert!(restored.report.unwrap().is_sound());
        let database = match &app.config.database {
            Database::File(path) => verify::Database::File(path.clone()),
            Database::Postgres(options) => verify::Database::Postgres(options.clone()),
        };
        let (keys, now) = (app.config.checkpoint_key.with_extension("pub"), app.clock.now().as_millisecond());
        let report = verify::verify(&verify::Asked { database, keys, against: Some(kept), now }).await.unwrap();
        let missed = report.findings().find(|it| it.log == Log::Answers).unwrap();
        assert_eq!((missed.kind, missed.first, missed.last), (Kind::CutOff, 13, 13), "a later checkpoint tells: {report}");
        let back = app.another_process().await;
        assert_eq!(back.count("SELECT COUNT(*) FROM answer_event").await, made.answers.number);
        assert!(back.execute("DELETE FROM answer_event").await.is_err(), "the database refuses as it did");
    }

    async fn whoever_was_erased_since_a_backup_is_not_brought_back(app: TestApp) {
        let phone = with_a_past(&app).await;
        let shelf = Shelf::new();
        let made = shelf.back_up(&app, "before").await.unwrap();
        assert_eq!(made.parts[1].n_rows["person"], 2);
        let nurse = app.sign_in("claire").await;
        let unknown = Phone::new(&app, &nurse, "R-3").await;
        for number in ["R-1", "R-3"] {
            let found = erasure::find(&guard::operator(), &app.state, number).await.unwrap().unwrap();
            erasure::erase(&app.state, &found, "request of 2 March").await.unwrap();
        }
        let (erased, device) = (phone.patient, phone.device);
        app.stop().await;
        let asked = |only| Asked { file: shelf.file("before"), only, replace: true };
        // both at once, then each alone: every database knows by itself who was erased
        for only in [None, Some(Side::Research), Some(Side::Identity)] {
            let restored = restore(&asked(only), &shelf.key, &app.config, &app.clock).await.unwrap();
            assert_eq!(restored.erased_again.into_iter().collect::<Vec<_>>(), [erased], "{only:?}");
            if let Some(report) = restored.report {
                assert!(report.is_sound(), "{report}");
            }
        }
        if app.is_on_sqlite() {
            for file in ["ressenti.db", "identity.db"] {
                let bytes = std::fs::read(app.folder().join(file)).unwrap();
                let pseudonym = erased.to_string();
                assert!(!bytes.windows(3).any(|it| it == b"R-1"), "{file} holds the number");
                let answer = format!("\"patient\":\"{pseudonym}\"");
                assert!(!bytes.windows(answer.len()).any(|it| it == answer.as_bytes()), "{file} holds an answer");
            }
        }
        let back = app.another_process().await;
        assert_eq!(back.count("SELECT COUNT(*) FROM patient").await, 1);
        assert_eq!(back.count("SELECT COUNT(*) FROM answer_event WHERE body IS NOT NULL").await, 0);
        assert_eq!(back.count("SELECT COUNT(*) FROM answer_event").await, made.answers.number);
        assert_eq!(back.count("SELECT COUNT(*) FROM export WHERE erased_at IS NULL").await, 0);
        let told = "SELECT COUNT(*) FROM audit WHERE operation = 'erase' AND detail LIKE '%; erased before; the backup%'";
        assert_eq!(back.count(told).await, 2, "the one who is not in it has devices yet");
        assert!(erasure::find(&guard::operator(), &back.state, "R-1").await.unwrap().is_none());
        let found = erasure::find(&guard::operator(), &back.state, &erased.to_string()).await.unwrap().unwrap();
        assert!(found.is_gone());
        for (device, credential) in [(device, phone.credential.clone()), (unknown.device, unknown.credential.clone())] {
            let session = DeviceSessionRequest { device, credential };
            let reply = back.client().post("/api/device/session", &session).await;
            assert_eq!(reply.refusal(), ProblemKind::DeviceRevoked);
        }
    }

    async fn the_research_part_alone_tells_of_nobody_who_they_are(app: TestApp) {
        with_a_past(&app).await;
        let shelf = Shelf::new();
        let made = shelf.back_up(&app, "both").await.unwrap();
        let place = app.empty_place(app.is_on_sqlite()).await.unwrap();
        let asked = Asked { file: shelf.file("both"), only: Some(Side::Research), replace: false };
        let restored = restore(&asked, &shelf.key, &place.config, &app.clock).await.unwrap();
        assert!(restored.report.unwrap().is_sound());
        for file in std::fs::read_dir(place.folder()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for name in ["Lefèvre", "Émile", "R-1", "example.org"] {
                assert!(!bytes.windows(name.len()).any(|it| it == name.as_bytes()), "{name}");
            }
        }
        let there = app.start_at(place).await;
        assert_eq!(there.count("SELECT COUNT(*) FROM answer_event").await, made.answers.number);
        let again = shelf.back_up(&there, "alone").await.unwrap();
        assert_eq!(again.parts[1].n_rows["person"], 0);
    }
}

fn told(command: &mut std::process::Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), told + &String::from_utf8_lossy(&output.stderr))
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_make_a_key_a_backup_and_a_registry_again() {
    let app = TestApp::on_sqlite().await;
    with_a_past(&app).await;
    let shelf = tempfile::tempdir().unwrap();
    let (key, file) = (shelf.path().join("ward.key"), shelf.path().join("monday.backup"));
    let (code, made) = told(ressenti().arg("backup-key").arg(&key));
    assert_eq!(code, Some(0), "{made}");
    let public = made.lines().next().unwrap();
    assert!(public.starts_with("age1"), "{made}");
    assert!(!made.contains("AGE-SECRET-KEY"), "the secret stays in its file");
    let backing_up =
        |to: &str| told(ressenti().args(["backup", "--data"]).arg(app.folder()).args(["--to", to]).arg(&file));
    let (code, refused) = backing_up("age1nobody");
    assert_eq!(code, Some(1), "{refused}");
    assert!(refused.contains("age1nobody is no key of backups") && refused.contains("Hint: "), "{refused}");
    let (code, made) = backing_up(public);
    assert_eq!(code, Some(0), "{made}");
    for named in ["identity.key", "checkpoint.key", "12 answer events"] {
        assert!(made.contains(named), "{made}");
    }
    assert_eq!((mode(&key), mode(&file)), (0o600, 0o600));

    let elsewhere = tempfile::tempdir().unwrap();
    let putting_back = |key: &Path, more: &[&str]| {
        told(ressenti().args(["restore", "--data"]).arg(elsewhere.path()).arg("--key").arg(key).arg(&file).args(more))
    };
    let (code, refused) = putting_back(&shelf.path().join("none.key"), &[]);
    assert_eq!(code, Some(1), "{refused}");
    let (code, done) = putting_back(&key, &[]);
    assert_eq!(code, Some(0), "{done}");
    assert!(done.contains("Everything fits.") && done.contains("identity.key"), "{done}");
    let (code, refused) = putting_back(&key, &[]);
    assert_eq!(code, Some(1), "{refused}");
    assert!(refused.contains("holds something already") && refused.contains("--replace"), "{refused}");
    let (code, done) = putting_back(&key, &["--only", "research", "--replace"]);
    assert_eq!(code, Some(0), "{done}");
}
