//! Who a patient is, what they agreed to, where reminders go, and which site follows: entered, corrected, sealed.

use serde_json::{Value, json};
use server::{auth::guard, db::Engine, identity};
use shared::{
    api::{
        DeviceLine, EnrolPreviewReply, EnrolReply, LetterState, PatientReply, PatientsReply, PersonReply, ProblemKind,
    },
    id::PatientId,
    people::{Channel, ConsentKind, ConsentMeans, Role},
    schedule::AssessmentState,
    study::MilestoneKind,
    sync::protocol::PatientBundle,
};

use crate::support::{
    Client, Phone, TestApp, on_both_databases,
    patient::{enrol, enrolment, letter},
};

const ADDRESS: &str = "emile.lefevre@canary.example.org";

/// An enrolment in which nothing is left out, of a patient included last autumn.
fn whole(number: &str) -> Value {
    let mut request = enrolment(number);
    request["birth_date"] = json!("1957-11-23");
    request["pathway_from"] = json!("2025-09-01");
    request["consent"] = json!({
        "kind": "non_opposition", "information": "2026-1", "given_on": "2026-02-27", "means": "paper",
    });
    request["contacts"] = json!([{ "channel": "email", "address": ADDRESS }]);
    request["milestones"] = json!([
        { "kind": "rcp", "on": { "date": "2025-08-01", "precision": "month" } },
        { "kind": "inclusion", "on": { "date": "2026-02-01", "precision": "month" } },
        { "kind": "infusion", "on": { "date": "2025-09-15" } },
    ]);
    request
}

async fn enrol_whole(nurse: &Client) -> PatientId {
    let reply: EnrolReply = nurse.post("/api/patients", &whole("R-1")).await.ok();
    reply.patient
}

async fn person(nurse: &Client, patient: PatientId) -> PersonReply {
    nurse.get(&format!("/api/patients/{patient}/person")).await.ok()
}

/// Every text and every sealed address of the identity database's contacts.
async fn sealed(app: &TestApp) -> Vec<Vec<u8>> {
    const SQL: &str = "SELECT address_sealed FROM contact ORDER BY created_at, contact_id";
    match app.state.identity.0.read() {
        Engine::Sqlite(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await.unwrap(),
        Engine::Postgres(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await.unwrap(),
    }
}

on_both_databases! {
    async fn everything_of_an_enrolment_is_in_the_file(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol_whole(&nurse).await;
        let told = person(&nurse, patient).await;
        assert_eq!((told.family_name.as_str(), told.given_name.as_str()), ("Lefèvre", "Émile"));
        assert_eq!(told.birth_date.map(|date| date.to_string()).as_deref(), Some("1957-11-23"));
        assert_eq!((told.contacts[0].address.as_str(), told.contacts[0].entered_by.as_str()), (ADDRESS, "claire"));
        let consent = &told.consents[0];
        assert_eq!((consent.kind, consent.means), (ConsentKind::NonOpposition, ConsentMeans::Paper));
        assert_eq!((consent.information.as_str(), consent.given_on.to_string().as_str()), ("2026-1", "2026-02-27"));

        let file: PatientReply = nurse.get(&format!("/api/patients/{patient}")).await.ok();
        let informed = file.milestones.iter().find(|line| line.kind == MilestoneKind::Information).unwrap();
        assert_eq!(informed.on.date.to_string(), "2026-02-27", "informed on the day of consent");
        assert_eq!(app.count("SELECT COUNT(*) FROM episode WHERE from_on = '2025-09-01'").await, 1);
        let found: PatientsReply = nurse.post("/api/patients/search", &json!({ "search": "R-1" })).await.ok();
        assert_eq!(found.patients[0].birth_date, told.birth_date);
    }

    async fn a_late_inclusion_says_beforehand_what_will_not_apply(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let request = whole("R-1");
        let asked = json!({ "hemopathy": request["hemopathy"], "milestones": request["milestones"] });
        let told: EnrolPreviewReply = nurse.post("/api/patients/preview", &asked).await.ok();
        let state = |key: &str| {
            told.assessments.iter().find(|it| it.id.to_string() == key).map(|it| it.state)
        };
        assert_eq!(state("M3:1"), Some(AssessmentState::NotApplicable), "its window closed before February");
        assert_eq!(state("M6:1"), Some(AssessmentState::Open));
        assert_eq!(state("M12:1"), Some(AssessmentState::Planned));
        assert_eq!(app.count("SELECT COUNT(*) FROM patient").await, 0, "nothing was saved");

        let file: PatientReply = nurse.get(&format!("/api/patients/{}", enrol_whole(&nurse).await)).await.ok();
        assert_eq!(file.assessments, told.assessments, "and so it is once saved");
    }

    async fn what_does_not_fit_is_refused_whole(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        for (path, wrong) in [
            ("/birth_date", json!("2026-03-03")),
            ("/birth_date", json!("1857-11-23")),
            ("/pathway_from", json!("2026-03-03")),
            ("/consent/information", json!("1999-1")),
            ("/consent/given_on", json!("2026-03-03")),
            ("/contacts/0/address", json!("emile.lefevre")),
            ("/contacts/0/address", json!("emile@lefevre")),
            ("/contacts/0/address", json!("Emile <emile@lefevre.fr>")),
        ] {
            let mut request = whole("R-1");
            *request.pointer_mut(path).unwrap() = wrong.clone();
            assert_eq!(nurse.post("/api/patients", &request).await.refusal(), ProblemKind::Refused, "{path} {wrong}");
        }
        let everybody: PatientsReply = nurse.post("/api/patients/search", &json!({})).await.ok();
        assert!(everybody.patients.is_empty());
        assert_eq!(sealed(&app).await.len(), 0);
    }

    async fn an_address_is_sealed_read_by_who_may_and_forgotten_when_it_stops(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol_whole(&nurse).await;
        let stored = sealed(&app).await;
        assert!(stored[0].len() > ADDRESS.len());
        for length in 4..=ADDRESS.len() {
            let part = &ADDRESS.as_bytes()[..length];
            assert!(!stored[0].windows(length).any(|window| window == part), "not even its beginning");
        }

        let (db, key) = (&app.state.identity, &app.state.identity_key);
        let sending = guard::operator().sending(patient);
        let address = async || identity::address_for_reminders(db, key, &sending, Channel::Email).await.unwrap();
        assert_eq!(address().await.as_deref(), Some(ADDRESS));
        let path = format!("/api/patients/{patient}/contacts");
        let other = json!({ "channel": "email", "address": " emile@example.org " });
        let told: PersonReply = nurse.post(&path, &other).await.ok();
        assert_eq!(told.contacts[0].address, "emile@example.org");
        assert_eq!(address().await.as_deref(), Some("emile@example.org"));
        let told: PersonReply = nurse.post(&path, &json!({ "channel": "email", "address": null })).await.ok();
        assert_eq!(told.contacts, []);
        assert_eq!(address().await, None);
        assert_eq!(sealed(&app).await, [Vec::<u8>::new(), Vec::new()], "two rows tell that there was an address");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'set_contact'").await, 2);
    }

    async fn a_correction_has_a_reason_and_keeps_what_stood(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol_whole(&nurse).await;
        let taken = enrol(&nurse, "R-2").await;
        let path = format!("/api/patients/{patient}/person");
        let mut request = json!({ "family_name": "Lefebvre", "birth_date": "1957-11-24" });
        assert_eq!(nurse.post(&path, &request).await.refusal(), ProblemKind::Refused, "no reason");
        request["reason"] = json!("misread on the card");
        let told: PersonReply = nurse.post(&path, &request).await.ok();
        assert_eq!((told.family_name.as_str(), told.given_name.as_str()), ("Lefebvre", "Émile"));
        let former: Vec<(&str, &str, &str)> =
            told.changes.iter().map(|it| (it.field.as_str(), it.former.as_str(), it.reason.as_str())).collect();
        let reason = "misread on the card";
        assert_eq!(former, [("birth_date", "1957-11-23", reason), ("family_name", "Lefèvre", reason)]);
        let found: PatientsReply = nurse.post("/api/patients/search", &json!({ "search": "lefebv" })).await.ok();
        assert_eq!(found.patients.len(), 1);

        let number = json!({ "registry_number": " r-2 ", "reason": "typing" });
        assert_eq!(nurse.post(&path, &number).await.refusal(), ProblemKind::Conflict);
        let same = json!({ "registry_number": "R-2", "reason": "typing" });
        let own: PersonReply = nurse.post(&format!("/api/patients/{taken}/person"), &same).await.ok();
        assert_eq!(own.changes, [], "what stays the same is no correction");
        let unsaid = "SELECT COUNT(*) FROM audit WHERE detail LIKE '%efe%' OR detail LIKE '%1957%' OR detail LIKE '%R-%'";
        assert_eq!(app.count(unsaid).await, 0, "the trail names fields, not values");
    }

    async fn another_language_changes_what_the_phone_gets(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let path = format!("/api/patients/{}/person", phone.patient);
        let told: PersonReply = nurse.post(&path, &json!({ "language": "en" })).await.ok();
        assert_eq!(told.language.as_str(), "en");
        let bundle: PatientBundle = phone.client.get("/api/sync/bundle").await.ok();
        assert_eq!(bundle.language.as_str(), "en");
        assert_eq!(nurse.post(&path, &json!({ "language": "tlh" })).await.refusal(), ProblemKind::Refused);
    }

    async fn consent_to_a_new_version_is_added_and_the_former_stays(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol_whole(&nurse).await;
        let again = json!({ "kind": "consent", "information": "2024-1", "given_on": "2026-03-01", "means": "oral" });
        let told: PersonReply = nurse.post(&format!("/api/patients/{patient}/consents"), &again).await.ok();
        let kinds: Vec<ConsentKind> = told.consents.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [ConsentKind::Consent, ConsentKind::NonOpposition]);
        for statement in ["DELETE FROM consent", "UPDATE consent SET kind = 'consent'"] {
            assert!(app.execute(statement).await.is_err(), "{statement}");
        }
    }

    async fn nobody_else_reaches_any_of_it(app: TestApp) {
        let here = app.nurse("claire", &["toulouse"]).await;
        let there = app.nurse("nadia", &["centre-nord"]).await;
        app.add_staff("hugo", Role::Investigator, &[]).await;
        app.add_staff("admin", Role::DataManager, &[]).await;
        let others = [app.sign_in("hugo").await, app.sign_in("admin").await];
        let phone = Phone::of(&app, &here, enrol_whole(&here).await).await;
        let patient = format!("/api/patients/{}", phone.patient);
        let posts = [
            ("person", json!({ "language": "en" })),
            ("episodes", json!({
                "episode": { "pathway": "ambulatory", "site": "centre-nord", "from_on": "2026-03-01" }, "reason": "x",
            })),
            ("contacts", json!({ "channel": "email", "address": null })),
            ("consents", json!({ "kind": "consent", "information": "2026-1", "given_on": "2026-03-01", "means": "oral" })),
            ("letter", json!({})),
        ];
        let confirm = format!("{patient}/devices/{}/confirm", phone.device);
        for (client, refusal) in [
            (&there, ProblemKind::NotFound),
            (&others[0], ProblemKind::Forbidden),
            (&others[1], ProblemKind::Forbidden),
            (&phone.client, ProblemKind::NotSignedIn),
            (&app.client(), ProblemKind::NotSignedIn),
        ] {
            assert_eq!(client.get(&format!("{patient}/person")).await.refusal(), refusal);
            for (path, body) in &posts {
                assert_eq!(client.post(&format!("{patient}/{path}"), body).await.refusal(), refusal, "{path}");
            }
            assert_eq!(client.post(&confirm, &json!({})).await.refusal(), refusal);
        }
        assert_eq!(person(&here, phone.patient).await.contacts.len(), 1, "nothing of it was done");
    }

    async fn three_words_show_on_phone_and_file_until_the_nurse_confirms(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let bundle = async || phone.client.get("/api/sync/bundle").await.ok::<PatientBundle>();
        let file = async || nurse.get(&format!("/api/patients/{}", phone.patient)).await.ok::<PatientReply>();
        let shown = bundle().await.words.unwrap();
        assert_eq!(shown.split(' ').count(), 3);
        let line = file().await.devices.remove(0);
        assert_eq!((line.words.as_ref(), line.confirmed_at), (Some(&shown), None));
        let confirm = format!("/api/patients/{}/devices/{}/confirm", phone.patient, phone.device);
        let line: DeviceLine = nurse.post(&confirm, &json!({})).await.ok();
        assert_eq!(line.confirmed_at, Some(app.clock.now()));
        assert_eq!(bundle().await.words, None, "the phone shows them no longer");
        assert_eq!(file().await.devices[0].words, Some(shown), "the file still does");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'confirm_device'").await, 1);
    }

    async fn a_revoked_phone_is_not_confirmed(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let path = format!("/api/patients/{}/devices/{}", phone.patient, phone.device);
        assert!(nurse.post(&format!("{path}/revoke"), &json!({})).await.status.is_success());
        assert_eq!(nurse.post(&format!("{path}/confirm"), &json!({})).await.refusal(), ProblemKind::NotFound);
    }

    async fn the_file_tells_what_became_of_each_letter(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        letter(&nurse, patient).await;
        app.clock.advance(std::time::Duration::from_secs(1));
        let phone = Phone::of(&app, &nurse, patient).await;
        app.clock.advance(std::time::Duration::from_secs(1));
        letter(&nurse, phone.patient).await;
        let states = async |nurse: &Client| {
            let told = person(nurse, patient).await;
            assert!(told.letters.iter().all(|line| line.made_by == "claire"));
            told.letters.iter().map(|line| line.state).collect::<Vec<_>>()
        };
        assert_eq!(states(&nurse).await, [LetterState::Open, LetterState::Used, LetterState::Replaced]);
        app.clock.advance(std::time::Duration::from_hours(24));
        let nurse = app.sign_in("claire").await;
        assert_eq!(states(&nurse).await, [LetterState::Expired, LetterState::Used, LetterState::Replaced]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_research_side_holds_no_birth_date_name_number_or_address() {
    let app = TestApp::on_sqlite().await;
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let mut request = whole("R-canary-0042");
    request["family_name"] = json!("Canaryfield");
    let EnrolReply { patient } = nurse.post("/api/patients", &request).await.ok();
    let path = format!("/api/patients/{patient}/person");
    let corrected = json!({ "given_name": "Canarygiven", "birth_date": "1958-12-24", "reason": "canary reason" });
    assert!(nurse.post(&path, &corrected).await.status.is_success());
    let folder = app.folder();
    let read = |begins: &str| {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
        let files = files.filter(|file| file.file_name().to_string_lossy().starts_with(begins));
        files.flat_map(|file| std::fs::read(file.path()).unwrap()).collect::<Vec<u8>>()
    };
    let (research, identity) = (read("ressenti.db"), read("identity.db"));
    let holds = |file: &[u8], text: &str| file.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&research, "non_opposition"), "the files were read");
    for canary in
        ["Canaryfield", "canaryfield", "Canarygiven", "1957-11-23", "1958-12-24", "R-canary-0042", "canary reason"]
    {
        assert!(!holds(&research, canary), "{canary} on the research side");
        assert!(holds(&identity, canary), "{canary} on the identity side");
    }
    for file in [&research, &identity] {
        assert!(!holds(file, ADDRESS) && !holds(file, "canary.example"), "the address is sealed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_key_a_server_with_sealed_addresses_does_not_start() {
    let app = TestApp::on_sqlite().await;
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let key = app.config.identity_key.clone();
    let bytes = std::fs::read(&key).unwrap();
    assert_eq!(bytes.len(), 32);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    std::fs::remove_file(&key).unwrap();
    let start = async || app.try_another().await.map_err(|error| error.to_string());
    assert!(start().await.is_ok() && key.exists(), "nothing is sealed: a new key is made");
    std::fs::write(&key, &bytes).unwrap();
    enrol_whole(&nurse).await;

    std::fs::remove_file(&key).unwrap();
    let told = start().await.unwrap_err();
    assert!(told.contains("is missing") && told.contains("put it back") && told.contains("are safe"), "{told}");
    assert!(!key.exists(), "no key is made in its place");
    std::fs::write(&key, [9; 32]).unwrap();
    assert!(start().await.unwrap_err().contains("is not the one"));
    std::fs::write(&key, [9; 31]).unwrap();
    assert!(start().await.unwrap_err().contains("does not have 32 bytes"));
    std::fs::write(&key, &bytes).unwrap();
    assert!(start().await.is_ok());
}
