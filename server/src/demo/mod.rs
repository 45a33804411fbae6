//! The demonstration: an invented registry of three hundred patients over five years, and three accounts to see it with.
//!
//! Everything goes the way real work goes (enrolment, milestones, answer events through the one writer), on a clock
//! set to when it would have happened. The same day and seed give the same people and answers. Known passwords and
//! predictable devices make it unfit for anything but trying out.

mod answering;
mod attendance;
mod care;
mod course;
mod dice;
mod loose_ends;
mod people;
mod queries;
mod reasons;

use anyhow::Context as _;
use futures_util::{StreamExt, TryStreamExt, stream};
use shared::{
    id::{DeviceId, MilestoneId, PatientId},
    people::{DeviceKind, Role},
    schedule::Facts,
    sync::{protocol::PushOutcome, signing::DeviceKey},
    time::{Date, Timestamp},
};

use self::{
    attendance::{HandedIn, Sheets},
    dice::Dice,
    loose_ends::Sent,
    people::Patient,
};
use crate::{
    auth::{
        self,
        accounts::{self, AccountError, NewAccount},
        guard::{self, NurseScope},
    },
    clock::{Chance, Clock, paris},
    findings,
    milestones::{self, NewEntry},
    patients,
    state::AppState,
    sync,
};

/// How many patients the demonstration has, unless told otherwise.
pub const PATIENTS: usize = 300;

/// The accounts' password.
pub const PASSWORD: &str = "demonstration";

/// The accounts' authenticator secret: the same for all three, printed when the demonstration starts.
pub const AUTHENTICATOR: &[u8; 20] = b"ressenti-demo-secret";

/// The account that enrolled everybody.
const NURSE: &str = "claire";

const SEED: u64 = 2_023;

/// Pushes that are on their way at once, as if so many phones sent together.
const AT_ONCE: usize = 64;

/// An invented patient once enrolled.
struct Participant {
    patient: Patient,
    id: PatientId,
    enrolled_at: Timestamp,
    devices: Vec<DeviceId>,
}

/// Makes the accounts and fills an empty registry; `false` when there were patients already, which stay as they are.
///
/// # Errors
/// When a database cannot be written, or the study has no hemopathy, site, pathway or language.
pub async fn fill(state: &AppState, n_patients: usize) -> anyhow::Result<bool> {
    add_accounts(state).await?;
    if is_filled(state).await? {
        return Ok(false);
    }
    let accounts = accounts::list(&guard::operator(), &state.db).await?;
    let claire = accounts.iter().find(|(account, _)| account.username == NURSE).context("there is no nurse")?.0.staff;
    let sites = state.study.sites.iter().map(|site| site.key.clone()).collect();
    let nurse = guard::operator().nurse(claire, sites);
    let chance = Chance::seeded(SEED);
    let (dice, today) = (Dice::new(chance.clone()), state.clock.today());
    let people = people::invent(&state.study, n_patients, today, &dice).context("the study lacks a list")?;
    let mut enrolled = Vec::with_capacity(people.len());
    for patient in people {
        enrolled.push(enrol(state, &nurse, &chance, patient, &dice).await?);
    }
    record_courses(state, &nurse, &chance, &mut enrolled).await?;
    // of its own: a date more or less changes nothing of what anybody answers
    let answering = Dice::new(Chance::seeded(SEED + 4));
    let sent = send_answers(state, &enrolled, &answering).await?;
    reasons::note(state, &nurse, &dice, &chance).await?;
    care::enter(state, &nurse, &enrolled).await?;
    findings::refresh(&state.db, &state.study, &state.catalog).await?; // nobody waits for five years of scores
    loose_ends::leave(state, &nurse, &enrolled, &sent, &dice, &chance).await?;
    Ok(true)
}

/// Whether there are patients already.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_filled(state: &AppState) -> sqlx::Result<bool> {
    queries::has_patients(&guard::operator(), &state.db).await
}

/// Makes the three accounts where they are missing.
async fn add_accounts(state: &AppState) -> anyhow::Result<()> {
    let every_site = || state.study.sites.iter().map(|site| site.key.clone()).collect();
    for (username, role) in [(NURSE, Role::Nurse), ("hugo", Role::Investigator), ("admin", Role::DataManager)] {
        let account = NewAccount {
            username: username.to_owned(),
            role,
            sites: if role == Role::Nurse { every_site() } else { Vec::new() },
            password: PASSWORD.to_owned(),
            totp_secret: Some(AUTHENTICATOR.to_vec()),
        };
        match accounts::add(&guard::operator(), &state.db, account, &state.chance, state.clock.now()).await {
            Ok(_) | Err(AccountError::Taken) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The same server at another time of its life.
fn at(state: &AppState, chance: &Chance, at: Timestamp) -> AppState {
    state.at(Clock::fixed(at), chance.clone())
}

async fn enrol(
    state: &AppState,
    nurse: &NurseScope,
    chance: &Chance,
    patient: Patient,
    dice: &Dice,
) -> anyhow::Result<Participant> {
    let enrolled_at = moment(patient.included_on, dice).min(state.clock.now());
    let then = at(state, chance, enrolled_at);
    let id = match patients::enrol(&then, nurse, patient.request.clone()).await {
        Ok(id) => id,
        Err(error) => anyhow::bail!("an invented patient was not enrolled: {}", error.into_problem().detail),
    };
    Ok(Participant { patient, id, enrolled_at, devices: Vec::new() })
}

/// Enters what came to be known after enrolment and enrols two devices for each patient; nothing is planned yet.
async fn record_courses(
    state: &AppState,
    nurse: &NurseScope,
    chance: &Chance,
    enrolled: &mut [Participant],
) -> anyhow::Result<()> {
    let keys = Chance::seeded(SEED + 5);
    let mut tx = state.db.begin().await?;
    for it in enrolled.iter_mut() {
        let scope = nurse.one(it.id, &it.patient.request.site).context("a patient of no site")?;
        for (request, entered_on) in it.patient.later.iter().cloned() {
            let entered_at = entered_on.at(17, 30, 0, 0).to_zoned(paris())?.timestamp().min(state.clock.now());
            let entry = NewEntry { id: MilestoneId::new(chance.id()), request, staff: nurse.staff() };
            milestones::enter(&mut tx, &scope, &entry, entered_at).await?;
        }
        for kind in [DeviceKind::Own, DeviceKind::Ward] {
            let key = DeviceKey::from_secret(&keys.bytes()).context("no number of the curve")?.public();
            it.devices.push(auth::enrol_device(&mut tx, it.id, kind, key, chance, it.enrolled_at).await?.0);
        }
    }
    Ok(tx.commit().await?)
}

/// Lets everybody answer what they would have answered, in the order it would have come in; gives what each sent.
async fn send_answers(state: &AppState, enrolled: &[Participant], dice: &Dice) -> anyhow::Result<Vec<Sent>> {
    let now = state.clock.now();
    let mut handed_in: Vec<HandedIn> = Vec::new();
    let sheets = Sheets::of(state);
    for it in enrolled {
        let facts = Facts {
            hemopathy: it.patient.request.hemopathy.clone(),
            milestones: it.patient.milestones(),
            progress: Vec::new(),
        };
        handed_in.extend(attendance::attended(&state.study, &sheets, it, &facts, now, dice)?);
    }
    handed_in.sort_by_key(|one| one.received_at);
    let sent = handed_in.iter().filter_map(Sent::of).collect();
    handed_in.extend(attendance::answered_twice(&handed_in, enrolled, now, dice));
    let chance = Chance::seeded(SEED + 1);
    let pushes = handed_in.into_iter().map(|one| {
        let then = at(state, &chance, one.received_at);
        async move {
            let scope = guard::operator().hand_in(one.patient, one.device, one.enrolled_at);
            match sync::hand_in(&then, &scope, one.events).await {
                Ok(outcomes) => check_received(&outcomes),
                Err(error) => anyhow::bail!("invented answers were not taken: {}", error.into_problem().detail),
            }
        }
    });
    stream::iter(pushes).buffered(AT_ONCE).try_collect::<()>().await?;
    Ok(sent)
}

/// Invented answers that the server sets aside are a fault of the demonstration.
fn check_received(outcomes: &[PushOutcome]) -> anyhow::Result<()> {
    for outcome in outcomes {
        if let PushOutcome::Quarantined { reason, detail, .. } = outcome {
            anyhow::bail!("an invented answer was set aside as {reason:?}: {detail}");
        }
    }
    Ok(())
}

/// Some time of a day, in Paris.
fn moment(day: Date, dice: &Dice) -> Timestamp {
    let time = people::time_of_day(dice);
    day.to_datetime(time).to_zoned(paris()).map(|it| it.timestamp()).unwrap_or_default()
}
