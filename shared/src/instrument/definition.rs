//! A definition: the structure, codes and scoring rules of one instrument version, as data and without wording.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{rule::Table, scale::Scale};
use crate::id::{InstrumentVersion, ItemCode, Language, OptionSetKey, ScaleCode, TableKey};

/// One instrument version as its definition file tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Which instrument, at which version: `instrument = { key = "qlq-c30", version = "3.0" }`.
    pub instrument: InstrumentVersion,
    /// What staff call it; a name, not wording.
    pub title: String,
    /// Who owns it.
    pub owner: String,
    /// What its licence asks of a site.
    pub licence: String,
    /// About how long it takes, in minutes.
    pub minutes: u8,
    /// The time the questions look back on.
    pub recall: Recall,
    /// An instrument that this one contains: its items, options, tables and scales stand before this one's own. The
    /// catalog puts them there and empties this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub includes: Option<InstrumentVersion>,
    /// Sets of response options that items share.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<OptionSetKey, OptionSet>,
    /// The items, in the order they are asked.
    pub items: Vec<Item>,
    /// Tables that scales share.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<TableKey, Table>,
    /// The scales, each after those it builds on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scales: Vec<Scale>,
    /// Manuals and papers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Our labels in languages other than English, for staff pages; English stands in for what is missing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Language, StaffLabels>,
}

/// Our own labels of one instrument in one language; none of its owner's words.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffLabels {
    /// The topics of items, as [`Item::topic`].
    #[serde(default)]
    pub topics: BTreeMap<ItemCode, String>,
    /// The labels of scales, as [`Scale::label`].
    #[serde(default)]
    pub scales: BTreeMap<ScaleCode, String>,
}

/// The time that an instrument's questions look back on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recall {
    /// No recall period: facts, or life in general.
    None,
    /// Today.
    Today,
    /// The past 24 hours.
    PastDay,
    /// The past seven days.
    PastWeek,
    /// The past fourteen days.
    PastTwoWeeks,
    /// The past four weeks.
    PastFourWeeks,
    /// The past twelve months.
    PastYear,
}

impl Recall {
    /// How many days it looks back, where it names any.
    #[must_use]
    pub const fn days(self) -> Option<u16> {
        match self {
            Self::None => None,
            Self::Today => Some(0),
            Self::PastDay => Some(1),
            Self::PastWeek => Some(7),
            Self::PastTwoWeeks => Some(14),
            Self::PastFourWeeks => Some(28),
            Self::PastYear => Some(365),
        }
    }
}

/// Response options that items share: codes in the order they are shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionSet {
    /// The codes.
    pub codes: Vec<i32>,
    /// Codes that exclude every other when several may be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusive: Vec<i32>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its code, unique within the instrument.
    pub code: ItemCode,
    /// Our own label of 2 to 8 words, in English; staff tables and codebooks use it.
    pub topic: String,
    /// What an answer may be.
    pub kind: ItemKind,
    /// When it applies; always, if absent. Refers to earlier items only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<Condition>,
    /// Set on an item that the instrument's recall period does not cover.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_recall: bool,
}

/// What an answer to an item may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// One of the options.
    Choice(OptionSetKey),
    /// Any number of the options, at least one.
    Choices(OptionSetKey),
    /// A position on a scale with two named ends and no default.
    Analogue {
        /// Lowest position.
        min: i32,
        /// Highest position.
        max: i32,
    },
    /// A whole number.
    Integer {
        /// Lowest.
        min: i64,
        /// Highest.
        max: i64,
    },
    /// A decimal number.
    Decimal {
        /// Lowest.
        min: f64,
        /// Highest.
        max: f64,
    },
    /// A civil date.
    Date,
    /// Free text.
    Text {
        /// Longest, in characters.
        max_length: u16,
    },
}

/// When an item applies: a small closed language over earlier answers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The item applies and was answered with one of these codes, or with several of which one is among them.
    Answered {
        /// The earlier item.
        item: ItemCode,
        /// Codes, any of which will do.
        codes: Vec<i32>,
    },
    /// All hold.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

impl Definition {
    /// The item with this code.
    #[must_use]
    pub fn find_item(&self, code: &ItemCode) -> Option<&Item> {
        self.items.iter().find(|item| item.code == *code)
    }

    /// The scale with this code.
    #[must_use]
    pub fn find_scale(&self, code: &ScaleCode) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.code == *code)
    }

    /// The response options an item offers; none for numbers, dates and text.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let catalog = Catalog::shipped()?;
    /// let epices = catalog.find_latest(&"epices".parse()?).ok_or("not shipped")?;
    /// let item = epices.find_item(&"e1".parse()?).ok_or("no such item")?;
    /// assert_eq!(epices.find_options(item).ok_or("no options")?.codes, [1, 0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn find_options(&self, item: &Item) -> Option<&OptionSet> {
        match &item.kind {
            ItemKind::Choice(set) | ItemKind::Choices(set) => self.options.get(set),
            ItemKind::Analogue { .. }
            | ItemKind::Integer { .. }
            | ItemKind::Decimal { .. }
            | ItemKind::Date
            | ItemKind::Text { .. } => None,
        }
    }

    /// The time that one item looks back on.
    ///
    /// ```
    /// use shared::instrument::{Recall, catalog::Catalog};
    /// let catalog = Catalog::shipped()?;
    /// let qlq_c30 = catalog.find_latest(&"qlq-c30".parse()?).ok_or("not shipped")?;
    /// let recalls: Vec<Recall> = qlq_c30.items.iter().map(|item| qlq_c30.recall_of(item)).collect();
    /// assert_eq!(recalls[4..6], [Recall::None, Recall::PastWeek]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn recall_of(&self, item: &Item) -> Recall {
        if item.without_recall { Recall::None } else { self.recall }
    }

    /// The lowest and highest number an answer to an item can stand for; none for several choices, dates and text.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let catalog = Catalog::shipped()?;
    /// let qlq_c30 = catalog.find_latest(&"qlq-c30".parse()?).ok_or("not shipped")?;
    /// let overall = qlq_c30.find_item(&"q29".parse()?).ok_or("no such item")?;
    /// assert_eq!(qlq_c30.bounds_of(overall), Some([1.0, 7.0]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn bounds_of(&self, item: &Item) -> Option<[f64; 2]> {
        match &item.kind {
            ItemKind::Choice(set) => {
                let codes = &self.options.get(set)?.codes;
                Some([f64::from(*codes.iter().min()?), f64::from(*codes.iter().max()?)])
            }
            ItemKind::Analogue { min, max } => Some([f64::from(*min), f64::from(*max)]),
            ItemKind::Integer { min, max } => Some([whole_number(*min), whole_number(*max)]),
            ItemKind::Decimal { min, max } => Some([*min, *max]),
            ItemKind::Choices(_) | ItemKind::Date | ItemKind::Text { .. } => None,
        }
    }

    /// How many codes or numbers an answer to an item may be; none where they cannot be counted out.
    #[must_use]
    pub(crate) fn levels_of(&self, item: &Item) -> Option<usize> {
        match &item.kind {
            ItemKind::Choice(set) => Some(self.options.get(set)?.codes.len()),
            ItemKind::Analogue { min, max } => usize::try_from(i64::from(*max) - i64::from(*min) + 1).ok(),
            ItemKind::Integer { min, max } => usize::try_from(max.checked_sub(*min)?.checked_add(1)?).ok(),
            ItemKind::Choices(_) | ItemKind::Decimal { .. } | ItemKind::Date | ItemKind::Text { .. } => None,
        }
    }

    /// What a device needs that asks and does not score: the same without scales and their tables.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let catalog = Catalog::shipped()?;
    /// let eq_5d_5l = catalog.find_latest(&"eq-5d-5l".parse()?).ok_or("not shipped")?;
    /// assert_eq!(eq_5d_5l.scales.len(), 28);
    /// assert!(eq_5d_5l.without_scales().scales.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn without_scales(&self) -> Self {
        Self {
            tables: BTreeMap::new(),
            scales: Vec::new(),
            references: Vec::new(),
            labels: BTreeMap::new(),
            ..self.clone()
        }
    }
}

/// A whole number as the engine computes with it.
#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "answers are far below 2^53")]
pub(crate) const fn whole_number(number: i64) -> f64 {
    number as f64
}
