//! The guard: reads the session of a request and mints the scope it is good for. Nobody else can.
//!
//! A scope is a capability: queries on patient data take one and keep to it. Fields are private to this file.

use axum::{extract::FromRequestParts, http::request::Parts};
use shared::{
    api::{ProblemKind, StaffReply},
    id::{DeviceId, PatientId, SiteKey, StaffId},
    people::Role,
    sync::signing::PublicKey,
    time::Timestamp,
};

use super::{
    codes::sha256,
    queries::{self, StaffSession},
    session::{self, DEVICE_COOKIE, STAFF_COOKIE},
};
use crate::{error::ApiError, state::AppState};

/// An enrolled device that may read and write its one patient's answers.
#[derive(Clone, Copy, Debug)]
pub struct PatientScope {
    patient: PatientId,
    device: DeviceId,
}

/// An enrolled device that may hand in answers; it may have been revoked since.
#[derive(Clone, Copy, Debug)]
pub struct HandInScope {
    patient: PatientId,
    device: DeviceId,
    enrolled_at: Timestamp,
    revoked: bool,
    staff: Option<StaffId>,
}

/// One patient whose answers and dates may be read and written: somebody's own, or of a nurse's site.
#[derive(Clone, Copy, Debug)]
pub struct OnePatientScope {
    patient: PatientId,
}

/// Any member of staff: nothing of any patient.
#[derive(Clone, Debug)]
pub struct StaffScope {
    staff: StaffReply,
    signed_in_at: Timestamp,
}

/// A nurse: the patients of her sites, with names.
#[derive(Clone, Debug)]
pub struct NurseScope {
    staff: StaffId,
    sites: Vec<SiteKey>,
}

/// An investigator or a data manager: everybody, under pseudonyms, never a name.
#[derive(Clone, Copy, Debug)]
pub struct InvestigatorScope {
    staff: Option<StaffId>,
}

/// Whoever supervises: a nurse the patients of her sites, a data manager all of them; counts, no names.
#[derive(Clone, Debug)]
pub struct SupervisorScope {
    sites: Option<Vec<SiteKey>>,
}

/// The sender of reminders: where one patient's reminders go, and nothing else of who that is.
#[derive(Clone, Copy, Debug)]
pub struct SendingScope {
    patient: PatientId,
}

/// Whoever erases one patient at their request: what there is of them, to be counted and taken away, and none of it read.
#[derive(Clone, Copy, Debug)]
pub struct ErasureScope {
    patient: PatientId,
}

/// A data manager: accounts, sites, devices; no single patient's answers.
#[derive(Clone, Copy, Debug)]
pub struct ManagerScope {
    staff: Option<StaffId>,
}

impl OnePatientScope {
    /// Which patient.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.patient
    }
}

impl PatientScope {
    /// The patient's own.
    #[must_use]
    pub const fn own(&self) -> OnePatientScope {
        OnePatientScope { patient: self.patient }
    }

    /// Whose answers.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.patient
    }

    /// On which device.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }
}

impl HandInScope {
    /// Whose answers.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.patient
    }

    /// From which device.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// When the device was enrolled: it cannot have asked anything before.
    #[must_use]
    pub const fn enrolled_at(&self) -> Timestamp {
        self.enrolled_at
    }

    /// It was revoked: what it hands in is set aside.
    #[must_use]
    pub const fn revoked(&self) -> bool {
        self.revoked
    }

    /// The member of staff who types in what was said elsewhere, or corrects; `None` on a patient's device.
    #[must_use]
    pub const fn staff(&self) -> Option<StaffId> {
        self.staff
    }
}

impl StaffScope {
    /// Who it is.
    #[must_use]
    pub const fn staff(&self) -> &StaffReply {
        &self.staff
    }

    /// When this session was opened, which takes both factors.
    #[must_use]
    pub const fn signed_in_at(&self) -> Timestamp {
        self.signed_in_at
    }
}

impl NurseScope {
    /// Who it is.
    #[must_use]
    pub const fn staff(&self) -> StaffId {
        self.staff
    }

    /// Whose patients she sees.
    #[must_use]
    pub fn sites(&self) -> &[SiteKey] {
        &self.sites
    }

    /// Whether she sees the patients of this site.
    #[must_use]
    pub fn sees(&self, site: &SiteKey) -> bool {
        self.sites.contains(site)
    }

    /// One of her patients, whose following site this is; `None` when it is not one of hers.
    #[must_use]
    pub fn one(&self, patient: PatientId, site: &SiteKey) -> Option<OnePatientScope> {
        self.sees(site).then_some(OnePatientScope { patient })
    }

    /// Hands in from a desk that was enrolled for one entry, or one correction, of one of her patients.
    #[must_use]
    pub const fn desk(&self, one: &OnePatientScope, device: DeviceId, enrolled_at: Timestamp) -> HandInScope {
        HandInScope { patient: one.patient, device, enrolled_at, revoked: false, staff: Some(self.staff) }
    }
}

impl SupervisorScope {
    /// Of which sites; `None` of all.
    #[must_use]
    pub fn sites(&self) -> Option<&[SiteKey]> {
        self.sites.as_deref()
    }
}

impl InvestigatorScope {
    /// Who it is; `None` for whoever runs the binary on the server itself.
    #[must_use]
    pub const fn staff(&self) -> Option<StaffId> {
        self.staff
    }
}

impl ManagerScope {
    /// Who it is; `None` for whoever runs the binary on the server itself.
    #[must_use]
    pub const fn staff(&self) -> Option<StaffId> {
        self.staff
    }

    /// A manager may do whatever needs no name: the command line exports with this.
    #[must_use]
    pub const fn investigator(&self) -> InvestigatorScope {
        InvestigatorScope { staff: self.staff }
    }
}

impl ManagerScope {
    /// Acts for a nurse: what the demonstration enrols its invented patients with.
    #[must_use]
    pub const fn nurse(&self, staff: StaffId, sites: Vec<SiteKey>) -> NurseScope {
        NurseScope { staff, sites }
    }

    /// Acts for a device: what the demonstration hands in its invented answers with.
    #[must_use]
    pub const fn hand_in(&self, patient: PatientId, device: DeviceId, enrolled_at: Timestamp) -> HandInScope {
        HandInScope { patient, device, enrolled_at, revoked: false, staff: None }
    }

    /// Acts for a device that tells what it holds: the demonstration's phones do.
    #[must_use]
    pub const fn device(&self, patient: PatientId, device: DeviceId) -> PatientScope {
        PatientScope { patient, device }
    }

    /// Erases one patient, whom whoever runs the binary on the server itself names.
    #[must_use]
    pub const fn erase(&self, patient: PatientId) -> ErasureScope {
        ErasureScope { patient }
    }

    /// Acts for the sender of reminders, which the server itself runs.
    #[must_use]
    pub const fn sending(&self, patient: PatientId) -> SendingScope {
        SendingScope { patient }
    }
}

impl ErasureScope {
    /// Which patient.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.patient
    }
}

impl SendingScope {
    /// To which patient.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.patient
    }

    /// The patient's dates and progress, from which it follows whether a reminder is due.
    #[must_use]
    pub const fn facts(&self) -> OnePatientScope {
        OnePatientScope { patient: self.patient }
    }
}

/// The scope of whoever runs the binary on the server itself, and so holds the databases already.
#[must_use]
pub const fn operator() -> ManagerScope {
    ManagerScope { staff: None }
}

fn not_signed_in() -> ApiError {
    ApiError::new(ProblemKind::NotSignedIn, "What was typed here is safe. Sign in again to go on.")
}

fn forbidden() -> ApiError {
    ApiError::new(ProblemKind::Forbidden, "This account may not do that. Ask the data manager if it should.")
}

async fn staff_session(parts: &Parts, state: &AppState) -> Result<StaffSession, ApiError> {
    let reference = session::find_cookie(&parts.headers, STAFF_COOKIE).ok_or_else(not_signed_in)?;
    let now = state.clock.now();
    let hash = sha256(reference);
    let found = queries::find_staff_session(&state.db, &hash, now).await?.ok_or_else(not_signed_in)?;
    if session::after(found.seen_at, session::NOTED_EVERY) <= now {
        queries::note_seen(&state.db, &hash, now).await?;
    }
    Ok(found)
}

/// The device whose session a request carries, and the key that it signs with.
pub(super) async fn device_session(parts: &Parts, state: &AppState) -> Result<(HandInScope, PublicKey), ApiError> {
    let reference = session::find_cookie(&parts.headers, DEVICE_COOKIE).ok_or_else(not_signed_in)?;
    let now = state.clock.now();
    let hash = sha256(reference);
    let device = match state.recent_devices.find(&hash, now) {
        Some(device) => device,
        None => look_up_device(state, hash, now).await?,
    };
    let queries::Device { id, patient, enrolled_at, revoked, key, .. } = device;
    Ok((HandInScope { patient, device: id, enrolled_at, revoked, staff: None }, key))
}

/// What a device may read, unless it was revoked.
pub(super) fn reads(device: &HandInScope) -> Result<PatientScope, ApiError> {
    if device.revoked {
        let detail = "The hospital revoked this device. What it still holds can be handed in; it shows nothing more. \
                      Ask the unit for a new letter.";
        return Err(ApiError::new(ProblemKind::DeviceRevoked, detail));
    }
    Ok(PatientScope { patient: device.patient, device: device.device })
}

async fn look_up_device(state: &AppState, hash: Vec<u8>, now: Timestamp) -> Result<queries::Device, ApiError> {
    let found = queries::find_device_session(&state.db, &hash, now).await?;
    let (device, ends_at) = found.ok_or_else(not_signed_in)?;
    if device.last_seen_at.is_none_or(|at| session::after(at, session::DEVICE_NOTED_EVERY) <= now) {
        queries::note_device_seen(&state.db, device.id, now).await?;
    }
    state.recent_devices.keep(hash, device, ends_at, now);
    Ok(device)
}

impl FromRequestParts<AppState> for PatientScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        reads(&device_session(parts, state).await?.0)
    }
}

impl FromRequestParts<AppState> for StaffScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let StaffSession { staff, opened_at, .. } = staff_session(parts, state).await?;
        Ok(Self { staff, signed_in_at: opened_at })
    }
}

impl FromRequestParts<AppState> for NurseScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let staff = staff_session(parts, state).await?.staff;
        match staff.role {
            Role::Nurse => Ok(Self { staff: staff.staff, sites: staff.sites }),
            Role::Investigator | Role::DataManager => Err(forbidden()),
        }
    }
}

impl FromRequestParts<AppState> for SupervisorScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let staff = staff_session(parts, state).await?.staff;
        match staff.role {
            Role::Nurse => Ok(Self { sites: Some(staff.sites) }),
            Role::DataManager => Ok(Self { sites: None }),
            Role::Investigator => Err(forbidden()),
        }
    }
}

impl FromRequestParts<AppState> for InvestigatorScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let staff = staff_session(parts, state).await?.staff;
        match staff.role {
            Role::Investigator | Role::DataManager => Ok(Self { staff: Some(staff.staff) }),
            Role::Nurse => Err(forbidden()),
        }
    }
}

impl FromRequestParts<AppState> for ManagerScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let staff = staff_session(parts, state).await?.staff;
        match staff.role {
            Role::DataManager => Ok(Self { staff: Some(staff.staff) }),
            Role::Nurse | Role::Investigator => Err(forbidden()),
        }
    }
}
