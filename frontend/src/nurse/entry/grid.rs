//! All items of one questionnaire on one page, for the keyboard: a digit chooses and goes on, the arrows move.

use leptos::prelude::*;
use shared::{id::ItemCode, instrument::InstrumentSheet};

use super::{
    draft::{EntryDraft, Fault, Place},
    row::{ItemRow, Step, box_id},
    typed,
};
use crate::{address::focus_on, i18n::text::nurse::entry as text, staff::Desk, ui::TableRoom};

/// The next item that applies from a place on, or before it.
fn step_from(all: &[ItemCode], applicable: &[ItemCode], nth: usize, step: Step) -> Option<ItemCode> {
    let applies = |code: &&ItemCode| applicable.contains(code);
    match step {
        Step::Next => all.iter().skip(nth + 1).find(applies).cloned(),
        Step::Back => all.iter().take(nth).rev().find(applies).cloned(),
    }
}

/// The grid.
#[component]
pub(super) fn Grid(
    /// What is typed.
    draft: EntryDraft,
    /// What is asked.
    sheet: StoredValue<InstrumentSheet>,
    /// What is wrong.
    faults: RwSignal<Vec<(Place, Fault)>>,
    /// The id that has the keyboard after the last item.
    after: &'static str,
) -> impl IntoView {
    let locale = Desk::find().locale;
    let codes: Vec<ItemCode> =
        sheet.with_value(|sheet| sheet.definition.items.iter().map(|item| item.code.clone()).collect());
    let all = StoredValue::new(codes.clone());
    let applicable = Memo::new(move |_| {
        sheet.with_value(|sheet| draft.texts.with(|texts| typed::applicable(&sheet.definition, texts)))
    });
    let row = |(nth, code): (usize, ItemCode)| {
        let place = Place::Item(code.clone());
        let applies = Memo::new(move |_| applicable.with(|all| all.contains(&code)));
        let fault = Memo::new(move |_| {
            faults.with(|faults| faults.iter().find(|(at, _)| *at == place).map(|(_, fault)| *fault))
        });
        let on_step = Callback::new(move |step| {
            let to =
                all.with_value(|all| applicable.with_untracked(|applicable| step_from(all, applicable, nth, step)));
            match (to, step) {
                (Some(code), _) => focus_on(&box_id(code.as_str())),
                (None, Step::Next) => focus_on(after),
                (None, Step::Back) => {}
            }
        });
        view! { <ItemRow sheet nth texts=draft.texts applies fault on_step /> }
    };
    let rows = codes.into_iter().enumerate().map(row).collect_view();
    view! {
        <TableRoom label=Signal::derive(move || text::grid(locale.get()).to_owned())>
            <table class="table grid">
                <thead>
                    <tr>
                        <th scope="col">{move || text::item(locale.get())}</th>
                        <th scope="col">{move || text::answer(locale.get())}</th>
                        <th scope="col">{move || text::reason(locale.get())}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyboard_passes_over_what_does_not_apply() {
        let codes = |text: &str| text.split(' ').map(|code| code.parse().unwrap()).collect::<Vec<ItemCode>>();
        let (all, applicable) = (codes("q1 q2 q3 q4"), codes("q1 q3"));
        let to = |nth, step| step_from(&all, &applicable, nth, step).map(|code| code.to_string());
        assert_eq!(to(0, Step::Next).as_deref(), Some("q3"));
        assert_eq!(to(2, Step::Next), None);
        assert_eq!(to(2, Step::Back).as_deref(), Some("q1"));
        assert_eq!(to(0, Step::Back), None);
    }
}
