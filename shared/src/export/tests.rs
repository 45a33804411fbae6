//! An export of one invented patient, byte for byte, and the promises that hold for any.
#![cfg(feature = "catalog")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::*;
use crate::{
    answers::{
        AnswerEvent, AnswerValue, EventBody, KnownBody, SkipReason,
        response::{ResponseCopy, read},
        samples::{event, key, submitted},
    },
    instrument::{Definition, catalog::Catalog},
    people::{Assistance, Respondent},
    schedule::{Facts, Milestone, MissingReason, Progress, StandingMilestone, Window, plan},
    scoring::{InstrumentScores, score},
    study::{self, Cause, MilestoneKind},
    time::{Date, DatePrecision, PartialDate},
};

/// Everything the rows borrow from.
struct World {
    catalog: Catalog,
    events: Vec<AnswerEvent>,
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

impl World {
    /// Begins with a questionnaire of an instrument, each item said in turn, then sent.
    fn said(instrument: &str, said: Vec<KnownBody>) -> Self {
        let catalog = Catalog::shipped().unwrap();
        let version = catalog.find_latest(&key(instrument)).unwrap().instrument.clone();
        let bodies = said.into_iter().map(EventBody::Known).chain([submitted()]);
        let mut events: Vec<AnswerEvent> =
            (1..).zip(bodies).map(|(n, body)| event(u128::from(n), 4, n, body)).collect();
        for event in &mut events {
            event.instrument = version.clone();
            event.origin.respondent = Respondent::PatientAssisted(Assistance::Relative);
        }
        Self { catalog, events }
    }

    fn amended(mut self, item: &str, value: Option<AnswerValue>) -> Self {
        let body = KnownBody::Amended { item: key(item), value, left_out: None, reason: "misread".to_owned() };
        let mut amending = event(900, 9, 1, EventBody::Known(body));
        amending.instrument = self.events[0].instrument.clone();
        self.events.push(amending);
        self
    }

    fn definition(&self) -> &Definition {
        self.catalog.find(&self.events[0].instrument).unwrap()
    }

    fn standing_copy(&self) -> ResponseCopy {
        let instrument = &self.events[0].instrument.key;
        read(&self.events, &key("M3:1"), instrument).unwrap().copies.remove(0)
    }

    fn write(&self, milestones: &[Milestone], write: impl FnOnce(&Exported<'_>)) {
        let copy = self.standing_copy();
        let submitted_on = date("2026-06-03");
        write(&Exported {
            patient: self.events[0].patient,
            site: &key("toulouse"),
            pathway: &key("ambulatory"),
            hemopathy: &key("mcl"),
            assessment: &key("M3:1"),
            target_day: Some(91),
            window: Some(Window {
                opens_on: date("2026-05-18"),
                due_on: date("2026-06-01"),
                closes_on: date("2026-06-15"),
            }),
            submitted_on,
            received_on: date("2026-06-05"),
            days: RelativeDays::of(submitted_on, milestones),
            definition: self.definition(),
            demonstration: Some(true),
            copy: &copy,
            n_copies: 1,
        });
    }

    fn answers(&self, milestones: &[Milestone]) -> String {
        let mut bytes = Vec::new();
        self.write(milestones, |exported| {
            let mut csv = AnswersCsv::new(&mut bytes).unwrap();
            csv.write(exported).unwrap();
            assert_eq!(csv.finish().unwrap(), u64::try_from(self.definition().items.len()).unwrap());
        });
        String::from_utf8(bytes).unwrap()
    }

    fn scores(&self, milestones: &[Milestone]) -> String {
        let mut bytes = Vec::new();
        self.write(milestones, |exported| {
            let mut csv = ScoresCsv::new(&mut bytes).unwrap();
            let scores = score(self.definition(), &exported.copy.values());
            // the snapshot outlives versions of the engine
            csv.write(exported, &InstrumentScores { engine: "1.2.3".to_owned(), ..scores }).unwrap();
            assert_eq!(csv.finish().unwrap(), u64::try_from(self.definition().scales.len()).unwrap());
        });
        String::from_utf8(bytes).unwrap()
    }
}

fn answered(item: &str, value: AnswerValue) -> KnownBody {
    KnownBody::Answered { item: key(item), value }
}

fn eq_5d() -> World {
    let skipped = KnownBody::Skipped { item: key("AD"), reason: SkipReason::PreferNot };
    let levels = ["MO", "SC", "PD"].map(|item| answered(item, AnswerValue::Code(2)));
    let said = levels.into_iter().chain([skipped, answered("VAS", AnswerValue::Integer(70))]).collect();
    World::said("eq-5d-5l", said).amended("SC", None).amended("PD", Some(AnswerValue::Code(3)))
}

fn infused() -> Vec<Milestone> {
    let one = |kind, on, precision| Milestone { kind, on: PartialDate { date: date(on), precision }, planned: false };
    vec![
        one(MilestoneKind::Inclusion, "2026-01-12", DatePrecision::Day),
        one(MilestoneKind::Infusion, "2026-03-01", DatePrecision::Month),
    ]
}

/// The cells of one column, by another.
fn column(csv: &str, name: &str, by: &str) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    rows.into_iter().map(|row| (row[by].clone(), row[name].clone())).collect()
}

#[track_caller]
fn check_snapshot(written: &str, kept: &str) {
    assert_eq!(written, kept, "the export's bytes have changed; if that is meant, keep the new ones");
}

#[test]
fn the_answers_of_a_questionnaire_are_these_bytes() {
    check_snapshot(&eq_5d().answers(&infused()), include_str!("snapshots/answers.csv"));
}

#[test]
fn the_scores_of_a_questionnaire_are_these_bytes() {
    check_snapshot(&eq_5d().scores(&infused()), include_str!("snapshots/scores.csv"));
}

#[test]
fn every_way_to_be_without_an_answer_has_its_word() {
    let status = column(&eq_5d().answers(&infused()), "status", "item");
    let expected = [
        ("AD", "skipped"),
        ("MO", "answered"),
        ("PD", "answered"),
        ("SC", "withdrawn"),
        ("UA", "not_reached"),
        ("VAS", "answered"),
    ];
    assert_eq!(json!(status), json!(BTreeMap::from(expected)));

    let alone = World::said("situation", vec![answered("worked", AnswerValue::Code(0))]).answers(&infused());
    assert_eq!(column(&alone, "status", "item")["work_change"], "not_applicable");
}

#[test]
fn a_patient_who_is_not_infused_has_no_infusion_day_and_the_reason_beside_it() {
    let planned = [Milestone { planned: true, ..infused()[1] }];
    let csv = eq_5d().answers(&planned);
    assert_eq!(column(&csv, "day_from_infusion", "item")["MO"], "NA");
    assert_eq!(column(&csv, "infusion_precision", "item")["MO"], "not_infused");
    assert_eq!(column(&csv, "inclusion_precision", "item")["MO"], "not_dated");
}

#[test]
fn a_scale_without_a_score_says_how_many_answers_it_lacked() {
    let csv = eq_5d().scores(&infused());
    let of = |name| column(&csv, name, "scale");
    assert_eq!((&*of("value")["LSS"], &*of("status")["LSS"]), ("NA", "too_few_answers"));
    assert_eq!((&*of("items_used")["LSS"], &*of("items_required")["LSS"]), ("2", "5"));
    assert_eq!((&*of("value")["VAS"], &*of("status")["VAS"]), ("70", "scored"));
}

#[test]
fn no_cell_is_empty_and_every_column_is_in_the_codebook() {
    let study = study::shipped().unwrap();
    let mut bytes = Vec::new();
    let n_rows = write_codebook(&mut bytes, &study, &Catalog::shipped().unwrap()).unwrap();
    let codebook = String::from_utf8(bytes).unwrap();
    let explained: BTreeSet<(String, String)> = csv::Reader::from_reader(codebook.as_bytes())
        .records()
        .map(|row| row.map(|row| (row[0].to_owned(), row[1].to_owned())).unwrap())
        .collect();
    assert_eq!(csv::Reader::from_reader(codebook.as_bytes()).records().count(), usize::try_from(n_rows).unwrap());
    let assessments = [infused(), Vec::new()].map(|milestones| ("assessments.csv", assessments(&milestones, None)));
    let tables = [
        ("answers.csv", eq_5d().answers(&[])),
        ("scores.csv", eq_5d().scores(&[])),
        ("milestones.csv", milestones(&ended())),
        ("", codebook),
    ];
    for (file, csv) in tables.into_iter().chain(assessments) {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for name in reader.headers().unwrap().clone().iter().filter(|_| !file.is_empty()) {
            assert!(explained.contains(&(format!("column of {file}"), name.to_owned())), "{name} of {file}");
        }
        for row in reader.records().map(Result::unwrap) {
            assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        }
    }
}

/// Every assessment of a patient of whom `M3` was sent, under these milestones.
fn assessments(milestones: &[Milestone], missing: Option<MissingReason>) -> String {
    let world = eq_5d();
    let copy = world.standing_copy();
    let progress = Progress {
        assessment: key("M3:1"),
        instrument: copy.instrument.key.clone(),
        submitted_on: Some(date("2026-06-03")),
        retrospective: false,
    };
    let facts = Facts { hemopathy: key("mcl"), milestones: milestones.to_vec(), progress: vec![progress] };
    let mut bytes = Vec::new();
    let mut csv = AssessmentsCsv::new(&mut bytes).unwrap();
    for (id, assessment) in &plan(&study::shipped().unwrap(), &facts, date("2026-07-01")) {
        let exported = ExportedAssessment {
            patient: world.events[0].patient,
            site: &key("toulouse"),
            pathway: &key("ambulatory"),
            hemopathy: &key("mcl"),
            assessment,
            target_day: Some(91),
            milestones,
            missing,
            copies: if *id == key("M3:1") { &[&copy] } else { &[] },
        };
        csv.write(&exported).unwrap();
    }
    csv.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A course that ends, each milestone with its cause.
fn ended() -> Vec<StandingMilestone> {
    let mut standing: Vec<_> =
        infused().into_iter().map(|milestone| StandingMilestone { milestone, cause: None }).collect();
    standing.extend(Cause::ALL.into_iter().map(|cause| {
        let on = PartialDate::day(date("2026-07-01"));
        StandingMilestone { milestone: Milestone { kind: cause.kind(), on, planned: false }, cause: Some(cause) }
    }));
    standing
}

/// The rows of milestones; days are counted from those of [`infused`].
fn milestones(standing: &[StandingMilestone]) -> String {
    let mut bytes = Vec::new();
    let mut csv = MilestonesCsv::new(&mut bytes).unwrap();
    for standing in standing.iter().copied() {
        let (site, hemopathy) = (&key("toulouse"), &key("mcl"));
        let patient = eq_5d().events[0].patient;
        csv.write(&ExportedMilestone { patient, site, hemopathy, standing, milestones: &infused() }).unwrap();
    }
    assert_eq!(csv.finish().unwrap(), u64::try_from(standing.len()).unwrap());
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_milestone_has_a_row_with_its_cause_and_no_date() {
    let csv = milestones(&ended());
    let of = |name: &str| column(&csv, name, "milestone");
    let told = |milestone: &str| {
        ["planned", "cause", "precision", "day_from_inclusion"].map(|name| of(name)[milestone].clone())
    };
    assert_eq!(told("infusion"), ["no", "no_cause", "month", "62"], "1 March is counted from the 15th");
    assert_eq!(told("death"), ["no", "unknown", "day", "170"]);
    assert_eq!(of("day_from_infusion")["death"], "108");
    assert!(!csv.contains("2026"));
}

#[test]
fn the_codebook_lists_every_milestone_and_cause() {
    let column = |name: &str| milestones::COLUMNS.iter().find(|column| column.name == name).unwrap().values;
    let words =
        |values: &'static str| values.split("; ").map(|value| value.split('=').next().unwrap()).collect::<Vec<_>>();
    let listed = words(column("milestone"));
    let kinds = json!(listed)
        .as_array()
        .unwrap()
        .iter()
        .map(|word| serde_json::from_value(word.clone()).unwrap())
        .collect::<Vec<MilestoneKind>>();
    assert_eq!(kinds.len(), 15, "each word is a kind");
    for cause in Cause::ALL {
        let kind = cell::word(&cause.kind());
        let mut told = column("cause").strip_prefix("of ").unwrap().split("; of ");
        let of_kind = told.find_map(|part| part.strip_prefix(&format!("{kind}: "))).unwrap();
        assert!(words(of_kind).contains(&cause.code()), "{cause:?}");
    }
}

#[test]
fn every_assessment_has_a_row_that_says_where_it_stands() {
    let csv = assessments(&infused(), None);
    let of = |name: &str| column(&csv, name, "timepoint");
    assert_eq!(
        of("state").len(),
        study::shipped().unwrap().timepoints.len() - 1,
        "all but a relapse that is not there"
    );
    let stands =
        |timepoint: &str| ["state", "expected", "timing", "missing_reason"].map(|name| of(name)[timepoint].clone());
    assert_eq!(stands("M1"), ["missed", "yes", "not_sent", "not_noted"]);
    assert_eq!(stands("M3"), ["partly_completed", "yes", "on_time", "not_noted"]);
    assert_eq!(stands("M6"), ["planned", "not_yet", "not_sent", "not_missing"]);
    assert_eq!(stands("N3"), ["not_applicable", "no", "not_sent", "not_missing"]);
    let counts = ["questionnaires", "started", "submitted"].map(|name| of(name)["M3"].clone());
    assert_eq!(counts, ["6", "0", "1"], "of CORE, MOOD, COGNITION and FINANCE");
    // infused in March, known to the month: counted from the 15th; sent on 3 June
    let days = ["opens", "due", "closes", "submitted"].map(|day| of(&format!("{day}_from_infusion"))["M3"].clone());
    assert_eq!(days, ["77", "91", "105", "80"]);
    assert_eq!((&*of("infusion_precision")["M3"], &*of("submitted_from_inclusion")["M3"]), ("month", "142"));
    assert_eq!((&*of("respondent")["M3"], &*of("assistance")["M3"]), ("patient_assisted", "relative"));
    assert_eq!((&*of("mode")["M1"], &*of("submitted_from_infusion")["M1"]), ("not_sent", "NA"));
    let explained = assessments(&infused(), Some(MissingReason::TooIll));
    assert_eq!(column(&explained, "missing_reason", "timepoint")["M1"], "too_ill");
}

#[test]
fn the_codebook_lists_every_state_and_reason_that_a_row_can_have() {
    let listed = |name: &str| {
        let column = assessments::COLUMNS.iter().find(|column| column.name == name).unwrap();
        column.values.split("; ").map(|value| value.split('=').next().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let reasons = listed("missing_reason");
    assert!(MissingReason::ALL.iter().all(|reason| reasons.contains(&cell::word(reason))), "{reasons:?}");
    for milestones in [infused(), Vec::new()] {
        let csv = assessments(&milestones, None);
        for name in ["state", "expected", "window", "timing", "infusion_precision", "inclusion_precision"] {
            let told: BTreeSet<String> = column(&csv, name, "timepoint").into_values().collect();
            assert!(told.is_subset(&listed(name)), "{name}: {told:?}");
        }
    }
}

#[test]
fn the_codebook_says_what_the_study_never_asks() {
    let (study, mut catalog) = (study::shipped().unwrap(), Catalog::shipped().unwrap());
    catalog.select(study.selections());
    let mut bytes = Vec::new();
    write_codebook(&mut bytes, &study, &catalog).unwrap();
    let asked: BTreeMap<(String, String), String> = csv::Reader::from_reader(&*bytes)
        .records()
        .map(Result::unwrap)
        .map(|row| ((row[2].to_owned(), row[1].to_owned()), row[8].to_owned()))
        .collect();
    let told = |instrument: &str, name: &str| asked[&(instrument.to_owned(), name.to_owned())].clone();
    let of_lymphoma = ["P2", "GP1", "LYMS", "PWB", "FACT_Lymphoma_TOTAL"].map(|name| told("fact-lym", name));
    assert_eq!(of_lymphoma, ["yes", "no", "yes", "no", "no"]);
    assert_eq!([told("pro-ctcae", "53B"), told("pro-ctcae", "1A"), told("qlq-c30", "q1")], ["yes", "no", "yes"]);
    assert_eq!(told("sf-36", &catalog.find_latest(&key("sf-36")).unwrap().items[0].code.to_string()), "no");
}

#[test]
fn every_item_and_scale_of_the_study_is_in_the_codebook() {
    let (study, catalog) = (study::shipped().unwrap(), Catalog::shipped().unwrap());
    let mut bytes = Vec::new();
    write_codebook(&mut bytes, &study, &catalog).unwrap();
    let codebook = String::from_utf8(bytes).unwrap();
    let meaning = column(&codebook, "values", "name");
    assert_eq!(meaning["MO"].split("; ").count(), 5, "{}", meaning["MO"]);
    for definition in catalog.definitions() {
        let names = definition.items.iter().map(|it| it.code.as_str());
        for name in names.chain(definition.scales.iter().map(|it| it.code.as_str())) {
            assert!(meaning.contains_key(name), "{name} of {}", definition.instrument);
        }
    }
}
