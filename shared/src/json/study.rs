//! The study, and what the schedule of one patient depends on.

use serde_json::Value;

use super::{Fields, FromJson, objects, words};
use crate::{
    schedule::{Facts, Milestone, Progress},
    study::{Battery, BatteryEntry, Fallback, Hemopathy, MilestoneKind, Named, Series, Study, StudyStatus, Timepoint},
};

objects! {
    Study {
        key version title status languages phone sites hemopathies products pathways batteries timepoints;
        accepts_demonstration information;
        reminders flags
    }
    Hemopathy { key label }
    Timepoint { key label series anchor fallback target_day window batteries }
    Fallback { anchor days }
    Facts { hemopathy milestones; progress }
    Milestone { kind on; planned }
    Progress { assessment instrument submitted_on; retrospective }
}

/// How many screens is the hospital's to count, as [`Study::for_devices`] leaves it out.
impl FromJson for Battery {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        let read = Self { minutes: fields.take("minutes")?, screens: None, instruments: fields.take("instruments")? };
        fields.end()?;
        Some(read)
    }
}

/// Which items are asked is in the sheets, as [`Study::for_devices`] leaves it out.
impl FromJson for BatteryEntry {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        let instrument = fields.take("instrument")?;
        let read = Self { instrument, hemopathies: fields.take_or_default("hemopathies")?, items: Vec::new() };
        fields.end()?;
        Some(read)
    }
}

impl<K: FromJson> FromJson for Named<K> {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        let read = Self { key: fields.take("key")?, label: fields.take("label")? };
        fields.end()?;
        Some(read)
    }
}

words! {
    StudyStatus { Demonstration = "demonstration" Live = "live" }
    Series { Always = "always" NotInfused = "not_infused" Infused = "infused" EachTime = "each_time" }
    MilestoneKind {
        Rcp = "rcp"
        Inclusion = "inclusion"
        Information = "information"
        Leukapheresis = "leukapheresis"
        Bridging = "bridging"
        Lymphodepletion = "lymphodepletion"
        Infusion = "infusion"
        InfusionGivenUp = "infusion_given_up"
        Discharge = "discharge"
        Relapse = "relapse"
        SecondInfusion = "second_infusion"
        LastNews = "last_news"
        Death = "death"
        Withdrawal = "withdrawal"
        LostToFollowUp = "lost_to_follow_up"
    }
}
