//! Reasons for missing answers in words.

use shared::schedule::MissingReason;

use crate::i18n::{Locale, text::staff::reason as text};

/// A reason in words.
pub(crate) const fn reason_name(locale: Locale, reason: MissingReason) -> &'static str {
    match reason {
        MissingReason::NotGiven => text::not_given(locale),
        MissingReason::DeviceFailure => text::device_failure(locale),
        MissingReason::TooIll => text::too_ill(locale),
        MissingReason::Confusion => text::confusion(locale),
        MissingReason::IntensiveCare => text::intensive_care(locale),
        MissingReason::RefusedThisTime => text::refused_this_time(locale),
        MissingReason::RefusedAll => text::refused_all(locale),
        MissingReason::NotReached => text::not_reached(locale),
        MissingReason::Language => text::language(locale),
        MissingReason::Transferred => text::transferred(locale),
        MissingReason::DiedBefore => text::died_before(locale),
        MissingReason::Withdrew => text::withdrew(locale),
        MissingReason::ArrivedLate => text::arrived_late(locale),
        MissingReason::Other => text::other(locale),
    }
}
