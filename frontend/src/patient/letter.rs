//! The way in: the secret of the letter's link, the code typed from it, and a PIN worth having.

use shared::api::Claim;

use crate::device::Pin;

/// What the letter's link carries after its `#`: `e=` and the secret.
#[must_use]
pub fn parse_fragment(fragment: &str) -> Option<Claim> {
    let secret = fragment.strip_prefix("e=")?;
    let looks_right = (16..=100).contains(&secret.len())
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    looks_right.then(|| Claim::Secret(secret.to_owned()))
}

/// A code as people type it: capitals or not, with spaces or dashes, and letters that look like digits.
#[must_use]
pub fn parse_code(typed: &str) -> Option<Claim> {
    let plain = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let code: String = plain
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let fits = code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() && byte != b'U');
    fits.then_some(Claim::Code(code))
}

/// Why a chosen PIN will not do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PinProblem {
    /// Not 4 to 8 digits.
    Length,
    /// All the same, or one after the other.
    TooEasy,
    /// Typed differently the second time.
    NotSame,
}

/// Reads a PIN typed twice.
///
/// # Errors
/// Why it will not do.
pub fn choose_pin(first: &str, again: &str) -> Result<Pin, PinProblem> {
    let pin = Pin::parse(first).ok_or(PinProblem::Length)?;
    if pin.is_easy() {
        return Err(PinProblem::TooEasy);
    }
    if first == again { Ok(pin) } else { Err(PinProblem::NotSame) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_s_link_opens_and_anything_else_does_not() {
        let secret = "a".repeat(43);
        assert_eq!(parse_fragment(&format!("e={secret}")), Some(Claim::Secret(secret)));
        for other in ["", "content", "e=", "e=short", "e=<script>alert(1)</script>"] {
            assert_eq!(parse_fragment(other), None, "{other}");
        }
    }

    #[test]
    fn a_code_reads_however_it_is_typed() {
        let code = Some(Claim::Code("K7QM4T20".to_owned()));
        for typed in ["K7QM4T20", "k7qm-4t2o", " K7 QM 4T 2O "] {
            assert_eq!(parse_code(typed), code, "{typed}");
        }
        for wrong in ["", "K7QM4T2", "K7QM4T200", "K7QM4T2!", "K7QM4T2U"] {
            assert_eq!(parse_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_pin_must_be_long_enough_not_obvious_and_typed_twice() {
        assert!(choose_pin("2580", "2580").is_ok());
        for (first, again, problem) in [
            ("258", "258", PinProblem::Length),
            ("25a0", "25a0", PinProblem::Length),
            ("0000", "0000", PinProblem::TooEasy),
            ("1234", "1234", PinProblem::TooEasy),
            ("87654", "87654", PinProblem::TooEasy),
            ("2580", "2581", PinProblem::NotSame),
        ] {
            assert!(matches!(choose_pin(first, again), Err(found) if found == problem), "{first}");
        }
    }
}
