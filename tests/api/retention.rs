//! What is kept how long: the report tells what is due, and taking it away takes that and nothing else.

use std::time::Duration;

use serde_json::json;
use server::{
    auth::guard,
    clock::Clock,
    retention::{self, Class, Purged},
};
use shared::api::{Claim, ProblemKind};

use super::{
    commands::ressenti,
    verifying::{make_checkpoints, report},
};
use crate::support::{
    Phone, TestApp, on_both_databases,
    patient::{claim, enrol, letter},
};

const DAY: Duration = Duration::from_hours(24);

async fn class(app: &TestApp, name: &str) -> Class {
    let classes = retention::report(&guard::operator(), &app.state).await.unwrap();
    classes.into_iter().find(|it| it.name == name).unwrap()
}

async fn due(app: &TestApp) -> Vec<(&'static str, i64)> {
    let classes = retention::report(&guard::operator(), &app.state).await.unwrap();
    classes.into_iter().filter(|it| it.due > 0).map(|it| (it.name, it.due)).collect()
}

on_both_databases! {
    async fn what_is_due_is_told_and_taken_away_and_nothing_else(app: TestApp) {
        let began = app.clock.now();
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let waiting = letter(&nurse, enrol(&nurse, "R-2").await).await;
        let kept = make_checkpoints(&app).await;
        assert!(app.client().post("/api/staff/passkey/challenge", &json!({})).await.status.is_success());
        assert_eq!(due(&app).await, []);
        let answers = class(&app, "answers").await;
        assert_eq!((answers.held, answers.oldest), (12, Some(began)));
        assert_eq!((class(&app, "people").await.held, class(&app, "sessions").await.held), (2, 2));

        app.clock.advance(Duration::from_hours(13));
        assert_eq!(due(&app).await, [("sessions", 2), ("sign-in challenges", 1)]);
        let purge = async || retention::purge(&app.state.db, app.clock.now()).await.unwrap();
        assert_eq!(purge().await, Purged { sessions: 2, challenges: 1, letters: 0, security: 0 });
        assert_eq!(class(&app, "sessions").await.held, 0);

        app.clock.advance(30 * DAY);
        assert_eq!(due(&app).await, [("letters' secrets", 1)], "the one that was used; the other ended half a day later");
        let claim = claim(Claim::Secret(waiting.secret.clone()));
        assert_eq!(app.client().post("/api/enrolment/claim", &claim).await.refusal(), ProblemKind::CodeExpired);
        app.clock.advance(DAY);
        assert_eq!(purge().await, Purged { sessions: 0, challenges: 0, letters: 2, security: 0 });
        assert_eq!(class(&app, "letters' secrets").await.held, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM enrolment WHERE closed_as IS NOT NULL").await, 2, "what became of them stays");
        assert!(!app.client().post("/api/enrolment/claim", &claim).await.status.is_success());
        let again = app.sign_in("claire").await;
        letter(&again, phone.patient).await;

        app.clock.advance(366 * DAY);
        let told = due(&app).await;
        assert_eq!(told[0], ("security log", 1), "the first sign-in, not the second");
        assert_eq!(purge().await, Purged { sessions: 1, challenges: 0, letters: 1, security: 1 });
        assert_eq!(due(&app).await, []);
        let held = app.count("SELECT COUNT(*) FROM answer_event WHERE body IS NOT NULL").await;
        assert_eq!((held, class(&app, "answers").await.held), (12, 12));
        let verified = report(&app, Some(&kept)).await;
        assert!(verified.is_sound(), "{verified}");

        let nurse = app.sign_in("claire").await;
        let asks = json!({ "kind": "withdrawal", "on": { "date": "2026-03-02" }, "cause": { "withdrawal": "stop_erase" } });
        let path = format!("/api/patients/{}/milestones", phone.patient);
        assert!(nurse.post(&path, &asks).await.status.is_success());
        assert_eq!(due(&app).await, [("requests for erasure", 1)]);
    }

    async fn the_days_work_takes_away_what_is_due(app: TestApp) {
        app.nurse("claire", &["toulouse"]).await;
        let (db, key) = (&app.state.db, &app.state.checkpoint_key);
        app.clock.advance(367 * DAY);
        assert_eq!(due(&app).await, [("security log", 1), ("sessions", 1)]);
        server::checkpoints::make_daily(db, key, app.clock.now()).await.unwrap();
        assert_eq!(due(&app).await, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_tells_each_class_with_its_rule() {
    let app = TestApp::on_sqlite_at(Clock::System.now() - 40 * DAY).await; // commands go by the machine's clock
    let nurse = app.nurse("claire", &["toulouse"]).await;
    Phone::new(&app, &nurse, "R-canary").await;
    let retention = |arguments: &[&str]| {
        let output = ressenti().args(["retention", "--data"]).arg(app.folder()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let line = |told: &str, class: &str| {
        let line = told.lines().find(|line| line.starts_with(class)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let told = retention(&[]);
    assert_eq!(line(&told, "sessions"), ["sessions", "12", "hours", "2", &app.clock.today().to_string(), "2"]);
    assert_eq!(line(&told, "people"), ["people", "until", "erased", "1", "0"]);
    assert!(!told.contains("R-canary"), "{told}");
    let purged = retention(&["--purge"]);
    assert!(purged.starts_with("Taken away: 2 sessions, 0 sign-in challenges, the secrets of 1 letters, "), "{purged}");
    assert_eq!(line(&purged, "sessions"), ["sessions", "12", "hours", "0", "0"]);
}
