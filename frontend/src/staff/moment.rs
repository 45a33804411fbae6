//! Instants and partly known dates as staff read them, in the hospital's civil time.

use jiff::{Timestamp, tz::TimeZone};
use shared::time::{Date, DatePrecision, PartialDate};

use crate::i18n::{
    Locale, clock_time, long_date,
    text::{calendar, staff::date as text},
};

/// Civil time in Europe/Paris, by its rule: a browser brings no table of time zones.
fn paris() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

/// The civil date of an instant.
pub(crate) fn date_of(at: Timestamp) -> Date {
    at.to_zoned(paris()).date()
}

/// "12 mars 2026 à 14 h 32", or "aujourd'hui à 14 h 32".
pub(crate) fn date_time(locale: Locale, at: Timestamp, today: Date) -> String {
    let civil = at.to_zoned(paris()).datetime();
    let time = clock_time(locale, civil.time());
    if civil.date() == today {
        text::today(locale, time)
    } else {
        text::at(locale, long_date(locale, civil.date()), time)
    }
}

/// "12 mars 2026", "mars 2026" or "2026", by what is known.
pub(crate) fn partial_date(locale: Locale, on: PartialDate) -> String {
    match on.precision {
        DatePrecision::Day => long_date(locale, on.date),
        DatePrecision::Month => {
            let nth = usize::try_from(on.date.month() - 1).unwrap_or_default();
            let month = calendar::months(locale).split(' ').nth(nth).unwrap_or_default();
            format!("{month} {}", on.date.year())
        }
        DatePrecision::Year => on.date.year().to_string(),
    }
}

/// A whole number with its thousands apart: "24 480"; "24,480".
pub(crate) fn thousands(locale: Locale, number: u64) -> String {
    let digits = number.to_string();
    let mark = if locale == Locale::Fr { '\u{202f}' } else { ',' };
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

/// How many days lie between two civil dates; negative when the second comes first.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn instants_read_in_the_hospitals_time_in_winter_and_in_summer() {
        let today = date("2026-03-01");
        let check = |at: &str, expected| assert_eq!(date_time(Locale::En, at.parse().unwrap(), today), expected);
        check("2026-02-12T13:32:00Z", "12 February 2026 at 14:32");
        check("2026-07-12T13:32:00Z", "12 July 2026 at 15:32");
        check("2026-02-28T23:30:00Z", "today at 0:30");
    }

    #[test]
    fn a_date_shows_no_more_than_is_known() {
        let on = |precision| PartialDate { date: date("2026-03-01"), precision };
        let read = |precision| partial_date(Locale::Fr, on(precision));
        assert_eq!(read(DatePrecision::Month), "mars 2026");
        assert_eq!(read(DatePrecision::Year), "2026");
        assert_eq!(read(DatePrecision::Day), "1er mars 2026");
    }

    #[test]
    fn thousands_stand_apart() {
        let check = |number, expected| assert_eq!(thousands(Locale::En, number), expected);
        check(7, "7");
        check(999, "999");
        check(1000, "1,000");
        check(1_234_567, "1,234,567");
        assert_eq!(thousands(Locale::Fr, 24_480), "24\u{202f}480");
    }

    #[test]
    fn days_are_counted_across_months() {
        assert_eq!(days_between(date("2026-02-27"), date("2026-03-02")), 3);
        assert_eq!(days_between(date("2026-03-02"), date("2026-02-27")), -3);
    }
}
