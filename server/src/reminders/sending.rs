//! A round of reminders: who is due one, the claim that makes it one and no more, the sending, and what became of it.

use std::time::Duration;

use shared::{
    api::ReminderOutcome,
    id::PatientId,
    people::Channel,
    schedule::{Reminder, SentReminder, due_reminder, is_still_due},
    study::RemindedState,
    time::Timestamp,
};
use tokio::sync::watch;

use super::{
    Case,
    mail::{Delivery, Letter, compose, deliver},
    queries::{self, Claim},
    words::{Occasion, Tongue},
};
use crate::{
    auth::{self, guard},
    clock::paris,
    config::MailConfig,
    db::Tx,
    identity, patients,
    state::AppState,
};

/// A message that the mail server did not take is tried again after these times, and then given up.
const TRY_AGAIN_AFTER: [Duration; 3] = [Duration::from_mins(10), Duration::from_hours(1), Duration::from_hours(6)];

/// A reminder that is due by what was known when it was looked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Planned {
    /// To whom.
    pub patient: PatientId,
    /// Which.
    pub reminder: Reminder,
}

/// What became of the reminders of one round.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Round {
    /// Taken by the mail server.
    pub sent: usize,
    /// Not taken; tried again later.
    pub failed: usize,
    /// Refused for good, or too often.
    pub given_up: usize,
    /// Nobody knows.
    pub unknown: usize,
    /// Their reason fell away.
    pub void: usize,
    /// Could not be looked at, by an accident of a database.
    pub accidents: usize,
}

impl Round {
    fn count(&mut self, outcome: sqlx::Result<Option<ReminderOutcome>>) {
        match outcome {
            Ok(Some(ReminderOutcome::Sent)) => self.sent += 1,
            Ok(Some(ReminderOutcome::Failed)) => self.failed += 1,
            Ok(Some(ReminderOutcome::GivenUp)) => self.given_up += 1,
            Ok(Some(ReminderOutcome::Unknown | ReminderOutcome::Claimed)) => self.unknown += 1,
            Ok(Some(ReminderOutcome::Void)) => self.void += 1,
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "a reminder could not be looked at");
                self.accidents += 1;
            }
        }
    }
}

/// A claim whose message is on its way.
struct Message {
    claim: Claim,
    tongue: Tongue,
    occasion: Occasion,
    /// The secret of its link to stop; only its hash is kept.
    secret: String,
}

/// Looks for reminders now and then until asked to stop; whatever is being sent then is finished.
pub async fn keep_reminding(state: AppState, mut stopping: watch::Receiver<bool>) {
    let Some(mail) = state.mail.clone().filter(|_| state.study.reminders.is_some()) else { return };
    let mut turn = tokio::time::interval(mail.every);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turn.tick() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let goes_on = || !*stopping.borrow();
        match round(&state, &mail, goes_on).await {
            Ok(round) => tracing::info!(?round, "reminders were looked through"),
            Err(error) => tracing::error!(%error, "reminders could not be looked through"),
        }
    }
}

/// Sends what is due now, and tries again what failed.
///
/// # Errors
/// When a database could not; what was sent so far is noted.
pub async fn remind(state: &AppState, mail: &MailConfig) -> sqlx::Result<Round> {
    round(state, mail, || true).await
}

async fn round(state: &AppState, mail: &MailConfig, goes_on: impl Fn() -> bool) -> sqlx::Result<Round> {
    let mut round = Round::default();
    let reminders = state.study.reminders.as_ref();
    if reminders.is_some_and(|it| it.may_send(state.clock.now().to_zoned(paris()).datetime())) {
        for claim in queries::list_failed(&state.db, &guard::operator(), state.clock.now()).await? {
            if goes_on() {
                round.count(try_again(state, mail, claim).await);
            }
        }
        for planned in plan_round(state).await? {
            if goes_on() {
                round.count(send(state, mail, &planned).await);
            }
        }
    }
    queries::note_looked(&state.db, state.clock.now()).await?;
    Ok(round)
}

/// Everything that is due now; nothing is claimed by it.
///
/// # Errors
/// When a database could not.
pub async fn plan_round(state: &AppState) -> sqlx::Result<Vec<Planned>> {
    let reachable = identity::list_reachable(&state.identity, &guard::operator(), Channel::Email).await?;
    let now = state.clock.now().to_zoned(paris()).datetime();
    let mut planned = Vec::new();
    for patient in reachable.into_keys() {
        let scope = guard::operator().sending(patient).facts();
        let mut tx = state.db.snapshot().await?;
        match Case::read(&mut tx, &state.study, &scope, now.date()).await {
            Ok(case) => {
                let due = due_reminder(&state.study, case.circumstances(), now);
                planned.extend(due.map(|reminder| Planned { patient, reminder }));
            }
            // a name without a patient: an enrolment that was cut between the two databases
            Err(sqlx::Error::RowNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(planned)
}

/// Claims a reminder, if it is still due, and sends it; `None` when it is not, or somebody else claimed it.
///
/// # Errors
/// When a database could not. Without a claim nothing leaves; with one, the reminder is shown as unknown.
pub async fn send(state: &AppState, mail: &MailConfig, planned: &Planned) -> sqlx::Result<Option<ReminderOutcome>> {
    match claim(state, planned).await? {
        Some(message) => dispatch(state, mail, message).await.map(Some),
        None => Ok(None),
    }
}

/// Checks and claims in one transaction: what was committed before it counts.
async fn claim(state: &AppState, Planned { patient, reminder }: &Planned) -> sqlx::Result<Option<Message>> {
    let scope = guard::operator().sending(*patient).facts();
    let mut tx = state.db.begin().await?;
    queries::lock(&mut tx, &scope).await?;
    let claimed_at = state.clock.now();
    let now = claimed_at.to_zoned(paris()).datetime();
    let case = Case::read(&mut tx, &state.study, &scope, now.date()).await?;
    if due_reminder(&state.study, case.circumstances(), now).as_ref() != Some(reminder) {
        return Ok(None);
    }
    let claim = Claim {
        id: state.chance.id(),
        patient: *patient,
        sent: SentReminder { reminder: reminder.clone(), on: now.date() },
        outcome: ReminderOutcome::Claimed,
        n_tries: 1,
        claimed_at,
        tried_at: claimed_at,
    };
    let Some(message) = message(state, &mut tx, &case, claim).await? else { return Ok(None) };
    if !queries::claim(&mut tx, &message.claim, &auth::sha256(&message.secret)).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(message))
}

/// Checks that a reminder that failed is still due, and sends it; lets go of it when it is not.
async fn try_again(state: &AppState, mail: &MailConfig, claim: Claim) -> sqlx::Result<Option<ReminderOutcome>> {
    let scope = guard::operator().sending(claim.patient).facts();
    let mut tx = state.db.begin().await?;
    queries::lock(&mut tx, &scope).await?;
    let tried_at = state.clock.now();
    let now = tried_at.to_zoned(paris()).datetime();
    let case = Case::read(&mut tx, &state.study, &scope, now.date()).await?;
    let due = is_still_due(&state.study, case.circumstances(), &claim.sent, now);
    let message = if due { message(state, &mut tx, &case, claim.clone()).await? } else { None };
    let Some(mut message) = message else {
        queries::let_go(&mut tx, &claim).await?;
        tx.commit().await?;
        return Ok(Some(ReminderOutcome::Void));
    };
    if !queries::claim_again(&mut tx, &claim, &auth::sha256(&message.secret), tried_at).await? {
        return Ok(None);
    }
    tx.commit().await?;
    message.claim.n_tries = claim.n_tries.saturating_add(1);
    message.claim.tried_at = tried_at;
    dispatch(state, mail, message).await.map(Some)
}

/// The message of a claim; `None` when its assessment is in no state to be reminded of.
async fn message(state: &AppState, tx: &mut Tx, case: &Case, claim: Claim) -> sqlx::Result<Option<Message>> {
    let scope = guard::operator().sending(claim.patient).facts();
    let language = patients::get(tx, &scope).await?.language;
    let assessment = case.plan.get(&claim.sent.reminder.assessment);
    let occasion = assessment.and_then(|it| {
        let (window, state) = (it.window?, RemindedState::of(it.state)?);
        Some(Occasion { state, opens_on: window.opens_on, closes_on: window.closes_on })
    });
    let secret = auth::random_text(&state.chance);
    Ok(occasion.map(|occasion| Message { claim, tongue: Tongue::of(language.as_str()), occasion, secret }))
}

/// Sends what was claimed, and notes what became of it.
async fn dispatch(state: &AppState, mail: &MailConfig, message: Message) -> sqlx::Result<ReminderOutcome> {
    let Message { claim, tongue, occasion, secret } = message;
    let scope = guard::operator().sending(claim.patient);
    let key = &state.identity_key;
    // read after the claim: an address that was taken back meanwhile is not written to
    let Some(address) = identity::address_for_reminders(&state.identity, key, &scope, Channel::Email).await? else {
        queries::end(&state.db, &claim, ReminderOutcome::Void, None, "no address").await?;
        return Ok(ReminderOutcome::Void);
    };
    let stop = format!("{}/api/reminders/stop/{secret}", mail.public_address);
    let letter = Letter {
        to: &address,
        id: claim.id,
        subject: tongue.subject(),
        text: tongue.message(occasion, &format!("{}/", mail.public_address), &stop),
        stop: &stop,
        language: tongue.tag(),
        at: claim.tried_at,
    };
    let delivery = match compose(mail, letter) {
        Some(message) => deliver(mail, &message).await,
        None => Delivery::Never("the address is not one".to_owned()),
    };
    let (outcome, next_try_at, detail) = judge(delivery, claim.n_tries, state.clock.now());
    queries::end(&state.db, &claim, outcome, next_try_at, &detail).await?;
    Ok(outcome)
}

/// What a delivery means after so many tries.
fn judge(delivery: Delivery, n_tries: u8, now: Timestamp) -> (ReminderOutcome, Option<Timestamp>, String) {
    match delivery {
        Delivery::Taken => (ReminderOutcome::Sent, None, String::new()),
        Delivery::Never(detail) => (ReminderOutcome::GivenUp, None, detail),
        Delivery::Unknown(detail) => (ReminderOutcome::Unknown, None, detail),
        Delivery::NotYet(detail) => {
            let after = TRY_AGAIN_AFTER.get(usize::from(n_tries.saturating_sub(1)));
            match after.and_then(|after| now.checked_add(*after).ok()) {
                Some(next) => (ReminderOutcome::Failed, Some(next), detail),
                None => (ReminderOutcome::GivenUp, None, detail),
            }
        }
    }
}
