//! The nurse's list: what is due, closing, overdue, received or to be looked at, at her sites and nowhere else.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use shared::{
    api::{ProblemKind, WorklistGroup, WorklistReply},
    schedule::AssessmentState,
};

use crate::support::{
    Client, Phone, Reply, TestApp, on_both_databases,
    patient::{dated, enrol, enrolment},
};

const DAY: Duration = Duration::from_hours(24);

async fn list(nurse: &Client, asked: &str) -> WorklistReply {
    ask(nurse, asked).await.ok()
}

/// Asks for what `group=due&site=toulouse` says.
async fn ask(client: &Client, asked: &str) -> Reply {
    let value = |text: &str| if text == "true" { json!(true) } else { json!(text) };
    let pairs = asked.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, text)| (name, value(text)));
    client.post("/api/worklist", &pairs.collect::<BTreeMap<_, _>>()).await
}

/// Occasion and state of each line.
fn told(list: &WorklistReply) -> Vec<String> {
    list.lines.iter().map(|line| format!("{} {:?}", line.assessment.as_ref().unwrap(), line.state.unwrap())).collect()
}

fn count(list: &WorklistReply, group: WorklistGroup) -> u16 {
    list.counts.iter().find(|(it, _)| *it == group).unwrap().1
}

async fn record(nurse: &Client, patient: shared::id::PatientId, kind: &str, on: &str) {
    let milestone = dated(kind, on);
    let reply = nurse.post(&format!("/api/patients/{patient}/milestones"), &milestone).await;
    assert!(reply.status.is_success(), "{reply:?}");
}

on_both_databases! {
    async fn an_occasion_moves_through_the_list_as_days_pass(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        enrol(&nurse, "R-1").await;
        let due = list(&nurse, "group=due").await;
        assert_eq!(told(&due), ["T0:1 Open"]);
        let line = &due.lines[0];
        assert_eq!((line.patient.registry_number.as_str(), line.patient.name.as_str()), ("R-1", "Lefèvre Émile"));
        assert_eq!((line.submitted, line.questionnaires), (0, 8));
        assert_eq!(line.closes_on.unwrap().to_string(), "2026-03-09");
        assert_eq!(count(&due, WorklistGroup::Closing), 0);

        app.clock.advance(DAY * 5);
        let nurse = app.sign_in("claire").await;
        assert_eq!(told(&list(&nurse, "group=closing").await), ["T0:1 Open"]);
        app.clock.advance(DAY * 3);
        let nurse = app.sign_in("claire").await;
        let overdue = list(&nurse, "group=overdue").await;
        assert_eq!(told(&overdue), ["T0:1 Missed"]);
        assert_eq!(count(&overdue, WorklistGroup::Due), 0);
    }

    async fn an_answer_shows_at_once_and_a_second_copy_asks_for_a_look(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        phone.push(&phone.questionnaire()).await;
        let received = list(&nurse, "group=received").await;
        assert_eq!(told(&received), ["T0:1 InProgress"]);
        assert_eq!(received.lines[0].submitted, 1);
        assert_eq!(count(&received, WorklistGroup::Conflict), 0);
        let tablet = Phone::of(&app, &nurse, phone.patient).await;
        tablet.push(&tablet.questionnaire()).await;
        assert_eq!(told(&list(&nurse, "group=conflict").await), ["T0:1 InProgress"]);
    }

    async fn death_empties_the_list_and_a_relapse_fills_it(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let (first, second) = (enrol(&nurse, "R-1").await, enrol(&nurse, "R-2").await);
        record(&nurse, first, "death", "2026-03-02").await;
        let due = list(&nurse, "group=due").await;
        assert_eq!(due.lines.iter().map(|it| it.patient.patient).collect::<Vec<_>>(), [second]);
        app.clock.advance(DAY * 20);
        let nurse = app.sign_in("claire").await;
        record(&nurse, second, "relapse", "2026-03-20").await;
        let due = list(&nurse, "group=due").await;
        assert!(told(&due).iter().any(|it| it.starts_with("R:1") || it.starts_with("T1:1")), "{:?}", told(&due));
        assert_eq!(count(&due, WorklistGroup::Overdue), 1, "the dead are not overdue");
    }

    async fn a_nurse_sees_her_sites_and_no_other(app: TestApp) {
        let everywhere = app.nurse("everywhere", &["toulouse", "centre-nord"]).await;
        enrol(&everywhere, "R-1").await;
        let mut elsewhere = enrolment("R-2");
        elsewhere["site"] = json!("centre-nord");
        assert!(everywhere.post("/api/patients", &elsewhere).await.status.is_success());
        assert_eq!(list(&everywhere, "group=due").await.lines.len(), 2);
        assert_eq!(list(&everywhere, "group=due&site=centre-nord").await.lines.len(), 1);
        let nord = app.nurse("nord", &["centre-nord"]).await;
        let due = list(&nord, "group=due").await;
        assert_eq!((due.lines.len(), count(&due, WorklistGroup::Due)), (1, 1));
        assert_eq!(ask(&nord, "site=toulouse").await.refusal(), ProblemKind::NotFound);
        assert_eq!(ask(&nord, "colour=blue").await.refusal(), ProblemKind::BadRequest);
        assert_eq!(ask(&nord, "after=nowhere").await.refusal(), ProblemKind::Refused);
        assert_eq!(ask(&app.client(), "").await.refusal(), ProblemKind::NotSignedIn);
    }

    async fn pages_follow_each_other_and_counts_stop_at_a_hundred(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse", "centre-nord"]).await;
        for n in 0..120 {
            let mut request = enrolment(&format!("R-{n:03}"));
            request["site"] = json!(if n % 3 == 0 { "centre-nord" } else { "toulouse" });
            assert!(nurse.post("/api/patients", &request).await.status.is_success());
        }
        let mut seen = Vec::new();
        let mut page = list(&nurse, "group=due").await;
        assert_eq!(count(&page, WorklistGroup::Due), 100);
        loop {
            seen.extend(page.lines.iter().map(|line| line.patient.patient));
            let Some(next) = page.next else { break };
            page = list(&nurse, &format!("group=due&after={next}")).await;
        }
        assert_eq!(seen.len(), 120);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 120, "nobody twice, nobody left out");
        let found = list(&nurse, "group=due&search=r-11").await;
        assert_eq!((found.lines.len(), count(&found, WorklistGroup::Due)), (10, 10));
        let nobody = list(&nurse, "group=due&search=nobody").await;
        assert_eq!((nobody.lines.len(), count(&nobody, WorklistGroup::Due)), (0, 0));
    }

    async fn a_group_is_sorted_by_what_it_has_and_pages_keep_the_order(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse", "centre-nord"]).await;
        for n in 0..70 {
            let mut request = enrolment(&format!("R-{:03}", (n * 37) % 70));
            request["site"] = json!(if n % 3 == 0 { "centre-nord" } else { "toulouse" });
            request["family_name"] = json!(format!("Martin {}", ["b", "Å", "c"][n % 3]));
            request["milestones"] = json!([{ "kind": "inclusion", "on": { "date": format!("2026-02-{:02}", 25 + n % 4) } }]);
            assert!(nurse.post("/api/patients", &request).await.status.is_success());
        }
        let all = async |asked: &str| {
            let (mut lines, mut after) = (Vec::new(), String::new());
            loop {
                let page = list(&nurse, &format!("group=due&{asked}{after}")).await;
                lines.extend(page.lines);
                let Some(next) = page.next else { break };
                after = format!("&after={next}");
            }
            assert_eq!(lines.len(), 70, "{asked}: nobody twice, nobody left out");
            lines
        };
        for (asked, down) in [("sort=closes", false), ("sort=closes&down=true", true)] {
            let days: Vec<_> = all(asked).await.iter().map(|line| line.closes_on).collect();
            assert!(if down { days.is_sorted_by(|a, b| a >= b) } else { days.is_sorted() }, "{asked}: {days:?}");
        }
        let sites: Vec<_> = all("sort=site").await.iter().map(|line| line.patient.site.to_string()).collect();
        assert!(sites.is_sorted_by(|a, b| a >= b), "the study names Toulouse first: {sites:?}");
        assert_eq!(all("sort=site&down=true").await[0].patient.site.as_str(), "centre-nord");
        let numbers: Vec<_> = all("sort=number").await.iter().map(|it| it.patient.registry_number.clone()).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        let names: Vec<_> = all("sort=name").await.iter().map(|it| it.patient.name.clone()).collect();
        assert!(names[0].contains('Å') && names[69].contains('c'), "accents are folded: {names:?}");
        assert_eq!(ask(&nurse, "group=due&sort=received").await.refusal(), ProblemKind::Refused);
        assert_eq!(ask(&nurse, "group=unsent&sort=site").await.refusal(), ProblemKind::Refused);
        assert_eq!(ask(&nurse, "group=due&sort=colour").await.refusal(), ProblemKind::BadRequest);
    }

    async fn a_window_that_is_open_for_a_week_with_nothing_from_the_patient_is_silent(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        enrol(&nurse, "R-2").await;
        assert_eq!(told(&list(&nurse, "group=silent").await), ["T0:1 Open", "T0:1 Open"], "open since 16 February");
        phone.push(&[phone.answer("e1", 1)]).await;
        let silent = list(&nurse, "group=silent").await;
        assert_eq!(silent.lines[0].patient.registry_number, "R-2", "whoever sent anything is not silent");
        assert_eq!((silent.lines.len(), count(&silent, WorklistGroup::Silent)), (1, 1));
        assert_eq!(count(&silent, WorklistGroup::Due), 2);
        app.clock.advance(DAY * 8);
        let nurse = app.sign_in("claire").await;
        assert_eq!(told(&list(&nurse, "group=silent").await), [""; 0], "closed: overdue, no longer silent");
    }

    async fn a_finished_occasion_is_due_no_more(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let t0 = app.state.study.find_timepoint(&"T0".parse().unwrap()).unwrap();
        let asked = app.state.study.asked_at(t0).into_iter().filter(|entry| entry.is_for(&"dlbcl".parse().unwrap()));
        for entry in asked {
            let mut sent = phone.submission();
            sent.instrument = entry.instrument.clone();
            phone.push(&[sent]).await;
        }
        assert!(list(&nurse, "group=due").await.lines.is_empty());
        let received = list(&nurse, "group=received").await;
        assert!(matches!(received.lines[0].state, Some(AssessmentState::Completed(_))), "{:?}", told(&received));
    }
}
