//! Why something was set aside, in words.

use shared::sync::protocol::QuarantineReason;

use crate::i18n::{Locale, text::staff::set_aside as text};

/// A reason in words.
pub(crate) const fn set_aside_reason(locale: Locale, reason: QuarantineReason) -> &'static str {
    match reason {
        QuarantineReason::Unreadable => text::unreadable(locale),
        QuarantineReason::UnknownInstrument => text::unknown_instrument(locale),
        QuarantineReason::UnknownItem => text::unknown_item(locale),
        QuarantineReason::OutsideCodes => text::outside_codes(locale),
        QuarantineReason::OtherPatient => text::other_patient(locale),
        QuarantineReason::OtherDevice => text::other_device(locale),
        QuarantineReason::IdConflict => text::id_conflict(locale),
        QuarantineReason::AfterSubmission => text::after_submission(locale),
        QuarantineReason::UnknownAssessment => text::unknown_assessment(locale),
        QuarantineReason::RevokedDevice => text::revoked_device(locale),
        QuarantineReason::Unlisted => text::unlisted(locale),
    }
}
