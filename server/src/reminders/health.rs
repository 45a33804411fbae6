//! Expected against sent: what should have left on each of the last days, worked out anew from what was known then,
//! beside what the log of claims says.
//!
//! A claim was expected when it was due by what was known at that moment. What was due for an hour until the end of a
//! day's sending time, and was claimed by nobody, is missing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, civil::Time};
use shared::{
    api::{MissingLine, ReminderDay, ReminderOutcome},
    id::{PatientId, ReminderKey, SiteKey},
    people::Channel,
    schedule::{self, Circumstances, Facts, Plan, Progress, Reminder, SentReminder, due_reminder, standing_milestones},
    study::{Reminders, Study},
    time::{Date, Timestamp},
};

use super::queries::{self, Claim};
use crate::{
    auth::guard,
    clock::{civil_date, paris},
    db::Tx,
    identity, milestones, missing, patients,
    state::AppState,
    sync,
};

/// How many days are looked back.
const DAYS: i32 = 14;

/// A claim that has had no outcome for so long has none.
const LONGEST_SENDING: std::time::Duration = std::time::Duration::from_mins(15);

/// What a claim has come to: one that was never ended may have left.
pub(super) fn outcome(claim: &Claim, now: Timestamp) -> ReminderOutcome {
    let late = claim.tried_at.checked_add(LONGEST_SENDING).is_ok_and(|by| by < now);
    if claim.outcome == ReminderOutcome::Claimed && late { ReminderOutcome::Unknown } else { claim.outcome }
}

/// Every day and rule on which something was expected or claimed, the newest first; of these sites, or of all.
pub(super) async fn look_back(state: &AppState, sites: Option<&[SiteKey]>) -> sqlx::Result<Vec<ReminderDay>> {
    let (now, today) = (state.clock.now(), state.clock.today());
    let since = today.checked_sub(Span::new().days(DAYS - 1)).unwrap_or(today);
    let Some(reminders) = &state.study.reminders else { return Ok(Vec::new()) };
    let reachable = identity::list_reachable(&state.identity, &guard::operator(), Channel::Email).await?;
    let mut patients = queries::list_reminded(&state.db, &guard::operator(), since).await?;
    patients.extend(reachable.keys());
    let mut days = Days::default();
    for patient in patients {
        let reachable_since = reachable.get(&patient).copied();
        let mut tx = state.db.snapshot().await?;
        let Some(mut past) = Past::read(&mut tx, patient, reachable_since, sites).await? else { continue };
        let hours = last_hours(reminders, since, now);
        if past.concerns(&state.study, reminders, since, today) {
            past.read_progress(&mut tx, &hours, since).await?;
            let mut look = Look { study: &state.study, reminders, past, days: &mut days };
            look.count_claims(since, now);
            look.count_missing(&hours);
        }
    }
    Ok(days.0.into_values().rev().collect())
}

#[derive(Default)]
struct Days(BTreeMap<(Date, ReminderKey), ReminderDay>);

impl Days {
    fn of(&mut self, on: Date, rule: &ReminderKey) -> &mut ReminderDay {
        self.0.entry((on, rule.clone())).or_insert_with(|| ReminderDay {
            on,
            rule: rule.clone(),
            expected: 0,
            sent: 0,
            failed: 0,
            given_up: 0,
            unknown: 0,
            void: 0,
            missing: 0,
            unexpected: 0,
        })
    }
}

/// Everything of a patient, with when it came to be known.
struct Past {
    patient: PatientId,
    hemopathy: shared::id::HemopathyKey,
    entries: Vec<milestones::Entry>,
    missing: Vec<MissingLine>,
    devices: Vec<(Timestamp, Option<Timestamp>)>,
    choices: Vec<(Timestamp, bool)>,
    /// The oldest first.
    claims: Vec<Claim>,
    reachable_since: Option<Timestamp>,
    /// How far questionnaires have come by now.
    progress: Vec<Progress>,
    /// How far they had come at each instant that is asked about.
    progress_at: BTreeMap<Timestamp, Vec<Progress>>,
}

impl Past {
    /// `None` when the patient is of none of these sites, or was never quite enrolled.
    async fn read(
        tx: &mut Tx,
        patient: PatientId,
        reachable_since: Option<Timestamp>,
        sites: Option<&[SiteKey]>,
    ) -> sqlx::Result<Option<Self>> {
        let scope = guard::operator().sending(patient).facts();
        let Some(site) = queries::find_site(tx, &scope).await? else { return Ok(None) };
        if sites.is_some_and(|sites| !sites.contains(&site)) {
            return Ok(None);
        }
        let choices = queries::list_choices(tx, &scope).await?;
        let mut claims = queries::list(tx, &scope).await?;
        claims.reverse();
        Ok(Some(Self {
            patient,
            hemopathy: patients::get(tx, &scope).await?.hemopathy,
            entries: milestones::list(tx, &scope).await?,
            missing: missing::list(tx, &scope).await?,
            devices: queries::list_own_devices(tx, &scope).await?,
            choices: choices.into_iter().map(|choice| (choice.entered_at, choice.wanted)).collect(),
            claims,
            reachable_since,
            progress: sync::list_progress(tx, &scope).await?,
            progress_at: BTreeMap::new(),
        }))
    }

    fn had_device(&self, at: Timestamp) -> bool {
        self.devices.iter().any(|(from, until)| *from <= at && until.is_none_or(|until| at < until))
    }

    fn wanted(&self, at: Timestamp) -> bool {
        self.choices.iter().find(|(entered_at, _)| *entered_at <= at).is_none_or(|(_, wanted)| *wanted)
    }

    fn known(&self, at: Timestamp, progress: Vec<Progress>) -> Facts {
        let known: Vec<_> = self.entries.iter().filter(|it| it.entered_at <= at).map(|it| it.entered.clone()).collect();
        Facts { hemopathy: self.hemopathy.clone(), milestones: standing_milestones(&known), progress }
    }

    /// Whether anything was claimed or could have been due since a day: whoever has no window near it is passed over
    /// without reading all that was ever answered.
    fn concerns(&self, study: &Study, reminders: &Reminders, since: Date, today: Date) -> bool {
        let first = since.checked_sub(Span::new().days(14)).unwrap_or(since);
        let is_near = |plan: &Plan| {
            let windows = plan.values().filter_map(|it| it.window);
            windows.clone().any(|window| {
                let days =
                    reminders.rules.iter().flat_map(|rule| (1..=rule.times).map(move |nth| rule.day(window, nth)));
                days.flatten().any(|day| first <= day && day <= today)
            })
        };
        self.claims.iter().any(|claim| claim.sent.on >= since)
            || self.entries.iter().any(|entry| civil_date(entry.entered_at) >= since)
            || [Vec::new(), self.progress.clone()]
                .into_iter()
                .any(|progress| is_near(&schedule::plan(study, &self.known(Timestamp::MAX, progress), today)))
    }

    /// Reads how far questionnaires had come at every instant that is asked about.
    async fn read_progress(&mut self, tx: &mut Tx, hours: &[LastHour], since: Date) -> sqlx::Result<()> {
        let scope = guard::operator().sending(self.patient).facts();
        let claimed = self.claims.iter().filter(|claim| claim.sent.on >= since).map(|claim| claim.claimed_at);
        let instants: BTreeSet<Timestamp> =
            hours.iter().flat_map(|hour| [hour.from, hour.until]).chain(claimed).collect();
        let progress = sync::list_progress_known_at_each(tx, &scope, &instants).await?;
        self.progress_at = instants.into_iter().zip(progress).collect();
        Ok(())
    }
}

struct Look<'a> {
    study: &'a Study,
    reminders: &'a Reminders,
    past: Past,
    days: &'a mut Days,
}

impl Look<'_> {
    /// What was due at an instant by what was known then, after these had left.
    fn due(&self, at: Timestamp, sent: &[SentReminder]) -> Option<Reminder> {
        let (now, past) = (at.to_zoned(paris()).datetime(), &self.past);
        if !self.reminders.may_send(now) || !past.had_device(at) || !past.wanted(at) {
            return None;
        }
        let progress = past.progress_at.get(&at).cloned().unwrap_or_default();
        let plan = schedule::plan(self.study, &past.known(at, progress), now.date());
        let excused: BTreeSet<_> = super::excused(&past.missing, at);
        let it = Circumstances { plan: &plan, sent, excused: &excused, has_device: true, wants: true };
        due_reminder(self.study, it, now)
    }

    fn count_claims(&mut self, since: Date, now: Timestamp) {
        let claims = self.past.claims.clone();
        for (nth, claim) in claims.iter().enumerate().filter(|(_, claim)| claim.sent.on >= since) {
            let before: Vec<SentReminder> = claims.iter().take(nth).map(|it| it.sent.clone()).collect();
            let expected = self.due(claim.claimed_at, &before).as_ref() == Some(&claim.sent.reminder);
            let day = self.days.of(claim.sent.on, &claim.sent.reminder.rule);
            *(if expected { &mut day.expected } else { &mut day.unexpected }) += 1;
            match outcome(claim, now) {
                ReminderOutcome::Sent => day.sent += 1,
                ReminderOutcome::Failed | ReminderOutcome::Claimed => day.failed += 1,
                ReminderOutcome::GivenUp => day.given_up += 1,
                ReminderOutcome::Unknown => day.unknown += 1,
                ReminderOutcome::Void => day.void += 1,
            }
        }
    }

    fn count_missing(&mut self, hours: &[LastHour]) {
        let Some(reachable_since) = self.past.reachable_since else { return };
        // what would have left counts as if it had, so that it is missed on one day and not on the next ones too
        let mut let_down: Vec<SentReminder> = Vec::new();
        for LastHour { on, from, until } in hours.iter().filter(|hour| hour.from >= reachable_since) {
            let known = self.past.claims.iter().filter(|claim| claim.claimed_at <= *until);
            let sent: Vec<SentReminder> = known.map(|it| it.sent.clone()).chain(let_down.iter().cloned()).collect();
            let Some(reminder) = self.due(*until, &sent) else { continue };
            if self.due(*from, &sent).as_ref() == Some(&reminder) {
                let day = self.days.of(*on, &reminder.rule);
                day.expected += 1;
                day.missing += 1;
                let_down.push(SentReminder { reminder, on: *on });
            }
        }
    }
}

/// The last hour of a day in which messages leave, or the last one until now.
struct LastHour {
    on: Date,
    from: Timestamp,
    until: Timestamp,
}

/// The last hours of all days since one.
fn last_hours(reminders: &Reminders, since: Date, now: Timestamp) -> Vec<LastHour> {
    let days = since.series(Span::new().days(1)).take_while(|day| *day <= civil_date(now));
    days.filter_map(|on| last_hour(reminders, on, now)).collect()
}

fn last_hour(reminders: &Reminders, on: Date, now: Timestamp) -> Option<LastHour> {
    if !reminders.sends_on(on) {
        return None;
    }
    let at = |minute: i16| Time::midnight().saturating_add(Span::new().minutes(i64::from(minute)));
    let last = (0..24 * 60_i16).rev().map(at).find(|time| !reminders.quiet.contains(*time))?;
    let until = on.to_datetime(last).to_zoned(paris()).ok()?.timestamp().min(now);
    let from = until.checked_sub(Span::new().hours(1)).ok()?;
    (civil_date(from) == on).then_some(LastHour { on, from, until })
}
