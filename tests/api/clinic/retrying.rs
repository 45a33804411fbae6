//! What staff send again because no reply came: taken once, never refused for what a server left half-done, and never
//! taken for what was sent before when it says something else.

use serde_json::json;
use shared::{
    api::{EntryReply, ProblemKind},
    people::DeviceKind,
};

use super::entry::{amend, amendment, enter, entry, file, first_options, form, item, received, said};
use crate::support::{TestApp, on_both_databases, patient::enrol};

const DESKS: &str = "SELECT COUNT(*) FROM device WHERE kind = 'desk'";
const TRANSCRIBED: &str = "SELECT COUNT(*) FROM audit WHERE operation = 'transcribe'";
const EVENTS: &str = "SELECT COUNT(*) FROM answer_event";

on_both_databases! {
    async fn an_entry_that_a_fault_stopped_half_way_left_nothing_and_is_taken_when_it_comes_again(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let form = form(&nurse, patient, "T0:1", "epices").await;
        let typed = entry(&app, &form, "2026-03-02", &first_options(&form.sheet));
        app.execute("ALTER TABLE position RENAME TO position_away").await.unwrap();
        assert_eq!(enter(&nurse, patient, &typed).await.refusal(), ProblemKind::Fault);
        app.execute("ALTER TABLE position_away RENAME TO position").await.unwrap();
        for sql in [DESKS, TRANSCRIBED, EVENTS] {
            assert_eq!(app.count(sql).await, 0, "{sql}");
        }
        let reply: EntryReply = enter(&nurse, patient, &typed).await.ok();
        assert_eq!(reply.received_at, app.clock.now());
        assert_eq!((app.count(DESKS).await, app.count(TRANSCRIBED).await), (1, 1));
        assert_eq!(received(&file(&nurse, patient).await, "T0:1", "epices").copies.len(), 1);
    }

    async fn one_entry_sent_several_times_at_one_moment_is_taken_once_and_told_to_each(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let form = form(&nurse, patient, "T0:1", "epices").await;
        let typed = entry(&app, &form, "2026-03-02", &first_options(&form.sheet));
        let tries = (0..8).map(|_| enter(&nurse, patient, &typed));
        let replies: Vec<EntryReply> =
            futures_util::future::join_all(tries).await.iter().map(crate::support::Reply::ok).collect();
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
        assert_eq!((app.count(DESKS).await, app.count(TRANSCRIBED).await), (1, 1));
        let told = file(&nurse, patient).await;
        assert_eq!(received(&told, "T0:1", "epices").copies.len(), 1);
        assert_eq!(told.devices.iter().filter(|device| device.kind == DeviceKind::Desk).count(), 1);
    }

    async fn what_was_changed_after_a_lost_reply_is_not_called_received(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let form = form(&nurse, patient, "T0:1", "epices").await;
        let mut answers = first_options(&form.sheet);
        let typed = entry(&app, &form, "2026-03-02", &answers);
        let first: EntryReply = enter(&nurse, patient, &typed).await.ok();
        answers.insert(item("e2"), said(0));
        let mut changed = typed.clone();
        changed["answers"] = json!(answers);
        let mut by_telephone = typed.clone();
        by_telephone["mode"] = json!("telephone");
        let events = app.count(EVENTS).await;
        for other in [changed, by_telephone] {
            let problem = enter(&nurse, patient, &other).await.problem();
            assert_eq!(problem.kind, ProblemKind::Conflict);
            assert!(problem.detail.contains("stands as it was"), "{}", problem.detail);
        }
        assert_eq!(app.count(EVENTS).await, events, "what was received stands, alone");
        let mut later = typed;
        later["clock"]["monotonic_ms"] = json!(90_000);
        let again: EntryReply = enter(&nurse, patient, &later).await.ok();
        assert_eq!(first, again, "the same at another moment is the same");

        let correction = amendment(&app, "T0:1", "epices", 0, &json!({ "e1": { "answered": { "code": 0 } } }));
        let _: EntryReply = amend(&nurse, patient, &correction).await.ok();
        let _: EntryReply = amend(&nurse, patient, &correction).await.ok();
        let mut other = correction;
        other["changes"] = json!({ "e2": { "answered": { "code": 0 } } });
        assert_eq!(amend(&nurse, patient, &other).await.refusal(), ProblemKind::Conflict);
    }
}
