//! Modes, respondents, reasons and faults in words.

use shared::{
    answers::SkipReason,
    people::{Assistance, Mode, Respondent},
};

use super::draft::Fault;
use crate::i18n::{Locale, text::nurse::entry as text};

/// How it was administered.
pub(crate) const fn mode_name(locale: Locale, mode: Mode) -> &'static str {
    match mode {
        Mode::OwnDevice => text::mode_own(locale),
        Mode::WardTablet => text::mode_ward(locale),
        Mode::Paper => text::mode_paper(locale),
        Mode::Telephone => text::mode_telephone(locale),
        Mode::Interview => text::mode_interview(locale),
    }
}

/// Who answered.
pub(crate) const fn respondent_name(locale: Locale, respondent: Respondent) -> &'static str {
    match respondent {
        Respondent::Patient => text::by_patient(locale),
        Respondent::PatientAssisted(Assistance::ReadAloudByDevice) => text::by_device_aloud(locale),
        Respondent::PatientAssisted(Assistance::ReadAloudByStaff) => text::by_staff_aloud(locale),
        Respondent::PatientAssisted(Assistance::HandOfStaff) => text::by_staff_hand(locale),
        Respondent::PatientAssisted(Assistance::Interpreter) => text::by_interpreter(locale),
        Respondent::PatientAssisted(Assistance::Relative) => text::by_relative(locale),
        Respondent::Proxy => text::by_proxy(locale),
    }
}

/// Why an item has no answer.
pub(crate) const fn skip_name(locale: Locale, reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::PreferNot => text::why_prefer_not(locale),
        SkipReason::NotApplicable => text::why_not_applicable(locale),
        SkipReason::NotAnswered => text::why_not_answered(locale),
        SkipReason::SeveralTicked => text::why_several(locale),
        SkipReason::Illegible => text::why_illegible(locale),
        SkipReason::Refused => text::why_refused(locale),
    }
}

/// What is wrong, and what to do.
pub(super) const fn fault_words(locale: Locale, fault: Fault) -> &'static str {
    match fault {
        Fault::Missing => text::fault_missing(locale),
        Fault::NotADate => text::fault_not_a_date(locale),
        Fault::Ahead => text::fault_ahead(locale),
        Fault::TooEarly => text::fault_too_early(locale),
        Fault::NotAllowed => text::fault_not_allowed(locale),
        Fault::TooLong => text::fault_too_long(locale),
        Fault::SentBefore => text::fault_sent_before(locale),
    }
}
