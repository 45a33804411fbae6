//! When the database cannot take anything: said loudly, nothing acknowledged, nothing half-written.

use std::sync::Mutex;

use futures_util::future::join_all;
use server::db::Engine;
use shared::api::ProblemKind;
use sqlx::{ConnectOptions, Executor, sqlite::SqliteConnectOptions};

use crate::support::{Phone, TestApp, on_both_databases};

/// What a row count in every table must not change by.
async fn rows(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM answer_event",
        "SELECT COUNT(*) FROM quarantine",
        "SELECT COUNT(*) FROM questionnaire",
        "SELECT COUNT(*) FROM questionnaire_copy",
        "SELECT value FROM position",
    ] {
        counts.push(app.count(sql).await);
    }
    counts
}

async fn sqlite_connection(app: &TestApp) -> Option<sqlx::SqliteConnection> {
    let Engine::Sqlite(_) = app.state.db.read() else { return None };
    let options = SqliteConnectOptions::new().filename(app.config.database.to_string());
    Some(options.connect().await.unwrap())
}

on_both_databases! {
    async fn a_locked_database_refuses_loudly_and_takes_it_later(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let sent = phone.questionnaire();
        let events: Vec<_> = sent.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        let before = rows(&app).await;
        match app.state.db.read() {
            Engine::Sqlite(_) => {
                let mut other = sqlite_connection(&app).await.unwrap();
                other.execute("BEGIN EXCLUSIVE").await.unwrap();
                assert_eq!(phone.try_push(&events).await.refusal(), ProblemKind::Unavailable);
                other.execute("ROLLBACK").await.unwrap();
            }
            Engine::Postgres(pool) => {
                let mut other = pool.acquire().await.unwrap();
                other.execute("BEGIN").await.unwrap();
                other.execute("LOCK TABLE position").await.unwrap();
                assert_eq!(phone.try_push(&events).await.refusal(), ProblemKind::Unavailable);
                other.execute("ROLLBACK").await.unwrap();
            }
        }
        assert_eq!(rows(&app).await, before, "nothing half-written");
        assert_eq!(phone.push(&sent).await.len(), sent.len());
    }

    async fn a_database_that_is_down_refuses_loudly(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        assert_eq!(app.client().get("/api/health").await.status, 204);
        app.state.db.close().await;
        let event = serde_json::to_value(phone.answer("e1", 1)).unwrap();
        assert_eq!(phone.try_push(&[event]).await.refusal(), ProblemKind::Unavailable);
        assert_eq!(app.client().get("/api/health").await.refusal(), ProblemKind::Unavailable);
    }
}

#[tokio::test]
async fn whoever_writes_to_sqlite_queues_and_what_only_reads_cannot_write() {
    let app = TestApp::on_sqlite().await;
    let db = &app.state.db;
    let first = db.begin().await.unwrap();
    let order = &Mutex::new(Vec::new());
    let queued = |n: usize| async move {
        let tx = db.begin().await.unwrap();
        order.lock().unwrap().push(n);
        tokio::task::yield_now().await; // whoever pushed in would be seen here
        tx.commit().await.unwrap();
    };
    let release = async {
        assert!(db.ping().await.is_ok(), "reading goes on meanwhile");
        first.commit().await.unwrap();
    };
    tokio::join!(join_all((0..20).map(queued)), release);
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    let Engine::Sqlite(readers) = db.read() else { unreachable!() };
    assert!(readers.execute("DELETE FROM score").await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_loudly_and_keeps_what_was_there() {
    let app = TestApp::on_sqlite().await;
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let phone = Phone::new(&app, &nurse, "R-1").await;
    let first = phone.questionnaire();
    phone.push(&first).await;
    let before = rows(&app).await;
    app.execute("PRAGMA max_page_count = 1").await.unwrap(); // the least: what it has already
    let mut refused = None;
    for _ in 0..200 {
        let events: Vec<_> = (0..50).map(|n| serde_json::to_value(phone.answer("e1", n % 2)).unwrap()).collect();
        let reply = phone.try_push(&events).await;
        if !reply.status.is_success() {
            refused = Some(reply.refusal());
            break;
        }
    }
    assert_eq!(refused, Some(ProblemKind::Unavailable));
    let kept = phone.pull().await.events;
    assert!(kept.len() >= first.len(), "what was acknowledged is there");
    assert!(before[0] >= 12);
}
