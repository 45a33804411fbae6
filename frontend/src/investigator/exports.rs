//! Making an export: a purpose is required, and what comes out is listed with rows and fingerprints.

use leptos::{prelude::*, task::spawn_local};
use shared::api::{ExportFile, ExportReply, ExportRequest};

use crate::{
    i18n::{Locale, text::investigator::exports as text},
    staff::{Desk, Trouble, thousands},
    ui::{ErrorSummary, Field, Heading, Notice, TableRoom, Tone},
};

/// The page.
#[component]
pub(crate) fn ExportsPage() -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let purpose = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Trouble>);
    let made = RwSignal::new(None::<ExportReply>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let words = purpose.get_untracked().trim().to_owned();
        missing.set(words.is_empty());
        if words.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            match desk.post::<ExportReply>("/api/exports", &ExportRequest { purpose: words }).await {
                Ok(reply) => {
                    let _ = made.try_set(Some(reply));
                    let _ = purpose.try_set(String::new());
                }
                Err(why) => {
                    let _ = trouble.try_set(Some(why));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let error =
        Signal::derive(
            move || {
                if missing.get() { text::purpose_missing(locale.get()).to_owned() } else { String::new() }
            },
        );
    let summary = Signal::derive(move || {
        let line = error.get();
        if line.is_empty() { Vec::new() } else { vec![("purpose".to_owned(), line)] }
    });
    view! {
        <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        <p class="lead">{move || text::lead(locale.get())}</p>
        <form class="form" on:submit=submit>
            <ErrorSummary errors=summary />
            <div role="alert">
                {move || trouble.get().map(|trouble| {
                    view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
                })}
            </div>
            <Field id="purpose" value=purpose error
                label=Signal::derive(move || text::purpose(locale.get()).to_owned())
                help=Signal::derive(move || text::purpose_help(locale.get()).to_owned()) />
            <button type="submit" class="button button-primary" aria-disabled=move || busy.get().then_some("true")>
                {move || if busy.get() { text::sending(locale.get()) } else { text::send(locale.get()) }}
            </button>
        </form>
        <div role="status">{move || made.get().map(|reply| view! { <Made reply /> })}</div>
    }
}

/// What a file holds, in words.
fn holds(locale: Locale, name: &str) -> &'static str {
    match name.split('.').next() {
        Some("answers") => text::answers(locale),
        Some("scores") => text::scores(locale),
        Some("assessments") => text::assessments(locale),
        Some("milestones") => text::milestones(locale),
        Some("codebook") => text::codebook(locale),
        _ => text::other(locale),
    }
}

#[component]
fn Made(reply: ExportReply) -> impl IntoView {
    let locale = Desk::find().locale;
    let ExportReply { export, position, n_withheld, files, .. } = reply;
    let n_withheld = usize::try_from(n_withheld).unwrap_or(usize::MAX);
    let row = move |file: ExportFile| {
        let ExportFile { name, rows, sha256 } = file;
        let target = format!("/api/exports/{export}/{name}");
        let (link_name, kind) = (name.clone(), name.clone());
        view! {
            <tr>
                <th scope="row"><a href=target download=name>{move || text::download(locale.get(), &link_name)}</a></th>
                <td>{move || holds(locale.get(), &kind)}</td>
                <td class="number">{move || thousands(locale.get(), rows)}</td>
                <td><code class="fingerprint">{sha256}</code></td>
            </tr>
        }
    };
    let rows = files.into_iter().map(row).collect_view();
    view! {
        <section class="panel" aria-labelledby="made">
            <h2 id="made">{move || text::done(locale.get(), export)}</h2>
            <p>{move || text::position(locale.get(), thousands(locale.get(), position))}</p>
            <Show when=move || n_withheld != 0>
                <p>{move || text::withheld(locale.get(), n_withheld)}</p>
            </Show>
            <TableRoom label=Signal::derive(move || text::files(locale.get()).to_owned())>
                <table class="table" aria-label=move || text::files(locale.get())>
                    <thead>
                        <tr>
                            <th scope="col">{move || text::file(locale.get())}</th>
                            <th scope="col">{move || text::holds(locale.get())}</th>
                            <th scope="col" class="number">{move || text::rows(locale.get())}</th>
                            <th scope="col">{move || text::sha256(locale.get())}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableRoom>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_says_what_it_holds() {
        assert_eq!(holds(Locale::En, "scores.csv"), "one row per scale and questionnaire");
        assert_eq!(holds(Locale::En, "codebook.csv"), text::codebook(Locale::En));
        assert_eq!(holds(Locale::En, "new.csv"), text::other(Locale::En));
    }
}
