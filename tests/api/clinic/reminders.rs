//! Reminders over a real mail server: once each, within hours and limits, and none that lost its reason.

use std::time::Duration;

use serde_json::{Value, json};
use server::{
    auth::{accounts, guard},
    config::{MailConfig, MailSecurity},
    identity,
    reminders::{self, Planned, Round},
};
use shared::{
    api::{
        ContactRequest, PatientReply, ProblemKind, ReminderDay, ReminderOutcome, RemindersHealthReply, RemindersReply,
        RemindersStanding,
    },
    id::PatientId,
    people::Channel,
    sync::protocol::PROTOCOL_VERSION,
};

use crate::support::{
    Client, Phone, TestApp,
    mail::{MailServer, python},
    on_both_databases,
    patient::{dated, enrol},
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The Friday after enrolment, at ten: three days before T0 closes.
const FRIDAY: Duration = Duration::from_hours(4 * 24 + 1);

/// A patient with a phone and this address.
async fn reachable(app: &TestApp, nurse: &Client, number: &str, address: &str) -> Phone {
    let phone = Phone::new(app, nurse, number).await;
    let contact = json!({ "channel": "email", "address": address });
    let reply = nurse.post(&format!("/api/patients/{}/contacts", phone.patient), &contact).await;
    assert!(reply.status.is_success(), "{reply:?}");
    phone
}

async fn remind(app: &TestApp) -> Round {
    reminders::remind(&app.state, app.config.mail.as_ref().unwrap()).await.unwrap()
}

async fn send(app: &TestApp, planned: &Planned) -> Option<ReminderOutcome> {
    reminders::send(&app.state, app.config.mail.as_ref().unwrap(), planned).await.unwrap()
}

async fn told(nurse: &Client, patient: PatientId) -> RemindersReply {
    nurse.get(&format!("/api/patients/{patient}/reminders")).await.ok()
}

async fn outcomes(nurse: &Client, patient: PatientId) -> Vec<ReminderOutcome> {
    told(nurse, patient).await.reminders.iter().map(|line| line.outcome).collect()
}

async fn health(client: &Client) -> RemindersHealthReply {
    client.get("/api/reminders/health").await.ok()
}

async fn record(nurse: &Client, patient: PatientId, kind: &str, on: &str) {
    let milestone = dated(kind, on);
    let reply = nurse.post(&format!("/api/patients/{patient}/milestones"), &milestone).await;
    assert!(reply.status.is_success(), "{reply:?}");
}

/// Sends every questionnaire of T0, without an answer.
async fn complete_t0(nurse: &Client, phone: &Phone) {
    let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
    let t0 = file.assessments.iter().find(|it| it.id.to_string() == "T0:1").unwrap();
    let events: Vec<Value> = t0
        .questionnaires
        .iter()
        .map(|it| {
            let mut event = json!(phone.submission());
            event["instrument"] = json!(it.instrument);
            event
        })
        .collect();
    let opening = json!({ "device": phone.device, "credential": phone.credential });
    assert!(phone.client.post("/api/device/session", &opening).await.status.is_success());
    let reply: Value =
        phone.client.post("/api/sync/push", &json!({ "protocol": PROTOCOL_VERSION, "events": events })).await.ok();
    assert_eq!(reply["outcomes"].as_array().unwrap().len(), t0.questionnaires.len(), "{reply}");
    let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
    let t0 = file.assessments.iter().find(|it| it.id.to_string() == "T0:1").unwrap();
    assert!(matches!(t0.state, shared::schedule::AssessmentState::Completed(_)), "{:?} {reply}", t0.state);
}

/// What disagrees on the health page.
fn red(health: &RemindersHealthReply) -> Vec<&ReminderDay> {
    health.days.iter().filter(|day| !day.agrees()).collect()
}

on_both_databases! {
    async fn each_reminder_leaves_once_from_two_processes_at_once(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        for n in 0..8 {
            reachable(&app, &nurse, &format!("R-{n}"), &format!("p{n}@example.org")).await;
        }
        let (one, other) = (app.with_mail(mail.config()).await, app.with_mail(mail.config()).await);
        assert_eq!(remind(&one).await, Round::default(), "on Monday nothing is due");
        app.clock.advance(FRIDAY);
        let rounds = tokio::join!(remind(&one), remind(&other));
        assert_eq!((rounds.0.sent + rounds.1.sent, rounds.0.accidents + rounds.1.accidents), (8, 0), "{rounds:?}");
        let mut to: Vec<String> = mail.messages().into_iter().map(|it| it.to).collect();
        to.sort();
        assert_eq!(to, (0..8).map(|n| format!("p{n}@example.org")).collect::<Vec<_>>());
        assert_eq!(remind(&one).await, Round::default(), "and not again");

        let nurse = app.sign_in("claire").await;
        let health = health(&nurse).await;
        assert_eq!(health.days.len(), 1, "{health:?}");
        let friday = &health.days[0];
        assert_eq!((friday.on.to_string().as_str(), friday.rule.as_str()), ("2026-03-06", "closing"));
        assert_eq!((friday.expected, friday.sent, friday.agrees()), (8, 8, true));
    }

    async fn a_message_is_neutral_and_stops_by_its_link_only_when_its_button_is_pressed(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = reachable(&app, &nurse, "R-1", "emile@example.org").await;
        app.clock.advance(FRIDAY);
        let sender = app.with_mail(mail.config()).await;
        assert_eq!(remind(&sender).await.sent, 1);
        let [message] = mail.messages().try_into().unwrap();
        assert_eq!((message.to.as_str(), message.header("To")), ("emile@example.org", "emile@example.org"));
        assert_eq!(message.header("From"), "Ressenti <ressenti@example.org>");
        assert_eq!(message.header("Date"), "Fri, 06 Mar 2026 09:00:00 +0000");
        assert_eq!(message.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert_eq!(message.header("Auto-Submitted"), "auto-generated");
        let text = message.text();
        assert!(text.contains("Vous pouvez répondre jusqu’au 9 mars 2026."), "{text}");
        assert!(text.contains("\nhttps://ressenti.example.org/\n"), "{text}");
        let path = message.stop_path();
        let said = text.replace(&path, ""); // the link's secret is random, and holds "T0" now and then
        for word in ["Lefèvre", "Émile", "toulouse", "dlbcl", &phone.patient.to_string()] {
            assert!(!message.raw.contains(word) && !said.contains(word), "{word} is in {text}");
        }
        for word in ["R-1", "T0"] {
            assert!(!said.contains(word), "{word} is in {text}");
        }

        assert!(text.contains(&path), "the same link is there to press");
        let stranger = app.client();
        let http = reqwest::Client::new();
        let page = stranger.get(&path).await;
        assert!(page.status.is_success());
        assert!(String::from_utf8(page.body).unwrap().contains("Ne plus recevoir de messages"));
        assert!(told(&nurse_again(&app).await, phone.patient).await.choices.is_empty(), "a scanner opened it");
        let lost = http.post(format!("{}{}x", app.origin, path)).send().await.unwrap();
        assert_eq!(lost.status(), 404);
        // as a mail reader's own button does: without cookie, without the app's header, from elsewhere
        let button = http.post(format!("{}{}", app.origin, path)).header("origin", "https://mail.example.org")
            .header("content-type", "application/x-www-form-urlencoded").body("List-Unsubscribe=One-Click");
        let page = button.send().await.unwrap();
        assert!(page.status().is_success());
        assert!(page.text().await.unwrap().contains("C’est fait"));

        let nurse = nurse_again(&app).await;
        let reply = told(&nurse, phone.patient).await;
        assert_eq!(reply.standing, RemindersStanding::Stopped);
        assert_eq!((reply.choices[0].wanted, &reply.choices[0].entered_by), (false, &None));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'choose_reminders'").await, 1);
        let back: RemindersReply =
            nurse.post(&format!("/api/patients/{}/reminders", phone.patient), &json!({ "wanted": true })).await.ok();
        assert_eq!((back.standing, back.choices.len()), (RemindersStanding::Off, 2), "this server sends none");
        assert_eq!(back.choices[0].entered_by.as_deref(), Some("claire"));
    }

    async fn who_said_to_stop_gets_nothing(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = reachable(&app, &nurse, "R-1", "emile@example.org").await;
        let _: RemindersReply =
            nurse.post(&format!("/api/patients/{}/reminders", phone.patient), &json!({ "wanted": false })).await.ok();
        app.clock.advance(FRIDAY);
        let sender = app.with_mail(mail.config()).await;
        assert_eq!(remind(&sender).await, Round::default());
        assert_eq!(red(&health(&app.sign_in("claire").await).await), Vec::<&ReminderDay>::new());
    }

    async fn a_mail_server_that_refuses_is_tried_again_and_then_given_up(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let twice = reachable(&app, &nurse, "R-1", "later2@example.org").await;
        let always = reachable(&app, &nurse, "R-2", "later9@example.org").await;
        let never = reachable(&app, &nurse, "R-3", "never@example.org").await;
        app.clock.advance(FRIDAY);
        let sender = app.with_mail(mail.config()).await;
        assert_eq!(remind(&sender).await, Round { failed: 2, given_up: 1, ..Round::default() });
        app.clock.advance(Duration::from_mins(9));
        assert_eq!(remind(&sender).await, Round::default(), "not before its time");
        app.clock.advance(Duration::from_mins(2));
        assert_eq!(remind(&sender).await, Round { failed: 2, ..Round::default() });
        app.clock.advance(HOUR);
        assert_eq!(remind(&sender).await, Round { sent: 1, failed: 1, ..Round::default() });
        app.clock.advance(HOUR * 6);
        assert_eq!(remind(&sender).await, Round { given_up: 1, ..Round::default() }, "at the fourth try");
        assert_eq!(remind(&sender).await, Round::default());

        let nurse = app.sign_in("claire").await;
        assert_eq!(outcomes(&nurse, twice.patient).await, [ReminderOutcome::Sent]);
        assert_eq!(outcomes(&nurse, always.patient).await, [ReminderOutcome::GivenUp]);
        assert_eq!(outcomes(&nurse, never.patient).await, [ReminderOutcome::GivenUp]);
        assert_eq!(mail.messages().len(), 1);
        let health = health(&nurse).await;
        let [friday] = red(&health).try_into().unwrap();
        assert_eq!((friday.expected, friday.sent, friday.given_up), (3, 1, 2));
    }

    async fn a_message_nobody_knows_of_is_shown_and_never_sent_again(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let cut = reachable(&app, &nurse, "R-1", "silent@example.org").await;
        let stopped = Phone::new(&app, &nurse, "R-2").await;
        app.clock.advance(FRIDAY);
        let sender = app.with_mail(mail.config()).await;
        assert_eq!(remind(&sender).await, Round { unknown: 1, ..Round::default() }, "the connection was cut");
        let nurse = app.sign_in("claire").await;
        let contact = json!({ "channel": "email", "address": "slow@example.org" });
        let contacts = format!("/api/patients/{}/contacts", stopped.patient);
        assert!(nurse.post(&contacts, &contact).await.status.is_success());
        // this process ends when the mail server has the message and has not answered
        tokio::select! {
            _ = remind(&sender) => panic!("it is never answered"),
            () = mail.has_taken(2) => {}
        }
        assert_eq!(outcomes(&nurse, stopped.patient).await, [ReminderOutcome::Claimed]);
        app.clock.advance(Duration::from_mins(16));
        let nurse = app.sign_in("claire").await;
        for patient in [cut.patient, stopped.patient] {
            assert_eq!(outcomes(&nurse, patient).await, [ReminderOutcome::Unknown]);
        }
        assert_eq!(remind(&sender).await, Round::default(), "neither is sent twice");
        assert_eq!(mail.messages().len(), 2);
        let health = health(&nurse).await;
        let [friday] = red(&health).try_into().unwrap();
        assert_eq!((friday.expected, friday.sent, friday.unknown), (2, 0, 2));
    }

    async fn nothing_leaves_in_quiet_hours_or_at_the_weekend(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        reachable(&app, &nurse, "R-1", "emile@example.org").await;
        let sender = app.with_mail(mail.config()).await;
        app.clock.advance(FRIDAY + HOUR * 10);
        assert_eq!(remind(&sender).await, Round::default(), "Friday at eight in the evening");
        app.clock.advance(HOUR * 14);
        assert_eq!(remind(&sender).await, Round::default(), "Saturday at ten");
        app.clock.advance(HOUR * 46);
        assert_eq!(remind(&sender).await, Round::default(), "Monday at eight");
        app.clock.advance(HOUR);
        assert_eq!(remind(&sender).await.sent, 1, "Monday at nine");
        let health = health(&app.sign_in("claire").await).await;
        let [friday] = red(&health).try_into().unwrap();
        assert_eq!((friday.on.to_string().as_str(), friday.missing), ("2026-03-06", 1), "nobody looked on Friday");
        assert_eq!(health.days.len(), 2, "{health:?}");
    }

    async fn what_happens_between_planning_and_sending_comes_first(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let mut phones = Vec::new();
        for n in 0..6 {
            phones.push(reachable(&app, &nurse, &format!("R-{n}"), &format!("p{n}@example.org")).await);
        }
        app.clock.advance(FRIDAY);
        let nurse = app.sign_in("claire").await;
        let sender = app.with_mail(mail.config()).await;
        let planned = reminders::plan_round(&sender.state).await.unwrap();
        assert_eq!(planned.len(), 6);

        record(&nurse, phones[0].patient, "death", "2026-03-05").await;
        record(&nurse, phones[1].patient, "withdrawal", "2026-03-06").await;
        record(&nurse, phones[2].patient, "lost_to_follow_up", "2026-03-06").await;
        complete_t0(&nurse, &phones[3]).await;
        let revoke = format!("/api/patients/{}/devices/{}/revoke", phones[4].patient, phones[4].device);
        assert!(nurse.post(&revoke, &json!({})).await.status.is_success());
        let no_address = json!({ "channel": "email", "address": null });
        let contacts = format!("/api/patients/{}/contacts", phones[5].patient);
        assert!(nurse.post(&contacts, &no_address).await.status.is_success());
        for it in &planned {
            let outcome = send(&sender, it).await;
            assert!(outcome.is_none_or(|it| it == ReminderOutcome::Void), "{outcome:?}");
        }
        assert_eq!(mail.messages().len(), 0);
        let standings = [RemindersStanding::Died, RemindersStanding::Withdrew, RemindersStanding::Lost,
            RemindersStanding::Off, RemindersStanding::NoDevice, RemindersStanding::NoAddress];
        for (phone, standing) in phones.iter().zip(standings) {
            assert_eq!(told(&nurse, phone.patient).await.standing, standing);
        }
    }

    async fn death_stops_what_was_to_be_tried_again(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = reachable(&app, &nurse, "R-1", "later1@example.org").await;
        app.clock.advance(FRIDAY);
        let nurse = app.sign_in("claire").await;
        let sender = app.with_mail(mail.config()).await;
        assert_eq!(remind(&sender).await.failed, 1);
        record(&nurse, phone.patient, "death", "2026-03-06").await;
        app.clock.advance(HOUR);
        assert_eq!(remind(&sender).await, Round { void: 1, ..Round::default() });
        assert_eq!(remind(&sender).await, Round::default());
        assert_eq!(mail.messages().len(), 0);
    }

    async fn deaths_that_are_entered_meanwhile_stop_what_is_not_claimed_yet(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let mut phones = Vec::new();
        for n in 0..8 {
            phones.push(reachable(&app, &nurse, &format!("R-{n}"), &format!("p{n}@example.org")).await);
        }
        app.clock.advance(FRIDAY);
        let nurse = app.sign_in("claire").await;
        let sender = app.with_mail(mail.config()).await;
        let deaths = async {
            let mut recorded = Vec::new();
            for phone in phones.iter().rev() {
                record(&nurse, phone.patient, "death", "2026-03-06").await;
                recorded.push((phone.patient, mail.messages().len()));
            }
            recorded
        };
        let (round, deaths) = tokio::join!(remind(&sender), deaths);
        let messages = mail.messages();
        assert_eq!((round.sent, round.accidents), (messages.len(), 0));
        for (phone, (patient, n_before)) in phones.iter().rev().zip(deaths) {
            assert_eq!(phone.patient, patient);
            assert_eq!(told(&nurse, patient).await.standing, RemindersStanding::Died);
            let reminders = told(&nurse, patient).await.reminders.len();
            let nth = phones.iter().position(|it| it.patient == patient).unwrap();
            let left = messages.iter().position(|it| it.to == format!("p{nth}@example.org"));
            assert_eq!(left.is_some(), reminders == 1);
            // one message at most was already on its way when the death was entered
            assert!(left.is_none_or(|left| left <= n_before), "message {left:?}, and {n_before} before the death");
        }
        assert_eq!(remind(&sender).await, Round::default());
    }

    async fn an_address_that_would_add_headers_is_written_to_by_nobody(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hostile = "emile@example.org\r\nBcc: everybody@example.org";
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let contacts = format!("/api/patients/{}/contacts", phone.patient);
        let refused = nurse.post(&contacts, &json!({ "channel": "email", "address": hostile })).await;
        assert_eq!(refused.refusal(), ProblemKind::Refused);
        // past the interface, as a hand in the database would
        let staff = accounts::list(&guard::operator(), &app.state.db).await.unwrap()[0].0.staff;
        let scope = guard::operator().nurse(staff, vec!["toulouse".parse().unwrap()]);
        let one = scope.one(phone.patient, &"toulouse".parse().unwrap()).unwrap();
        let request = ContactRequest { channel: Channel::Email, address: Some(hostile.to_owned()) };
        let (state, now) = (&app.state, app.clock.now());
        let sealing = (&state.identity_key, &state.chance);
        identity::set_contact(&state.identity, sealing, &scope, &one, &request, now).await.unwrap();
        app.clock.advance(FRIDAY);
        let sender = app.with_mail(mail.config()).await;
        assert_eq!(remind(&sender).await, Round { given_up: 1, ..Round::default() });
        assert_eq!(mail.messages().len(), 0);
    }

    async fn what_should_be_protected_does_not_travel_in_the_clear(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        reachable(&app, &nurse, "R-1", "emile@example.org").await;
        app.clock.advance(FRIDAY);
        let sender = app.with_mail(MailConfig { security: MailSecurity::Starttls, ..mail.config() }).await;
        assert_eq!(remind(&sender).await, Round { failed: 1, ..Round::default() }, "it offers no protection");
        assert_eq!(mail.messages().len(), 0);
    }

    async fn each_nurse_sees_her_own_sites_reminders(app: TestApp) {
        let Some(mail) = MailServer::start() else { return };
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = reachable(&app, &nurse, "R-1", "never@example.org").await;
        app.clock.advance(FRIDAY);
        let sender = app.with_mail(mail.config()).await;
        assert_eq!(remind(&sender).await.given_up, 1);
        let elsewhere = app.nurse("benoit", &["centre-sud"]).await;
        let path = format!("/api/patients/{}/reminders", phone.patient);
        assert_eq!(elsewhere.get(&path).await.refusal(), ProblemKind::NotFound);
        assert_eq!(elsewhere.post(&path, &json!({ "wanted": false })).await.refusal(), ProblemKind::NotFound);
        let calendar = format!("/api/patients/{}/calendar.ics", phone.patient);
        assert_eq!(elsewhere.get(&calendar).await.refusal(), ProblemKind::NotFound);
        assert_eq!(health(&elsewhere).await.days, []);
        assert_eq!(red(&health(&app.sign_in("claire").await).await).len(), 1);
        app.add_staff("admin", shared::people::Role::DataManager, &[]).await;
        assert_eq!(red(&health(&app.sign_in("admin").await).await).len(), 1);
        app.add_staff("hugo", shared::people::Role::Investigator, &[]).await;
        assert_eq!(app.sign_in("hugo").await.get("/api/reminders/health").await.refusal(), ProblemKind::Forbidden);
    }

    async fn the_calendar_holds_what_is_ahead_and_moves_with_its_dates(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let Some(before) = calendar(&phone.client, "/api/me/calendar.ics").await else { return };
        assert_eq!((&before["method"], &before["version"]), (&json!("PUBLISH"), &json!("2.0")));
        let entries = before["entries"].as_array().unwrap();
        let m1 = |calendar: &Value, start: &str| {
            calendar["entries"].as_array().unwrap().iter().find(|it| it["start"] == *start).cloned().unwrap()
        };
        let first = m1(&before, "2026-04-27");
        assert_eq!(first["end"], "2026-04-28");
        assert_eq!(first["summary"], "Ressenti\u{a0}: questionnaire");
        assert_eq!(first["description"], "Vous pouvez répondre du 22 avril 2026 au 7 mai 2026, même sans réseau.");
        assert_eq!(first["stamp"], "2026-03-02T08:00:00+00:00");
        assert_eq!(first["alarms"], json!([32_400.0]));
        let mut ids: Vec<&str> = entries.iter().map(|it| it["uid"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), entries.len());
        assert!(ids.len() >= 10, "{ids:?}");
        assert!(!before.to_string().contains(&phone.patient.to_string()));

        let moved = json!({ "kind": "infusion", "on": { "date": "2026-04-06" }, "planned": true, "reason": "fever" });
        let reply = nurse.post(&format!("/api/patients/{}/milestones", phone.patient), &moved).await;
        assert!(reply.status.is_success(), "{reply:?}");
        let of_nurse = format!("/api/patients/{}/calendar.ics", phone.patient);
        let after = calendar(&nurse, &of_nurse).await.unwrap();
        let second = m1(&after, "2026-05-04");
        assert_eq!(second["uid"], first["uid"], "the same entry, moved");
        assert!(second["sequence"].as_i64() > first["sequence"].as_i64());

        app.clock.advance(DAY * 10);
        let nurse = app.sign_in("claire").await;
        let later = calendar(&nurse, &of_nurse).await.unwrap();
        assert_eq!(later["entries"].as_array().unwrap().len(), entries.len() - 1, "T0 has closed");
        record(&nurse, phone.patient, "withdrawal", "2026-03-11").await;
        let none = calendar(&nurse, &of_nurse).await.unwrap();
        assert_eq!(none["entries"], json!([]), "nothing is expected any more");
    }
}

/// Signed in with a fresh code: one works once.
async fn nurse_again(app: &TestApp) -> Client {
    app.clock.advance(Duration::from_secs(31));
    app.sign_in("claire").await
}

/// A calendar file as an independent reader understands it.
async fn calendar(client: &Client, path: &str) -> Option<Value> {
    use std::io::Write as _;
    let mut command = python("read_calendar.py")?;
    let reply = client.get(path).await;
    assert!(reply.status.is_success(), "{reply:?}");
    assert_eq!(reply.headers["content-type"], "text/calendar; charset=utf-8; method=PUBLISH");
    assert!(
        reply
            .body
            .split(|byte| *byte == b'\n')
            .all(|line| line.len() <= 76 && line.last().is_none_or(|it| *it == b'\r'))
    );
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&reply.body).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&reply.body));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn a_patient_without_a_phone_or_an_address_is_planned_for_by_nobody() {
    let app = TestApp::on_sqlite().await;
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let no_phone = enrol(&nurse, "R-1").await;
    let contact = json!({ "channel": "email", "address": "emile@example.org" });
    assert!(nurse.post(&format!("/api/patients/{no_phone}/contacts"), &contact).await.status.is_success());
    let no_address = Phone::new(&app, &nurse, "R-2").await;
    app.clock.advance(FRIDAY);
    assert_eq!(reminders::plan_round(&app.state).await.unwrap(), []);
    let nurse = app.sign_in("claire").await;
    assert_eq!(told(&nurse, no_phone).await.standing, RemindersStanding::NoDevice);
    assert_eq!(told(&nurse, no_address.patient).await.standing, RemindersStanding::NoAddress);
    let health = health(&nurse).await;
    assert!(!health.on && health.days.is_empty() && health.looked_at.is_none());
}
