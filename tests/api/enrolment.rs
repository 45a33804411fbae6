//! Enrolling a patient and a device: what a letter opens, once, and what burns it.

use std::time::Duration;

use serde_json::json;
use shared::{
    api::{Claim, ClaimReply, PatientReply, PatientsReply, ProblemKind},
    id::PatientId,
    study::MilestoneKind,
    sync::protocol::PatientBundle,
};

use crate::support::{
    Phone, TestApp, on_both_databases,
    patient::{claim, enrol, enrolment, letter},
};

on_both_databases! {
    async fn an_enrolled_patient_has_a_file(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-0042").await;
        let file: PatientReply = nurse.get(&format!("/api/patients/{patient}")).await.ok();
        assert_eq!(file.patient.registry_number, "R-0042");
        assert_eq!(file.patient.name, "Lefèvre Émile");
        let kinds: Vec<MilestoneKind> = file.milestones.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [MilestoneKind::Infusion, MilestoneKind::Rcp, MilestoneKind::Inclusion]);
        assert!(file.assessments.iter().any(|assessment| assessment.id.to_string() == "T0:1"));

        let moved = json!({ "kind": "infusion", "on": { "date": "2026-04-06" }, "planned": true, "source": "RCP", "reason": "bed" });
        assert!(nurse.post(&format!("/api/patients/{patient}/milestones"), &moved).await.status.is_success());
        let file: PatientReply = nurse.get(&format!("/api/patients/{patient}")).await.ok();
        let told: Vec<(String, bool)> =
            file.milestones.iter().map(|line| (line.on.date.to_string(), line.replaced)).collect();
        let expected = [("2026-04-06", false), ("2026-03-30", true), ("2026-02-20", false), ("2026-03-02", false)];
        assert_eq!(told, expected.map(|(on, replaced)| (on.to_owned(), replaced)));
    }

    async fn patients_are_found_by_number_and_by_name(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        for n in 0..55 {
            enrol(&nurse, &format!("R-{n:04}")).await;
        }
        let first: PatientsReply = nurse.post("/api/patients/search", &json!({})).await.ok();
        assert_eq!(first.patients.len(), 50);
        let after = first.next.unwrap();
        let rest: PatientsReply = nurse.post("/api/patients/search", &json!({ "after": after })).await.ok();
        assert_eq!((rest.patients.len(), rest.next), (5, None));
        let by_number: PatientsReply = nurse.post("/api/patients/search", &json!({ "search": "r-000" })).await.ok();
        assert_eq!(by_number.patients.len(), 10);
        let by_name: PatientsReply = nurse.post("/api/patients/search", &json!({ "search": "LEFEVRE em" })).await.ok();
        assert_eq!(by_name.patients.len(), 50);
        let nobody: PatientsReply = nurse.post("/api/patients/search", &json!({ "search": "%" })).await.ok();
        assert!(nobody.patients.is_empty(), "no wildcard is honoured");
    }

    async fn one_registry_number_is_one_patient(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        enrol(&nurse, "R-0042").await;
        let again = nurse.post("/api/patients", &enrolment(" r-0042 ")).await;
        assert_eq!(again.refusal(), ProblemKind::Conflict);
    }

    async fn an_enrolment_that_does_not_fit_the_study_is_refused_whole(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let bad = [
            ("registry_number", json!("   ")),
            ("registry_number", json!("x".repeat(41))),
            ("hemopathy", json!("influenza")),
            ("site", json!("elsewhere")),
            ("site", json!("centre-nord")),
            ("pathway", json!("teleport")),
            ("language", json!("tlh")),
            ("milestones", json!([{ "kind": "infusion", "on": { "date": "2027-01-01" } }])),
        ];
        for (field, value) in bad {
            let mut request = enrolment("R-0042");
            request[field] = value;
            assert_eq!(nurse.post("/api/patients", &request).await.refusal(), ProblemKind::Refused, "{field}");
        }
        let none: PatientsReply = nurse.post("/api/patients/search", &json!({})).await.ok();
        assert!(none.patients.is_empty());
        let unknown = json!({ "kind": "infusion", "on": { "date": "2027-01-01" }, "colour": "blue" });
        let reply = nurse.post(&format!("/api/patients/{}/milestones", uuid::Uuid::nil()), &unknown).await;
        assert_eq!(reply.refusal(), ProblemKind::BadRequest, "an unknown field");
    }

    async fn a_letter_works_once_by_secret_or_by_code(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let first = letter(&nurse, patient).await;
        let (front, back) = first.code.split_at(4);
        let typed = claim(Claim::Code(format!("{front} - {}", back.to_lowercase())));
        let claimed: ClaimReply = app.client().post("/api/enrolment/claim", &typed).await.ok();
        assert_eq!(claimed.patient, patient);
        for request in [typed, claim(Claim::Secret(first.secret))] {
            let again = app.client().post("/api/enrolment/claim", &request).await;
            assert_eq!(again.refusal(), ProblemKind::CodeUsed);
        }
    }

    async fn a_letter_comes_with_itself_as_a_pdf_that_nothing_keeps(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let letter = letter(&nurse, enrol(&nurse, "R-1").await).await;
        assert!(letter.pdf.starts_with("JVBERi0"), "%PDF- in base64");
        assert!((20_000..200_000).contains(&letter.pdf.len()), "{} characters", letter.pdf.len());
        assert!(!letter.pdf.contains(&letter.secret));
    }

    async fn a_newer_letter_replaces_the_older(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let (old, new) = (letter(&nurse, patient).await, letter(&nurse, patient).await);
        let reply = app.client().post("/api/enrolment/claim", &claim(Claim::Secret(old.secret))).await;
        assert_eq!(reply.refusal(), ProblemKind::CodeUsed);
        let reply = app.client().post("/api/enrolment/claim", &claim(Claim::Secret(new.secret))).await;
        assert!(reply.status.is_success());
    }

    async fn a_letter_expires_after_a_day(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let letter = letter(&nurse, patient).await;
        app.clock.advance(Duration::from_hours(24));
        for request in [claim(Claim::Code(letter.code)), claim(Claim::Secret(letter.secret))] {
            let reply = app.client().post("/api/enrolment/claim", &request).await;
            assert_eq!(reply.refusal(), ProblemKind::CodeExpired);
        }
    }

    async fn an_expired_letter_says_so_even_after_another_was_made(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let old = letter(&nurse, patient).await;
        app.clock.advance(Duration::from_hours(24));
        letter(&app.sign_in("claire").await, patient).await;
        let reply = app.client().post("/api/enrolment/claim", &claim(Claim::Secret(old.secret))).await;
        assert_eq!(reply.refusal(), ProblemKind::CodeExpired);
    }

    async fn five_wrong_tries_burn_a_code(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let letter = letter(&nurse, patient).await;
        let (selector, verifier) = letter.code.split_at(3);
        let wrong: String = verifier.chars().rev().map(|c| if c == '0' { '1' } else { '0' }).collect();
        for n in 1..=4 {
            let request = claim(Claim::Code(format!("{selector}{wrong}")));
            let reply = app.client().post("/api/enrolment/claim", &request).await;
            assert_eq!(reply.refusal(), ProblemKind::CodeWrong, "try {n}");
        }
        let fifth = claim(Claim::Code(format!("{selector}{wrong}")));
        assert_eq!(app.client().post("/api/enrolment/claim", &fifth).await.refusal(), ProblemKind::CodeUsed);
        for request in [claim(Claim::Code(letter.code.clone())), claim(Claim::Secret(letter.secret.clone()))] {
            let reply = app.client().post("/api/enrolment/claim", &request).await;
            assert_eq!(reply.refusal(), ProblemKind::CodeUsed, "burnt, even for the right one");
        }
        let unreadable = app.client().post("/api/enrolment/claim", &claim(Claim::Code("hello".to_owned()))).await;
        assert_eq!(unreadable.refusal(), ProblemKind::CodeWrong);
    }

    async fn tries_at_the_same_moment_burn_a_code_too(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let code = letter(&nurse, patient).await.code;
        let (selector, verifier) = code.split_at(3);
        let wrong: String = verifier.chars().rev().map(|c| if c == '0' { '1' } else { '0' }).collect();
        let (client, wrong) = (app.client(), claim(Claim::Code(format!("{selector}{wrong}"))));
        let tries = (0..20).map(|_| client.post("/api/enrolment/claim", &wrong));
        let replies = futures_util::future::join_all(tries).await;
        assert_eq!(replies.iter().filter(|reply| reply.refusal() == ProblemKind::CodeWrong).count(), 4);
        let reply = client.post("/api/enrolment/claim", &claim(Claim::Code(code))).await;
        assert_eq!(reply.refusal(), ProblemKind::CodeUsed);
    }

    async fn a_letter_is_not_consumed_by_looking(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let letter = letter(&nurse, patient).await;
        assert_eq!(app.client().get("/api/enrolment/claim").await.status, 405);
        let reply = app.client().post("/api/enrolment/claim", &claim(Claim::Secret(letter.secret))).await;
        assert!(reply.status.is_success());
    }

    async fn the_bundle_comes_once_and_again_when_it_changed(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let reply = phone.client.get("/api/sync/bundle").await;
        let bundle: PatientBundle = reply.ok();
        assert_eq!(bundle.patient, phone.patient);
        assert!(bundle.sheets.iter().all(|sheet| sheet.definition.scales.is_empty()), "no scoring on the phone");
        assert!(bundle.sheets.iter().any(|sheet| sheet.wording.language.as_str() == "en"), "every language");
        let of_lymphoma = bundle.sheets.iter().find(|sheet| sheet.definition.instrument.key.as_str() == "fact-lym");
        assert_eq!(of_lymphoma.unwrap().definition.items.len(), 15, "the subscale alone");
        assert_eq!(bundle.study.selections().count(), 0, "which the phone need not know");
        let tag = reply.headers["etag"].clone();
        assert_eq!(tag.to_str().unwrap(), format!("\"{}\"", bundle.revision));

        let ask = || phone.client.request(reqwest::Method::GET, "/api/sync/bundle").header("if-none-match", &tag);
        assert_eq!(phone.client.send(ask()).await.status, 304);
        let moved = json!({ "kind": "infusion", "on": { "date": "2026-04-06" }, "planned": true, "reason": "bed" });
        let path = format!("/api/patients/{}/milestones", phone.patient);
        assert!(nurse.post(&path, &moved).await.status.is_success());
        let changed: PatientBundle = phone.client.send(ask()).await.ok();
        assert_ne!(changed.revision, bundle.revision);
    }

    async fn the_file_tells_when_a_device_was_last_heard_of(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let seen = async || {
            let file: PatientReply = nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok();
            file.devices[0].last_seen_at
        };
        assert_eq!(seen().await, None);
        phone.pull().await;
        let first = app.clock.now();
        assert_eq!(seen().await, Some(first));
        app.clock.advance(Duration::from_mins(4));
        phone.pull().await;
        assert_eq!(seen().await, Some(first), "not every read writes");
        app.clock.advance(Duration::from_mins(1));
        phone.pull().await;
        assert_eq!(seen().await, Some(app.clock.now()));
    }

    async fn a_nurse_of_another_site_sees_nothing(app: TestApp) {
        let here = app.nurse("claire", &["toulouse"]).await;
        let there = app.nurse("nadia", &["centre-nord"]).await;
        let phone = Phone::new(&app, &here, "R-1").await;
        let (patient, device) = (phone.patient, phone.device);
        let listed: PatientsReply = there.post("/api/patients/search", &json!({ "search": "R-1" })).await.ok();
        assert!(listed.patients.is_empty());
        assert_eq!(there.get(&format!("/api/patients/{patient}")).await.refusal(), ProblemKind::NotFound);
        let milestone = json!({ "kind": "rcp", "on": { "date": "2026-02-01" } });
        let posts = [
            (format!("/api/patients/{patient}/milestones"), milestone),
            (format!("/api/patients/{patient}/letter"), json!({})),
            (format!("/api/patients/{patient}/devices/{device}/revoke"), json!({})),
        ];
        for (path, body) in posts {
            assert_eq!(there.post(&path, &body).await.refusal(), ProblemKind::NotFound, "{path}");
        }
        let nowhere = there.get(&format!("/api/patients/{}", PatientId::new(uuid::Uuid::nil()))).await;
        assert_eq!(nowhere.problem(), there.get(&format!("/api/patients/{patient}")).await.problem());
    }
}
