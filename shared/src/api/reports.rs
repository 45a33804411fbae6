//! What investigators see: completion and trajectories; no patient in it.

use serde::{Deserialize, Serialize};

use crate::{
    id::{InstrumentKey, InstrumentVersion, ScaleCode, TimepointKey},
    instrument::Direction,
    schedule::MissingReason,
    time::Date,
};

/// `GET /api/completion`: expected and received by timepoint and instrument; no patient in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletionReply {
    /// As of this civil date.
    pub as_of: Date,
    /// One row per timepoint and instrument, in the study's order; those with fewer than 5 expected are left out.
    pub rows: Vec<CompletionRow>,
    /// Why answers are missing, the most frequent reason first.
    pub reasons: Vec<ReasonCount>,
}

/// How many assessments closed with something not sent, for one reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonCount {
    /// The reason that staff noted; `None` while they have noted none.
    pub reason: Option<MissingReason>,
    /// How many; `None` when fewer than 5, which are not told apart.
    pub n: Option<u32>,
}

/// Completion of one instrument at one timepoint.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletionRow {
    /// When.
    pub timepoint: TimepointKey,
    /// What.
    pub instrument: InstrumentKey,
    /// Due (window closed, patient alive and in the study until then), or received before or outside that.
    pub expected: u32,
    /// Of those, received within the window.
    pub on_time: u32,
    /// Received after it.
    pub late: u32,
    /// Begun, never sent.
    pub partial: u32,
    /// Nothing received.
    pub missed: u32,
}

/// `GET /api/trajectory?instrument=&scale=&by=`: means of one scale over the timepoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrajectoryReply {
    /// Which instrument.
    pub instrument: InstrumentVersion,
    /// Which scale.
    pub scale: ScaleCode,
    /// Our label for it.
    pub label: String,
    /// What a higher value means.
    pub higher: Direction,
    /// Lowest and highest possible value.
    pub range: [f64; 2],
    /// Version of the scoring engine.
    pub engine: String,
    /// As of this civil date.
    pub as_of: Date,
    /// One point per timepoint that has scores, in the study's order.
    pub points: Vec<TrajectoryPoint>,
}

/// Mean of a scale at one timepoint; masked when fewer than 5 patients are behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrajectoryPoint {
    /// When.
    pub timepoint: TimepointKey,
    /// The relative day aimed at.
    pub target_day: i32,
    /// How many scores; `None` when masked.
    pub n: Option<u32>,
    /// Their mean and its 95 % interval (Student); `None` when masked.
    pub mean: Option<[f64; 3]>,
}
