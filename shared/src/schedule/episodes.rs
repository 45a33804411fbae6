//! Episodes of care as they were entered: which stand, which one runs on a day, which site follows the patient.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    id::{PathwayKey, SiteKey},
    time::{Date, as_text},
};

/// A stretch of a patient's care: in one pathway, followed by one site, from a civil date on.
///
/// - It ends where the next one begins; the last one runs on. So from the first on, one runs on each day, and one only.
/// - One at most begins on a day: care that changes twice on a day is told by how the day ended. A second one is
///   refused; the one there is can be corrected.
/// - One before the first is taken: that care began earlier than was known. Before the first, nothing is known.
/// - One that is still to come is refused, and entered on the day it begins: the site of the last episode is the
///   following site, whose team sees the patient, and it changes when it is said, not overnight.
/// - One that begins after the patient's death is refused, and one that says what the one before or after says.
/// - An entry is corrected or taken back by a later one, with its reason; the last that stands cannot be taken back,
///   as every patient is followed by some site.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Episode {
    /// In which pathway.
    pub pathway: PathwayKey,
    /// Which site follows.
    pub site: SiteKey,
    /// Its first day.
    #[serde(serialize_with = "as_text")]
    pub from_on: Date,
}

/// An episode as it was entered: it adds to what stands, corrects an entry, or takes one back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnteredEpisode {
    /// Which entry of the patient, from 1 in the order of entry.
    pub ordinal: u32,
    /// What; of an entry that takes another back, what it takes back.
    pub episode: Episode,
    /// The entry it corrects or takes back.
    pub replaces: Option<u32>,
    /// It only takes back: nothing stands in the place of what it replaces.
    pub taken_back: bool,
}

/// A patient's episodes that stand, by their first day, which is a day of each one's own.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Episodes(Vec<EnteredEpisode>);

/// Why an episode is not entered: it would make no sense.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EpisodeRefusal {
    /// It begins before 1900.
    TooEarly,
    /// It begins in time to come.
    Ahead,
    /// It begins after the patient's death.
    AfterDeath,
    /// Another one begins on that day.
    SameDay,
    /// The one before it or after it is the same pathway at the same site.
    SameCare,
    /// A correction that corrects nothing.
    NothingChanged,
    /// It takes back the only one.
    OnlyOne,
}

impl Episodes {
    /// The episodes that stand. The order in which entries come does not matter.
    ///
    /// What was replaced stands no longer, also once what replaced it is taken back. Of several that begin on a day,
    /// which the server refuses, the one entered last stands.
    #[must_use]
    pub fn standing<'a>(entered: impl IntoIterator<Item = &'a EnteredEpisode>) -> Self {
        let entered: Vec<&EnteredEpisode> = entered.into_iter().collect();
        let replaced: BTreeSet<u32> = entered.iter().filter_map(|it| it.replaces).collect();
        let mut by_day: BTreeMap<Date, &EnteredEpisode> = BTreeMap::new();
        for it in entered.into_iter().filter(|it| !it.taken_back && !replaced.contains(&it.ordinal)) {
            let standing = by_day.entry(it.episode.from_on).or_insert(it);
            if standing.ordinal < it.ordinal {
                *standing = it;
            }
        }
        Self(by_day.into_values().cloned().collect())
    }

    /// The one that runs on a day; `None` before the first.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&Episode> {
        self.0.iter().rev().map(|it| &it.episode).find(|it| it.from_on <= day)
    }

    /// The first one.
    #[must_use]
    pub fn first(&self) -> Option<&Episode> {
        self.0.first().map(|it| &it.episode)
    }

    /// The last one, which runs on; its site is the following site.
    #[must_use]
    pub fn last(&self) -> Option<&Episode> {
        self.0.last().map(|it| &it.episode)
    }

    /// Whether this entry is among them.
    #[must_use]
    pub fn contains(&self, ordinal: u32) -> bool {
        self.0.iter().any(|it| it.ordinal == ordinal)
    }

    /// Each with its last day, which the last one does not have.
    pub fn iter(&self) -> impl Iterator<Item = (&EnteredEpisode, Option<Date>)> {
        let nexts = self.0.iter().skip(1).map(|next| next.episode.from_on.yesterday().ok()).chain([None]);
        self.0.iter().zip(nexts)
    }

    /// Those before and after an entry, once it is among them.
    fn around(&self, ordinal: u32) -> impl Iterator<Item = &Episode> {
        let place = self.0.iter().position(|it| it.ordinal == ordinal);
        let beside = |place: usize| [place.checked_sub(1), place.checked_add(1)];
        place.map(beside).into_iter().flatten().flatten().filter_map(|it| self.0.get(it)).map(|it| &it.episode)
    }
}

/// Why an entry does not follow those before it, if it does not. `died_by` is the last day on which the patient can
/// have died, where a death stands.
#[must_use]
pub fn episode_refusal(
    entry: &EnteredEpisode,
    before: &[EnteredEpisode],
    died_by: Option<Date>,
    today: Date,
) -> Option<EpisodeRefusal> {
    let stood = Episodes::standing(before);
    let others: Vec<&EnteredEpisode> = stood.0.iter().filter(|it| Some(it.ordinal) != entry.replaces).collect();
    if entry.taken_back {
        return others.is_empty().then_some(EpisodeRefusal::OnlyOne);
    }
    let Episode { pathway, site, from_on } = &entry.episode;
    let is_same_care = |it: &Episode| it.pathway == *pathway && it.site == *site;
    let now = Episodes::standing(before.iter().chain([entry]));
    let corrected = stood.0.iter().find(|it| Some(it.ordinal) == entry.replaces);
    if from_on.year() < 1900 {
        Some(EpisodeRefusal::TooEarly)
    } else if *from_on > today {
        Some(EpisodeRefusal::Ahead)
    } else if died_by.is_some_and(|died_by| *from_on > died_by) {
        Some(EpisodeRefusal::AfterDeath)
    } else if corrected.is_some_and(|it| it.episode == entry.episode) {
        Some(EpisodeRefusal::NothingChanged)
    } else if others.iter().any(|it| it.episode.from_on == *from_on) {
        Some(EpisodeRefusal::SameDay)
    } else if now.around(entry.ordinal).any(is_same_care) {
        Some(EpisodeRefusal::SameCare)
    } else {
        None
    }
}

/// Whether entering an episode asks for a reason: it corrects or takes back, it comes before one that stands, or
/// another site follows the patient from now on.
#[must_use]
pub fn episode_needs_reason(entry: &EnteredEpisode, before: &[EnteredEpisode]) -> bool {
    let (stood, now) = (Episodes::standing(before), Episodes::standing(before.iter().chain([entry])));
    let is_last = now.0.last().is_some_and(|last| last.ordinal == entry.ordinal);
    let moves = |stood: &Episode| now.last().is_some_and(|last| last.site != stood.site);
    entry.replaces.is_some() || !is_last || stood.last().is_some_and(moves)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn entry(ordinal: u32, pathway: &str, site: &str, from_on: &str) -> EnteredEpisode {
        let (pathway, site) = (pathway.parse().unwrap(), site.parse().unwrap());
        let episode = Episode { pathway, site, from_on: day(from_on) };
        EnteredEpisode { ordinal, episode, replaces: None, taken_back: false }
    }

    fn replacing(replaces: u32, entry: EnteredEpisode) -> EnteredEpisode {
        EnteredEpisode { replaces: Some(replaces), ..entry }
    }

    fn taking_back(ordinal: u32, entry: &EnteredEpisode) -> EnteredEpisode {
        EnteredEpisode { ordinal, replaces: Some(entry.ordinal), taken_back: true, ..entry.clone() }
    }

    /// At home from January, on the ward in March, at home again.
    fn some() -> Vec<EnteredEpisode> {
        vec![
            entry(1, "ambulatory", "north", "2026-01-10"),
            entry(2, "conventional", "north", "2026-03-05"),
            entry(3, "ambulatory", "north", "2026-03-15"),
        ]
    }

    fn told(entered: &[EnteredEpisode]) -> Vec<String> {
        let line = |(it, last): (&EnteredEpisode, Option<Date>)| {
            let last = last.map_or("…".to_owned(), |last| last.to_string());
            format!("{} {} {} to {last}", it.episode.pathway, it.episode.site, it.episode.from_on)
        };
        Episodes::standing(entered).iter().map(line).collect()
    }

    #[test]
    fn an_episode_ends_the_day_before_the_next_begins() {
        let expected = [
            "ambulatory north 2026-01-10 to 2026-03-04",
            "conventional north 2026-03-05 to 2026-03-14",
            "ambulatory north 2026-03-15 to …",
        ];
        assert_eq!(told(&some()), expected);
        let episodes = Episodes::standing(&some());
        let on = |date| episodes.on(day(date)).map(|it| it.pathway.as_str());
        assert_eq!(
            [on("2026-01-09"), on("2026-01-10"), on("2026-03-04")],
            [None, Some("ambulatory"), Some("ambulatory")]
        );
        assert_eq!([on("2026-03-05"), on("2026-03-14")], [Some("conventional"); 2]);
        assert_eq!(on("2030-01-01"), Some("ambulatory"));
    }

    #[test]
    fn a_correction_stands_in_the_place_of_what_it_names_and_taking_it_back_leaves_nothing() {
        let mut entered = some();
        entered.push(replacing(2, entry(4, "conventional", "north", "2026-03-07")));
        assert_eq!(told(&entered)[1], "conventional north 2026-03-07 to 2026-03-14");
        entered.push(taking_back(5, &entered[3]));
        assert_eq!(
            told(&entered),
            ["ambulatory north 2026-01-10 to 2026-03-14", "ambulatory north 2026-03-15 to …"],
            "what was corrected does not come back"
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        use EpisodeRefusal::{AfterDeath, Ahead, NothingChanged, OnlyOne, SameCare, SameDay, TooEarly};
        let add = |pathway, from_on| entry(9, pathway, "north", from_on);
        let elsewhere = |from_on| entry(9, "ambulatory", "south", from_on);
        for (what, entry, expected) in [
            ("a day that is to come", add("conventional", "2026-04-02"), Some(Ahead)),
            ("today", add("conventional", "2026-04-01"), None),
            ("before the first", add("conventional", "2025-12-01"), None),
            ("a slip of the pen", add("conventional", "0206-03-02"), Some(TooEarly)),
            ("a second one of a day", add("conventional", "2026-03-15"), Some(SameDay)),
            ("what goes on anyway", add("ambulatory", "2026-03-20"), Some(SameCare)),
            ("what goes on, but elsewhere", elsewhere("2026-03-20"), None),
            ("what comes next anyway", add("ambulatory", "2025-12-01"), Some(SameCare)),
            (
                "a correction that corrects nothing",
                replacing(2, add("conventional", "2026-03-05")),
                Some(NothingChanged),
            ),
            ("a correction of the day", replacing(2, add("conventional", "2026-03-06")), None),
            ("a correction onto another one's day", replacing(2, add("conventional", "2026-03-15")), Some(SameDay)),
            ("a correction into what was before", replacing(2, add("ambulatory", "2026-03-05")), Some(SameCare)),
            ("a correction of where", replacing(2, elsewhere("2026-03-05")), None),
        ] {
            assert_eq!(episode_refusal(&entry, &some(), None, day("2026-04-01")), expected, "{what}");
        }
        let after = |died_by| episode_refusal(&add("conventional", "2026-03-20"), &some(), died_by, day("2026-04-01"));
        assert_eq!([after(Some(day("2026-03-19"))), after(Some(day("2026-03-20")))], [Some(AfterDeath), None]);
        let [first, second, _] = some().try_into().unwrap();
        let refused = |entry: &EnteredEpisode, before: &[EnteredEpisode]| {
            episode_refusal(&taking_back(9, entry), before, None, day("2026-04-01"))
        };
        assert_eq!(refused(&second, &some()), None, "those around it are joined");
        assert_eq!(refused(&first, std::slice::from_ref(&first)), Some(OnlyOne));
    }

    #[test]
    fn a_reason_is_asked_for_when_what_stood_changes_or_another_site_follows() {
        let needs = |entry| episode_needs_reason(&entry, &some());
        assert!(!needs(entry(4, "conventional", "north", "2026-03-20")), "news");
        assert!(needs(entry(4, "ambulatory", "south", "2026-03-20")), "another team sees the patient");
        assert!(needs(entry(4, "conventional", "north", "2026-02-01")), "what ran in February ends sooner");
        assert!(needs(replacing(3, entry(4, "ambulatory", "north", "2026-03-16"))));
        assert!(needs(taking_back(4, &some()[2])));
        assert!(!episode_needs_reason(&entry(1, "ambulatory", "north", "2026-01-10"), &[]), "the first");
    }

    /// Entries of which some replace others, with days close enough to clash.
    fn any_entries() -> impl Strategy<Value = Vec<EnteredEpisode>> {
        let any = (0..3_usize, 0..2_usize, 0..12_i32, prop::option::of(0..12_u32), prop::bool::weighted(0.2));
        vec(any, 1..12).prop_map(|all| {
            let one =
                |(nth, (pathway, site, days, replaces, back)): (usize, (usize, usize, i32, Option<u32>, bool))| {
                    let ordinal = u32::try_from(nth).unwrap() + 1;
                    let site = ["north", "south"][site];
                    let mut it = entry(ordinal, ["ambulatory", "conventional", "shared"][pathway], site, "2026-01-01");
                    it.episode.from_on += jiff::Span::new().days(days);
                    it.replaces = replaces.filter(|it| (1..ordinal).contains(it));
                    it.taken_back = back && it.replaces.is_some();
                    it
                };
            all.into_iter().enumerate().map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn the_order_in_which_entries_arrive_does_not_matter(
            (entered, shuffled) in any_entries().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        ) {
            prop_assert_eq!(Episodes::standing(&entered), Episodes::standing(&shuffled));
        }

        #[test]
        fn from_the_first_on_exactly_one_runs_on_each_day(entered in any_entries(), days in 0..40_i32) {
            let episodes = Episodes::standing(&entered);
            let day = day("2025-12-20") + jiff::Span::new().days(days);
            let runs = |(it, last): &(&EnteredEpisode, Option<Date>)| {
                it.episode.from_on <= day && last.is_none_or(|last| day <= last)
            };
            let running: Vec<&Episode> = episodes.iter().filter(runs).map(|(it, _)| &it.episode).collect();
            let has_begun = episodes.first().is_some_and(|first| first.from_on <= day);
            prop_assert_eq!(running.len(), usize::from(has_begun));
            prop_assert_eq!(running.first().copied(), episodes.on(day));
        }

        #[test]
        fn what_the_rule_lets_in_keeps_every_episode_a_day_of_its_own(entered in any_entries()) {
            let mut kept: Vec<EnteredEpisode> = Vec::new();
            for entry in entered {
                let names_none = entry.replaces.is_some_and(|it| !Episodes::standing(&kept).contains(it));
                if names_none || episode_refusal(&entry, &kept, None, day("2026-01-10")).is_some() {
                    continue;
                }
                let n_before = Episodes::standing(&kept).iter().count();
                let (adds, takes_back) = (usize::from(entry.replaces.is_none()), usize::from(entry.taken_back));
                kept.push(entry);
                prop_assert_eq!(Episodes::standing(&kept).iter().count() + takes_back, n_before + adds);
            }
        }
    }
}
