//! Session cookies and how long a session lasts.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use shared::{id::StaffId, time::Timestamp};

use super::{
    codes::{random_text, sha256},
    queries::{self, Holder},
};
use crate::{
    audit::{self, Operation},
    clock::Chance,
    db::Tx,
};

/// The cookie of a signed-in member of staff.
pub const STAFF_COOKIE: &str = "__Host-ressenti-staff";
/// The cookie of an enrolled device.
pub const DEVICE_COOKIE: &str = "__Host-ressenti-device";

/// A session ends this long after it began, whatever happens.
pub(super) const LONGEST: Duration = Duration::from_hours(12);
/// A staff session ends after this long without a request.
pub(super) const IDLE: Duration = Duration::from_mins(15);
/// A request is noted only when the last note is older: not every read should write.
pub(super) const NOTED_EVERY: Duration = Duration::from_secs(30);

/// The same for a device.
pub(super) const DEVICE_NOTED_EVERY: Duration = Duration::from_mins(5);

/// What a member of staff signed in with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SignInWay {
    /// Password and one-time code.
    Password,
    /// A passkey that verified its owner.
    Passkey,
    /// The hospital's own sign-in.
    Provider,
}

impl SignInWay {
    /// The detail of its audit entry.
    const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        }
    }
}

/// Opens a session for a member of staff whose factors were just checked, in the transaction that uses them up; ends
/// the one that this browser had. Gives the header that sets its cookie.
pub(super) async fn open_for_staff(
    tx: &mut Tx,
    headers: &HeaderMap,
    staff: StaffId,
    way: SignInWay,
    chance: &Chance,
    now: Timestamp,
) -> sqlx::Result<(header::HeaderName, HeaderValue)> {
    let reference = random_text(chance);
    let former = find_cookie(headers, STAFF_COOKIE).map(sha256).unwrap_or_default();
    queries::end_session(tx, &former, now).await?;
    queries::insert_session(tx, &sha256(&reference), Holder::Staff(staff), now).await?;
    audit::append(tx, &audit::Entry::staff(staff, Operation::SignIn).with(way.word()), now).await?;
    Ok(cookie(STAFF_COOKIE, &reference))
}

/// The instant this long after another.
pub(super) fn after(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The value of a cookie in a request.
pub(super) fn find_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The header that sets a session cookie, or takes it away when the reference is empty.
pub(super) fn cookie(name: &str, reference: &str) -> (header::HeaderName, HeaderValue) {
    let age = if reference.is_empty() { 0 } else { LONGEST.as_secs() };
    let text = format!("{name}={reference}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={age}");
    (header::SET_COOKIE, HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("")))
}
