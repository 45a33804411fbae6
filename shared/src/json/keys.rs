//! Ids, keys, dates and instants: texts of one form.

use serde_json::Value;

use super::{FromJson, objects, words};
use crate::{
    answers::Slot,
    id::{
        AnswerEventId, AssessmentId, BatteryKey, DeviceId, HemopathyKey, InformationKey, InstrumentKey,
        InstrumentVersion, ItemCode, Language, OptionSetKey, PackKey, PathwayKey, PatientId, ProductKey, SessionId,
        SiteKey, StaffId, TimepointKey,
    },
    time::{Date, DatePrecision, DeviceTime, Moment, PartialDate, Timestamp},
};

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl FromJson for $name {
            fn from_json(json: &Value) -> Option<Self> {
                json.as_str()?.parse().ok()
            }
        }
    )*};
}

texts! {
    PatientId DeviceId AnswerEventId SessionId StaffId
    InstrumentKey ItemCode OptionSetKey PackKey TimepointKey BatteryKey SiteKey HemopathyKey ProductKey PathwayKey
    InformationKey Language AssessmentId Slot
}

impl FromJson for Date {
    fn from_json(json: &Value) -> Option<Self> {
        Self::read(json.as_str()?)
    }
}

impl FromJson for Timestamp {
    fn from_json(json: &Value) -> Option<Self> {
        Self::read(json.as_str()?)
    }
}

objects! {
    InstrumentVersion { key version }
    PartialDate { date; precision }
    DeviceTime { at utc_offset_minutes monotonic_ms }
}

words! {
    DatePrecision { Day = "day" Month = "month" Year = "year" }
}
