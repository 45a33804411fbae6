//! The code on a form: nine characters to scan or to type, the last of which finds typing errors.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Crockford's alphabet: no I, L, O or U to mistake.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// Characters before the check character, five bits each.
const LENGTH: u32 = 8;

/// Which printed form it is: a random number that means nothing outside the registry.
///
/// The ninth character is a check over GF(32): one wrong character, or two neighbours swapped, never make another
/// code.
///
/// ```
/// use shared::paper::FormCode;
/// let code = FormCode::from_random([7, 1, 8, 2, 8]);
/// assert_eq!(code.to_string(), "0W0-GG0-G81");
/// assert_eq!("ow0 gg0 g8l".parse(), Ok(code));
/// assert!("0W0-GG0-G82".parse::<FormCode>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FormCode([u8; 5]);

/// What was typed is no code of a form.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the code of a form: it has nine characters, and the last one fits the others")]
pub struct FormCodeError;

impl FormCode {
    /// A code of forty random bits that the caller drew.
    #[must_use]
    pub const fn from_random(bits: [u8; 5]) -> Self {
        Self(bits)
    }

    /// The nine characters without dashes, as stores and addresses hold them.
    #[must_use]
    pub fn as_text(self) -> String {
        let digits = self.digits();
        let all = digits.into_iter().chain([check(&digits)]);
        all.filter_map(|digit| ALPHABET.get(usize::from(digit))).collect()
    }

    fn digits(self) -> [u8; 8] {
        let bits = self.0.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut shift = 5 * LENGTH;
        [(); 8].map(|()| {
            shift -= 5;
            u8::try_from(bits >> shift & 31).unwrap_or_default()
        })
    }
}

/// The digits as a polynomial over GF(32), evaluated at its generator: every place weighs differently.
fn check(digits: &[u8]) -> u8 {
    digits.iter().fold(0, |sum, digit| times_generator(sum ^ digit))
}

/// In GF(32) by x^5 + x^2 + 1.
const fn times_generator(digit: u8) -> u8 {
    let doubled = digit << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

impl fmt::Display for FormCode {
    /// In three groups of three, as it is printed and read aloud.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, character) in self.as_text().chars().enumerate() {
            if nth > 0 && nth % 3 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{character}")?;
        }
        Ok(())
    }
}

impl FromStr for FormCode {
    type Err = FormCodeError;

    /// Reads what was typed or scanned: case, spaces and dashes do not matter, nor O for 0 and I or L for 1; of an
    /// address, the last part counts.
    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        let last = typed.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let digit = |c: char| {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            ALPHABET.iter().position(|known| *known == c).and_then(|digit| u8::try_from(digit).ok())
        };
        let typed = last.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let digits: Vec<u8> = typed.map(digit).collect::<Option<_>>().ok_or(FormCodeError)?;
        let (sum, digits) = digits.split_last().filter(|(_, digits)| digits.len() == 8).ok_or(FormCodeError)?;
        if check(digits) != *sum {
            return Err(FormCodeError);
        }
        let [_, _, _, bits @ ..] = digits.iter().fold(0_u64, |bits, digit| bits << 5 | u64::from(*digit)).to_be_bytes();
        Ok(Self(bits))
    }
}

impl TryFrom<String> for FormCode {
    type Error = FormCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FormCode> for String {
    fn from(code: FormCode) -> Self {
        code.as_text()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_code_is_read_however_it_is_typed(bits: [u8; 5]) {
            let code = FormCode::from_random(bits);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            prop_assert_eq!(code.as_text().to_lowercase().parse(), Ok(code));
            prop_assert_eq!(format!(" https://ressenti.example/staff/forms/{}/\n", code.as_text()).parse(), Ok(code));
        }

        #[test]
        fn one_wrong_character_is_found(bits: [u8; 5], at in 0..9_usize, other in 0..32_usize) {
            let mut typed: Vec<char> = FormCode::from_random(bits).as_text().chars().collect();
            prop_assume!(typed[at] != ALPHABET[other]);
            typed[at] = ALPHABET[other];
            prop_assert!(typed.into_iter().collect::<String>().parse::<FormCode>().is_err());
        }

        #[test]
        fn two_neighbours_swapped_are_found(bits: [u8; 5], at in 0..8_usize) {
            let mut typed: Vec<char> = FormCode::from_random(bits).as_text().chars().collect();
            prop_assume!(typed[at] != typed[at + 1]);
            typed.swap(at, at + 1);
            prop_assert!(typed.into_iter().collect::<String>().parse::<FormCode>().is_err());
        }
    }

    #[test]
    fn what_is_too_short_too_long_or_strange_is_no_code() {
        for typed in ["", "0W0-GG0-G8", "0W0-GG0-G811", "0W0-GG0-G8!", "0W0GG0G8U"] {
            assert_eq!(typed.parse::<FormCode>(), Err(FormCodeError), "{typed}");
        }
    }
}
