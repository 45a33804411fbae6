//! What staff send again because no reply came: taken once, never refused for what a server left half-done, and never
//! taken for what was sent before when it says something else.

use serde_json::json;
use server::{auth::guard, identity};
use shared::{
    api::{ContactRequest, EnrolReply, EntryReply, PatientsReply, PersonReply, ProblemKind},
    id::StaffId,
    people::{Channel, DeviceKind},
};
use uuid::Uuid;

use super::entry::{amend, amendment, enter, entry, file, first_options, form, item, received, said};
use crate::support::{
    Client, Reply, TestApp, on_both_databases,
    patient::{enrol, enrolment},
};

const DESKS: &str = "SELECT COUNT(*) FROM device WHERE kind = 'desk'";
const TRANSCRIBED: &str = "SELECT COUNT(*) FROM audit WHERE operation = 'transcribe'";
const EVENTS: &str = "SELECT COUNT(*) FROM answer_event";

/// What a server leaves that stops just before it would have enrolled somebody.
async fn set_address_of_an_unfinished_try(app: &TestApp, nurse: &Client) {
    let found: PatientsReply = nurse.post("/api/patients/search", &json!({ "search": "R-1" })).await.ok();
    let (patient, site) = (found.patients[0].patient, found.patients[0].site.clone());
    let nurse = guard::operator().nurse(StaffId::new(Uuid::nil()), vec![site.clone()]);
    let scope = nurse.one(patient, &site).unwrap();
    let address = ContactRequest { channel: Channel::Email, address: Some("wrong@example.org".to_owned()) };
    let (state, now) = (&app.state, app.clock.now());
    let sealing = (&state.identity_key, &state.chance);
    identity::set_contact(&state.identity, sealing, &nurse, &scope, &address, now).await.unwrap();
}

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
            futures_util::future::join_all(tries).await.iter().map(Reply::ok).collect();
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

    async fn an_enrolment_tried_again_is_what_the_newest_try_says_until_one_was_acknowledged(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse", "centre-nord"]).await;
        let mut first = enrolment("R-1");
        first["family_name"] = json!("Lefevbre");
        first["site"] = json!("centre-nord");
        app.execute("ALTER TABLE episode RENAME TO episode_away").await.unwrap();
        assert_eq!(nurse.post("/api/patients", &first).await.refusal(), ProblemKind::Fault);
        app.execute("ALTER TABLE episode_away RENAME TO episode").await.unwrap();
        assert_eq!(app.count("SELECT COUNT(*) FROM patient").await, 0);
        set_address_of_an_unfinished_try(&app, &nurse).await;

        let second = enrolment(" r-1");
        let EnrolReply { patient } = nurse.post("/api/patients", &second).await.ok();
        let told = file(&nurse, patient).await;
        assert_eq!((told.patient.name.as_str(), told.patient.site.as_str()), ("Lefèvre Émile", "toulouse"));
        assert_eq!(told.patient.registry_number, "r-1");
        let person: PersonReply = nurse.get(&format!("/api/patients/{patient}/person")).await.ok();
        assert_eq!((person.contacts, person.changes), (Vec::new(), Vec::new()), "nobody had agreed to an address");

        let again = nurse.post("/api/patients", &first).await;
        assert_eq!(again.refusal(), ProblemKind::Conflict, "now the file says who it is");
        assert_eq!(file(&nurse, patient).await.patient, told.patient);
    }

    async fn of_enrolments_at_one_moment_one_is_acknowledged_and_it_is_that_one(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let requests: Vec<_> = (0..8)
            .map(|n| {
                let mut request = enrolment("R-1");
                request["family_name"] = json!(format!("Name {n}"));
                request
            })
            .collect();
        let tries = requests.iter().map(|request| nurse.post("/api/patients", request));
        let replies = futures_util::future::join_all(tries).await;
        let taken: Vec<usize> = (0..8).filter(|n| replies[*n].status.is_success()).collect();
        assert_eq!(taken.len(), 1, "{taken:?}");
        for (n, reply) in replies.iter().enumerate().filter(|(n, _)| *n != taken[0]) {
            assert_eq!(reply.refusal(), ProblemKind::Conflict, "{n}");
        }
        let EnrolReply { patient } = replies[taken[0]].ok();
        assert_eq!(file(&nurse, patient).await.patient.name, format!("Name {} Émile", taken[0]));
    }
}
