//! Dates and times as FHIR writes them: as precise as they were given, compared no more precisely than that.

use std::{
    cmp::Ordering,
    fmt::{self, Write as _},
};

use jiff::{Span, ToSpan, civil::DateTime};

/// A date, a date with time or a time of day.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Moment {
    text: String,
    kind: MomentKind,
    /// Year, month, day, hour, minute, nanoseconds within the minute; a time of day begins with the hour.
    parts: Vec<i64>,
    /// Minutes east of UTC, where it is said.
    offset: Option<i64>,
}

/// Which of the three.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum MomentKind {
    #[default]
    Date,
    DateTime,
    Time,
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Unit {
    /// A word of the language that may stand after a number without quotes.
    pub(super) fn parse_word(word: &str) -> Option<Self> {
        let singular = word.strip_suffix('s').unwrap_or(word);
        Some(match singular {
            "year" => Self::Year,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            "millisecond" => Self::Millisecond,
            _ => return None,
        })
    }

    /// The word, or the UCUM code that date arithmetic takes for it.
    pub(crate) fn parse(unit: &str) -> Option<Self> {
        Self::parse_word(unit).or(match unit {
            "a" => Some(Self::Year),
            "mo" => Some(Self::Month),
            "wk" => Some(Self::Week),
            "d" => Some(Self::Day),
            "h" => Some(Self::Hour),
            "min" => Some(Self::Minute),
            "s" => Some(Self::Second),
            "ms" => Some(Self::Millisecond),
            _ => None,
        })
    }
}

impl Moment {
    /// Reads `YYYY[-MM[-DD[Thh[:mm[:ss[.fff]]][Z|±hh:mm]]]]`; with a `T` it is a date with time.
    pub(crate) fn parse_date_time(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
        let mut parts = date_parts(date)?;
        let mut offset = None;
        if let Some(time) = time.filter(|time| !time.is_empty()) {
            if parts.len() != 3 {
                return None;
            }
            let (clock, zone) = split_zone(time)?;
            offset = zone;
            parts.extend(time_parts(clock)?);
        }
        let kind = if time.is_some() { MomentKind::DateTime } else { MomentKind::Date };
        Some(Self { text: text.trim_end_matches('T').to_owned(), kind, parts, offset })
    }

    /// Reads a FHIR `dateTime`, which may be a mere date.
    pub(crate) fn parse_as_date_time(text: &str) -> Option<Self> {
        Self::parse_date_time(text).map(|moment| Self { kind: MomentKind::DateTime, ..moment })
    }

    /// Reads `YYYY[-MM[-DD]]`.
    pub(crate) fn parse_date(text: &str) -> Option<Self> {
        Self::parse_date_time(text).filter(|moment| moment.kind == MomentKind::Date)
    }

    /// Reads `hh[:mm[:ss[.fff]]]`.
    pub(crate) fn parse_time(text: &str) -> Option<Self> {
        let parts = time_parts(text)?;
        Some(Self { text: text.to_owned(), kind: MomentKind::Time, parts, offset: None })
    }

    /// Which kind.
    pub(crate) const fn kind(&self) -> MomentKind {
        self.kind
    }

    /// The date of it alone.
    pub(crate) fn to_date(&self) -> Option<Self> {
        let (date, _) = self.text.split_once('T').unwrap_or((&self.text, ""));
        Self::parse_date(date)
    }

    /// The order of two moments; none when one is not precise enough to tell, or they are of different kinds.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        if (self.kind == MomentKind::Time) != (other.kind == MomentKind::Time) {
            return None;
        }
        let both_placed = self.offset.is_some() && other.offset.is_some();
        let (left, right) =
            if both_placed { (self.in_utc(), other.in_utc()) } else { (self.parts.clone(), other.parts.clone()) };
        match left.iter().zip(&right).map(|(left, right)| left.cmp(right)).find(|order| order.is_ne()) {
            Some(order) => Some(order),
            None => (left.len() == right.len()).then_some(Ordering::Equal),
        }
    }

    /// The order of two moments, each taken at the earliest instant it can mean.
    pub(crate) fn compare_earliest(&self, other: &Self) -> Ordering {
        self.compare(other).unwrap_or_else(|| {
            let part = |moment: &Self, place: usize| {
                let earliest = i64::from(moment.kind != MomentKind::Time && (place == 1 || place == 2));
                moment.parts.get(place).copied().unwrap_or(earliest)
            };
            let orders = (0..6).map(|place| part(self, place).cmp(&part(other, place)));
            orders.reduce(Ordering::then).unwrap_or(Ordering::Equal)
        })
    }

    /// The parts as they are at Greenwich.
    fn in_utc(&self) -> Vec<i64> {
        let Some(offset) = self.offset.filter(|offset| *offset != 0) else { return self.parts.clone() };
        let moved = self.civil().and_then(|civil| civil.checked_sub(offset.minutes()).ok());
        moved.map_or_else(|| self.parts.clone(), |civil| parts_of(civil, self.parts.len()))
    }

    fn civil(&self) -> Option<DateTime> {
        let part = |place: usize, missing: i64| self.parts.get(place).copied().unwrap_or(missing);
        let small = |place: usize, missing: i64| i8::try_from(part(place, missing)).ok();
        let nanoseconds = part(5, 0);
        let second = i8::try_from(nanoseconds / 1_000_000_000).ok()?;
        let within = i32::try_from(nanoseconds % 1_000_000_000).ok()?;
        let year = i16::try_from(part(0, 0)).ok()?;
        DateTime::new(year, small(1, 1)?, small(2, 1)?, small(3, 0)?, small(4, 0)?, second, within).ok()
    }

    /// The moment so many units later (or earlier, if negative), as precise as before.
    pub(crate) fn plus(&self, amount: i64, unit: Unit) -> Option<Self> {
        if self.kind == MomentKind::Time {
            return None;
        }
        let span: Span = match unit {
            Unit::Year => Span::new().try_years(amount),
            Unit::Month => Span::new().try_months(amount),
            Unit::Week => Span::new().try_weeks(amount),
            Unit::Day => Span::new().try_days(amount),
            Unit::Hour => Span::new().try_hours(amount),
            Unit::Minute => Span::new().try_minutes(amount),
            Unit::Second => Span::new().try_seconds(amount),
            Unit::Millisecond => Span::new().try_milliseconds(amount),
        }
        .ok()?;
        let parts = parts_of(self.civil()?.checked_add(span).ok()?, self.parts.len());
        let mut text = String::new();
        for (part, (before, width)) in parts.iter().zip([("", 4), ("-", 2), ("-", 2), ("T", 2), (":", 2)]) {
            text.push_str(before);
            let _ = write!(text, "{part:0width$}");
        }
        if let Some(nanoseconds) = parts.get(5) {
            let _ = write!(text, ":{:02}", nanoseconds / 1_000_000_000);
            let milliseconds = nanoseconds % 1_000_000_000 / 1_000_000;
            if milliseconds > 0 {
                let _ = write!(text, ".{milliseconds:03}");
            }
        }
        text.push_str(&self.zone());
        Some(Self { text, kind: self.kind, parts, offset: self.offset })
    }

    fn zone(&self) -> String {
        match self.offset {
            None => String::new(),
            Some(0) => "Z".to_owned(),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parts_of(civil: DateTime, n: usize) -> Vec<i64> {
    let nanoseconds = i64::from(civil.second()) * 1_000_000_000 + i64::from(civil.subsec_nanosecond());
    let parts = [
        i64::from(civil.year()),
        i64::from(civil.month()),
        i64::from(civil.day()),
        i64::from(civil.hour()),
        i64::from(civil.minute()),
        nanoseconds,
    ];
    parts.into_iter().take(n).collect()
}

/// Exactly so many digits, as a number.
fn digits(text: &str, n: usize) -> Option<i64> {
    (text.len() == n && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn date_parts(text: &str) -> Option<Vec<i64>> {
    let mut parts = Vec::new();
    for (place, part) in text.split('-').enumerate() {
        let width = if place == 0 { 4 } else { 2 };
        parts.push(digits(part, width)?);
    }
    let (month, day) = (parts.get(1).copied().unwrap_or(1), parts.get(2).copied().unwrap_or(1));
    let year = i16::try_from(*parts.first()?).ok()?;
    let is_real = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).is_ok();
    (is_real && parts.len() <= 3).then_some(parts)
}

fn time_parts(text: &str) -> Option<Vec<i64>> {
    let mut pieces = text.split(':');
    let hour = digits(pieces.next()?, 2)?;
    let mut parts = vec![hour];
    if let Some(minute) = pieces.next() {
        parts.push(digits(minute, 2)?);
    }
    if let Some(second) = pieces.next() {
        let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
        let fraction: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        parts.push(digits(whole, 2)? * 1_000_000_000 + digits(&fraction, 9)?);
    }
    let minute = parts.get(1).copied().unwrap_or_default();
    let second = parts.get(2).copied().unwrap_or_default();
    let is_real = hour < 24 && minute < 60 && second < 60_000_000_000 && pieces.next().is_none();
    is_real.then_some(parts)
}

/// The clock time and the minutes east of UTC.
fn split_zone(text: &str) -> Option<(&str, Option<i64>)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, Some(0)));
    }
    let Some(place) = text.find(['+', '-']) else { return Some((text, None)) };
    let (clock, zone) = text.split_at(place);
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let offset = digits(hours, 2)? * 60 + digits(minutes, 2)?;
    Some((clock, Some(if zone.starts_with('-') { -offset } else { offset })))
}
