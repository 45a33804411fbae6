//! Units of measure: the few of UCUM that questionnaires ask in, and what one is in another.

use std::cmp::Ordering;

use super::path::{Operator, Quantity};

/// What a unit measures, and how many of that dimension's base unit it is, after an offset.
type Unit = (&'static str, &'static str, f64, f64);

/// UCUM code, dimension, factor, offset.
const UNITS: [Unit; 38] = [
    ("1", "number", 1.0, 0.0),
    ("%", "number", 0.01, 0.0),
    ("kg", "mass", 1000.0, 0.0),
    ("g", "mass", 1.0, 0.0),
    ("mg", "mass", 1e-3, 0.0),
    ("ug", "mass", 1e-6, 0.0),
    ("ng", "mass", 1e-9, 0.0),
    ("[lb_av]", "mass", 453.592_37, 0.0),
    ("[oz_av]", "mass", 28.349_523_125, 0.0),
    ("[stone_av]", "mass", 6_350.293_18, 0.0),
    ("km", "length", 1000.0, 0.0),
    ("m", "length", 1.0, 0.0),
    ("dm", "length", 0.1, 0.0),
    ("cm", "length", 0.01, 0.0),
    ("mm", "length", 0.001, 0.0),
    ("[in_i]", "length", 0.0254, 0.0),
    ("[ft_i]", "length", 0.3048, 0.0),
    ("[yd_i]", "length", 0.9144, 0.0),
    ("[mi_i]", "length", 1609.344, 0.0),
    ("s", "time", 1.0, 0.0),
    ("min", "time", 60.0, 0.0),
    ("h", "time", 3600.0, 0.0),
    ("d", "time", 86_400.0, 0.0),
    ("wk", "time", 604_800.0, 0.0),
    ("mo", "time", 2_629_800.0, 0.0),
    ("a", "time", 31_557_600.0, 0.0),
    ("ms", "time", 0.001, 0.0),
    ("L", "volume", 1.0, 0.0),
    ("l", "volume", 1.0, 0.0),
    ("dL", "volume", 0.1, 0.0),
    ("cL", "volume", 0.01, 0.0),
    ("mL", "volume", 0.001, 0.0),
    ("K", "temperature", 1.0, 0.0),
    ("Cel", "temperature", 1.0, 273.15),
    ("[degF]", "temperature", 5.0 / 9.0, 459.67),
    ("mm[Hg]", "pressure", 133.322_387_415, 0.0),
    ("kPa", "pressure", 1000.0, 0.0),
    ("Pa", "pressure", 1.0, 0.0),
];

/// Calendar words as the UCUM codes they stand for.
fn code(unit: &str) -> &str {
    match unit.strip_suffix('s').unwrap_or(unit) {
        "year" => "a",
        "month" => "mo",
        "week" => "wk",
        "day" => "d",
        "hour" => "h",
        "minute" => "min",
        "second" => "s",
        "millisecond" => "ms",
        _ => unit,
    }
}

fn find(unit: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|(known, ..)| *known == code(unit))
}

/// A quantity's value in another unit; none if the units do not measure the same or are not known.
pub(crate) fn convert(quantity: &Quantity, unit: &str) -> Option<f64> {
    if quantity.unit == unit {
        return Some(quantity.value);
    }
    let (from, to) = (find(&quantity.unit)?, find(unit)?);
    (from.1 == to.1).then(|| (quantity.value + from.3) * from.2 / to.2 - to.3)
}

/// The order of two quantities; none if their units cannot be compared.
pub(crate) fn compare(left: &Quantity, right: &Quantity) -> Option<Ordering> {
    let value = convert(left, &right.unit)?;
    if (value - right.value).abs() <= right.value.abs() * 1e-12 {
        return Some(Ordering::Equal);
    }
    value.partial_cmp(&right.value)
}

/// Sums and differences in the left one's unit; products and quotients where one side is a bare number.
#[expect(clippy::wildcard_enum_match_arm, reason = "of two dozen operators, four work on quantities")]
pub(crate) fn arithmetic(operator: Operator, left: &Quantity, right: &Quantity) -> Option<Quantity> {
    let of = |value: f64, unit: &str| value.is_finite().then(|| Quantity { value, unit: unit.to_owned() });
    match operator {
        Operator::Plus => of(left.value + convert(right, &left.unit)?, &left.unit),
        Operator::Minus => of(left.value - convert(right, &left.unit)?, &left.unit),
        Operator::Times if right.unit == "1" => of(left.value * right.value, &left.unit),
        Operator::Times if left.unit == "1" => of(left.value * right.value, &right.unit),
        Operator::Divide if right.unit == "1" => of(left.value / right.value, &left.unit),
        Operator::Divide => of(left.value / convert(right, &left.unit)?, "1"),
        _ => None,
    }
}
