//! What stands around every page: the skip link, the bar with navigation and language, and the page itself.

use leptos::prelude::*;
use shared::{api::StaffReply, people::Role, study::StudyStatus};

use super::{Desk, FetchState, Fetched, Presence, Route, account::AccountPage, health::HealthPage, sign_in::SignIn};
use crate::{
    i18n::{
        Locale,
        text::{common, staff as text},
    },
    investigator::{CompletionPage, ExportsPage, ScoresPage},
    manager::{AuditPage, DevicesPage, SetAsidePage},
    nurse::{
        EnrolPage, EntryPage, FormPage, FormsPage, LetterPage, PaperPage, PatientPage, PatientsPage, WorklistPage,
    },
    ui::{Button, Heading, Icon, Link, Look, Symbol},
    ward::{BackPage, Standing, Tablet, TabletPage},
};

/// The whole window; while a patient has the tablet, nothing of it but the way back.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    let tablet = Tablet::find();
    let standing = Memo::new(move |_| match tablet.standing() {
        standing @ (Standing::Unknown | Standing::InHands) => Some(standing),
        Standing::Unused | Standing::Closed | Standing::Open => None,
    });
    move || match standing.get() {
        Some(Standing::InHands) => view! { <BackPage /> }.into_any(),
        Some(_) => ().into_any(),
        None => view! { <Window /> }.into_any(),
    }
}

#[component]
fn Window() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    view! {
        <a class="skip-link" href="#main">{move || text::skip(locale.get())}</a>
        <header class="bar">
            <p class="bar-brand"><Icon symbol=Symbol::Wave />{move || common::name(locale.get())}</p>
            {move || desk.staff().map(|staff| view! { <Navigation role=staff.role /> })}
            <div class="bar-end">
                <Languages />
                {move || desk.staff().map(|staff| view! { <Account staff /> })}
            </div>
        </header>
        <main id="main" class="staff-main" tabindex="-1">
            <Content />
        </main>
    }
}

/// Signing in, or the page of the address.
#[component]
fn Content() -> impl IntoView {
    let desk = Desk::find();
    let presence = Memo::new(move |_| desk.presence());
    let at_tablet = Memo::new(move |_| Route::find(&desk.address.path()) == Some(Route::Tablet));
    move || match presence.get() {
        // The tablet's PIN opens it without network, whoever is signed in.
        Presence::Unknown | Presence::Out(_) if at_tablet.get() && Tablet::find().is_ours() => {
            view! { <TabletPage /> }.into_any()
        }
        Presence::Unknown => {
            let standing = Signal::derive(move || desk.names().with(Fetched::standing));
            view! { <FetchState standing again=move |()| desk.look_up() /><ToTablet /> }.into_any()
        }
        Presence::Out(why) => view! { <SignIn why /><ToTablet /> }.into_any(),
        Presence::In(staff) => view! { <NamedContent staff /> }.into_any(),
    }
}

/// The way to the tablet, on a tablet.
#[component]
fn ToTablet() -> impl IntoView {
    let locale = Desk::find().locale;
    let link = move || {
        view! { <p class="to-tablet"><Link to=Route::Tablet.path()>{move || text::page::tablet(locale.get())}</Link></p> }
    };
    Tablet::find().is_ours().then(link)
}

/// The page, once the study's names are there.
#[component]
fn NamedContent(staff: StaffReply) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let known = Memo::new(move |_| desk.names().with(|names| names.value().is_some()));
    let demonstration = move || {
        let status = desk.names().with(|names| names.value().map(|names| names.study().status));
        (status == Some(StudyStatus::Demonstration))
            .then(|| view! { <p class="demonstration">{move || text::demonstration(locale.get())}</p> })
    };
    move || {
        if !known.get() {
            let standing = Signal::derive(move || desk.names().with(Fetched::standing));
            return view! { <FetchState standing again=move |()| desk.fetch_names() /> }.into_any();
        }
        let role = staff.role;
        view! { {demonstration} <Page role /> }.into_any()
    }
}

/// The page of the address, for this role.
#[component]
fn Page(role: Role) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let route = Memo::new(move |_| Route::find(&desk.address.path()));
    move || match route.get().and_then(|route| route.seen_by(role)) {
        Some(Route::Worklist) => view! { <WorklistPage /> }.into_any(),
        Some(Route::Patients) => view! { <PatientsPage /> }.into_any(),
        Some(Route::Patient(patient)) => view! { <PatientPage patient /> }.into_any(),
        Some(Route::Letter(patient)) => view! { <LetterPage patient /> }.into_any(),
        Some(Route::Paper(patient)) => view! { <PaperPage patient /> }.into_any(),
        Some(Route::Entry(patient)) => view! { <EntryPage patient /> }.into_any(),
        Some(Route::Forms) => view! { <FormsPage /> }.into_any(),
        Some(Route::Form(code)) => view! { <FormPage code /> }.into_any(),
        Some(Route::Enrol) => view! { <EnrolPage /> }.into_any(),
        Some(Route::Tablet) => view! { <TabletPage /> }.into_any(),
        Some(Route::Completion) => view! { <CompletionPage /> }.into_any(),
        Some(Route::Scores) => view! { <ScoresPage /> }.into_any(),
        Some(Route::Exports) => view! { <ExportsPage /> }.into_any(),
        Some(Route::Health) => view! { <HealthPage /> }.into_any(),
        Some(Route::Devices) => view! { <DevicesPage /> }.into_any(),
        Some(Route::SetAside) => view! { <SetAsidePage /> }.into_any(),
        Some(Route::Audit) => view! { <AuditPage /> }.into_any(),
        Some(Route::Account) => view! { <AccountPage /> }.into_any(),
        Some(Route::Home) | None => view! {
            <Heading text=Signal::derive(move || text::not_here(locale.get()).to_owned()) />
            <p>{move || text::not_here_lead(locale.get())}</p>
            <p><Link to=Route::Home.path()>{move || text::home(locale.get())}</Link></p>
        }
        .into_any(),
    }
}

const fn page_name(locale: Locale, route: Route) -> &'static str {
    match route {
        Route::Home => text::app(locale),
        Route::Worklist => text::page::worklist(locale),
        Route::Patients | Route::Patient(_) => text::page::patients(locale),
        Route::Letter(_) => text::page::letter(locale),
        Route::Paper(_) => text::page::paper(locale),
        Route::Entry(_) | Route::Forms | Route::Form(_) => text::page::entry(locale),
        Route::Enrol => text::page::enrol(locale),
        Route::Tablet => text::page::tablet(locale),
        Route::Completion => text::page::completion(locale),
        Route::Scores => text::page::scores(locale),
        Route::Exports => text::page::exports(locale),
        Route::Health => text::page::health(locale),
        Route::Devices => text::page::devices(locale),
        Route::SetAside => text::page::set_aside(locale),
        Route::Audit => text::page::audit(locale),
        Route::Account => text::page::account(locale),
    }
}

#[component]
fn Navigation(role: Role) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let here = Memo::new(move |_| Route::find(&desk.address.path())?.seen_by(role).map(Route::section));
    let line = move |route: Route| {
        let current = Signal::derive(move || here.get() == Some(route));
        view! { <li><Link to=route.path() current>{move || page_name(locale.get(), route)}</Link></li> }
    };
    let lines = Route::navigation(role).iter().copied().map(line).collect_view();
    view! { <nav class="bar-nav" aria-label=move || text::nav(locale.get())><ul>{lines}</ul></nav> }
}

#[component]
fn Languages() -> impl IntoView {
    let locale = Desk::find().locale;
    let button = move |choice: Locale| {
        view! {
            <button
                type="button"
                class="language"
                lang=choice.tag()
                aria-pressed=move || if locale.get() == choice { "true" } else { "false" }
                on:click=move |_| locale.set(choice)
            >
                {choice.name()}
            </button>
        }
    };
    view! {
        <div class="languages" role="group" aria-label=move || text::language(locale.get())>
            {Locale::ALL.map(button).collect_view()}
        </div>
    }
}

#[component]
fn Account(staff: StaffReply) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let role = move |locale| match staff.role {
        Role::Nurse => text::role::nurse(locale),
        Role::Investigator => text::role::investigator(locale),
        Role::DataManager => text::role::data_manager(locale),
    };
    let name = staff.username;
    let current = Signal::derive(move || Route::find(&desk.address.path()) == Some(Route::Account));
    view! {
        <p class="bar-account">
            <Link to=Route::Account.path() current>
                {move || text::signed_in_as(locale.get(), &name, role(locale.get()))}
            </Link>
        </p>
        <Button look=Look::Quiet on_press=move |_| desk.sign_out()>{move || text::sign_out(locale.get())}</Button>
    }
}
