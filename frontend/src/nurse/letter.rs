//! The access letter: one A4 page in the patient's language that opens the app once, by QR code or typed code.

use leptos::{prelude::*, task::spawn_local};
use shared::{api::LetterReply, id::PatientId};

use super::qr;
use crate::{
    address,
    i18n::{
        Locale,
        text::{nurse::letter as text, person},
    },
    staff::{Desk, Route, Trouble, base64_link, date_of, date_time},
    ui::{Button, Heading, Icon, Link, Look, Notice, Symbol, Tone},
};

/// Makes a letter and keeps it for its page; letters made before it stop working.
pub(crate) async fn make(desk: Desk, patient: PatientId) -> Result<(), Trouble> {
    let path = format!("/api/patients/{patient}/letter");
    let letter = desk.post::<LetterReply>(&path, &serde_json::json!({})).await?;
    desk.letter.set(Some((patient, letter)));
    Ok(())
}

/// A code in groups of four, as it is read aloud and typed.
fn in_groups(code: &str) -> String {
    let characters: Vec<char> = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// What the QR code says: only the server that made the secret sees it, and not in a request's address.
fn link(origin: &str, secret: &str) -> String {
    format!("{origin}/#e={secret}")
}

/// An address as people write it.
fn spoken(origin: &str) -> &str {
    origin.trim_start_matches("https://").trim_start_matches("http://")
}

/// The page.
#[component]
pub(crate) fn LetterPage(
    /// Whose letter.
    patient: PatientId,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Trouble>);
    let letter = Memo::new(move |_| desk.letter.get().filter(|(whose, _)| *whose == patient).map(|(_, letter)| letter));
    on_cleanup(move || desk.letter.set(None));
    let again = move |_| {
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let made = make(desk, patient).await;
            let _ = trouble.try_set(made.err());
            let _ = busy.try_set(false);
        });
    };
    let title = move || match letter.get() {
        Some(letter) => text::for_patient(locale.get(), letter.registry_number),
        None => text::title(locale.get()).to_owned(),
    };
    let pdf = move || letter.get().map(|letter| base64_link("application/pdf", &letter.pdf));
    let make_words = move || match (busy.get(), letter.with(Option::is_some)) {
        (true, _) => text::making(locale.get()),
        (false, true) => text::again(locale.get()),
        (false, false) => text::make(locale.get()),
    };
    view! {
        <div class="no-print">
            <Heading text=Signal::derive(title) />
            <div role="alert">
                {move || trouble.get().map(|trouble| {
                    view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
                })}
            </div>
            <p class="lead">
                {move || if letter.with(Option::is_some) { text::once(locale.get()) } else { text::make_lead(locale.get()) }}
            </p>
            <p class="actions">
                <Show when=move || letter.with(Option::is_some)>
                    <Button on_press=move |_| address::print_page()>{move || text::print(locale.get())}</Button>
                    <a class="button button-secondary" href=pdf download="ressenti.pdf">{move || person::pdf(locale.get())}</a>
                </Show>
                <Button look=Look::Secondary busy on_press=again>{make_words}</Button>
                <Link to=Route::Patient(patient).path()>{move || text::to_file(locale.get())}</Link>
            </p>
        </div>
        {move || letter.get().map(|letter| view! { <Paper letter /> })}
    }
}

/// The letter itself, as it is printed.
#[component]
fn Paper(letter: LetterReply) -> impl IntoView {
    use text::paper;
    let locale = Locale::of(&letter.language);
    let origin = address::origin();
    let code = in_groups(&letter.code);
    let expires = date_time(locale, letter.expires_at, date_of(letter.expires_at).tomorrow().unwrap_or_default());
    let drawing = qr::draw(&link(&origin, &letter.secret)).map(|drawing| {
        view! {
            <svg class="letter-qr" viewBox=drawing.view_box role="img" aria-label=paper::qr(locale)>
                <rect class="letter-qr-ground" width="100%" height="100%" />
                <path class="letter-qr-ink" d=drawing.path shape-rendering="crispEdges" />
            </svg>
        }
    });
    let phone = letter.phone;
    view! {
        <article class="letter" lang=locale.tag() aria-label=text::title(locale)>
            <header class="letter-head">
                <p class="letter-brand"><Icon symbol=Symbol::Wave />"Ressenti"</p>
                <p class="letter-number">{paper::number(locale, letter.registry_number)}</p>
            </header>
            <h2>{paper::heading(locale)}</h2>
            <p>{paper::what(locale)}</p>
            <ol class="letter-steps">
                <li><p>{paper::step_open(locale)}</p>{drawing}</li>
                <li>
                    <p>{paper::step_code(locale)}</p>
                    <p class="letter-address">{spoken(&origin).to_owned()}</p>
                    <p class="letter-code">{code}</p>
                </li>
                <li><p>{paper::step_pin(locale)}</p></li>
                <li><p>{paper::step_answer(locale)}</p></li>
            </ol>
            <p class="letter-expires">{paper::expires(locale, expires)}</p>
            <footer class="letter-foot">
                <p class="letter-phone">{paper::help(locale)}" "<strong>{phone}</strong></p>
                <p>{paper::urgent(locale)}</p>
            </footer>
        </article>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_travels_after_the_hash_so_that_no_request_carries_it() {
        assert_eq!(link("https://ressenti.example", "s3cret"), "https://ressenti.example/#e=s3cret");
    }

    #[test]
    fn a_code_is_printed_in_two_groups_of_four() {
        assert_eq!(in_groups("7KQ2M9XA"), "7KQ2-M9XA");
        assert_eq!(in_groups("7kq2-m9xa"), "7kq2-m9xa");
    }

    #[test]
    fn the_address_is_printed_without_what_nobody_types() {
        assert_eq!(spoken("https://ressenti.example"), "ressenti.example");
        assert_eq!(spoken("http://127.0.0.1:8080"), "127.0.0.1:8080");
    }
}
