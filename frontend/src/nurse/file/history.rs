//! Everything that happened to a patient in one list, newest first: a page at a time, of one part or of all.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{HistoryKind, HistoryLine, HistoryReply, HistoryRequest},
    id::PatientId,
};

use crate::{
    i18n::{
        Locale,
        text::nurse::{
            filter as filter_text,
            history::{self as text, what as what_text},
        },
    },
    session,
    staff::{Desk, FetchState, Fetched, date_time},
    ui::{Button, Look, Select, TableRoom},
};

/// A part, by the word of the choice, with its name.
type Part = (&'static str, HistoryKind, fn(Locale) -> &'static str);

/// The parts in the order of the choice.
const KINDS: [Part; 4] = [
    ("care", HistoryKind::Care, text::care),
    ("answers", HistoryKind::Answers, text::answers),
    ("devices", HistoryKind::Devices, text::devices),
    ("readings", HistoryKind::Readings, text::readings),
];

/// The list and how it is read.
#[derive(Clone, Copy)]
struct Reader {
    desk: Desk,
    patient: PatientId,
    kind: RwSignal<String>,
    list: RwSignal<Fetched<HistoryReply>>,
    /// Counts the choices, so that a reply to an earlier one is dropped.
    turn: StoredValue<u32>,
}

impl Reader {
    /// Reads the first page of another part, or the page after the last.
    fn read(self, after: Option<String>) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let chosen = self.kind.get_untracked();
        let kind = KINDS.iter().find(|(word, ..)| *word == chosen).map(|(_, kind, _)| *kind);
        let path = format!("/api/patients/{}/history", self.patient);
        spawn_local(async move {
            let goes_on = after.is_some();
            let reply = self.desk.post::<HistoryReply>(&path, &HistoryRequest { kind, after }).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.list.update(|list| match reply {
                Ok(mut reply) => {
                    if let Some(before) = list.value().filter(|_| goes_on) {
                        reply.lines.splice(0..0, before.lines.iter().cloned());
                    }
                    list.arrive(reply, session::now());
                }
                Err(trouble) => list.fail(trouble),
            });
        });
    }
}

/// The section.
#[component]
pub(super) fn History(
    /// Whose.
    patient: PatientId,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let (kind, list) = (RwSignal::new(String::new()), RwSignal::new(Fetched::default()));
    let reader = Reader { desk, patient, kind, list, turn: StoredValue::new(0) };
    Effect::new(move || {
        kind.track();
        reader.read(None);
    });
    let standing = Signal::derive(move || list.with(Fetched::standing));
    let options = Signal::derive(move || {
        KINDS.iter().map(|(word, _, name)| ((*word).to_owned(), name(locale.get()).to_owned())).collect::<Vec<_>>()
    });
    let next = Memo::new(move |_| list.with(|list| list.value().and_then(|reply| reply.next.clone())));
    let lines = move || list.with(|list| list.value().map(|reply| reply.lines.clone()).unwrap_or_default());
    view! {
        <section class="panel" aria-labelledby="history">
            <h2 id="history">{move || text::heading(locale.get())}</h2>
            <p class="quiet small">{move || text::lead(locale.get())}</p>
            <Select id="history-kind" value=kind options
                label=Signal::derive(move || text::kind(locale.get()).to_owned())
                empty=Signal::derive(move || text::all(locale.get()).to_owned()) />
            <FetchState standing again=move |()| reader.read(None) />
            <TableRoom label=Signal::derive(move || text::heading(locale.get()).to_owned())>
                <table class="table" aria-labelledby="history">
                    <thead>
                        <tr>
                            <th scope="col">{move || text::when(locale.get())}</th>
                            <th scope="col">{move || text::event(locale.get())}</th>
                            <th scope="col">{move || text::by(locale.get())}</th>
                        </tr>
                    </thead>
                    <tbody>{move || lines().into_iter().map(|line| view! { <Line line /> }).collect_view()}</tbody>
                </table>
            </TableRoom>
            <Show when=move || next.get().is_some()>
                <Button look=Look::Secondary on_press=move |_| reader.read(next.get_untracked())>
                    {move || filter_text::more(locale.get())}
                </Button>
            </Show>
        </section>
    }
}

#[component]
fn Line(line: HistoryLine) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let HistoryLine { at, what, by, detail } = line;
    let told = shown_detail(&what, &detail).map(str::to_owned);
    view! {
        <tr>
            <td>{move || date_time(locale.get(), at, session::today())}</td>
            <td>
                {move || operation_words(locale.get(), &what).map_or_else(|| what.clone(), str::to_owned)}
                {told.map(|detail| view! { " "<span class="quiet code">{detail}</span> })}
            </td>
            <td>{move || by.clone().unwrap_or_else(|| text::device(locale.get()).to_owned())}</td>
        </tr>
    }
}

/// What of a line's detail says something to a nurse: ids and JSON do not.
fn shown_detail<'a>(what: &str, detail: &'a str) -> Option<&'a str> {
    match what {
        "give_tablet" | "prepare_tablet" | "revoke_device" | "confirm_device" => None,
        _ => Some(detail).filter(|detail| !detail.is_empty() && !detail.starts_with('{')),
    }
}

/// An operation of the audit trail in words; `None` for a word of a later version.
pub(crate) fn operation_words(locale: Locale, what: &str) -> Option<&'static str> {
    Some(match what {
        HistoryKind::RECEIVED => what_text::received(locale),
        "enrol_patient" => what_text::enrol_patient(locale),
        "record_milestone" => what_text::record_milestone(locale),
        "correct_person" => what_text::correct_person(locale),
        "record_episode" => what_text::record_episode(locale),
        "move_patient" => what_text::move_patient(locale),
        "set_contact" => what_text::set_contact(locale),
        "record_consent" => what_text::record_consent(locale),
        "choose_reminders" => what_text::choose_reminders(locale),
        "note_missing" => what_text::note_missing(locale),
        "look" => what_text::look(locale),
        "transcribe" => what_text::transcribe(locale),
        "correct" => what_text::correct(locale),
        "lose_answers" => what_text::lose_answers(locale),
        "enrol_device" => what_text::enrol_device(locale),
        "revoke_device" => what_text::revoke_device(locale),
        "confirm_device" => what_text::confirm_device(locale),
        "prepare_tablet" => what_text::prepare_tablet(locale),
        "give_tablet" => what_text::give_tablet(locale),
        "make_letter" => what_text::make_letter(locale),
        "print_forms" => what_text::print_forms(locale),
        "read_patient" => what_text::read_patient(locale),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_what_says_something_to_a_nurse() {
        assert_eq!(shown_detail("note_missing", "M3:1 too_ill"), Some("M3:1 too_ill"));
        assert_eq!(shown_detail("read_patient", ""), None);
        assert_eq!(shown_detail("give_tablet", "{\"helped\":true}"), None);
        assert_eq!(operation_words(Locale::En, "of_a_later_version"), None);
    }
}
