//! Producing one file of an export piece by piece, a few patients at a time, whatever its size.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use axum::body::Bytes;
use shared::{
    answers::{
        QuestionnaireResponse,
        response::{self, ResponseCopy},
    },
    export::{
        AnswersCsv, AssessmentsCsv, Exported, ExportedAssessment, ExportedMilestone, MilestonesCsv, RelativeDays,
        ScoresCsv, write_codebook,
    },
    id::{AssessmentId, InstrumentKey, PathwayKey, SiteKey},
    instrument::catalog::Catalog,
    schedule::{Facts, Plan, Progress, plan},
    scoring::score,
    time::Date,
};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    File, Moment,
    queries::{self, HeldPatient},
};
use crate::{auth::guard::InvestigatorScope, clock::civil_date, erasure, state::AppState, sync};

/// Patients that are read at once.
const PATIENTS_AT_ONCE: i64 = 50;

/// Pieces that may wait for a slow reader; the producer waits then.
pub(super) const PIECES_AHEAD: usize = 4;

/// A patient is enrolled with an episode, and the last one is never taken back.
const NO_EPISODE: &str = "a patient has no episode of care";

type Out = mpsc::Sender<io::Result<Bytes>>;

/// Starts producing a file into `out`; ends with how many rows it has below its header.
///
/// When it cannot go on, the reader gets an error in place of the end, so that half a file is not taken for a whole.
pub(super) fn spawn(
    scope: InvestigatorScope,
    state: AppState,
    moment: Moment,
    file: File,
    out: Out,
) -> JoinHandle<anyhow::Result<u64>> {
    tokio::spawn(async move {
        let produced = produce(&scope, &state, moment, file, &out).await;
        if let Err(error) = &produced {
            tracing::error!(error = format!("{error:#}"), file = file.name(), "an export broke off");
            let _ = out.send(Err(io::Error::other("the export broke off"))).await;
        }
        produced
    })
}

async fn produce(
    scope: &InvestigatorScope,
    state: &AppState,
    moment: Moment,
    file: File,
    out: &Out,
) -> anyhow::Result<u64> {
    let spool = Spool::default();
    let mut table = match file {
        File::Codebook => {
            let n_rows = write_codebook(spool.clone(), &state.study, &state.catalog)?;
            spool.hand_on(out).await?;
            return Ok(n_rows);
        }
        File::Answers => Table::Answers(AnswersCsv::new(spool.clone())?),
        File::Scores => Table::Scores(ScoresCsv::new(spool.clone())?),
        File::Assessments => Table::Assessments(AssessmentsCsv::new(spool.clone())?),
        File::Milestones => Table::Milestones(MilestonesCsv::new(spool.clone())?),
    };
    let demonstration = demonstration_by_hash(&state.catalog);
    let requests = erasure::list_requests(&state.db, moment.made_at).await?;
    let withheld: BTreeSet<_> = requests.iter().map(|it| it.patient).collect();
    let mut after = None;
    loop {
        let patients = queries::list_patients(scope, &state.db, moment, after, PATIENTS_AT_ONCE).await?;
        let Some(last) = patients.last() else { break };
        after = Some(last.patient);
        for patient in patients.iter().filter(|it| !withheld.contains(&it.patient)) {
            match &mut table {
                Table::Assessments(csv) => write_assessments(state, patient, moment.as_of, csv)?,
                Table::Milestones(csv) => write_milestones(patient, csv)?,
                Table::Answers(_) | Table::Scores(_) => write_patient(state, patient, &demonstration, &mut table)?,
            }
        }
        table.flush()?;
        spool.hand_on(out).await?;
    }
    let n_rows = table.finish()?;
    spool.hand_on(out).await?;
    Ok(n_rows)
}

/// Whether wording is demonstration wording, by the hash that answer events carry.
fn demonstration_by_hash(catalog: &Catalog) -> BTreeMap<String, bool> {
    let packs = catalog.definitions().flat_map(|definition| catalog.packs(&definition.instrument));
    packs.map(|pack| (pack.reference().hash, pack.demonstration)).collect()
}

enum Table {
    Answers(AnswersCsv<Spool>),
    Scores(ScoresCsv<Spool>),
    Assessments(AssessmentsCsv<Spool>),
    Milestones(MilestonesCsv<Spool>),
}

impl Table {
    fn write(&mut self, exported: &Exported<'_>) -> anyhow::Result<()> {
        match self {
            Self::Answers(csv) => csv.write(exported)?,
            Self::Scores(csv) => csv.write(exported, &score(exported.definition, &exported.copy.values()))?,
            Self::Assessments(_) | Self::Milestones(_) => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Answers(csv) => csv.flush()?,
            Self::Scores(csv) => csv.flush()?,
            Self::Assessments(csv) => csv.flush()?,
            Self::Milestones(csv) => csv.flush()?,
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<u64> {
        Ok(match self {
            Self::Answers(csv) => csv.finish()?,
            Self::Scores(csv) => csv.finish()?,
            Self::Assessments(csv) => csv.finish()?,
            Self::Milestones(csv) => csv.finish()?,
        })
    }
}

/// A questionnaire that was sent, with the days that count.
struct Sent {
    assessment: AssessmentId,
    instrument: InstrumentKey,
    response: QuestionnaireResponse,
    submitted_on: Date,
    received_on: Date,
}

fn write_patient(
    state: &AppState,
    held: &HeldPatient,
    demonstration: &BTreeMap<String, bool>,
    table: &mut Table,
) -> anyhow::Result<()> {
    let sent = read_sent(held);
    let plan = replay(state, held, &sent, Date::MAX);
    for Sent { assessment, response, submitted_on, received_on, .. } in &sent {
        let Some(copy) = response.copies.first() else { continue };
        let whole = state.catalog.find(&copy.instrument).context("an instrument that was answered is not here")?;
        let definition = state.catalog.find_answered(&copy.instrument, copy.answers.keys()).unwrap_or(whole);
        table.write(&Exported {
            patient: held.patient,
            site: following_site(held)?,
            pathway: pathway_on(held, *submitted_on)?,
            hemopathy: &held.hemopathy,
            assessment,
            target_day: state.study.find_timepoint(&assessment.timepoint).map(|it| it.target_day),
            window: plan.get(assessment).and_then(|it| it.window),
            submitted_on: *submitted_on,
            received_on: *received_on,
            days: RelativeDays::of(*submitted_on, &held.milestones),
            definition,
            demonstration: demonstration.get(&copy.wording.hash).copied(),
            copy,
            n_copies: response.copies.len(),
        })?;
    }
    Ok(())
}

/// The questionnaires that were sent, by assessment and instrument.
fn read_sent(held: &HeldPatient) -> Vec<Sent> {
    let said = || held.events.iter().map(|it| &it.event);
    let keys: BTreeSet<_> = said().map(|event| (&event.assessment, &event.instrument.key)).collect();
    keys.into_iter()
        .filter_map(|(assessment, instrument)| {
            let response = response::read(said(), assessment, instrument)?;
            let submission = response.copies.first()?.submission?;
            let event = held.events.iter().find(|it| it.event.id == submission)?;
            let answered_on = response.copies.first()?.transcript.as_ref().map(|it| it.answered_on);
            let sent_on = || sync::submitted_on(event.event.clock.at, event.enrolled_at, event.received_at);
            Some(Sent {
                assessment: assessment.clone(),
                instrument: instrument.clone(),
                submitted_on: answered_on.unwrap_or_else(sent_on),
                received_on: civil_date(event.received_at),
                response,
            })
        })
        .collect()
}

/// Every assessment of a patient as it stood on the day of the export.
fn write_assessments(
    state: &AppState,
    held: &HeldPatient,
    as_of: Date,
    csv: &mut AssessmentsCsv<Spool>,
) -> anyhow::Result<()> {
    let sent = read_sent(held);
    for (id, assessment) in &replay(state, held, &sent, as_of) {
        let copies = sent.iter().filter(|it| it.assessment == *id);
        let copies: Vec<&ResponseCopy> = copies.filter_map(|it| it.response.copies.first()).collect();
        let aimed_at = assessment.window.map_or(Date::MIN, |window| window.due_on);
        csv.write(&ExportedAssessment {
            patient: held.patient,
            site: following_site(held)?,
            pathway: pathway_on(held, aimed_at)?,
            hemopathy: &held.hemopathy,
            assessment,
            target_day: state.study.find_timepoint(&id.timepoint).map(|it| it.target_day),
            milestones: &held.milestones,
            missing: held.missing.get(id).copied(),
            copies: &copies,
        })?;
    }
    Ok(())
}

/// Every milestone of a patient that stood at the export's moment.
fn write_milestones(held: &HeldPatient, csv: &mut MilestonesCsv<Spool>) -> anyhow::Result<()> {
    for standing in held.standing.iter().copied() {
        csv.write(&ExportedMilestone {
            patient: held.patient,
            site: following_site(held)?,
            hemopathy: &held.hemopathy,
            standing,
            milestones: &held.milestones,
        })?;
    }
    Ok(())
}

/// The plan as it stood at the export's moment, with states as of a day.
fn replay(state: &AppState, held: &HeldPatient, sent: &[Sent], today: Date) -> Plan {
    let begun = held.events.iter().map(|it| (&it.event.assessment, &it.event.instrument.key)).collect::<BTreeSet<_>>();
    let is_sent = |(assessment, instrument): &(&AssessmentId, &InstrumentKey)| {
        sent.iter().any(|it| it.assessment == **assessment && it.instrument == **instrument)
    };
    let begun = begun.into_iter().filter(|it| !is_sent(it)).map(|(assessment, instrument)| Progress {
        assessment: assessment.clone(),
        instrument: instrument.clone(),
        submitted_on: None,
        retrospective: false,
    });
    let progress = sent.iter().map(|it| Progress {
        assessment: it.assessment.clone(),
        instrument: it.instrument.clone(),
        submitted_on: Some(it.submitted_on),
        retrospective: it.response.copies.iter().all(|it| it.transcript.as_ref().is_some_and(|it| it.retrospective)),
    });
    let facts = Facts {
        hemopathy: held.hemopathy.clone(),
        milestones: held.milestones.clone(),
        progress: progress.chain(begun).collect(),
    };
    plan(&state.study, &facts, today)
}

/// The site that followed the patient at the export's moment.
fn following_site(held: &HeldPatient) -> anyhow::Result<&SiteKey> {
    held.episodes.last().map(|it| &it.site).context(NO_EPISODE)
}

/// The pathway of the episode that ran on a day; before the first episode, of the first.
fn pathway_on(held: &HeldPatient, day: Date) -> anyhow::Result<&PathwayKey> {
    let running = held.episodes.on(day).or_else(|| held.episodes.first());
    running.map(|it| &it.pathway).context(NO_EPISODE)
}

/// Where tables write and pieces are taken from.
#[derive(Clone, Default)]
struct Spool(Arc<Mutex<Vec<u8>>>);

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool {
    async fn hand_on(&self, out: &Out) -> anyhow::Result<()> {
        let piece = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if piece.is_empty() {
            return Ok(());
        }
        out.send(Ok(Bytes::from(piece))).await.context("whoever asked for the export is gone")
    }
}
