//! The care pathway: dated episodes, each in one pathway at one site. Entries are appended and none is changed.
//!
//! The site of the last episode that stands is the site that follows the patient, and there is no other way to move
//! somebody: whoever enters an episode elsewhere hands the patient over. The rule itself is [`Episode`]'s.

mod queries;
mod routes;

use shared::{
    api::{EpisodeLine, EpisodeRequest},
    id::StaffId,
    schedule::{EnteredEpisode, Episode, EpisodeRefusal, Episodes},
    study::Study,
};

pub use queries::{append, list, rebuild};
pub use routes::{enter, routes};

/// An episode about to be entered.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// What.
    pub entry: EnteredEpisode,
    /// Why it changes what stood.
    pub reason: String,
    /// Who enters it.
    pub staff: StaffId,
}

impl NewEntry {
    /// A patient's first one.
    #[must_use]
    pub const fn first(episode: Episode, staff: StaffId) -> Self {
        let entry = EnteredEpisode { ordinal: 1, episode, replaces: None, taken_back: false };
        Self { entry, reason: String::new(), staff }
    }
}

/// The entries without what only their lines tell.
#[must_use]
pub fn entered(lines: &[EpisodeLine]) -> Vec<EnteredEpisode> {
    lines.iter().map(|line| line.entry.clone()).collect()
}

/// A request as the entry that would follow those before it; nothing if they are not what whoever asks has seen, or
/// it names none that stands.
fn as_entered(request: &EpisodeRequest, before: &[EnteredEpisode]) -> Option<EnteredEpisode> {
    let standing = Episodes::standing(before);
    let replaced = before.iter().find(|it| Some(it.ordinal) == request.replaces && standing.contains(it.ordinal));
    let is_as_seen = request.n_entries.is_none_or(|n| n == before.len());
    if !is_as_seen || request.replaces.is_some() != replaced.is_some() {
        return None;
    }
    Some(EnteredEpisode {
        ordinal: before.iter().map(|it| it.ordinal).max().unwrap_or(0).checked_add(1)?,
        episode: request.episode.clone().or_else(|| replaced.map(|it| it.episode.clone()))?,
        replaces: request.replaces,
        taken_back: request.episode.is_none(),
    })
}

/// Why an episode is not entered whatever was entered before, in a sentence; `None` when it can be.
fn refusal(request: &EpisodeRequest, study: &Study) -> Option<&'static str> {
    let Some(episode) = &request.episode else {
        let says_nothing = request.replaces.is_none();
        return says_nothing.then_some("It does not say which episode is taken back. Nothing was saved; name it.");
    };
    if !study.pathways.iter().any(|it| it.key == episode.pathway) {
        return Some("The study has no such care pathway. Nothing was saved.");
    }
    if !study.sites.iter().any(|it| it.key == episode.site) {
        return Some("The study has no such site. Nothing was saved.");
    }
    None
}

const fn sentence(refusal: EpisodeRefusal) -> &'static str {
    match refusal {
        EpisodeRefusal::TooEarly => "The episode begins before 1900. Nothing was saved; check the year.",
        EpisodeRefusal::Ahead => {
            "The episode begins in time to come. Nothing was saved; enter it on the day it begins, or correct the date."
        }
        EpisodeRefusal::AfterDeath => {
            "The episode begins after the patient's death. Nothing was saved; check both dates."
        }
        EpisodeRefusal::SameDay => {
            "Another episode begins on that day. Nothing was saved; correct that one, to how the day ended."
        }
        EpisodeRefusal::SameCare => {
            "The episode before it or after it is the same pathway at the same site. Nothing was saved; correct its \
             date, or take back what lies between."
        }
        EpisodeRefusal::NothingChanged => "Nothing of the episode is corrected. Nothing was saved.",
        EpisodeRefusal::OnlyOne => {
            "It is the patient's only episode, and every patient is followed somewhere. Nothing was saved; correct it."
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{
        api::EpisodeRequest,
        schedule::{EnteredEpisode, Episode},
    };

    use super::as_entered;

    fn episode(pathway: &str, from_on: &str) -> Episode {
        let (pathway, site) = (pathway.parse().unwrap(), "toulouse".parse().unwrap());
        Episode { pathway, site, from_on: from_on.parse().unwrap() }
    }

    #[test]
    fn a_change_names_an_entry_that_stands_and_was_seen() {
        let entry = |ordinal, day, replaces| EnteredEpisode {
            ordinal,
            episode: episode("ambulatory", day),
            replaces,
            taken_back: false,
        };
        let before = [entry(1, "2026-03-01", None), entry(2, "2026-03-02", Some(1))];
        let correction = Some(episode("conventional", "2026-03-02"));
        let read = |episode: &Option<Episode>, replaces, n_entries| {
            let request = EpisodeRequest { episode: episode.clone(), replaces, reason: String::new(), n_entries };
            as_entered(&request, &before)
        };
        assert_eq!(read(&correction, Some(2), Some(2)).map(|it| (it.ordinal, it.taken_back)), Some((3, false)));
        assert_eq!(read(&correction, None, None).map(|it| it.replaces), Some(None));
        assert_eq!(read(&correction, Some(2), Some(1)), None, "another entry came in between");
        assert_eq!(read(&correction, Some(1), None), None, "it stands no longer");
        let back = read(&None, Some(2), None).unwrap();
        assert_eq!((back.taken_back, back.episode), (true, episode("ambulatory", "2026-03-02")), "what it takes back");
    }
}
