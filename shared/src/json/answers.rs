//! Answer events.

use serde_json::Value;

use super::{Fields, FromJson, objects, variant, words};
use crate::answers::{AnswerEvent, AnswerValue, EventBody, KnownBody, Origin, SkipReason, Transcript, WordingRef};

objects! {
    AnswerEvent { id patient assessment instrument wording origin sequence clock body }
    WordingRef { pack language hash }
    Origin { respondent mode device session staff }
}

words! {
    SkipReason {
        PreferNot = "prefer_not"
        NotApplicable = "not_applicable"
        NotAnswered = "not_answered"
        SeveralTicked = "several_ticked"
        Illegible = "illegible"
        Refused = "refused"
    }
}

impl FromJson for AnswerValue {
    fn from_json(json: &Value) -> Option<Self> {
        match variant(json)? {
            ("code", code) => FromJson::from_json(code).map(Self::Code),
            ("codes", codes) => FromJson::from_json(codes).map(Self::Codes),
            ("integer", number) => FromJson::from_json(number).map(Self::Integer),
            ("decimal", number) => FromJson::from_json(number).map(Self::Decimal),
            ("date", date) => FromJson::from_json(date).map(Self::Date),
            ("text", text) => FromJson::from_json(text).map(Self::Text),
            _ => None,
        }
    }
}

impl FromJson for EventBody {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        let kind: String = fields.take("kind")?;
        let known = match kind.as_str() {
            "answered" => KnownBody::Answered { item: fields.take("item")?, value: fields.take("value")? },
            "skipped" if has_later_reason(json) => return json.as_object().cloned().map(Self::Unknown),
            "skipped" => KnownBody::Skipped { item: fields.take("item")?, reason: fields.take("reason")? },
            // Without fields of its own, serde does not look for others.
            "submitted" => return Some(Self::Known(KnownBody::Submitted)),
            "amended" => KnownBody::Amended {
                item: fields.take("item")?,
                value: fields.take("value")?,
                left_out: fields.take("left_out")?,
                reason: fields.take("reason")?,
            },
            "transcribed" => KnownBody::Transcribed(Transcript {
                answered_on: fields.take("answered_on")?,
                retrospective: fields.take("retrospective")?,
                remark: fields.take("remark")?,
            }),
            _ => return json.as_object().cloned().map(Self::Unknown),
        };
        fields.end()?;
        Some(Self::Known(known))
    }
}

/// Whether an item was skipped for a reason of a later version.
fn has_later_reason(skipped: &Value) -> bool {
    skipped.get("reason").is_some_and(|reason| reason.is_string() && SkipReason::from_json(reason).is_none())
}
