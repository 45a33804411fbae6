//! A patient's care pathway: entering, correcting and taking back its episodes.

use serde::{Deserialize, Serialize};

use crate::{
    id::SiteKey,
    schedule::{EnteredEpisode, Episode},
    time::Timestamp,
};

/// `POST /api/patients/{patient}/episodes`: an episode to enter. What an [`Episode`] says is refused and why.
///
/// One that moves the patient to another site changes who sees the patient from now on.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpisodeRequest {
    /// What; `None` takes the entry that is named back.
    pub episode: Option<Episode>,
    /// The entry that it corrects or takes back; it must stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u32>,
    /// Why what stood is changed; see [`episode_needs_reason`](crate::schedule::episode_needs_reason()).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How many entries whoever asks has seen; refused as a conflict if there are others by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_entries: Option<usize>,
}

/// What was entered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpisodeReply {
    /// The entry.
    pub line: EpisodeLine,
    /// The site that follows the patient from now on.
    pub site: SiteKey,
}

/// An episode as entered; [`Episodes::standing`](crate::schedule::Episodes::standing()) tells which stand.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpisodeLine {
    /// What.
    pub entry: EnteredEpisode,
    /// Why what stood was changed.
    pub reason: String,
    /// The name of the account that entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: Timestamp,
}
