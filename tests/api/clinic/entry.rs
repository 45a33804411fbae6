//! What staff type in: forms on paper with their code, twice, late, before inclusion; and corrections of what was sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Value, json};
use shared::{
    answers::{AnswerValue, ItemResponse, SkipReason},
    api::{
        CompletionReply, EnrolReply, EntryReply, FormReply, FormsReply, PatientReply, ProblemKind,
        ReceivedQuestionnaire, WorklistReply,
    },
    id::{DeviceId, ItemCode, PatientId},
    instrument::{InstrumentSheet, ItemKind, logic::next_unanswered},
    people::{DeviceKind, Mode, Role},
    schedule::{AssessmentState, QuestionnaireState},
    scoring::ScaleScore,
    sync::protocol::QuarantineReason,
};
use uuid::Uuid;

use crate::support::{
    Client, Phone, Reply, TestApp, on_both_databases,
    patient::{enrol, enrolment, set_aside},
};

const DAY: Duration = Duration::from_hours(24);

pub(super) type Said = BTreeMap<ItemCode, ItemResponse>;

/// The first option of every item that applies.
pub(super) fn first_options(sheet: &InstrumentSheet) -> Said {
    let mut answers = BTreeMap::new();
    while let Some(item) = next_unanswered(&sheet.definition, &answers, &BTreeSet::new()) {
        let first = |set| sheet.definition.options[set].codes[0];
        let value = match &item.kind {
            ItemKind::Choice(set) => AnswerValue::Code(first(set)),
            ItemKind::Choices(set) => AnswerValue::Codes(vec![first(set)]),
            ItemKind::Analogue { min, .. } => AnswerValue::Integer(i64::from(*min)),
            ItemKind::Integer { .. } | ItemKind::Decimal { .. } | ItemKind::Date | ItemKind::Text { .. } => {
                panic!("an item that has no first option")
            }
        };
        answers.insert(item.code.clone(), value);
    }
    answers.into_iter().map(|(item, value)| (item, ItemResponse::Answered(value))).collect()
}

pub(super) async fn form(nurse: &Client, patient: PatientId, assessment: &str, instrument: &str) -> FormReply {
    nurse.get(&format!("/api/patients/{patient}/forms/{assessment}/{instrument}?language=fr")).await.ok()
}

/// An entry of a form, answered on a day.
pub(super) fn entry(app: &TestApp, form: &FormReply, answered_on: &str, answers: &Said) -> Value {
    json!({
        "entry": Uuid::now_v7(),
        "assessment": form.assessment,
        "instrument": form.sheet.definition.instrument,
        "wording": form.wording,
        "answered_on": answered_on,
        "mode": "paper",
        "respondent": "patient",
        "clock": { "at": app.clock.now(), "utc_offset_minutes": 60, "monotonic_ms": 60_000 },
        "answers": answers,
    })
}

pub(super) async fn enter(nurse: &Client, patient: PatientId, entry: &Value) -> Reply {
    nurse.post(&format!("/api/patients/{patient}/entries"), entry).await
}

pub(super) fn amendment(
    app: &TestApp,
    assessment: &str,
    instrument: &str,
    n_amendments: usize,
    changes: &Value,
) -> Value {
    json!({
        "entry": Uuid::now_v7(),
        "assessment": assessment,
        "instrument": instrument,
        "n_amendments": n_amendments,
        "changes": changes,
        "reason": "The patient called: the wrong line was touched.",
        "clock": { "at": app.clock.now(), "utc_offset_minutes": 60, "monotonic_ms": 60_000 },
    })
}

pub(super) async fn amend(nurse: &Client, patient: PatientId, amendment: &Value) -> Reply {
    nurse.post(&format!("/api/patients/{patient}/amend"), amendment).await
}

pub(super) async fn file(nurse: &Client, patient: PatientId) -> PatientReply {
    nurse.get(&format!("/api/patients/{patient}")).await.ok()
}

pub(super) fn received<'a>(file: &'a PatientReply, assessment: &str, instrument: &str) -> &'a ReceivedQuestionnaire {
    let of = |it: &&ReceivedQuestionnaire| {
        it.assessment.to_string() == assessment && it.instrument.key.as_str() == instrument
    };
    file.questionnaires.iter().find(of).unwrap()
}

fn score(one: &ReceivedQuestionnaire, scale: &str) -> ScaleScore {
    let scores = one.scores.as_ref().unwrap();
    scores.scales.iter().find(|(code, _)| code.as_str() == scale).unwrap().1.clone()
}

async fn asks_for_attention(nurse: &Client) -> bool {
    let list: WorklistReply = nurse.post("/api/worklist", &json!({ "group": "conflict" })).await.ok();
    !list.lines.is_empty()
}

pub(super) fn said(code: i32) -> ItemResponse {
    ItemResponse::Answered(AnswerValue::Code(code))
}

pub(super) fn item(code: &str) -> ItemCode {
    code.parse().unwrap()
}

on_both_databases! {
    async fn a_form_is_typed_in_by_its_code_and_counts_on_the_day_it_was_answered(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let path = format!("/api/patients/{patient}/forms");
        let forms: FormsReply = nurse.post(&path, &json!({ "assessment": "T0:1", "language": "fr" })).await.ok();
        let again: FormsReply = nurse.post(&path, &json!({ "assessment": "T0:1", "language": "fr" })).await.ok();
        assert_eq!(forms, again, "printing again gives the same codes");
        assert_eq!(forms.registry_number, "R-1");
        let printed = forms.forms.iter().find(|it| it.sheet.definition.instrument.key.as_str() == "epices").unwrap();

        app.clock.advance(DAY * 60);
        let nurse = app.sign_in("claire").await;
        let code = printed.code.to_string().to_lowercase();
        let form: FormReply = nurse.get(&format!("/api/forms/{code}")).await.ok();
        assert_eq!((form.patient.patient, &form.wording, &form.sent[..]), (patient, &printed.wording, &[][..]));
        let mut answers = first_options(&form.sheet);
        answers.insert(item("e3"), ItemResponse::Skipped(SkipReason::SeveralTicked));
        let mut typed = entry(&app, &form, "2026-03-04", &answers);
        typed["remark"] = json!("page 2 is torn");
        typed["respondent"] = json!({ "patient_assisted": "relative" });
        let reply: EntryReply = enter(&nurse, patient, &typed).await.ok();
        assert!(!reply.retrospective && reply.differing.is_empty());
        assert_eq!(reply.received_at, app.clock.now());

        let file = file(&nurse, patient).await;
        let copy = &received(&file, "T0:1", "epices").copies[0];
        assert_eq!((copy.mode, copy.entered_by.as_deref()), (Mode::Paper, Some("claire")));
        assert_eq!(copy.transcript.as_ref().unwrap().answered_on.to_string(), "2026-03-04");
        assert_eq!(copy.transcript.as_ref().unwrap().remark, "page 2 is torn");
        assert_eq!(copy.submitted_at, Some(app.clock.now()), "what was typed when stays known too");
        let line = copy.answers.iter().find(|line| line.item.as_str() == "e3").unwrap();
        assert_eq!((&line.value, line.skipped), (&None, Some(SkipReason::SeveralTicked)));
        let t0 = file.assessments.iter().find(|it| it.id.to_string() == "T0:1").unwrap();
        let epices = t0.questionnaires.iter().find(|it| it.instrument.key.as_str() == "epices").unwrap();
        let state = serde_json::to_value(epices.state).unwrap();
        assert_eq!(state, json!({ "submitted": "2026-03-04" }), "late is what was answered late, not typed in late");
        assert!(file.devices.iter().all(|device| device.kind == DeviceKind::Desk));
        for (operation, n) in [("transcribe", 1), ("print_forms", 2)] {
            let sql = match operation {
                "transcribe" => "SELECT COUNT(*) FROM audit WHERE operation = 'transcribe' AND patient_id IS NOT NULL",
                _ => "SELECT COUNT(*) FROM audit WHERE operation = 'print_forms' AND patient_id IS NOT NULL",
            };
            assert_eq!(app.count(sql).await, n, "{operation}");
        }
    }

    async fn an_entry_sent_again_after_a_lost_reply_is_taken_once(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let form = form(&nurse, patient, "T0:1", "epices").await;
        let typed = entry(&app, &form, "2026-03-02", &first_options(&form.sheet));
        let first: EntryReply = enter(&nurse, patient, &typed).await.ok();
        app.clock.advance(Duration::from_mins(5));
        let again: EntryReply = enter(&nurse, patient, &typed).await.ok();
        assert_eq!(first, again);
        assert_eq!(received(&file(&nurse, patient).await, "T0:1", "epices").copies.len(), 1);
        let other = enrol(&nurse, "R-2").await;
        assert_eq!(enter(&nurse, other, &typed).await.refusal(), ProblemKind::Conflict, "a desk is one patient's");
    }

    async fn two_entries_are_settled_item_by_item_and_then_ask_for_nothing(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let second = app.nurse("denis", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let form = form(&nurse, patient, "T0:1", "epices").await;
        let answers = first_options(&form.sheet);
        let _: EntryReply = enter(&nurse, patient, &entry(&app, &form, "2026-03-02", &answers)).await.ok();

        let mut other = answers.clone();
        other.insert(item("e2"), said(0));
        other.insert(item("e5"), ItemResponse::Skipped(SkipReason::Illegible));
        let mut typed = entry(&app, &form, "2026-03-02", &other);
        assert_eq!(enter(&second, patient, &typed).await.refusal(), ProblemKind::Conflict, "it must be meant");
        app.clock.advance(Duration::from_mins(1));
        typed["again"] = json!(true);
        let reply: EntryReply = enter(&second, patient, &typed).await.ok();
        assert_eq!(reply.differing, [item("e2"), item("e5")]);
        assert!(asks_for_attention(&nurse).await);
        let mut third = entry(&app, &form, "2026-03-02", &answers);
        third["again"] = json!(true);
        assert_eq!(enter(&second, patient, &third).await.refusal(), ProblemKind::Conflict, "twice is enough");

        app.clock.advance(Duration::from_mins(1));
        let stands = &received(&file(&nurse, patient).await, "T0:1", "epices").copies[0].answers.clone();
        assert_eq!(stands.iter().find(|line| line.item.as_str() == "e5").unwrap().value, Some(AnswerValue::Code(1)));
        let changes = json!({ "e2": { "answered": { "code": 1 } }, "e5": { "skipped": "illegible" } });
        let mut settled = amendment(&app, "T0:1", "epices", 0, &changes);
        settled["double_entry"] = json!(true);
        settled["reason"] = json!("read again together");
        let _: EntryReply = amend(&second, patient, &settled).await.ok();
        let told = file(&nurse, patient).await;
        let one = received(&told, "T0:1", "epices");
        let twice = one.entered_twice.clone().unwrap();
        assert_eq!((twice.differing.len(), twice.open.len(), twice.by_one_person), (2, 0, false));
        assert_eq!(one.copies.len(), 2, "both entries stay");
        let by: Vec<_> = one.amendments.iter().map(|it| (it.entered_by.as_str(), it.reason.as_str())).collect();
        assert_eq!(by, [("denis", "double entry: read again together"); 2]);
        assert!(!asks_for_attention(&nurse).await);

        let conflicts = "SELECT COUNT(*) FROM assessment WHERE conflict";
        assert_eq!(app.count(conflicts).await, 0);
        server::rebuild::rebuild(&app.state).await.unwrap();
        assert_eq!(app.count(conflicts).await, 0, "computed anew, it is the same");
        assert_eq!(app.count("SELECT COUNT(*) FROM questionnaire_copy").await, 2, "a correction is no copy");
    }

    async fn two_entries_that_agree_ask_for_nothing(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let form = form(&nurse, patient, "T0:1", "epices").await;
        let answers = first_options(&form.sheet);
        let _: EntryReply = enter(&nurse, patient, &entry(&app, &form, "2026-03-02", &answers)).await.ok();
        let mut again = entry(&app, &form, "2026-03-02", &answers);
        again["again"] = json!(true);
        let reply: EntryReply = enter(&nurse, patient, &again).await.ok();
        assert_eq!(reply.differing, []);
        assert!(!asks_for_attention(&nurse).await);
        let twice = received(&file(&nurse, patient).await, "T0:1", "epices").entered_twice.clone().unwrap();
        assert!(twice.by_one_person && twice.differing.is_empty(), "that one person typed both is told");
    }

    async fn a_form_beside_a_phones_answers_is_looked_at(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let form = form(&nurse, phone.patient, "T0:1", "epices").await;
        assert_eq!((form.sent.len(), &form.sent[0].entered_by), (1, &None));
        let mut typed = entry(&app, &form, "2026-03-02", &first_options(&form.sheet));
        typed["again"] = json!(true);
        let _: EntryReply = enter(&nurse, phone.patient, &typed).await.ok();
        assert!(asks_for_attention(&nurse).await);
        assert_eq!(phone.pull().await.events.len(), 25, "the phone still reads all there is");
    }

    async fn a_correction_leaves_the_old_value_to_be_seen_and_changes_scores_and_exports(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let patient = phone.patient;
        let before = score(received(&file(&nurse, patient).await, "T0:1", "epices"), "EPICES");

        let changes = json!({ "e1": { "answered": { "code": 0 } } });
        let first = amendment(&app, "T0:1", "epices", 0, &changes);
        let mut unreasoned = first.clone();
        unreasoned["reason"] = json!(" ");
        assert_eq!(amend(&nurse, patient, &unreasoned).await.refusal(), ProblemKind::Refused);
        let _: EntryReply = amend(&nurse, patient, &first).await.ok();
        let _: EntryReply = amend(&nurse, patient, &first).await.ok();
        let one = received(&file(&nurse, patient).await, "T0:1", "epices").clone();
        assert_eq!(one.amendments.len(), 1, "sent again after a lost reply, it is taken once");
        let line = &one.amendments[0];
        assert_eq!((&line.before, &line.after), (&Some(said(1)), &Some(said(0))));
        assert_eq!((line.entered_by.as_str(), one.copies.len()), ("claire", 1));
        let e1 = one.copies[0].answers.iter().find(|line| line.item.as_str() == "e1").unwrap();
        assert_eq!(e1.value, Some(AnswerValue::Code(0)));
        assert_ne!(score(&one, "EPICES"), before);
        assert!(!asks_for_attention(&nurse).await);

        let stale = amendment(&app, "T0:1", "epices", 0, &json!({ "e2": null }));
        assert_eq!(amend(&nurse, patient, &stale).await.refusal(), ProblemKind::Conflict, "another came in between");
        app.clock.advance(Duration::from_millis(1));
        let withdrawn = amendment(&app, "T0:1", "epices", 1, &json!({ "e2": null }));
        let _: EntryReply = amend(&nurse, patient, &withdrawn).await.ok();
        for wrong in [json!({ "e1": { "answered": { "code": 9 } } }), json!({ "zz": null }), json!({}),
            json!({ "e1": { "answered": { "code": 0 } } }), json!({ "e1": { "skipped": "prefer_not" } })] {
            let wrong = amendment(&app, "T0:1", "epices", 2, &wrong);
            assert_eq!(amend(&nurse, patient, &wrong).await.refusal(), ProblemKind::Refused, "{wrong}");
        }

        app.add_staff("hugo", Role::Investigator, &[]).await;
        let hugo = app.sign_in("hugo").await;
        let rows = answers_csv(&hugo).await;
        let row = |item: &str| rows.iter().find(|row| row["item"] == item).unwrap();
        assert_eq!((&*row("e1")["value"], &*row("e1")["amended"]), ("0", "yes"));
        assert_eq!((&*row("e2")["status"], &*row("e2")["amended"]), ("withdrawn", "yes"));
        assert_eq!(&*row("e3")["amended"], "no");
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'correct'").await, 2);
    }

    async fn a_patients_device_neither_corrects_nor_types_in(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let amended = phone.event(&json!({ "kind": "amended", "item": "e1", "value": { "code": 0 }, "reason": "me" }));
        let transcribed = phone.event(&json!({
            "kind": "transcribed", "answered_on": "2026-01-01", "retrospective": false, "remark": "",
        }));
        let illegible = phone.event(&json!({ "kind": "skipped", "item": "e1", "reason": "illegible" }));
        let mut disguised = amended.clone();
        disguised.id = shared::id::AnswerEventId::new(Uuid::now_v7());
        disguised.origin.staff = Some(shared::id::StaffId::new(Uuid::now_v7()));
        let outcomes = phone.push(&[amended, transcribed, illegible, disguised]).await;
        let reasons: Vec<_> = outcomes.iter().map(set_aside).collect();
        assert_eq!(reasons, [
            QuarantineReason::AfterSubmission,
            QuarantineReason::OtherDevice,
            QuarantineReason::OtherDevice,
            QuarantineReason::AfterSubmission,
        ]);
        let one = received(&file(&nurse, phone.patient).await, "T0:1", "epices").clone();
        assert_eq!(one.amendments, []);
    }

    async fn what_was_answered_before_inclusion_is_told_apart_and_not_expected(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let mut late = enrolment("R-1");
        late["milestones"] = json!([{ "kind": "infusion", "on": { "date": "2025-09-01" } }]);
        let EnrolReply { patient } = nurse.post("/api/patients", &late).await.ok();
        let form = form(&nurse, patient, "M1:1", "qlq-c30").await;
        assert_eq!(form.included_on.unwrap().to_string(), "2026-03-02");
        let mut typed = entry(&app, &form, "2025-10-01", &first_options(&form.sheet));
        typed["respondent"] = json!("proxy");
        let reply: EntryReply = enter(&nurse, patient, &typed).await.ok();
        assert!(reply.retrospective);

        let file = file(&nurse, patient).await;
        assert!(received(&file, "M1:1", "qlq-c30").copies[0].transcript.as_ref().unwrap().retrospective);
        let m1 = file.assessments.iter().find(|it| it.id.to_string() == "M1:1").unwrap();
        assert_eq!(m1.state, AssessmentState::NotApplicable);
        let sent = |it: &&shared::schedule::Questionnaire| matches!(it.state, QuestionnaireState::Submitted(_));
        assert_eq!(m1.questionnaires.iter().filter(sent).count(), 1, "it is told with it all the same");
        let overdue: WorklistReply = nurse.post("/api/worklist", &json!({ "group": "overdue" })).await.ok();
        assert!(overdue.lines.iter().all(|line| line.assessment.as_ref().unwrap().to_string() != "M1:1"));

        let others = ["R-2", "R-3", "R-4", "R-5", "R-6"];
        for number in others {
            late["registry_number"] = json!(number);
            let EnrolReply { patient } = nurse.post("/api/patients", &late).await.ok();
            typed["entry"] = json!(Uuid::now_v7());
            let _: EntryReply = enter(&nurse, patient, &typed).await.ok();
        }
        app.add_staff("hugo", Role::Investigator, &[]).await;
        let hugo = app.sign_in("hugo").await;
        let completion: CompletionReply = hugo.get("/api/completion").await.ok();
        assert!(completion.rows.iter().all(|row| row.timepoint.as_str() != "M1"), "{completion:?}");
        let unexpected = "SELECT COUNT(*) FROM assessment
            WHERE timepoint = 'M1' AND expectation = 'not_applicable' AND n_submitted = 1";
        assert_eq!(app.count(unexpected).await, 6);
        let rows = answers_csv(&hugo).await;
        let told: Vec<_> = rows.iter().map(|row| [&*row["retrospective"], &*row["day_from_infusion"]]).collect();
        assert!(!told.is_empty() && told.iter().all(|row| *row == ["yes", "30"]), "{told:?}");
        assert_eq!(rows[0]["respondent"], "proxy", "marked as not patient-reported");
        let kept = "SELECT COUNT(*) FROM questionnaire WHERE retrospective";
        assert_eq!(app.count(kept).await, 6);
        server::rebuild::rebuild(&app.state).await.unwrap();
        assert_eq!(app.count(kept).await, 6, "computed anew, it is the same");
    }

    async fn what_cannot_be_is_refused_and_nothing_is_written(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let elsewhere = app.nurse("benoit", &["south"]).await;
        app.add_staff("hugo", Role::Investigator, &[]).await;
        let hugo = app.sign_in("hugo").await;
        let patient = enrol(&nurse, "R-1").await;
        let form = form(&nurse, patient, "T0:1", "epices").await;
        let typed = entry(&app, &form, "2026-03-02", &first_options(&form.sheet));
        assert_eq!(enter(&elsewhere, patient, &typed).await.refusal(), ProblemKind::NotFound);
        assert_eq!(enter(&hugo, patient, &typed).await.refusal(), ProblemKind::Forbidden);
        let correction = amendment(&app, "T0:1", "epices", 0, &json!({ "e1": null }));
        assert_eq!(amend(&elsewhere, patient, &correction).await.refusal(), ProblemKind::NotFound);
        assert_eq!(amend(&hugo, patient, &correction).await.refusal(), ProblemKind::Forbidden);
        assert_eq!(amend(&nurse, patient, &correction).await.refusal(), ProblemKind::Refused, "nothing was sent yet");
        let print = json!({ "assessment": "T0:1", "language": "fr" });
        let path = format!("/api/patients/{patient}/forms");
        assert_eq!(elsewhere.post(&path, &print).await.refusal(), ProblemKind::NotFound);
        assert_eq!(hugo.post(&path, &print).await.refusal(), ProblemKind::Forbidden);
        let forms: FormsReply = nurse.post(&path, &print).await.ok();
        let code = format!("/api/forms/{}", forms.forms[0].code);
        assert_eq!(elsewhere.get(&code).await.refusal(), ProblemKind::NotFound, "whose form it is stays unsaid");
        assert_eq!(nurse.get("/api/forms/0W0-GG0-G81").await.refusal(), ProblemKind::NotFound);

        let changes = [
            ("/answered_on", json!("2026-03-03"), ProblemKind::Refused),
            ("/answered_on", json!("2025-03-02"), ProblemKind::Refused),
            ("/mode", json!("ward_tablet"), ProblemKind::Refused),
            ("/answers/e1", json!({ "answered": { "code": 7 } }), ProblemKind::Refused),
            ("/answers/e1", json!({ "skipped": "prefer_not" }), ProblemKind::Refused),
            ("/wording/hash", json!("0".repeat(64)), ProblemKind::Refused),
            ("/assessment", json!("M99:1"), ProblemKind::Refused),
            ("/instrument/key", json!("hads"), ProblemKind::Refused),
            ("/answers/e1", json!({ "skipped": "lazy" }), ProblemKind::BadRequest),
        ];
        for (pointer, value, refusal) in changes {
            let mut wrong = typed.clone();
            *wrong.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(enter(&nurse, patient, &wrong).await.refusal(), refusal, "{pointer} {value}");
        }
        let mut short = typed.clone();
        short["answers"].as_object_mut().unwrap().remove("e7");
        let problem = enter(&nurse, patient, &short).await.problem();
        assert!(problem.detail.contains("e7: neither an answer nor a reason"), "{}", problem.detail);
        assert_eq!(app.count("SELECT COUNT(*) FROM answer_event").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM device").await, 0);
        let _: DeviceId = typed["entry"].as_str().unwrap().parse().unwrap();
    }
}

/// The rows of an export's answers.
async fn answers_csv(hugo: &Client) -> Vec<BTreeMap<String, String>> {
    let export: shared::api::ExportReply = hugo.post("/api/exports", &json!({ "purpose": "a test" })).await.ok();
    let file = export.files.iter().find(|file| file.name == "answers.csv").unwrap();
    let reply = hugo.get(&format!("/api/exports/{}/{}", export.export, file.name)).await;
    let mut reader = csv::Reader::from_reader(reply.body.as_slice());
    reader.deserialize().map(Result::unwrap).collect()
}
