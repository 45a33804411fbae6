//! What a page knows of something it asked the server for: nothing yet, a value, a failure, or an old value.

use shared::{api::ProblemKind, time::Timestamp};

use crate::{
    api::Failure,
    i18n::{Locale, text::staff::trouble},
};

/// Why a request brought nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Trouble {
    /// The server did not answer, or not in words we understand.
    Unreachable,
    /// It answered with a problem.
    Said(ProblemKind),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Network => Self::Unreachable,
            Failure::Problem(problem) => Self::Said(problem.kind),
        }
    }
}

impl Trouble {
    /// What happened, what is safe, what to do now.
    pub(crate) const fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::Unreachable => trouble::offline(locale),
            Self::Said(kind) => match kind {
                ProblemKind::Forbidden => trouble::forbidden(locale),
                ProblemKind::NotFound => trouble::not_found(locale),
                ProblemKind::Conflict => trouble::conflict(locale),
                ProblemKind::Unavailable => trouble::unavailable(locale),
                ProblemKind::BadRequest | ProblemKind::TooLarge | ProblemKind::Refused => trouble::refused(locale),
                ProblemKind::NotSignedIn
                | ProblemKind::WrongCredentials
                | ProblemKind::TooManyTries
                | ProblemKind::CodeWrong
                | ProblemKind::CodeExpired
                | ProblemKind::CodeUsed
                | ProblemKind::BadSignature
                | ProblemKind::DeviceRevoked
                | ProblemKind::Protocol
                | ProblemKind::Fault => trouble::fault(locale),
            },
        }
    }
}

/// Something asked for, as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fetched<T> {
    value: Option<(T, Timestamp)>,
    trouble: Option<Trouble>,
    version: u32,
}

/// How what a page shows stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    /// Nothing is known yet.
    Loading,
    /// It is there.
    There,
    /// It is there, from this moment; asking again failed.
    Stale(Timestamp),
    /// Nothing is known, for this reason.
    Failed(Trouble),
}

impl<T> Default for Fetched<T> {
    fn default() -> Self {
        Self { value: None, trouble: None, version: 0 }
    }
}

impl<T> Fetched<T> {
    /// A reply came: it replaces what was there.
    pub(crate) fn arrive(&mut self, value: T, at: Timestamp) {
        *self = Self { value: Some((value, at)), trouble: None, version: self.version.wrapping_add(1) };
    }

    /// No reply came: what was there stays, with its age.
    pub(crate) fn fail(&mut self, trouble: Trouble) {
        self.trouble = Some(trouble);
    }

    /// Something else is asked for: what was there goes.
    pub(crate) fn forget(&mut self) {
        *self = Self { value: None, trouble: None, version: self.version.wrapping_add(1) };
    }

    /// What is known, however old.
    pub(crate) fn value(&self) -> Option<&T> {
        self.value.as_ref().map(|(value, _)| value)
    }

    /// Counts the values that came and went.
    pub(crate) const fn version(&self) -> u32 {
        self.version
    }

    /// How it stands.
    pub(crate) fn standing(&self) -> Standing {
        match (&self.value, self.trouble) {
            (None, None) => Standing::Loading,
            (None, Some(trouble)) => Standing::Failed(trouble),
            (Some(_), None) => Standing::There,
            (Some((_, at)), Some(_)) => Standing::Stale(*at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_refresh_keeps_what_was_there_and_says_how_old_it_is() {
        let at: Timestamp = "2026-03-12T09:00:00Z".parse().unwrap();
        let mut list = Fetched::default();
        list.arrive(7, at);
        let version = list.version();
        list.fail(Trouble::Unreachable);
        assert_eq!((list.value(), list.standing()), (Some(&7), Standing::Stale(at)));
        assert_eq!(list.version(), version, "what is shown is not drawn again");
        list.arrive(8, at);
        assert_eq!((list.value(), list.standing()), (Some(&8), Standing::There));
    }

    #[test]
    fn a_first_failure_is_shown_as_one() {
        let mut list = Fetched::<u8>::default();
        assert_eq!(list.standing(), Standing::Loading);
        list.fail(Trouble::Said(ProblemKind::Unavailable));
        assert_eq!(list.standing(), Standing::Failed(Trouble::Said(ProblemKind::Unavailable)));
    }

    #[test]
    fn asking_for_something_else_forgets_what_was_there() {
        let mut list = Fetched::default();
        list.arrive(7, "2026-03-12T09:00:00Z".parse().unwrap());
        list.forget();
        assert_eq!((list.value(), list.standing()), (None, Standing::Loading));
    }
}
