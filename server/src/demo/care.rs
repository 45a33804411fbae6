//! How invented patients change care: into hospital for toxicity, home again, to the authorised hospital and back.
//!
//! Drawn from chance of its own and entered last, so that the rest of the invention is the same with or without it.

use shared::{
    api::EpisodeRequest,
    id::{PathwayKey, SiteKey},
    schedule::{Episode, Milestone},
    study::{MilestoneKind, Study},
    time::Date,
};

use super::{Participant, at, dice::Dice, moment, people::day_after};
use crate::{auth::guard::NurseScope, clock::Chance, episodes, state::AppState};

const SEED: u64 = super::SEED + 2;

/// The shipped study's pathways; in a study without them nobody changes care.
const PATHWAYS: [&str; 3] = ["conventional", "ambulatory", "inter-facility"];

/// Why the nurse enters what she enters, where a reason is asked for.
const TO_INFUSE: &str = "Transfert pour la perfusion";
const BACK: &str = "Suivi repris par le centre référent";
const TO_REFERRAL: &str = "Suivi partagé, plus près du domicile";
const MISDATED: &str = "Date corrigée d’après le compte rendu d’hospitalisation";
const MISTAKEN: &str = "Saisi par erreur : hospitalisation non réalisée";

/// A change of care with the day on which it was entered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) request: EpisodeRequest,
    pub(super) entered_on: Date,
}

/// What care somebody had whose dates are these: in the order in which it was entered.
pub(super) fn invent(
    study: &Study,
    first: &Episode,
    milestones: &[Milestone],
    today: Date,
    dice: &Dice,
) -> Vec<Change> {
    let [conventional, ambulatory, shared] =
        PATHWAYS.map(|key| study.pathways.iter().find(|it| it.key.as_str() == key));
    let (Some(conventional), Some(ambulatory), Some(shared)) = (conventional, ambulatory, shared) else {
        return Vec::new();
    };
    let on = |kind| milestones.iter().find(|it| it.kind == kind && !it.planned).map(|it| it.on.anchor());
    let Some(infused_on) = on(MilestoneKind::Infusion).filter(|on| day_after(*on, -8) > first.from_on) else {
        return Vec::new();
    };
    let death = milestones.iter().find(|it| it.kind == MilestoneKind::Death && !it.planned);
    let until = death.map_or(today, |death| death.on.date.min(today));
    let mut care = Care { last: first.clone(), n_entries: 1, until, changes: Vec::new() };
    let discharged_on = on(MilestoneKind::Discharge).unwrap_or(day_after(infused_on, 14));
    if first.pathway == ambulatory.key {
        care.cared_for_at_home(&conventional.key, infused_on, dice);
    } else if first.pathway == shared.key {
        care.shared(study.sites.first().map(|it| &it.key), [day_after(infused_on, -6), discharged_on], dice);
    } else if dice.happens(0.3) {
        care.enter(&ambulatory.key, None, discharged_on, "");
    } else if dice.happens(0.2) {
        let others: Vec<&SiteKey> = study.sites.iter().map(|it| &it.key).filter(|it| **it != first.site).collect();
        care.enter(
            &shared.key,
            dice.one_of(&others).copied(),
            day_after(discharged_on, dice.whole(2..=20)),
            TO_REFERRAL,
        );
    }
    care.changes
}

/// Care while it is being invented.
struct Care {
    last: Episode,
    n_entries: u32,
    until: Date,
    changes: Vec<Change>,
}

impl Care {
    /// Fever or confusion in the days after infusion leads to the ward, mostly for a week or two.
    fn cared_for_at_home(&mut self, ward: &PathwayKey, infused_on: Date, dice: &Dice) {
        let home = self.last.pathway.clone();
        if !dice.happens(0.5) {
            return;
        }
        let admitted_on = day_after(infused_on, dice.whole(1..=8));
        self.enter(ward, None, admitted_on, "");
        if dice.happens(0.2) {
            let corrected = Episode { from_on: day_after(admitted_on, 1), ..self.last.clone() };
            self.replace(Some(corrected), day_after(admitted_on, 5), MISDATED);
        } else if dice.happens(0.15) {
            return self.replace(None, day_after(admitted_on, 3), MISTAKEN);
        }
        if dice.happens(0.85) {
            self.enter(&home, None, day_after(admitted_on, dice.whole(6..=18)), "");
        }
    }

    /// Infused at the authorised hospital, and mostly followed near home again.
    fn shared(&mut self, authorised: Option<&SiteKey>, [comes_on, leaves_on]: [Date; 2], dice: &Dice) {
        let (home, pathway) = (self.last.site.clone(), self.last.pathway.clone());
        if let Some(authorised) = authorised.filter(|it| **it != home) {
            self.enter(&pathway, Some(authorised), comes_on, TO_INFUSE);
            if dice.happens(0.9) {
                self.enter(&pathway, Some(&home), day_after(leaves_on, dice.whole(1..=10)), BACK);
            }
        }
    }

    /// What has not come to pass by then is not known.
    fn enter(&mut self, pathway: &PathwayKey, site: Option<&SiteKey>, from_on: Date, reason: &str) {
        if from_on <= self.until && self.last.from_on < from_on {
            let site = site.unwrap_or(&self.last.site).clone();
            self.last = Episode { pathway: pathway.clone(), site, from_on };
            self.add(Some(self.last.clone()), None, from_on, reason);
        }
    }

    /// Corrects what was entered last, or takes it back.
    fn replace(&mut self, episode: Option<Episode>, entered_on: Date, reason: &str) {
        let is_known = episode.as_ref().is_none_or(|it| it.from_on <= self.until);
        if !self.changes.is_empty() && entered_on <= self.until && is_known {
            self.last = episode.clone().unwrap_or_else(|| self.last.clone());
            self.add(episode, Some(self.n_entries), entered_on, reason);
        }
    }

    fn add(&mut self, episode: Option<Episode>, replaces: Option<u32>, entered_on: Date, reason: &str) {
        let request = EpisodeRequest { episode, replaces, reason: reason.to_owned(), n_entries: None };
        self.n_entries += 1;
        self.changes.push(Change { request, entered_on });
    }
}

/// Enters everybody's changes as a nurse would have, each on its day.
pub(super) async fn enter(state: &AppState, nurse: &NurseScope, enrolled: &[Participant]) -> anyhow::Result<()> {
    let chance = Chance::seeded(SEED + 1);
    let (dice, times) = (Dice::new(Chance::seeded(SEED)), Dice::new(chance.clone()));
    let today = state.clock.today();
    for it in enrolled {
        let request = &it.patient.request;
        let (pathway, site) = (request.pathway.clone(), request.site.clone());
        let first = Episode { pathway, site, from_on: it.patient.included_on };
        let milestones = it.patient.milestones();
        for change in invent(&state.study, &first, &milestones, today, &dice) {
            let entered_at = moment(change.entered_on, &times).min(state.clock.now());
            let then = at(state, &chance, entered_at);
            if let Err(error) = episodes::enter(&then, nurse, it.id, &change.request).await {
                anyhow::bail!("an invented change of care was not entered: {}", error.into_problem().detail);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::schedule::{EnteredEpisode, Episodes, episode_needs_reason, episode_refusal};

    use super::*;
    use crate::demo::{PATIENTS, people};

    /// A patient's entries, one after the other, each held against the rule.
    fn entered(study: &Study, patient: &people::Patient, today: Date, dice: &Dice) -> Vec<EnteredEpisode> {
        let (pathway, site) = (patient.request.pathway.clone(), patient.request.site.clone());
        let first = Episode { pathway, site, from_on: patient.included_on };
        let mut entered =
            vec![EnteredEpisode { ordinal: 1, episode: first.clone(), replaces: None, taken_back: false }];
        for Change { request, entered_on } in invent(study, &first, &patient.milestones(), today, dice) {
            let replaced = entered.iter().find(|it| Some(it.ordinal) == request.replaces);
            let entry = EnteredEpisode {
                ordinal: u32::try_from(entered.len()).unwrap() + 1,
                episode: request.episode.clone().or(replaced.map(|it| it.episode.clone())).unwrap(),
                replaces: request.replaces,
                taken_back: request.episode.is_none(),
            };
            assert_eq!(episode_refusal(&entry, &entered, None, entered_on), None, "{entry:?} after {entered:?}");
            assert!(!episode_needs_reason(&entry, &entered) || !request.reason.is_empty(), "{entry:?}");
            entered.push(entry);
        }
        entered
    }

    #[test]
    fn care_changes_in_every_way_a_registry_knows_and_never_against_the_rule() {
        let study = shared::study::shipped().unwrap();
        let (mut n_corrected, mut n_back) = (0, 0);
        for months in [0, 1, 5, 14] {
            let today = Date::constant(2026, 3, 2) + jiff::Span::new().months(months);
            let people =
                people::invent(&study, PATIENTS, today, &Dice::new(Chance::seeded(super::super::SEED))).unwrap();
            let dice = Dice::new(Chance::seeded(SEED));
            let all: Vec<Vec<EnteredEpisode>> = people.iter().map(|it| entered(&study, it, today, &dice)).collect();
            let n_changed = all.iter().filter(|it| it.len() > 1).count();
            assert!((PATIENTS / 6..PATIENTS / 2).contains(&n_changed), "{n_changed} changed care");
            let count = |found: fn(&EnteredEpisode) -> bool| all.iter().flatten().filter(|it| found(it)).count();
            n_corrected += count(|it| it.replaces.is_some() && !it.taken_back);
            n_back += count(|it| it.taken_back);
            let mut steps: BTreeSet<(String, String, bool)> = BTreeSet::new();
            for entered in &all {
                let standing: Vec<Episode> =
                    Episodes::standing(entered).iter().map(|(it, _)| it.episode.clone()).collect();
                steps.extend(standing.windows(2).map(|pair| {
                    (pair[0].pathway.to_string(), pair[1].pathway.to_string(), pair[0].site != pair[1].site)
                }));
            }
            let step = |from: &str, to: &str, moves| (from.to_owned(), to.to_owned(), moves);
            let expected = [
                step("ambulatory", "conventional", false),
                step("conventional", "ambulatory", false),
                step("conventional", "inter-facility", true),
                step("inter-facility", "inter-facility", true),
            ];
            assert_eq!(steps, BTreeSet::from(expected));
        }
        assert!(n_corrected >= 4 && n_back >= 2, "{n_corrected} corrected and {n_back} taken back, over four days");
    }
}
