//! Where a member of staff works: who is signed in, what the study calls things, what is half written.
//!
//! When a session ends the pages go, with every name on them; what was typed into a form stays in memory and is
//! there again when the same person signs in, and only then.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::{
        ChallengeReply, LetterReply, PasskeySignInRequest, ProblemKind, ProviderReply, ProviderSignInRequest,
        SignInRequest, StaffReply, StudyReply, UnlockRequest,
    },
    id::{PatientId, StaffId},
};

use super::{Fetched, Names, Trouble, account::PasskeyFailure, sign_in::ProviderFailure};
use crate::{
    address::Address,
    api,
    i18n::{Locale, use_locale},
    nurse::NurseDrafts,
    session::{self, passkey, provider},
};

/// Who is at the desk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Presence {
    /// The server has not said yet.
    Unknown,
    /// Nobody.
    Out(WhyOut),
    /// Somebody.
    In(StaffReply),
}

/// Why nobody is at the desk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WhyOut {
    /// Nobody has signed in yet.
    NotYet,
    /// The session ended by itself.
    Expired,
    /// Whoever was there signed out.
    Left,
    /// The hospital's sign-in did not bring anybody in.
    NotLetIn(ProviderFailure),
}

/// The desk, given to every page.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    /// Where in the app.
    pub(crate) address: Address,
    /// The language shown.
    pub(crate) locale: RwSignal<Locale>,
    /// The letter just made, until it is left or another is made; nobody can read it again.
    pub(crate) letter: RwSignal<Option<(PatientId, LetterReply)>>,
    drafts: StoredValue<NurseDrafts>,
    presence: RwSignal<Presence>,
    names: RwSignal<Fetched<Arc<Names>>>,
    last_staff: StoredValue<Option<StaffId>>,
}

impl Desk {
    /// Sets the desk up, asks the server who is there, and gives the desk to everything below.
    pub(crate) fn provide(address: Address) -> Self {
        let desk = Self {
            address,
            locale: use_locale(),
            letter: RwSignal::new(None),
            drafts: StoredValue::new(NurseDrafts::default()),
            presence: RwSignal::new(Presence::Unknown),
            names: RwSignal::new(Fetched::default()),
            last_staff: StoredValue::new(None),
        };
        provide_context(desk);
        match provider::come_back(&address.path()) {
            Some(back) => {
                address.replace(&back.path);
                spawn_local(desk.come_back(back.handed));
            }
            None => desk.look_up(),
        }
        desk
    }

    /// The desk that [`Desk::provide`] gave.
    pub(crate) fn find() -> Self {
        expect_context()
    }

    /// Who is at the desk.
    pub(crate) fn presence(self) -> Presence {
        self.presence.get()
    }

    /// Who is signed in, if anybody is.
    pub(crate) fn staff(self) -> Option<StaffReply> {
        Self::staff_of(self.presence.get())
    }

    /// Who is signed in, for a page that goes when they do.
    pub(crate) fn known_staff(self) -> Option<StaffReply> {
        Self::staff_of(self.presence.get_untracked())
    }

    fn staff_of(presence: Presence) -> Option<StaffReply> {
        match presence {
            Presence::In(staff) => Some(staff),
            Presence::Unknown | Presence::Out(_) => None,
        }
    }

    /// The study's names, as far as they have come.
    pub(crate) const fn names(self) -> RwSignal<Fetched<Arc<Names>>> {
        self.names
    }

    /// The study's names on a page, which shows only once they are there.
    pub(crate) fn known_names(self) -> Option<Arc<Names>> {
        self.names.with_untracked(|names| names.value().cloned())
    }

    /// What a nurse has half written.
    pub(crate) fn drafts(self) -> NurseDrafts {
        self.drafts.get_value()
    }

    /// Asks who is signed in, at the start or after a failure.
    pub(crate) fn look_up(self) {
        spawn_local(self.ask_who());
    }

    /// As [`Desk::look_up`], until the reply has come.
    pub(crate) async fn ask_who(self) {
        match self.get::<StaffReply>("/api/staff/me").await {
            Ok(staff) => self.come_in(staff),
            Err(Trouble::Said(ProblemKind::NotSignedIn)) => self.presence.set(Presence::Out(WhyOut::NotYet)),
            Err(trouble) => self.names.update(|names| names.fail(trouble)),
        }
    }

    /// Opens the session that was locked while a patient had the tablet; the trouble says why not.
    pub(crate) async fn unlock(self, request: UnlockRequest) -> Result<(), Trouble> {
        let staff = self.post("/api/staff/unlock", &request).await?;
        self.come_in(staff);
        Ok(())
    }

    /// Signs in; the trouble says why not.
    pub(crate) async fn sign_in(self, request: SignInRequest) -> Result<(), Trouble> {
        let staff = self.post("/api/staff/sign-in", &request).await?;
        self.come_in(staff);
        Ok(())
    }

    /// Signs in with a passkey that this browser's authenticators hold; the failure says why not.
    pub(crate) async fn sign_in_by_passkey(self) -> Result<(), PasskeyFailure> {
        let asked: ChallengeReply = self.post("/api/staff/passkey/challenge", &serde_json::json!({})).await?;
        let credential = passkey::get(&asked.options).await?;
        let request = PasskeySignInRequest { reference: asked.reference, credential };
        let staff = self.post("/api/staff/passkey/sign-in", &request).await?;
        self.come_in(staff);
        Ok(())
    }

    /// Leaves for the hospital's sign-in, which sends the browser back; the failure says why not.
    pub(crate) async fn leave_for_provider(self) -> Result<(), ProviderFailure> {
        let to: ProviderReply = self.post("/api/staff/provider/challenge", &serde_json::json!({})).await?;
        if provider::leave(self.address.path(), to) { Ok(()) } else { Err(ProviderFailure::GivenUp) }
    }

    /// Hands in what the provider sent back; whoever was signed in before stays when nobody else comes in.
    async fn come_back(self, handed: Option<ProviderSignInRequest>) {
        let failure = match handed {
            None => ProviderFailure::GivenUp,
            Some(request) => match self.post::<StaffReply>("/api/staff/provider/sign-in", &request).await {
                Ok(staff) => return self.come_in(staff),
                Err(trouble) => trouble.into(),
            },
        };
        self.ask_who().await;
        if self.presence.with_untracked(|presence| *presence == Presence::Out(WhyOut::NotYet)) {
            self.presence.set(Presence::Out(WhyOut::NotLetIn(failure)));
        }
    }

    /// Signs out and clears the desk, whether or not the server can be told.
    pub(crate) fn sign_out(self) {
        self.clear();
        self.presence.set(Presence::Out(WhyOut::Left));
        self.address.replace("/staff/");
        spawn_local(async move {
            let _ = self.post::<()>("/api/staff/sign-out", &serde_json::json!({})).await;
        });
    }

    fn come_in(self, staff: StaffReply) {
        if self.last_staff.get_value() != Some(staff.staff) {
            self.clear();
        }
        self.last_staff.set_value(Some(staff.staff));
        self.presence.set(Presence::In(staff));
        self.fetch_names();
    }

    fn clear(self) {
        self.letter.set(None);
        self.drafts().clear();
        self.last_staff.set_value(None);
    }

    /// Asks for the study's names.
    pub(crate) fn fetch_names(self) {
        spawn_local(async move {
            let reply = self.get::<StudyReply>("/api/study").await;
            self.names.update(|names| match reply {
                Ok(study) => names.arrive(Arc::new(study.into()), session::now()),
                Err(trouble) => names.fail(trouble),
            });
        });
    }

    /// Asks the server for something.
    pub(crate) async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, Trouble> {
        self.heed(api::get(path).await.map_err(Trouble::from))
    }

    /// Sends something to the server.
    pub(crate) async fn post<T: DeserializeOwned>(self, path: &str, body: &impl Serialize) -> Result<T, Trouble> {
        self.heed(api::post(path, body).await.map_err(Trouble::from))
    }

    /// A session that ended sends whoever was there to sign in again.
    fn heed<T>(self, reply: Result<T, Trouble>) -> Result<T, Trouble> {
        if let Err(Trouble::Said(ProblemKind::NotSignedIn)) = reply
            && self.presence.with_untracked(|presence| matches!(presence, Presence::In(_)))
        {
            self.letter.set(None);
            self.presence.set(Presence::Out(WhyOut::Expired));
        }
        reply
    }
}
