//! What the patient sees: opening the letter, the PIN, what is due, the questions, what became of the answers.

mod agenda;
mod care;
mod enrol;
mod flow;
mod frame;
mod letter;
mod plain;
mod route;
mod sent;
mod status;
mod tasks;
mod trouble;
mod unlock;

use leptos::{ev, prelude::*};
use shared::{
    api::Claim,
    id::{AssessmentId, InstrumentKey},
    sync::store::StoreError,
};

use self::{
    care::Care,
    enrol::{EnrolPage, LetterPage},
    flow::QuestionnaireFlow,
    frame::Frame,
    letter::parse_fragment,
    plain::{FirstOpeningPage, HelpPage, OpeningPage, SettingsPage, UnknownPage},
    route::Route,
    tasks::TasksPage,
    trouble::TroublePage,
    unlock::UnlockPage,
};
use crate::{
    address::{Address, browser_language, take_fragment},
    device::{Device, DeviceState, Enrolled},
    i18n::{Locale, provide_locale},
    preferences::{Preferences, find_language},
    questionnaire::Step,
    view::view,
    ward::Handover,
};

/// The patient's app.
#[component]
pub fn App() -> impl IntoView {
    let locale = provide_locale(Locale::find(&browser_language()).unwrap_or_default());
    Preferences::provide();
    let fragment = take_fragment();
    let letter = RwSignal::new(parse_fragment(&fragment));
    let handover = Handover::parse(&fragment);
    let ward = handover.is_some();
    let opened = window_event_listener(ev::hashchange, move |_| {
        // A letter opened on the ward's tablet is nobody's.
        if let Some(claim) = parse_fragment(&take_fragment()).filter(|_| !ward) {
            letter.set(Some(claim));
        }
    });
    on_cleanup(move || opened.remove());
    let address = Address::provide();
    let care = Care::provide(Device::provide(handover));
    follow_patient(care, locale);
    let other_letter = RwSignal::new(false);
    let route = Memo::new(move |_| Route::parse(&address.path()));
    let page = Memo::new(move |_| page(care, &route.get(), letter.get().is_some(), other_letter.get()));
    let step = Signal::derive(move || match route.get() {
        Route::Questionnaire { step, .. } => step,
        Route::Tasks | Route::Settings | Route::Help | Route::Unknown => Step::Introduction,
    });
    // Built anew when the language changes: texts within stand still.
    let shown = move || {
        locale.track();
        show(page.get(), care, letter, other_letter, step)
    };
    view! { <Frame care>{shown}</Frame> }
}

/// Which page to show; the steps of one questionnaire are one page.
#[derive(Clone, Debug, PartialEq)]
enum Page {
    Opening,
    Letter,
    Enrol,
    Unlock(Enrolled),
    FirstOpening,
    Tasks,
    Questionnaire(AssessmentId, InstrumentKey),
    Settings,
    Help,
    Trouble(StoreError),
    Unknown,
}

fn page(care: Care, route: &Route, has_letter: bool, wants_letter: bool) -> Page {
    match (route, care.failure.get(), care.device.state()) {
        (Route::Settings, ..) => Page::Settings,
        (Route::Help, ..) => Page::Help,
        (_, Some(error), _) | (_, None, DeviceState::Failed(error)) => Page::Trouble(error),
        (_, None, DeviceState::Opening) => Page::Opening,
        (_, None, _) if has_letter => Page::Enrol,
        (_, None, DeviceState::NotEnrolled) => Page::Letter,
        (_, None, DeviceState::Locked(enrolled)) => {
            enrolled.into_iter().next_back().filter(|_| !wants_letter).map_or(Page::Letter, Page::Unlock)
        }
        (_, None, DeviceState::Open(_)) if !care.was_read() => Page::Opening,
        (_, None, DeviceState::Open(_)) if care.notebook().is_none() => Page::FirstOpening,
        (Route::Tasks, ..) => Page::Tasks,
        (Route::Questionnaire { assessment, instrument, .. }, ..) => {
            Page::Questionnaire(assessment.clone(), instrument.clone())
        }
        (Route::Unknown, ..) => Page::Unknown,
    }
}

fn show(
    page: Page,
    care: Care,
    letter: RwSignal<Option<Claim>>,
    other_letter: RwSignal<bool>,
    step: Signal<Step>,
) -> AnyView {
    let device = care.device;
    match page {
        Page::Opening => view! { <OpeningPage /> }.into_any(),
        Page::Letter => view! { <LetterPage claim=letter /> }.into_any(),
        Page::Enrol => view! { <EnrolPage device claim=letter /> }.into_any(),
        Page::Unlock(enrolled) => view! { <UnlockPage device enrolled other_letter /> }.into_any(),
        Page::FirstOpening => view! { <FirstOpeningPage /> }.into_any(),
        Page::Tasks => view! { <TasksPage care /> }.into_any(),
        Page::Questionnaire(assessment, instrument) => {
            view! { <QuestionnaireFlow care assessment instrument step /> }.into_any()
        }
        Page::Settings => view! { <SettingsPage care /> }.into_any(),
        Page::Help => view! { <HelpPage care /> }.into_any(),
        Page::Trouble(error) => view! { <TroublePage care error /> }.into_any(),
        Page::Unknown => view! { <UnknownPage /> }.into_any(),
    }
}

/// Shows the language that whoever uses this phone chose, else the one the hospital has for them.
fn follow_patient(care: Care, locale: RwSignal<Locale>) {
    Effect::new(move || {
        let known = match care.device.state() {
            DeviceState::Locked(enrolled) => enrolled.last().map(|it| (it.device, Locale::of(&it.language))),
            DeviceState::Open(_) => {
                let language = care.notebook().map(|notebook| Locale::of(&notebook.bundle().language));
                care.device.enrolled_as().zip(language)
            }
            DeviceState::Opening | DeviceState::NotEnrolled | DeviceState::Failed(_) => None,
        };
        if let Some((device, language)) = known {
            let language = find_language(device).unwrap_or(language);
            if locale.get_untracked() != language {
                locale.set(language);
            }
        }
    });
}
