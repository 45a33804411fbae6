//! Signing in and out, claiming a letter, opening a device's session.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use shared::{
    api::{Claim, ClaimReply, ClaimRequest, DeviceSessionRequest, ProblemKind, SignInRequest, StaffReply},
    id::{DeviceId, PatientId},
    people::DeviceKind,
    sync::signing::PublicKey,
    time::Timestamp,
};

use super::{
    codes::{Code, random_text, sha256},
    guard::StaffScope,
    lock, one_time, passkeys, password, provider,
    queries::{self, Account, Holder, Letter, NewDevice},
    session::{self, DEVICE_COOKIE, STAFF_COOKIE, SignInWay},
    signed::Unchecked,
};
use crate::{
    audit::{self, Operation},
    clock::Chance,
    db::Tx,
    erasure,
    error::{ApiError, Body},
    state::AppState,
};

/// Wrong tries at a letter's code before it burns.
const CODE_TRIES: i64 = 5;

/// Routes of signing in and enrolling.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/staff/sign-in", post(sign_in))
        .route("/api/staff/sign-out", post(sign_out))
        .route("/api/staff/me", get(me))
        .merge(lock::routes())
        .merge(passkeys::routes())
        .merge(provider::routes())
        .route("/api/enrolment/claim", post(claim))
        .route("/api/device/session", post(open_device_session))
}

fn wrong_credentials() -> ApiError {
    let detail = "Nobody was signed in. Check the name, the password and that the authenticator shows a fresh code.";
    ApiError::new(ProblemKind::WrongCredentials, detail)
}

/// How long an account waits after its n-th wrong try in a row: three are free, then 5 s doubling to 15 minutes.
fn wait_after(n_wrong: i64) -> Duration {
    let doublings = u32::try_from(n_wrong - 3).ok();
    doublings.map_or(Duration::ZERO, |n| Duration::from_secs((5_u64 << n.min(8)).min(900)))
}

async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(request): Body<SignInRequest>,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let account = queries::find_account(&state.db, &request.username.trim().to_lowercase()).await?;
    let account = account.filter(|account| !account.disabled);
    if let Some(account) = &account {
        let wait_until = session::after(now, wait_after(account.n_wrong + 1));
        if account.wait_until > now || !queries::count_try(&state.db, account, wait_until).await? {
            let detail = "There were several tries. Wait a few minutes, then sign in again.";
            return Err(ApiError::new(ProblemKind::TooManyTries, detail));
        }
    }
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let fits = password::verify(request.password, hash).await?;
    let Some(account) = account else { return Err(wrong_credentials()) };
    let step = one_time::accepted_step(&account.totp_secret, request.one_time_code.trim(), now, account.totp_step);
    let Some(step) = step.filter(|_| fits) else {
        return Err(wrong_credentials());
    };
    open_staff_session(&state, &headers, account, step, now).await
}

async fn open_staff_session(
    state: &AppState,
    headers: &HeaderMap,
    account: Account,
    step: i64,
    now: Timestamp,
) -> Result<Response, ApiError> {
    let staff = account.staff.staff;
    let mut tx = state.db.begin().await?;
    if !queries::take_step(&mut tx, staff, step).await? {
        return Err(wrong_credentials());
    }
    let cookie = session::open_for_staff(&mut tx, headers, staff, SignInWay::Password, &state.chance, now).await?;
    tx.commit().await?;
    Ok(([cookie], Json(account.staff)).into_response())
}

async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(reference) = session::find_cookie(&headers, STAFF_COOKIE) {
        let mut tx = state.db.begin().await?;
        queries::end_session(&mut tx, &sha256(reference), state.clock.now()).await?;
        tx.commit().await?;
    }
    Ok((StatusCode::NO_CONTENT, [session::cookie(STAFF_COOKIE, "")]).into_response())
}

async fn me(scope: StaffScope) -> Json<StaffReply> {
    Json(scope.staff().clone())
}

/// Finds the letter that a claim means, and counts a wrong code against it.
async fn find_letter(state: &AppState, claim: &Claim, now: Timestamp) -> Result<Letter, ApiError> {
    let wrong = || {
        let detail = "Check the characters against the letter. After five wrong tries the code stops working.";
        ApiError::new(ProblemKind::CodeWrong, detail)
    };
    match claim {
        Claim::Secret(secret) => queries::find_letter_by_secret(&state.db, &sha256(secret)).await?.ok_or_else(wrong),
        Claim::Code(typed) => {
            let code = Code::parse(typed).ok_or_else(wrong)?;
            let letter = queries::find_letter_by_selector(&state.db, &code.selector).await?.ok_or_else(wrong)?;
            if letter.closed || letter.expires_at <= now {
                return Ok(letter);
            }
            let tries = queries::count_code_try(&state.db, letter.enrolment, CODE_TRIES).await?.ok_or_else(used)?;
            if password::verify(code.verifier, Some(letter.verifier_hash.clone())).await? {
                return Ok(letter);
            }
            if tries < CODE_TRIES {
                return Err(wrong());
            }
            let mut tx = state.db.begin().await?;
            queries::close_letter(&mut tx, letter.enrolment, "burnt", now).await?;
            tx.commit().await?;
            Err(used())
        }
    }
}

fn used() -> ApiError {
    let detail = "This letter was already used, replaced, or tried wrongly too often. Ask the unit for a new one.";
    ApiError::new(ProblemKind::CodeUsed, detail)
}

async fn claim(State(state): State<AppState>, Body(request): Body<ClaimRequest>) -> Result<Json<ClaimReply>, ApiError> {
    let (now, key) = (state.clock.now(), read_key(&request.public_key)?);
    let letter = find_letter(&state, &request.letter, now).await?;
    if letter.closed {
        return Err(used());
    }
    if letter.expires_at <= now {
        let detail = "A letter works for 24 hours. Ask the unit for a new one.";
        return Err(ApiError::new(ProblemKind::CodeExpired, detail));
    }
    let mut tx = state.db.begin().await?;
    if !queries::close_letter(&mut tx, letter.enrolment, "used", now).await? {
        return Err(used());
    }
    let (device, credential) = enrol_device(&mut tx, letter.patient, DeviceKind::Own, key, &state.chance, now).await?;
    tx.commit().await?;
    Ok(Json(ClaimReply { device, patient: letter.patient, credential, language: letter.language }))
}

/// Reads the public key that a device sends along with its enrolment.
///
/// # Errors
/// When it is none: nothing was changed then.
pub(crate) fn read_key(text: &str) -> Result<PublicKey, ApiError> {
    let detail = "The device's public key is none of P-256. Nothing was changed. Use an up-to-date browser.";
    PublicKey::parse(text).ok_or_else(|| ApiError::new(ProblemKind::BadRequest, detail))
}

/// Enrols a device of a kind for a patient, with its key; its credential leaves here once.
pub(crate) async fn enrol_device(
    tx: &mut Tx,
    patient: PatientId,
    kind: DeviceKind,
    key: PublicKey,
    chance: &Chance,
    now: Timestamp,
) -> sqlx::Result<(DeviceId, String)> {
    let (device, credential) = (DeviceId::new(chance.id()), random_text(chance));
    let new = NewDevice { id: device, kind, credential_hash: &sha256(&credential), key: Some(key) };
    queries::insert_device(tx, patient, &new, now).await?;
    let entry = audit::Entry::device(device, patient, Operation::EnrolDevice).with(key.fingerprint());
    audit::append(tx, &entry, now).await?;
    Ok((device, credential))
}

/// The hash of a credential that nobody has.
pub(crate) fn nobodys_credential(chance: &Chance) -> Vec<u8> {
    sha256(&random_text(chance))
}

/// Enrols the desk at which one form or one correction is typed in; nobody has its credential, so nothing opens it
/// again.
///
/// `false` when there is such a device already.
pub(crate) async fn enrol_desk(
    tx: &mut Tx,
    patient: PatientId,
    desk: DeviceId,
    nobodys_credential: &[u8],
    now: Timestamp,
) -> sqlx::Result<bool> {
    let new = NewDevice { id: desk, kind: DeviceKind::Desk, credential_hash: nobodys_credential, key: None };
    queries::insert_device(tx, patient, &new, now).await
}

async fn open_device_session(State(state): State<AppState>, asked: Unchecked) -> Result<Response, ApiError> {
    let request: DeviceSessionRequest = asked.body.read_within()?;
    let found = queries::find_device(&state.db, request.device, &sha256(&request.credential)).await?;
    let Some(device) = found else { return Err(unknown_device(&state, request.device).await?) };
    asked.check(device.id, device.key)?;
    let (reference, now) = (random_text(&state.chance), state.clock.now());
    let former = session::find_cookie(asked.headers(), DEVICE_COOKIE).map(sha256).unwrap_or_default();
    let mut tx = state.db.begin().await?;
    queries::end_session(&mut tx, &former, now).await?;
    queries::insert_session(&mut tx, &sha256(&reference), Holder::Device(device.id), now).await?;
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, [session::cookie(DEVICE_COOKIE, &reference)]).into_response())
}

/// Why a device opens no session: it was an erased patient's, or nobody's.
async fn unknown_device(state: &AppState, device: DeviceId) -> sqlx::Result<ApiError> {
    if erasure::is_erased_device(&state.db, device).await? {
        let detail = "The hospital erased what this device had handed in, at the patient's request, and takes in nothing \
                      more from it. What the device still holds is on it alone.";
        return Ok(ApiError::new(ProblemKind::DeviceRevoked, detail));
    }
    let detail = "The hospital does not know this device. What it holds is safe; ask the unit for a new letter.";
    Ok(ApiError::new(ProblemKind::WrongCredentials, detail))
}

#[cfg(test)]
mod tests {
    use super::wait_after;

    #[test]
    fn waiting_doubles_and_stops_at_a_quarter_of_an_hour() {
        let seconds: Vec<u64> = (1..=14).map(|n| wait_after(n).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]);
    }
}
