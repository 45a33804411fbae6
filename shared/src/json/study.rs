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
        accepts_demonstration
    }
    Hemopathy { key label }
    Battery { minutes instruments }
    BatteryEntry { instrument; hemopathies }
    Timepoint { key label series anchor fallback target_day window batteries }
    Fallback { anchor days }
    Facts { hemopathy milestones; progress }
    Milestone { kind on; planned }
    Progress { assessment instrument submitted_on }
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
        Discharge = "discharge"
        Relapse = "relapse"
        SecondInfusion = "second_infusion"
        LastNews = "last_news"
        Death = "death"
        Withdrawal = "withdrawal"
        LostToFollowUp = "lost_to_follow_up"
    }
}
