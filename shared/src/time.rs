//! When things happened: instants, civil dates, dates known only to the month, and a device's own clock.
//!
//! The domain reads no clock; whoever calls it says what time it is. Civil dates are those of Europe/Paris.

pub use jiff::{Timestamp, civil::Date};
use jiff::{civil::Time, tz::Offset};
use serde::{Deserialize, Serialize, Serializer};

/// A date or an instant that is written and read as text in one form only.
pub trait Moment: Sized {
    /// Writes `2026-03-12`, `2026-03-12T14:32:05.25Z`, as `jiff` does.
    fn write(&self) -> String;

    /// Reads what [`Moment::write`] writes.
    ///
    /// `jiff` reads much more, and says of every refusal why; that knowledge would be a fifteenth of a patient's
    /// download.
    fn read(text: &str) -> Option<Self>;
}

impl Moment for Date {
    fn write(&self) -> String {
        let mut text = String::with_capacity(LONGEST);
        put_date(&mut text, *self);
        text
    }

    fn read(text: &str) -> Option<Self> {
        let before_zero = text.strip_prefix('-');
        let (digits, sign) = if before_zero.is_some() { (6, -1) } else { (4, 1) };
        let mut parts = before_zero.unwrap_or(text).splitn(3, '-');
        let (year, month, day) = (number(parts.next()?, digits)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
        if sign < 0 && year == 0 {
            return None;
        }
        Self::new(sign * i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }
}

impl Moment for Timestamp {
    fn write(&self) -> String {
        let civil = Offset::UTC.to_datetime(*self);
        let mut text = String::with_capacity(LONGEST);
        put_date(&mut text, civil.date());
        for (before, part) in [('T', civil.hour()), (':', civil.minute()), (':', civil.second())] {
            text.push(before);
            put(&mut text, part.unsigned_abs().into(), 2);
        }
        let nanoseconds = civil.subsec_nanosecond().unsigned_abs();
        if nanoseconds > 0 {
            text.push('.');
            put(&mut text, nanoseconds, 9);
            text.truncate(text.trim_end_matches('0').len());
        }
        text.push('Z');
        text
    }

    fn read(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let mut parts = whole.splitn(3, ':');
        let (hour, minute, second) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
        if hour > 23 || minute > 59 || second > 59 || fraction.is_empty() || fraction.len() > 9 {
            return None;
        }
        let nanoseconds = number(&format!("{fraction:0<9}"), 9)?;
        let second = midnight(Date::read(date)?) + i64::from(hour * 3600 + minute * 60 + second);
        Self::new(second, i32::try_from(nanoseconds).ok()?).ok()
    }
}

/// Bytes of the longest moment, `-000999-12-31T23:59:59.123456789Z`.
const LONGEST: usize = 33;

/// Puts a date behind a text; a year before 0 has a sign and six digits, as in ISO 8601's expanded form.
fn put_date(text: &mut String, date: Date) {
    let year = u32::from(date.year().unsigned_abs());
    if date.year() < 0 {
        text.push('-');
        put(text, year, 6);
    } else {
        put(text, year, 4);
    }
    for part in [date.month(), date.day()] {
        text.push('-');
        put(text, part.unsigned_abs().into(), 2);
    }
}

/// Puts a number of so many digits behind a text. Without `format!`, which takes several times as long: instants are
/// written thrice for every answer event that a server takes in.
fn put(text: &mut String, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        text.extend(char::from_digit(number / 10_u32.pow(place) % 10, 10));
    }
}

/// How many days from one date to another; negative when the other is earlier.
///
/// ```
/// use shared::time::{Date, Moment as _, days_between};
/// let day = |text| Date::read(text).ok_or(text);
/// assert_eq!(days_between(day("2026-02-27")?, day("2026-03-02")?), 3);
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn days_between(first: Date, last: Date) -> i64 {
    (midnight(last) - midnight(first)) / (24 * 3600)
}

/// The second at which a date begins in UTC.
fn midnight(date: Date) -> i64 {
    Offset::UTC.to_timestamp(date.to_datetime(Time::midnight())).map_or(0, Timestamp::as_second)
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Writes a moment in a field: `#[serde(serialize_with = "time::as_text")]`.
///
/// # Errors
/// The serializer's own.
pub fn as_text<T: Moment, S: Serializer>(moment: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment.write())
}

/// As [`as_text`], in a field that may be empty.
///
/// # Errors
/// The serializer's own.
pub fn as_optional_text<T: Moment, S: Serializer>(moment: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => as_text(moment, serializer),
        None => serializer.serialize_none(),
    }
}

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
    #[serde(serialize_with = "as_text")]
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

    /// The last day that it can be.
    ///
    /// ```
    /// use shared::time::{Date, DatePrecision, PartialDate};
    /// let winter = PartialDate { date: "2028-02-01".parse()?, precision: DatePrecision::Month };
    /// assert_eq!(winter.latest(), "2028-02-29".parse::<Date>()?);
    /// # Ok::<(), jiff::Error>(())
    /// ```
    #[must_use]
    pub fn latest(self) -> Date {
        match self.precision {
            DatePrecision::Day => self.date,
            DatePrecision::Month => self.date.last_of_month(),
            DatePrecision::Year => self.date.last_of_year(),
        }
    }
}

/// What a device knew of the time when something happened on it; the server never overwrites it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceTime {
    /// The device's clock, which may be wrong.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// Milliseconds since the session began, from a clock that cannot be set.
    pub monotonic_ms: u64,
    /// Its offset from UTC in minutes (east is positive).
    pub utc_offset_minutes: i16,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_date_is_written_as_jiff_writes_it_and_read_back(days in -4_371_587_i32..2_932_897) {
            let epoch = Date::constant(1970, 1, 1);
            let date = epoch.saturating_add(jiff::Span::new().days(days));
            prop_assert_eq!(date.write(), date.to_string());
            prop_assert_eq!(Date::read(&date.write()), Some(date));
            prop_assert_eq!(days_between(epoch, date), i64::from(days));
        }

        #[test]
        fn an_instant_is_written_as_jiff_writes_it_and_read_back(
            second in Timestamp::MIN.as_second()..Timestamp::MAX.as_second(),
            nanosecond in prop_oneof![Just(0), 0..1_000_000_000, (0..1000).prop_map(|ms| ms * 1_000_000)],
        ) {
            let instant = Timestamp::new(second, nanosecond).unwrap();
            prop_assert_eq!(instant.write(), instant.to_string());
            prop_assert_eq!(Timestamp::read(&instant.write()), Some(instant));
        }

        #[test]
        fn what_it_reads_jiff_reads_the_same(text in "[0-9T:.Z+-]{0,30}") {
            if let Some(date) = Date::read(&text) {
                prop_assert_eq!(text.parse::<Date>().ok(), Some(date));
            }
            if let Some(instant) = Timestamp::read(&text) {
                prop_assert_eq!(text.parse::<Timestamp>().ok(), Some(instant));
            }
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["", "2026-3-12", "2026-02-30", "2026-03-12 ", "+026-03-12", "12/03/2026", "-999-01-01", "-000000-01-01"]
        {
            assert_eq!(Date::read(text), None, "{text}");
        }
        for text in [
            "2026-03-12",
            "2026-03-12T24:00:00Z",
            "2026-03-12T10:00Z",
            "2026-03-12T10:00:00.Z",
            "2026-03-12T10:00:00+01:00",
        ] {
            assert_eq!(Timestamp::read(text), None, "{text}");
        }
    }
}
