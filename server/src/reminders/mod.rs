//! Reminders by mail: decided anew from the plan, claimed once, sent, and held against what should have left.
//!
//! A reminder is claimed in the transaction that checks that it is due, and only then handed to the mail server: two
//! processes never send two, and a death that is committed comes first. What became of it is noted after. A claim
//! without an outcome is a message that may have left; it is shown and never sent again.

mod calendar;
mod health;
mod mail;
mod queries;
mod routes;
mod sending;
mod stop;
mod words;

use std::collections::BTreeSet;

use shared::{
    api::RemindersStanding,
    id::{AssessmentId, StaffId},
    people::DeviceKind,
    schedule::{self, Circumstances, Facts, Plan, SentReminder},
    study::{MilestoneKind, Study},
    time::{Date, Timestamp},
};

pub use routes::{public_routes, routes};
pub use sending::{Planned, Round, keep_reminding, plan_round, remind, send};

use crate::{
    audit::{self, Operation},
    auth::guard::OnePatientScope,
    db::Tx,
    devices, missing, patients,
    state::AppState,
};

/// Everything that decides whether a patient is reminded, but for the address.
struct Case {
    facts: Facts,
    plan: Plan,
    sent: Vec<SentReminder>,
    excused: BTreeSet<AssessmentId>,
    has_device: bool,
    /// The patient has not said to stop.
    wants: bool,
}

impl Case {
    /// As it stands within this transaction.
    async fn read(tx: &mut Tx, study: &Study, scope: &OnePatientScope, today: Date) -> sqlx::Result<Self> {
        let facts = patients::read_facts(tx, scope).await?;
        let plan = schedule::plan(study, &facts, today);
        let devices = devices::list(tx, scope).await?;
        Ok(Self {
            plan,
            facts,
            sent: queries::list(tx, scope).await?.into_iter().map(|claim| claim.sent).collect(),
            excused: excused(&missing::list(tx, scope).await?, Timestamp::MAX),
            has_device: devices.iter().any(|it| it.kind == DeviceKind::Own && !it.revoked),
            wants: queries::wants(tx, scope).await?,
        })
    }

    fn circumstances(&self) -> Circumstances<'_> {
        let Self { plan, sent, excused, has_device, wants, .. } = self;
        Circumstances { plan, sent, excused, has_device: *has_device, wants: *wants }
    }
}

/// Assessments for which a reason stood at an instant; the lines are the newest first.
fn excused(lines: &[shared::api::MissingLine], at: Timestamp) -> BTreeSet<AssessmentId> {
    let mut seen = BTreeSet::new();
    let known = lines.iter().filter(|line| line.entered_at <= at);
    known
        .filter(|line| seen.insert(&line.assessment) && line.reason.is_some())
        .map(|it| it.assessment.clone())
        .collect()
}

/// Notes that a patient wants reminders, or wants none any more, where that is not how it stood.
///
/// # Errors
/// When the database could not.
pub async fn choose(
    tx: &mut Tx,
    scope: &OnePatientScope,
    wanted: bool,
    staff: StaffId,
    now: Timestamp,
) -> sqlx::Result<()> {
    queries::lock(tx, scope).await?;
    if queries::wants(tx, scope).await? == wanted {
        return Ok(());
    }
    queries::choose(tx, scope.patient(), wanted, Some(staff), now).await?;
    let detail = if wanted { "resumed" } else { "stopped" };
    let entry = audit::Entry::staff(staff, Operation::ChooseReminders).of(scope.patient()).with(detail);
    audit::append(tx, &entry, now).await.map(|_| ())
}

/// Whether this server reminds at all.
fn is_on(state: &AppState) -> bool {
    state.mail.is_some() && state.study.reminders.is_some()
}

/// Whether messages leave to a patient, or the first reason why not; `withdrew` from reminders alone is no fact of a plan.
fn standing(state: &AppState, case: &Case, withdrew: bool, has_address: bool) -> RemindersStanding {
    let happened = |kind| case.facts.milestones.iter().any(|it| it.kind == kind && !it.planned);
    if happened(MilestoneKind::Death) {
        RemindersStanding::Died
    } else if happened(MilestoneKind::Withdrawal) {
        RemindersStanding::Withdrew
    } else if happened(MilestoneKind::LostToFollowUp) {
        RemindersStanding::Lost
    } else if withdrew {
        RemindersStanding::WithdrewFromReminders
    } else if !case.wants {
        RemindersStanding::Stopped
    } else if !has_address {
        RemindersStanding::NoAddress
    } else if !case.has_device {
        RemindersStanding::NoDevice
    } else if is_on(state) {
        RemindersStanding::On
    } else {
        RemindersStanding::Off
    }
}
