//! THE PROTOCOL: sites, pathways, hemopathies, milestones, timepoints and batteries, as data and checked.

mod cause;
#[cfg(feature = "catalog")]
mod check;
#[cfg(feature = "catalog")]
mod file;
mod flag;
mod reminders;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{
    BatteryKey, HemopathyKey, InformationKey, InstrumentKey, InstrumentVersion, ItemCode, Language, PathwayKey,
    ProductKey, SiteKey, TimepointKey,
};

pub use cause::{Cause, DeathCause, GivenUpCause, WithdrawalKind};
#[cfg(feature = "catalog")]
pub use file::{SHIPPED, Severity, Stretch, StudyError, StudyFault, review, shipped};
pub use flag::{Flag, Threshold, Worsening};
pub use reminders::{QuietHours, RemindedState, ReminderChannel, ReminderRule, Reminders, Weekday, WindowDay};

/// A label in every language the study speaks.
pub type Labels = BTreeMap<Language, String>;

/// The study, as its file tells it and [`Study`]'s checks allow it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Short name.
    pub key: String,
    /// Version of this file.
    pub version: String,
    /// Full name.
    pub title: Labels,
    /// Whether demonstration wording may be shown.
    pub status: StudyStatus,
    /// Instruments whose demonstration wording a live study accepts all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts_demonstration: Vec<InstrumentKey>,
    /// Languages patients can choose, the first by default.
    pub languages: Vec<Language>,
    /// The unit's telephone number, as printed.
    pub phone: String,
    /// Versions of the information that patients are given, the one in use first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub information: Vec<Named<InformationKey>>,
    /// Sites.
    pub sites: Vec<Named<SiteKey>>,
    /// Types of blood cancer.
    pub hemopathies: Vec<Hemopathy>,
    /// CAR-T products.
    pub products: Vec<Named<ProductKey>>,
    /// Care pathways.
    pub pathways: Vec<Named<PathwayKey>>,
    /// Batteries, by key.
    pub batteries: BTreeMap<BatteryKey, Battery>,
    /// Timepoints, in the order of a patient's time.
    pub timepoints: Vec<Timepoint>,
    /// How patients are reminded; nobody is, if absent. Devices are not sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Reminders>,
    /// Scores that staff are to look at. Devices are not sent them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
}

/// Whether a study is real.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudyStatus {
    /// For trying out: demonstration wording is shown, and says so.
    Demonstration,
    /// With patients: an instrument that has only demonstration wording is not started.
    Live,
}

/// A key with its labels.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named<K> {
    /// The key.
    pub key: K,
    /// Its labels.
    pub label: Labels,
}

/// A type of blood cancer, with the instruments that only its patients answer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hemopathy {
    /// The key.
    pub key: HemopathyKey,
    /// Its labels.
    pub label: Labels,
}

/// Instruments that are asked together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Battery {
    /// The longest it may take, in minutes; as long as it takes, if absent. What it asks is held against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
    /// The most questions it may ask of everybody, each on a screen of its own; what only follows from an answer
    /// comes on top. As many as it has, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screens: Option<u16>,
    /// The instruments, in order.
    pub instruments: Vec<BatteryEntry>,
}

/// One instrument of a battery.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatteryEntry {
    /// Which.
    pub instrument: InstrumentVersion,
    /// Only for these hemopathies; for all, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hemopathies: Vec<HemopathyKey>,
    /// Only these items of it, in the instrument's own order; all of them, if empty. A study asks the same items of
    /// an instrument wherever it names it, so that what an answer belongs to never depends on the occasion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemCode>,
}

/// What a timepoint counts from.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneKind {
    /// Multidisciplinary consultation meeting (RCP): eligibility.
    Rcp,
    /// Inclusion in the registry.
    Inclusion,
    /// Information given, no opposition.
    Information,
    /// Leukapheresis.
    Leukapheresis,
    /// Start of bridging therapy.
    Bridging,
    /// Start of lymphodepletion.
    Lymphodepletion,
    /// Infusion: Day 0.
    Infusion,
    /// The infusion was given up: it takes the place of the one that was planned.
    InfusionGivenUp,
    /// Discharge.
    Discharge,
    /// Relapse or progression; can come round again.
    Relapse,
    /// Second infusion.
    SecondInfusion,
    /// Last news, alive.
    LastNews,
    /// Death.
    Death,
    /// Withdrawal.
    Withdrawal,
    /// Lost to follow-up.
    LostToFollowUp,
}

impl MilestoneKind {
    /// After which nothing is asked any more.
    pub const ENDS: [Self; 3] = [Self::Death, Self::Withdrawal, Self::LostToFollowUp];

    /// Whether a patient has only one of the two, so that the later entry stands in the place of the earlier. Relapses
    /// add up; an infusion and its being given up exclude each other.
    #[must_use]
    pub fn shares_place(self, other: Self) -> bool {
        let infusion = |kind| matches!(kind, Self::Infusion | Self::InfusionGivenUp);
        (self == other && self != Self::Relapse) || (infusion(self) && infusion(other))
    }
}

/// One occasion of the study's calendar.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timepoint {
    /// The key: `M3`.
    pub key: TimepointKey,
    /// Its labels.
    pub label: Labels,
    /// Which series it belongs to.
    pub series: Series,
    /// What its days are counted from.
    pub anchor: MilestoneKind,
    /// What stands in for the anchor while it is missing, and how many days from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// The relative day it aims at.
    pub target_day: i32,
    /// First and last relative day at which an answer is on time, counted from the target: `[-14, 7]`.
    pub window: [i32; 2],
    /// What is asked.
    pub batteries: Vec<BatteryKey>,
}

/// A stand-in for a timepoint's anchor.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// The other milestone.
    pub anchor: MilestoneKind,
    /// Days from it: -5 is five days before.
    pub days: i32,
}

/// When a timepoint is expected at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// For every patient.
    Always,
    /// While the patient has not been infused.
    NotInfused,
    /// Once infused, or an infusion is planned.
    Infused,
    /// Each time its anchor comes round.
    EachTime,
}

impl Study {
    /// Every instrument that some battery names.
    pub fn instruments(&self) -> impl Iterator<Item = &InstrumentKey> {
        self.batteries.values().flat_map(|battery| &battery.instruments).map(|entry| &entry.instrument.key)
    }

    /// The instruments of which only some items are asked, with those items.
    pub fn selections(&self) -> impl Iterator<Item = (&InstrumentVersion, &[ItemCode])> {
        let entries = self.batteries.values().flat_map(|battery| &battery.instruments);
        entries.filter(|entry| !entry.items.is_empty()).map(|entry| (&entry.instrument, entry.items.as_slice()))
    }

    /// What a device needs of the study: it gets its questions as sheets, which hold no others, and reminds nobody.
    #[must_use]
    pub fn for_devices(&self) -> Self {
        let mut study = Self { reminders: None, information: Vec::new(), flags: Vec::new(), ..self.clone() };
        for battery in study.batteries.values_mut() {
            battery.screens = None;
            battery.instruments.iter_mut().for_each(|entry| entry.items.clear());
        }
        study
    }

    /// The timepoint with this key.
    #[must_use]
    pub fn find_timepoint(&self, key: &TimepointKey) -> Option<&Timepoint> {
        self.timepoints.iter().find(|timepoint| timepoint.key == *key)
    }

    /// What a timepoint asks, battery after battery; an instrument that two of them name is asked once.
    #[must_use]
    pub fn asked_at(&self, timepoint: &Timepoint) -> Vec<&BatteryEntry> {
        let mut asked: Vec<&BatteryEntry> = Vec::new();
        let named = timepoint.batteries.iter().filter_map(|key| self.batteries.get(key)).flat_map(|it| &it.instruments);
        for entry in named {
            if !asked.iter().any(|before| before.instrument == entry.instrument && before.is_for_all_of(entry)) {
                asked.push(entry);
            }
        }
        asked
    }
}

impl BatteryEntry {
    /// Whether patients with this hemopathy are asked.
    #[must_use]
    pub fn is_for(&self, hemopathy: &HemopathyKey) -> bool {
        self.hemopathies.is_empty() || self.hemopathies.contains(hemopathy)
    }

    /// Whether some patient could be asked the same instrument by both.
    #[cfg(feature = "catalog")]
    fn clashes(&self, other: &Self) -> bool {
        self.instrument.key == other.instrument.key
            && (self.hemopathies.is_empty()
                || other.hemopathies.is_empty()
                || self.hemopathies.iter().any(|it| other.hemopathies.contains(it)))
    }

    /// Whether every patient that `other` asks is asked by this entry too.
    fn is_for_all_of(&self, other: &Self) -> bool {
        self.hemopathies.is_empty()
            || (!other.hemopathies.is_empty() && other.hemopathies.iter().all(|it| self.is_for(it)))
    }
}

impl Timepoint {
    /// First and last day of its window, as days from its anchor.
    #[must_use]
    pub const fn days(&self) -> [i32; 2] {
        let [first, last] = self.window;
        [self.target_day.saturating_add(first), self.target_day.saturating_add(last)]
    }
}
