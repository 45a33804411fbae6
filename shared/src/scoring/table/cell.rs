//! Reading one cell: the number that an answer stands for, without making a text of it.

use crate::instrument::{Definition, Item, ItemKind, whole_number};

/// What the cells of an item's column may hold.
pub(super) enum Allowed<'a> {
    Codes(&'a [i32]),
    Whole { min: i64, max: i64 },
    Decimal { min: f64, max: f64 },
}

impl<'a> Allowed<'a> {
    /// What an item allows; none when its answers stand for no number.
    pub(super) fn of(definition: &'a Definition, item: &Item) -> Option<Self> {
        match &item.kind {
            ItemKind::Choice(set) => Some(Self::Codes(&definition.options.get(set)?.codes)),
            ItemKind::Analogue { min, max } => Some(Self::Whole { min: i64::from(*min), max: i64::from(*max) }),
            ItemKind::Integer { min, max } => Some(Self::Whole { min: *min, max: *max }),
            ItemKind::Decimal { min, max } => Some(Self::Decimal { min: *min, max: *max }),
            ItemKind::Choices(_) | ItemKind::Date | ItemKind::Text { .. } => None,
        }
    }

    /// The number of a cell that is not empty; none when it is not an answer.
    pub(super) fn read(&self, cell: &[u8]) -> Option<f64> {
        match self {
            Self::Codes(codes) => {
                let code = i32::try_from(whole(cell)?).ok()?;
                codes.contains(&code).then(|| f64::from(code))
            }
            Self::Whole { min, max } => {
                let number = whole(cell)?;
                (min..=max).contains(&&number).then(|| whole_number(number))
            }
            Self::Decimal { min, max } => {
                let number: f64 = std::str::from_utf8(cell).ok()?.parse().ok()?;
                (number.is_finite() && (min..=max).contains(&&number)).then_some(number)
            }
        }
    }
}

/// A whole number of at most 18 digits, with a `-` before it if need be and nothing else.
fn whole(cell: &[u8]) -> Option<i64> {
    let (sign, digits) = cell.strip_prefix(b"-").map_or((1, cell), |digits| (-1, digits));
    if !(1..=18).contains(&digits.len()) {
        return None;
    }
    let number = digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))?;
    Some(sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_plain_number_or_no_answer() {
        let codes = Allowed::Codes(&[-1, 0, 10]);
        for (cell, number) in [("10", 10.0), ("0", 0.0), ("-1", -1.0), ("010", 10.0)] {
            assert_eq!(codes.read(cell.as_bytes()), Some(number), "{cell}");
        }
        for cell in ["", "-", "+10", "1", " 10", "10 ", "1e1", "10.0", "0x0", "NaN", "9999999999999999999"] {
            assert_eq!(codes.read(cell.as_bytes()), None, "{cell}");
        }
        let decimal = Allowed::Decimal { min: 0.5, max: 2.5 };
        assert_eq!(decimal.read(b"2.5"), Some(2.5));
        for cell in ["NaN", "inf", "1e308", "0.4", "two"] {
            assert_eq!(decimal.read(cell.as_bytes()), None, "{cell}");
        }
    }
}
