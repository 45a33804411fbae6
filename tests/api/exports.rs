//! Exports: an audit entry before the first byte, pseudonyms only, and the same bytes whenever asked again.

use serde_json::json;
use server::{auth::guard, exports};
use shared::{
    answers::sha256_hex,
    api::{ExportReply, ProblemKind},
    people::Role,
};

use crate::support::{Client, Phone, TestApp, on_both_databases, patient::enrol};

async fn investigator(app: &TestApp) -> Client {
    app.add_staff("hugo", Role::Investigator, &[]).await;
    app.sign_in("hugo").await
}

async fn export(hugo: &Client) -> ExportReply {
    hugo.post("/api/exports", &json!({ "purpose": "yearly report" })).await.ok()
}

async fn file(hugo: &Client, export: u64, name: &str) -> Vec<u8> {
    let reply = hugo.get(&format!("/api/exports/{export}/{name}")).await;
    assert!(reply.status.is_success(), "{reply:?}");
    assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
    reply.body
}

fn rows(csv: &[u8]) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(csv).records().map(Result::unwrap).collect()
}

on_both_databases! {
    async fn an_export_holds_every_answer_and_score_under_a_pseudonym(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        let phone = Phone::new(&app, &nurse, "R-0042").await;
        phone.push(&phone.questionnaire()).await;
        let reply = export(&hugo).await;
        assert_eq!(reply.position, 12);
        let named: Vec<_> = reply.files.iter().map(|it| (it.name.as_str(), it.rows)).collect();
        assert_eq!((named[0], named[1], named[4].0), (("answers.csv", 11), ("scores.csv", 2), "codebook.csv"));
        let n_assessments = u64::try_from(app.state.study.timepoints.len()).unwrap() - 1; // none for a relapse
        assert_eq!(named[2], ("assessments.csv", n_assessments));
        for told in &reply.files {
            let bytes = file(&hugo, reply.export, &told.name).await;
            assert_eq!(sha256_hex(&bytes), told.sha256, "{}", told.name);
            assert_eq!(u64::try_from(rows(&bytes).len()).unwrap(), told.rows, "{}", told.name);
            let text = String::from_utf8(bytes).unwrap();
            for secret in ["R-0042", "Lefèvre", "Émile", "claire"] {
                assert!(!text.contains(secret), "{secret} in {}", told.name);
            }
            assert_eq!(text.contains(&phone.patient.to_string()), told.name != "codebook.csv");
        }
    }

    async fn every_milestone_leaves_with_its_cause_and_without_its_date(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        let patient = enrol(&nurse, "R-1").await;
        let address = format!("/api/patients/{patient}/milestones");
        let given_up = json!({ "kind": "infusion_given_up", "on": { "date": "2026-03-01" },
            "cause": { "infusion_given_up": "manufacturing_failure" } });
        let stopped = json!({ "kind": "withdrawal", "on": { "date": "2026-03-02" },
            "cause": { "withdrawal": "stop_reminders" } });
        for milestone in [given_up, stopped] {
            assert!(nurse.post(&address, &milestone).await.status.is_success());
        }
        let made = export(&hugo).await;
        let csv = file(&hugo, made.export, "milestones.csv").await;
        let header = csv::Reader::from_reader(&*csv).headers().unwrap().clone();
        let at = |name: &str| header.iter().position(|it| it == name).unwrap();
        let told: Vec<String> = rows(&csv)
            .iter()
            .map(|row| format!("{} {} {}", &row[at("milestone")], &row[at("cause")], &row[at("day_from_inclusion")]))
            .collect();
        let expected = [
            "rcp no_cause -10",
            "infusion_given_up manufacturing_failure -1",
            "inclusion no_cause 0",
            "withdrawal stop_reminders 0",
        ];
        assert_eq!(told, expected, "the planned infusion no longer stands");
        assert!(!String::from_utf8(csv).unwrap().contains("2026-"));
    }

    async fn asking_again_gives_the_same_bytes_whatever_came_in_since(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let first = export(&hugo).await;
        let before = file(&hugo, first.export, "answers.csv").await;
        let assessments = file(&hugo, first.export, "assessments.csv").await;
        app.clock.advance(std::time::Duration::from_secs(1));
        let tablet = Phone::of(&app, &nurse, phone.patient).await;
        tablet.push(&tablet.questionnaire()).await;
        let infused = json!({ "kind": "infusion", "on": { "date": "2026-03-01" }, "reason": "a bed was free" });
        let reply = nurse.post(&format!("/api/patients/{}/milestones", phone.patient), &infused).await;
        assert!(reply.status.is_success());
        let moved = json!({ "pathway": "inter-facility", "site": "centre-nord", "from_on": "2026-03-02" });
        let moved = json!({ "episode": moved, "replaces": 1, "reason": "followed near home" });
        let reply = nurse.post(&format!("/api/patients/{}/episodes", phone.patient), &moved).await;
        assert!(reply.status.is_success());
        assert_eq!(file(&hugo, first.export, "answers.csv").await, before);
        assert_eq!(file(&hugo, first.export, "assessments.csv").await, assessments);

        let second = export(&hugo).await;
        assert_eq!(second.position, 24);
        let after = file(&hugo, second.export, "answers.csv").await;
        let column = |name: &str| csv::Reader::from_reader(&*after).headers().unwrap().iter().position(|it| it == name).unwrap();
        let row = &rows(&after)[0];
        assert_eq!((&row[column("copies")], &row[column("day_from_infusion")]), ("2", "1"));
        assert_eq!((&row[column("site")], &row[column("pathway")]), ("centre-nord", "inter-facility"));
        assert_eq!(&rows(&before)[0][column("day_from_infusion")], "NA");
    }

    async fn an_export_that_could_not_be_the_same_again_is_refused(app: TestApp) {
        let hugo = investigator(&app).await;
        let address = format!("/api/exports/{}/answers.csv", export(&hugo).await.export);
        assert!(hugo.get(&address).await.status.is_success());
        let study = include_str!("../../shared/src/study/registry.toml");
        let restarted = app.with_study(&study.replacen("2026.1", "2027.1", 1)).await;
        app.clock.advance(std::time::Duration::from_secs(30));
        let hugo = restarted.sign_in("hugo").await;
        assert_eq!(hugo.get(&address).await.refusal(), ProblemKind::Conflict);
    }

    async fn the_audit_tells_of_an_export_before_anything_leaves(app: TestApp) {
        let hugo = investigator(&app).await;
        let reply = export(&hugo).await;
        file(&hugo, reply.export, "codebook.csv").await;
        let told = audit(&app).await;
        let downloaded = format!("codebook.csv of export {}, downloaded", reply.export);
        assert_eq!(told, ["yearly report".to_owned(), downloaded]);
    }

    async fn an_export_without_a_purpose_or_a_right_is_refused(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let hugo = investigator(&app).await;
        let too_long = "x".repeat(501);
        for purpose in ["", "   ", &too_long] {
            let reply = hugo.post("/api/exports", &json!({ "purpose": purpose })).await;
            assert_eq!(reply.refusal(), ProblemKind::Refused);
        }
        assert!(audit(&app).await.is_empty());
        let reply = nurse.post("/api/exports", &json!({ "purpose": "curiosity" })).await;
        assert_eq!(reply.refusal(), ProblemKind::Forbidden);
        let made = export(&hugo).await.export;
        for address in [format!("/api/exports/{made}/names.csv"), format!("/api/exports/{}/answers.csv", made + 7)] {
            assert_eq!(hugo.get(&address).await.refusal(), ProblemKind::NotFound, "{address}");
        }
        assert_eq!(nurse.get(&format!("/api/exports/{made}/answers.csv")).await.refusal(), ProblemKind::Forbidden);
    }

    async fn the_command_line_writes_the_same_files_and_overwrites_none(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let folder = tempfile::tempdir().unwrap();
        let scope = guard::operator().investigator();
        let reply = exports::to_folder(&scope, &app.state, "on paper", folder.path()).await.unwrap();
        for told in &reply.files {
            assert_eq!(sha256_hex(&std::fs::read(folder.path().join(&told.name)).unwrap()), told.sha256);
        }
        let again = exports::to_folder(&scope, &app.state, "on paper", folder.path()).await.unwrap_err();
        assert!(again.to_string().contains("answers.csv could not be written"), "{again}");
        assert_eq!(audit(&app).await.len(), 1, "what was refused was not exported");
    }
}

/// What the audit tells of exports, in order.
async fn audit(app: &TestApp) -> Vec<String> {
    const SQL: &str = "SELECT detail FROM audit WHERE operation = 'export' ORDER BY audit_id";
    match app.state.db.read() {
        server::db::Engine::Sqlite(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await.unwrap(),
        server::db::Engine::Postgres(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await.unwrap(),
    }
}
