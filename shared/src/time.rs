//! When things happened: instants, civil dates, dates known only to the month, and a device's own clock.
//!
//! The domain reads no clock; whoever calls it says what time it is. Civil dates are those of Europe/Paris.

pub use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePrecision {
    /// To the day.
    #[default]
    Day,
    /// To the month: the day within the date means nothing.
    Month,
    /// To the year: month and day within the date mean nothing.
    Year,
}

/// A civil date with what is known of it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialDate {
    /// The date; its unknown parts are 1.
    pub date: Date,
    /// How exactly it is known.
    #[serde(default)]
    pub precision: DatePrecision,
}

impl PartialDate {
    /// A date known to the day.
    #[must_use]
    pub const fn day(date: Date) -> Self {
        Self { date, precision: DatePrecision::Day }
    }

    /// The date that schedules and intervals count from: the day itself, else the 15th of the month, else 1 July.
    ///
    /// The middle of what is possible keeps the expected error smallest; exports carry the precision beside it.
    ///
    /// ```
    /// use shared::time::{Date, DatePrecision, PartialDate};
    /// let spring = PartialDate { date: "2026-03-01".parse()?, precision: DatePrecision::Month };
    /// assert_eq!(spring.anchor(), "2026-03-15".parse::<Date>()?);
    /// # Ok::<(), jiff::Error>(())
    /// ```
    #[must_use]
    pub fn anchor(self) -> Date {
        let with = |month, day| Date::new(self.date.year(), month, day).unwrap_or(self.date);
        match self.precision {
            DatePrecision::Day => self.date,
            DatePrecision::Month => with(self.date.month(), 15),
            DatePrecision::Year => with(7, 1),
        }
    }
}

/// What a device knew of the time when something happened on it; the server never overwrites it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceTime {
    /// The device's clock, which may be wrong.
    pub at: Timestamp,
    /// Milliseconds since the session began, from a clock that cannot be set.
    pub monotonic_ms: u64,
    /// Its offset from UTC in minutes (east is positive).
    pub utc_offset_minutes: i16,
}
