//! Who answers, who helps and how.

use serde_json::Value;

use super::{FromJson, variant, words};
use crate::people::{Assistance, Mode, Respondent};

impl FromJson for Respondent {
    fn from_json(json: &Value) -> Option<Self> {
        match variant(json)? {
            ("patient", Value::Null) => Some(Self::Patient),
            ("patient_assisted", how) => FromJson::from_json(how).map(Self::PatientAssisted),
            ("proxy", Value::Null) => Some(Self::Proxy),
            _ => None,
        }
    }
}

words! {
    Assistance {
        ReadAloudByDevice = "read_aloud_by_device"
        ReadAloudByStaff = "read_aloud_by_staff"
        HandOfStaff = "hand_of_staff"
        Interpreter = "interpreter"
        Relative = "relative"
    }
    Mode {
        OwnDevice = "own_device"
        WardTablet = "ward_tablet"
        Paper = "paper"
        Telephone = "telephone"
        Interview = "interview"
    }
}
