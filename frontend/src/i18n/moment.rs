//! Dates, times and numbers as people read them: "12 mars 2026", "14 h 30", "0,5".

use shared::time::Date;

use super::{Locale, text::calendar};

/// "12 mars 2026", "1er avril 2026"; "12 March 2026".
#[must_use]
pub fn long_date(locale: Locale, date: Date) -> String {
    format!("{} {} {}", day(locale, date), month(locale, date), date.year())
}

/// "jeudi 12 mars"; "Thursday 12 March".
#[must_use]
pub fn weekday_date(locale: Locale, date: Date) -> String {
    let names = calendar::weekdays(locale);
    let weekday = names.split(' ').nth(usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default());
    format!("{} {} {}", weekday.unwrap_or_default(), day(locale, date), month(locale, date))
}

/// "du 3 au 10 mars 2026", with only as much of the first date as differs; "from 3 to 10 March 2026".
#[must_use]
pub fn span(locale: Locale, first: Date, last: Date) -> String {
    let from = if first.year() != last.year() {
        long_date(locale, first)
    } else if first.month() != last.month() {
        format!("{} {}", day(locale, first), month(locale, first))
    } else {
        day(locale, first)
    };
    calendar::span(locale, from, long_date(locale, last))
}

/// "14 h 05"; "14:05".
#[must_use]
pub fn clock_time(locale: Locale, time: jiff::civil::Time) -> String {
    match locale {
        Locale::Fr => format!("{}\u{a0}h\u{a0}{:02}", time.hour(), time.minute()),
        Locale::En => format!("{}:{:02}", time.hour(), time.minute()),
    }
}

/// A number in its shortest form, with the language's decimal mark.
#[must_use]
pub fn number(locale: Locale, number: f64) -> String {
    let plain = serde_json::Number::from_f64(number).map(|number| number.to_string()).unwrap_or_default();
    let plain = plain.trim_end_matches(".0");
    match locale {
        Locale::Fr => plain.replace('.', ","),
        Locale::En => plain.to_owned(),
    }
}

/// A number with this many decimals and the language's decimal mark.
#[must_use]
pub fn decimal(locale: Locale, number: f64, decimals: usize) -> String {
    let plain = format!("{number:.decimals$}");
    match locale {
        Locale::Fr => plain.replace('.', ","),
        Locale::En => plain,
    }
}

fn day(locale: Locale, date: Date) -> String {
    match (locale, date.day()) {
        (Locale::Fr, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    }
}

fn month(locale: Locale, date: Date) -> &'static str {
    let nth = usize::try_from(date.month() - 1).unwrap_or_default();
    calendar::months(locale).split(' ').nth(nth).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn dates_read_as_in_a_letter() {
        assert_eq!(long_date(Locale::Fr, date("2026-04-01")), "1er avril 2026");
        assert_eq!(long_date(Locale::En, date("2026-04-01")), "1 April 2026");
        assert_eq!(weekday_date(Locale::Fr, date("2026-03-12")), "jeudi 12 mars");
    }

    #[test]
    fn a_span_says_each_month_and_year_once() {
        assert_eq!(span(Locale::Fr, date("2026-03-03"), date("2026-03-10")), "du 3 au 10 mars 2026");
        assert_eq!(span(Locale::Fr, date("2026-02-26"), date("2026-03-05")), "du 26 février au 5 mars 2026");
        assert_eq!(span(Locale::En, date("2025-12-29"), date("2026-01-05")), "from 29 December 2025 to 5 January 2026");
    }

    #[test]
    fn times_and_decimals_follow_the_language() {
        let time = jiff::civil::time(14, 5, 0, 0);
        assert_eq!(clock_time(Locale::Fr, time), "14\u{a0}h\u{a0}05");
        assert_eq!(clock_time(Locale::En, time), "14:05");
        assert_eq!(decimal(Locale::Fr, 66.666, 1), "66,7");
        assert_eq!([0.0, 62.5, 300.0, -1.25].map(|it| number(Locale::Fr, it)), ["0", "62,5", "300", "-1,25"]);
    }
}
