//! Instruments as a device receives them: what is asked and in which words, without what only scoring needs.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Fields, FromJson, objects, variant, words};
use crate::instrument::{
    Condition, Definition, InstrumentSheet, Item, ItemKind, ItemWording, OptionSet, Recall, WordingPack,
};

objects! {
    InstrumentSheet { definition wording }
    OptionSet { codes; exclusive }
    Item { code topic kind applies; without_recall }
    WordingPack { pack instrument language source licence title items; demonstration introduction recall options }
    ItemWording { text help low high }
}

/// Scales and what belongs to them are passed over, as [`Definition::without_scales`] leaves them out.
impl FromJson for Definition {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        for name in ["tables", "scales", "references", "labels"] {
            fields.pass_over(name);
        }
        let read = Self {
            instrument: fields.take("instrument")?,
            title: fields.take("title")?,
            owner: fields.take("owner")?,
            licence: fields.take("licence")?,
            minutes: fields.take("minutes")?,
            recall: fields.take("recall")?,
            includes: fields.take("includes")?,
            options: fields.take_or_default("options")?,
            items: fields.take("items")?,
            tables: BTreeMap::new(),
            scales: Vec::new(),
            references: Vec::new(),
            labels: BTreeMap::new(),
        };
        fields.end()?;
        Some(read)
    }
}

words! {
    Recall {
        None = "none"
        Today = "today"
        PastDay = "past_day"
        PastWeek = "past_week"
        PastTwoWeeks = "past_two_weeks"
        PastFourWeeks = "past_four_weeks"
        PastYear = "past_year"
    }
}

impl FromJson for ItemKind {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        match name {
            "choice" => return FromJson::from_json(content).map(Self::Choice),
            "choices" => return FromJson::from_json(content).map(Self::Choices),
            "date" => return content.is_null().then_some(Self::Date),
            _ => {}
        }
        // Fields beside these are let pass, as serde does within a variant.
        let mut fields = Fields::of(content)?;
        Some(match name {
            "analogue" => Self::Analogue { min: fields.take("min")?, max: fields.take("max")? },
            "integer" => Self::Integer { min: fields.take("min")?, max: fields.take("max")? },
            "decimal" => Self::Decimal { min: fields.take("min")?, max: fields.take("max")? },
            "text" => Self::Text { max_length: fields.take("max_length")? },
            _ => return None,
        })
    }
}

impl FromJson for Condition {
    fn from_json(json: &Value) -> Option<Self> {
        match variant(json)? {
            ("answered", content) => {
                let mut fields = Fields::of(content)?;
                Some(Self::Answered { item: fields.take("item")?, codes: fields.take("codes")? })
            }
            ("all", list) => FromJson::from_json(list).map(Self::All),
            ("any", list) => FromJson::from_json(list).map(Self::Any),
            ("not", condition) => FromJson::from_json(condition).map(Self::Not),
            _ => None,
        }
    }
}
