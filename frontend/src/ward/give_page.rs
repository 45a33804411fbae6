//! Before the tablet is handed over: who it is, by two items, and who helps how.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{IdentityItem, PatientLine},
    people::{Assistance, Respondent},
};

use super::{
    Tablet, give,
    line::{Line, Progress, items_to_check},
    pin_form::WardTroubles,
    tablet::{WardTrouble, Work},
};
use crate::{
    i18n::{Locale, long_date, text::ward::give as text},
    ui::{Button, CheckRows, Choice, Heading, Look, Notice, RadioRows, Tone},
};

/// Who may be said to answer, in the order offered; somebody in the patient's place is offered to be refused, as what
/// is not named is done all the same.
const RESPONDENTS: [Respondent; 6] = [
    Respondent::Patient,
    Respondent::PatientAssisted(Assistance::ReadAloudByStaff),
    Respondent::PatientAssisted(Assistance::HandOfStaff),
    Respondent::PatientAssisted(Assistance::Interpreter),
    Respondent::PatientAssisted(Assistance::Relative),
    Respondent::Proxy,
];

const fn respondent_name(locale: Locale, respondent: Respondent) -> &'static str {
    match respondent {
        Respondent::Patient => text::alone(locale),
        Respondent::PatientAssisted(Assistance::ReadAloudByDevice) => text::read_by_device(locale),
        Respondent::PatientAssisted(Assistance::ReadAloudByStaff) => text::read_by_staff(locale),
        Respondent::PatientAssisted(Assistance::HandOfStaff) => text::hand_of_staff(locale),
        Respondent::PatientAssisted(Assistance::Interpreter) => text::interpreter(locale),
        Respondent::PatientAssisted(Assistance::Relative) => text::relative(locale),
        Respondent::Proxy => text::proxy(locale),
    }
}

fn item_words(locale: Locale, item: IdentityItem, patient: &PatientLine) -> String {
    match item {
        IdentityItem::Name => text::name(locale, &patient.name),
        IdentityItem::BirthDate => {
            text::birth_date(locale, patient.birth_date.map(|day| long_date(locale, day)).unwrap_or_default())
        }
        IdentityItem::RegistryNumber => text::registry_number(locale, &patient.registry_number),
        IdentityItem::Wristband => text::wristband(locale).to_owned(),
    }
}

/// Why the tablet is not handed over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Refusal {
    Identity,
    Respondent,
    Proxy,
}

impl Refusal {
    const fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::Identity => text::identity_missing(locale),
            Self::Respondent => text::respondent_missing(locale),
            Self::Proxy => text::proxy_refused(locale),
        }
    }
}

fn check(n_checked: usize, respondent: Option<Respondent>) -> Result<Respondent, Refusal> {
    match respondent {
        _ if n_checked < 2 => Err(Refusal::Identity),
        None => Err(Refusal::Respondent),
        Some(Respondent::Proxy) => Err(Refusal::Proxy),
        Some(respondent) => Ok(respondent),
    }
}

/// A tablet about to be handed over.
#[derive(Clone, Copy)]
struct Handing {
    tablet: Tablet,
    line: StoredValue<Line>,
    patient: StoredValue<PatientLine>,
    items: [IdentityItem; 2],
    checked: RwSignal<Vec<i32>>,
    chosen: RwSignal<Option<i32>>,
    refusal: RwSignal<Option<Refusal>>,
}

impl Handing {
    fn respondent(self) -> Option<Respondent> {
        RESPONDENTS.get(usize::try_from(self.chosen.get()?).ok()?).copied()
    }

    fn give(self) {
        let found = check(self.checked.with_untracked(Vec::len), untrack(|| self.respondent()));
        self.refusal.set(found.err());
        let Ok(respondent) = found else { return };
        if self.tablet.work.get_untracked() == Some(Work::Giving) {
            return;
        }
        self.tablet.work.set(Some(Work::Giving));
        self.tablet.trouble.set(None);
        spawn_local(async move {
            if let Err(error) = give::give(self.tablet, &self.line.get_value(), &self.items, respondent).await {
                self.tablet.trouble.set(Some(WardTrouble::Vault(error)));
                self.tablet.work.set(None);
            }
        });
    }

    /// That nobody answers in a patient's place is said as soon as it is chosen.
    fn refused(self) -> Option<Refusal> {
        if self.respondent() == Some(Respondent::Proxy) { Some(Refusal::Proxy) } else { self.refusal.get() }
    }
}

/// The page, for the patient of this line.
#[component]
pub(super) fn GivePage(line: Line) -> impl IntoView {
    let tablet = Tablet::find();
    let locale = tablet.desk.locale;
    let Some(secrets) = line.secrets.clone() else { return ().into_any() };
    let begun = line.progress() == Progress::Begun;
    let handing = Handing {
        tablet,
        items: items_to_check(&secrets),
        line: StoredValue::new(line),
        patient: StoredValue::new(secrets.patient),
        checked: RwSignal::new(Vec::new()),
        chosen: RwSignal::new(None),
        refusal: RwSignal::new(None),
    };
    let giving = move || match tablet.work.get() {
        Some(Work::Giving) => text::giving(locale.get()),
        Some(Work::Preparing(..) | Work::Sending) | None => text::give(locale.get()),
    };
    view! {
        <div class="tablet-give">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
            {begun.then(|| view! { <Notice>{move || text::begun(locale.get())}</Notice> })}
            <Questions handing />
            <div role="alert">
                {move || handing.refused().map(|refusal| {
                    view! { <Notice tone=Tone::Warn>{move || refusal.sentence(locale.get())}</Notice> }
                })}
            </div>
            <WardTroubles tablet />
            <p class="actions">
                <Button on_press=move |_| handing.give()>{giving}</Button>
                <Button look=Look::Quiet on_press=move |_| tablet.giving.set(None)>
                    {move || text::cancel(locale.get())}
                </Button>
            </p>
        </div>
    }
    .into_any()
}

/// Who it is, and who helps how.
#[component]
fn Questions(handing: Handing) -> impl IntoView {
    let locale = handing.tablet.desk.locale;
    let identity = move || {
        let choice = |(code, item)| {
            let label = handing.patient.with_value(|patient| item_words(locale.get(), item, patient));
            Choice { code, label }
        };
        let choices = (0..).zip(handing.items).map(choice).collect();
        let on_choose = move |now| handing.checked.set(now);
        view! { <CheckRows name="checked" choices exclusive=Vec::new() chosen=handing.checked on_choose /> }
    };
    let respondents = move || {
        let choice = |(code, respondent)| Choice { code, label: respondent_name(locale.get(), respondent).to_owned() };
        let choices = (0..).zip(RESPONDENTS).map(choice).collect();
        let on_choose = move |at| {
            handing.chosen.set(Some(at));
            handing.refusal.set(None);
        };
        view! { <RadioRows name="respondent" choices chosen=handing.chosen on_choose /> }
    };
    view! {
        <fieldset class="setting">
            <legend>{move || text::identity(locale.get())}</legend>
            <p class="quiet">{move || text::identity_lead(locale.get())}</p>
            {identity}
        </fieldset>
        <fieldset class="setting">
            <legend>{move || text::respondent(locale.get())}</legend>
            {respondents}
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tablet_is_handed_over_to_whoever_was_identified_and_answers_in_person() {
        let helped = Respondent::PatientAssisted(Assistance::Interpreter);
        for (n_checked, respondent, outcome) in [
            (2, Some(Respondent::Patient), Ok(Respondent::Patient)),
            (2, Some(helped), Ok(helped)),
            (1, Some(Respondent::Patient), Err(Refusal::Identity)),
            (2, None, Err(Refusal::Respondent)),
            (2, Some(Respondent::Proxy), Err(Refusal::Proxy)),
        ] {
            assert_eq!(check(n_checked, respondent), outcome);
        }
    }
}
