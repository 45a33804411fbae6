//! The second factor: six digits that change every 30 seconds (TOTP, RFC 6238), each good for one sign-in.

use shared::time::Timestamp;
use totp_rs::{Algorithm, TOTP};

/// Seconds a code lives.
const STEP: u64 = 30;

/// An account's authenticator secret.
fn authenticator(secret: &[u8]) -> TOTP {
    TOTP::new_unchecked(Algorithm::SHA1, 6, 0, STEP, secret.to_vec())
}

/// The step whose code this is, now or one step to either side; `None` for a wrong code.
///
/// A step at or before `last_step` is refused too: a code seen over a shoulder works no second time.
pub(super) fn accepted_step(secret: &[u8], code: &str, now: Timestamp, last_step: i64) -> Option<i64> {
    let totp = authenticator(secret);
    let current = u64::try_from(now.as_second()).ok()? / STEP;
    let step = (current.saturating_sub(1)..=current + 1).find(|step| totp.check(code, step * STEP))?;
    i64::try_from(step).ok().filter(|step| *step > last_step)
}

/// The code an authenticator shows at this instant: for the demonstration's first sign-in, and tests.
#[must_use]
pub fn one_time_code(secret: &[u8], now: Timestamp) -> String {
    authenticator(secret).generate(u64::try_from(now.as_second()).unwrap_or_default())
}

/// A secret as authenticator apps show it: base 32.
#[must_use]
pub fn authenticator_text(secret: &[u8]) -> String {
    authenticator(secret).get_secret_base32()
}

/// What an authenticator app takes in, as a QR code or a link: `otpauth://…`.
#[must_use]
pub fn enrolment_address(username: &str, secret: &[u8]) -> String {
    let secret = authenticator_text(secret);
    format!("otpauth://totp/Ressenti:{username}?secret={secret}&issuer=Ressenti")
}

#[cfg(test)]
mod tests {
    use super::{accepted_step, one_time_code};

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        assert_eq!(one_time_code(SECRET, "1970-01-01T00:00:59Z".parse().unwrap()), "287082");
    }

    #[test]
    fn a_code_works_once_and_one_step_to_either_side() {
        let at = |text: &str| text.parse().unwrap();
        let code = one_time_code(SECRET, at("2026-03-01T09:00:10Z"));
        let step = accepted_step(SECRET, &code, at("2026-03-01T09:00:20Z"), 0).unwrap();
        assert_eq!(accepted_step(SECRET, &code, at("2026-03-01T09:00:40Z"), 0), Some(step));
        assert_eq!(accepted_step(SECRET, &code, at("2026-03-01T08:59:40Z"), 0), Some(step));
        assert_eq!(accepted_step(SECRET, &code, at("2026-03-01T09:01:20Z"), 0), None, "two steps late");
        assert_eq!(accepted_step(SECRET, &code, at("2026-03-01T09:00:20Z"), step), None, "a second time");
    }
}
