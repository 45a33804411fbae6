//! Numbers between whole and decimal: FHIR's decimals computed as binary ones.
//!
//! Nothing is rounded on the way; where a number is compared, written or answered, the binary dust is taken off.

/// How many digits of a result are trusted; what binary arithmetic adds lies beyond them.
const DIGITS: usize = 14;

/// A whole number as a decimal.
pub(crate) const fn decimal(number: i64) -> f64 {
    crate::instrument::whole_number(number)
}

/// The whole number that a decimal is, if it is one.
pub(crate) fn whole(number: f64) -> Option<i64> {
    let nearest = number.round();
    (same(number, nearest) && nearest.abs() < 9e15).then(|| truncated(nearest))
}

/// The whole part of a number that is known to be small.
#[expect(clippy::cast_possible_truncation, clippy::as_conversions, reason = "`as` saturates, and stays below 9e15")]
pub(crate) fn truncated(number: f64) -> i64 {
    number.clamp(-9e15, 9e15) as i64
}

/// The decimal nearest to a computed number: `0.1 + 0.2` is `0.3`.
pub(crate) fn tidy(number: f64) -> f64 {
    format!("{number:.DIGITS$e}").parse().unwrap_or(number)
}

/// Whether two numbers are the same decimal.
pub(crate) fn same(left: f64, right: f64) -> bool {
    (left - right).abs() <= f64::max(left.abs(), right.abs()) * 1e-14
}

/// A number rounded to so many decimals, halves away from zero as a person rounds the decimal that is shown.
pub(crate) fn rounded(number: f64, decimals: u32) -> f64 {
    let factor = 10_f64.powi(i32::try_from(decimals.min(15)).unwrap_or(15));
    let scaled = tidy(number * factor).round() / factor;
    if scaled.is_finite() { tidy(scaled) } else { number }
}
