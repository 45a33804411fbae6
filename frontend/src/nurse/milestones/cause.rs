//! The causes of milestones in words: what is asked, each cause, and what choosing it does.

use leptos::prelude::*;
use shared::study::{Cause, DeathCause, GivenUpCause, MilestoneKind, WithdrawalKind};

use super::editor::{Boxes, kind_key};
use crate::{
    i18n::{
        Locale,
        text::nurse::{enrol, milestone::cause as text},
    },
    staff::Desk,
    ui::Select,
};

/// A cause in words.
pub(crate) const fn cause_name(locale: Locale, cause: Cause) -> &'static str {
    match cause {
        Cause::Death(DeathCause::Disease) => text::disease(locale),
        Cause::Death(DeathCause::Toxicity) => text::toxicity(locale),
        Cause::Death(DeathCause::Infection) => text::infection(locale),
        Cause::Death(DeathCause::SecondCancer) => text::second_cancer(locale),
        Cause::InfusionGivenUp(GivenUpCause::DiedBefore) => text::died_before(locale),
        Cause::InfusionGivenUp(GivenUpCause::Progression) => text::progression(locale),
        Cause::InfusionGivenUp(GivenUpCause::ManufacturingFailure) => text::manufacturing_failure(locale),
        Cause::InfusionGivenUp(GivenUpCause::Refusal) => text::refusal(locale),
        Cause::InfusionGivenUp(GivenUpCause::OtherTreatment) => text::other_treatment(locale),
        Cause::Death(DeathCause::Other) | Cause::InfusionGivenUp(GivenUpCause::Other) => text::other(locale),
        Cause::Death(DeathCause::Unknown) | Cause::InfusionGivenUp(GivenUpCause::Unknown) => text::unknown(locale),
        Cause::Withdrawal(WithdrawalKind::StopReminders) => text::stop_reminders(locale),
        Cause::Withdrawal(WithdrawalKind::StopKeep) => text::stop_keep(locale),
        Cause::Withdrawal(WithdrawalKind::StopErase) => text::stop_erase(locale),
    }
}

/// What a cause does beyond its kind.
pub(super) const fn cause_help(locale: Locale, cause: Cause) -> Option<&'static str> {
    match cause {
        Cause::Withdrawal(WithdrawalKind::StopReminders) => Some(text::stop_reminders_help(locale)),
        Cause::Withdrawal(WithdrawalKind::StopKeep) => Some(text::stop_keep_help(locale)),
        Cause::Withdrawal(WithdrawalKind::StopErase) => Some(text::stop_erase_help(locale)),
        Cause::InfusionGivenUp(GivenUpCause::DiedBefore) => Some(text::died_before_help(locale)),
        Cause::Death(DeathCause::Disease) => Some(text::disease_help(locale)),
        Cause::Death(
            DeathCause::Toxicity
            | DeathCause::Infection
            | DeathCause::SecondCancer
            | DeathCause::Other
            | DeathCause::Unknown,
        )
        | Cause::InfusionGivenUp(
            GivenUpCause::Progression
            | GivenUpCause::ManufacturingFailure
            | GivenUpCause::Refusal
            | GivenUpCause::OtherTreatment
            | GivenUpCause::Other
            | GivenUpCause::Unknown,
        ) => None,
    }
}

/// What is asked of a kind that has causes.
const fn question(locale: Locale, kind: MilestoneKind) -> &'static str {
    match kind {
        MilestoneKind::Death => text::of_death(locale),
        MilestoneKind::InfusionGivenUp => text::of_giving_up(locale),
        MilestoneKind::Withdrawal => text::of_withdrawal(locale),
        MilestoneKind::Rcp
        | MilestoneKind::Inclusion
        | MilestoneKind::Information
        | MilestoneKind::Leukapheresis
        | MilestoneKind::Bridging
        | MilestoneKind::Lymphodepletion
        | MilestoneKind::Infusion
        | MilestoneKind::Discharge
        | MilestoneKind::Relapse
        | MilestoneKind::SecondInfusion
        | MilestoneKind::LastNews
        | MilestoneKind::LostToFollowUp => "",
    }
}

/// How the choice names a cause.
pub(super) fn cause_key(cause: Cause) -> String {
    format!("{}.{}", kind_key(cause.kind()), cause.code())
}

/// The choice of a cause, where the chosen kind has any; nothing is chosen beforehand.
#[component]
pub(super) fn CauseField(boxes: Boxes, #[prop(into)] error: Signal<String>) -> impl IntoView {
    let locale = Desk::find().locale;
    let kind = Memo::new(move |_| boxes.chosen().filter(|kind| Cause::of(*kind).next().is_some()));
    let help = move || boxes.cause().and_then(|cause| cause_help(locale.get(), cause));
    let choice = move |kind| {
        let options = Signal::derive(move || {
            Cause::of(kind).map(|it| (cause_key(it), cause_name(locale.get(), it).to_owned())).collect::<Vec<_>>()
        });
        view! {
            <Select id="milestone-cause" value=boxes.cause options error
                label=Signal::derive(move || question(locale.get(), kind).to_owned())
                empty=Signal::derive(move || enrol::choose(locale.get()).to_owned()) />
            <p class="field-help" role="status">{help}</p>
        }
    };
    move || kind.get().map(choice)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cause_has_words_of_its_own_within_its_kind_and_every_kind_with_causes_a_question() {
        for locale in Locale::ALL {
            let words: BTreeSet<_> = Cause::ALL.map(|it| (it.kind(), cause_name(locale, it))).into_iter().collect();
            assert_eq!(words.len(), Cause::ALL.len());
            assert!(Cause::ALL.into_iter().all(|it| !question(locale, it.kind()).is_empty()));
        }
        assert_eq!(Cause::ALL.map(cause_key).into_iter().collect::<BTreeSet<_>>().len(), Cause::ALL.len());
    }
}
