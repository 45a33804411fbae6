//! A date typed in three boxes, where what is not known is left blank: its precision is what was typed.

use shared::time::{Date, DatePrecision, PartialDate};

use crate::{
    i18n::{Locale, text::staff::date as text},
    ui::DateParts,
};

/// Why the boxes do not make a date.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum DateProblem {
    /// A day without a month, or anything without a year.
    Incomplete,
    /// No such day in the calendar, or something that is no number.
    NotADate,
    /// Before 1900 or more than five years ahead.
    OutOfReach,
}

impl DateProblem {
    /// What is wrong, and what to write.
    pub(crate) const fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::Incomplete => text::incomplete(locale),
            Self::NotADate => text::not_a_date(locale),
            Self::OutOfReach => text::out_of_reach(locale),
        }
    }
}

/// Reads the boxes; `None` when all are blank.
pub(crate) fn parse_partial(parts: &DateParts, today: Date) -> Result<Option<PartialDate>, DateProblem> {
    if parts.is_empty() {
        return Ok(None);
    }
    let (day, month, year) = (number(&parts.day)?, number(&parts.month)?, number(&parts.year)?);
    let year = year.ok_or(DateProblem::Incomplete)?;
    if !(1900..=today.year() + 5).contains(&year) {
        return Err(DateProblem::OutOfReach);
    }
    let precision = match (day, month) {
        (Some(_), Some(_)) => DatePrecision::Day,
        (None, Some(_)) => DatePrecision::Month,
        (None, None) => DatePrecision::Year,
        (Some(_), None) => return Err(DateProblem::Incomplete),
    };
    let narrow = |part: Option<i16>| i8::try_from(part.unwrap_or(1)).map_err(|_| DateProblem::NotADate);
    let date = Date::new(year, narrow(month)?, narrow(day)?).map_err(|_| DateProblem::NotADate)?;
    Ok(Some(PartialDate { date, precision }))
}

/// The boxes as they were when this date was read from them.
pub(crate) fn parts_of(on: PartialDate) -> DateParts {
    let mut parts = DateParts::of(on.date);
    match on.precision {
        DatePrecision::Day => {}
        DatePrecision::Month => parts.day.clear(),
        DatePrecision::Year => {
            parts.day.clear();
            parts.month.clear();
        }
    }
    parts
}

fn number(part: &str) -> Result<Option<i16>, DateProblem> {
    let part = part.trim();
    if part.is_empty() {
        return Ok(None);
    }
    part.parse().map(Some).map_err(|_| DateProblem::NotADate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(boxes: [&str; 3], expected: Result<Option<(&str, DatePrecision)>, DateProblem>) {
        let [day, month, year] = boxes.map(str::to_owned);
        let today = "2026-03-12".parse().unwrap();
        let expected =
            expected.map(|known| known.map(|(date, precision)| PartialDate { date: date.parse().unwrap(), precision }));
        assert_eq!(parse_partial(&DateParts { day, month, year }, today), expected, "{boxes:?}");
    }

    #[test]
    fn what_is_left_blank_is_what_is_not_known() {
        check(["12", "3", "2026"], Ok(Some(("2026-03-12", DatePrecision::Day))));
        check([" 7", "03 ", "2025"], Ok(Some(("2025-03-07", DatePrecision::Day))));
        check(["", "3", "2026"], Ok(Some(("2026-03-01", DatePrecision::Month))));
        check(["", "", "2026"], Ok(Some(("2026-01-01", DatePrecision::Year))));
        check(["", " ", ""], Ok(None));
    }

    #[test]
    fn what_is_no_date_is_said_and_never_guessed() {
        check(["31", "2", "2026"], Err(DateProblem::NotADate));
        check(["12", "mars", "2026"], Err(DateProblem::NotADate));
        check(["300", "1", "2026"], Err(DateProblem::NotADate));
        check(["12", "", "2026"], Err(DateProblem::Incomplete));
        check(["12", "3", ""], Err(DateProblem::Incomplete));
        check(["12", "3", "26"], Err(DateProblem::OutOfReach));
        check(["1", "1", "2040"], Err(DateProblem::OutOfReach));
    }

    #[test]
    fn a_known_date_fills_the_boxes_it_is_read_from() {
        let today: Date = "2026-03-12".parse().unwrap();
        for precision in [DatePrecision::Day, DatePrecision::Month, DatePrecision::Year] {
            let on = parse_partial(&parts_of(PartialDate { date: today, precision }), today).unwrap().unwrap();
            assert_eq!((on.precision, on.date.year()), (precision, 2026));
        }
    }
}
