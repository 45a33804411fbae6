//! What a nurse types to enter or correct an episode of care, held against those there are.

use shared::{
    api::EpisodeRequest,
    schedule::{EnteredEpisode, Episode, EpisodeRefusal, Episodes, episode_needs_reason, episode_refusal},
    time::{Date, DatePrecision},
};

use crate::{
    staff::{DateProblem, parse_partial},
    ui::DateParts,
};

/// What was entered of a patient, and what bounds it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Known {
    /// Every entry, in the order of entry.
    pub(super) entered: Vec<EnteredEpisode>,
    /// The last day on which the patient can have died, where a death stands.
    pub(super) died_by: Option<Date>,
}

/// The boxes as they stand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct EpisodeForm {
    /// The key of the pathway; empty while none is chosen.
    pub(super) pathway: String,
    /// The key of the site.
    pub(super) site: String,
    /// The first day.
    pub(super) from: DateParts,
    /// Why it changes what stood.
    pub(super) reason: String,
    /// The entry it corrects.
    pub(super) replaces: Option<u32>,
}

/// Why the form cannot be sent as it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum EpisodeProblem {
    PathwayMissing,
    SiteMissing,
    DateMissing,
    NotADay,
    Date(DateProblem),
    Refused(EpisodeRefusal),
    ReasonMissing,
}

impl Known {
    fn next(&self, episode: Episode, replaces: Option<u32>, taken_back: bool) -> EnteredEpisode {
        let last = self.entered.iter().map(|it| it.ordinal).max().unwrap_or_default();
        EnteredEpisode { ordinal: last.saturating_add(1), episode, replaces, taken_back }
    }

    fn refuses(&self, entry: &EnteredEpisode, today: Date) -> Option<EpisodeRefusal> {
        episode_refusal(entry, &self.entered, self.died_by, today)
    }

    /// What stands once an entry follows those there are.
    pub(super) fn with(&self, entry: &EnteredEpisode) -> Episodes {
        Episodes::standing(self.entered.iter().chain([entry]))
    }

    /// The entry that would take one back.
    pub(super) fn taking_back(&self, entry: &EnteredEpisode) -> EnteredEpisode {
        self.next(entry.episode.clone(), Some(entry.ordinal), true)
    }

    /// The request that takes an entry back.
    pub(super) fn take_back(
        &self,
        entry: &EnteredEpisode,
        reason: &str,
        today: Date,
    ) -> Result<EpisodeRequest, EpisodeProblem> {
        let problem = self.refuses(&self.taking_back(entry), today).map(EpisodeProblem::Refused);
        let problem = problem.or_else(|| reason.trim().is_empty().then_some(EpisodeProblem::ReasonMissing));
        problem.map_or_else(|| Ok(self.request(None, Some(entry.ordinal), reason)), Err)
    }

    fn request(&self, episode: Option<Episode>, replaces: Option<u32>, reason: &str) -> EpisodeRequest {
        EpisodeRequest { episode, replaces, reason: reason.trim().to_owned(), n_entries: Some(self.entered.len()) }
    }
}

impl EpisodeForm {
    /// The entry that is typed, once it is whole.
    pub(super) fn entry(&self, known: &Known, today: Date) -> Option<EnteredEpisode> {
        let from_on = self.first_day(today).ok()?;
        let episode = Episode { pathway: self.pathway.parse().ok()?, site: self.site.parse().ok()?, from_on };
        Some(known.next(episode, self.replaces, false))
    }

    /// Whether it is only entered with a reason; a correction always is.
    pub(super) fn needs_reason(&self, known: &Known, today: Date) -> bool {
        let entry = self.entry(known, today);
        self.replaces.is_some() || entry.is_some_and(|entry| episode_needs_reason(&entry, &known.entered))
    }

    fn first_day(&self, today: Date) -> Result<Date, EpisodeProblem> {
        match parse_partial(&self.from, today) {
            Ok(Some(on)) if on.precision == DatePrecision::Day => Ok(on.date),
            Ok(Some(_)) => Err(EpisodeProblem::NotADay),
            Ok(None) => Err(EpisodeProblem::DateMissing),
            Err(problem) => Err(EpisodeProblem::Date(problem)),
        }
    }

    /// Reads the form; every problem at once.
    pub(super) fn read(&self, known: &Known, today: Date) -> Result<EpisodeRequest, Vec<EpisodeProblem>> {
        let mut problems = Vec::new();
        if self.pathway.is_empty() {
            problems.push(EpisodeProblem::PathwayMissing);
        }
        if self.site.is_empty() {
            problems.push(EpisodeProblem::SiteMissing);
        }
        problems.extend(self.first_day(today).err());
        let entry = self.entry(known, today);
        problems.extend(entry.iter().filter_map(|it| known.refuses(it, today)).map(EpisodeProblem::Refused));
        if self.needs_reason(known, today) && self.reason.trim().is_empty() {
            problems.push(EpisodeProblem::ReasonMissing);
        }
        match entry {
            Some(entry) if problems.is_empty() => Ok(known.request(Some(entry.episode), self.replaces, &self.reason)),
            _ => Err(problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        "2026-03-12".parse().unwrap()
    }

    /// In hospital at Toulouse from 2 March, then at home from the 10th.
    fn known() -> Known {
        let entry = |ordinal, pathway: &str, from_on: &str| {
            let (pathway, site) = (pathway.parse().unwrap(), "toulouse".parse().unwrap());
            let episode = Episode { pathway, site, from_on: from_on.parse().unwrap() };
            EnteredEpisode { ordinal, episode, replaces: None, taken_back: false }
        };
        let entered = vec![entry(1, "conventional", "2026-03-02"), entry(2, "ambulatory", "2026-03-10")];
        Known { entered, died_by: None }
    }

    fn form(pathway: &str, site: &str, day: i8) -> EpisodeForm {
        let from = DateParts::of(Date::new(2026, 3, day).unwrap());
        EpisodeForm { pathway: pathway.to_owned(), site: site.to_owned(), from, ..EpisodeForm::default() }
    }

    #[test]
    fn news_need_no_reason_and_name_how_much_was_seen() {
        let request = form("conventional", "toulouse", 12).read(&known(), today()).unwrap();
        assert_eq!((request.n_entries, request.replaces, request.reason.as_str()), (Some(2), None, ""));
    }

    #[test]
    fn a_reason_is_asked_for_as_soon_as_what_is_typed_needs_one() {
        let asks = |form: EpisodeForm| form.needs_reason(&known(), today());
        assert!(!asks(form("conventional", "toulouse", 12)));
        assert!(asks(form("ambulatory", "centre-nord", 12)), "another team");
        assert!(asks(form("inter-facility", "toulouse", 5)), "before what stands");
        assert!(!asks(EpisodeForm::default()) && asks(EpisodeForm { replaces: Some(2), ..EpisodeForm::default() }));
        let moved = form("ambulatory", "centre-nord", 12).read(&known(), today());
        assert_eq!(moved, Err(vec![EpisodeProblem::ReasonMissing]));
    }

    #[test]
    fn an_empty_form_tells_all_that_is_missing() {
        use EpisodeProblem::{DateMissing, NotADay, PathwayMissing, SiteMissing};
        let problems = EpisodeForm::default().read(&known(), today()).unwrap_err();
        assert_eq!(problems, [PathwayMissing, SiteMissing, DateMissing]);
        let mut month = form("conventional", "toulouse", 12);
        month.from.day.clear();
        assert_eq!(month.read(&known(), today()), Err(vec![NotADay]));
    }

    #[test]
    fn what_makes_no_sense_is_told_before_it_is_sent() {
        let refused = |form: EpisodeForm| form.read(&known(), today()).unwrap_err();
        let told = |refusal| vec![EpisodeProblem::Refused(refusal)];
        assert_eq!(refused(form("conventional", "toulouse", 13)), told(EpisodeRefusal::Ahead));
        assert_eq!(refused(form("conventional", "toulouse", 10)), told(EpisodeRefusal::SameDay));
    }

    #[test]
    fn the_only_episode_is_not_taken_back() {
        let known = known();
        let [first, second] = [&known.entered[0], &known.entered[1]];
        assert_eq!(known.take_back(second, " ", today()), Err(EpisodeProblem::ReasonMissing));
        let request = known.take_back(second, "by mistake", today()).unwrap();
        assert_eq!((request.episode, request.replaces), (None, Some(2)));
        let alone = Known { entered: vec![first.clone()], ..known.clone() };
        let refused = Err(EpisodeProblem::Refused(EpisodeRefusal::OnlyOne));
        assert_eq!(alone.take_back(first, "by mistake", today()), refused);
    }
}
