//! Options one under the other: the whole row is the target, nothing is chosen beforehand.

use leptos::prelude::*;

use crate::view::view;

/// One option.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// Its code.
    pub code: i32,
    /// Its words.
    pub label: String,
}

/// Options of which one can be chosen; arrow keys move, space chooses.
#[component]
pub fn RadioRows(
    /// Groups the options; unique on the page.
    #[prop(into)]
    name: String,
    /// The options, in the order shown.
    choices: Vec<Choice>,
    /// The chosen one.
    #[prop(into)]
    chosen: Signal<Option<i32>>,
    /// Told of each choice.
    #[prop(into)]
    on_choose: Callback<i32>,
) -> impl IntoView {
    let row = |choice: Choice| {
        let code = choice.code;
        let first_id = format!("{name}-{code}");
        view! {
            <label class="row">
                <input
                    type="radio"
                    id=first_id
                    name=name.clone()
                    value=code.to_string()
                    prop:checked=move || chosen.get() == Some(code)
                    on:change=move |_| on_choose.run(code)
                />
                <span>{choice.label}</span>
            </label>
        }
    };
    view! { <div class="rows">{choices.into_iter().map(row).collect_view()}</div> }
}

/// Options of which several can be chosen; an exclusive one puts out the others.
#[component]
pub fn CheckRows(
    /// Groups the options; unique on the page.
    #[prop(into)]
    name: String,
    /// The options, in the order shown.
    choices: Vec<Choice>,
    /// Codes that stand alone.
    exclusive: Vec<i32>,
    /// The chosen ones.
    #[prop(into)]
    chosen: Signal<Vec<i32>>,
    /// Told of the whole new choice, ascending.
    #[prop(into)]
    on_choose: Callback<Vec<i32>>,
) -> impl IntoView {
    let row = |choice: Choice| {
        let code = choice.code;
        let exclusive = exclusive.clone();
        let flip = move |_| on_choose.run(flipped(&chosen.get_untracked(), code, &exclusive));
        view! {
            <label class="row">
                <input
                    type="checkbox"
                    id=format!("{name}-{code}")
                    name=name.clone()
                    value=code.to_string()
                    prop:checked=move || chosen.with(|codes| codes.contains(&code))
                    on:change=flip
                />
                <span>{choice.label}</span>
            </label>
        }
    };
    view! { <div class="rows">{choices.into_iter().map(row).collect_view()}</div> }
}

/// The choice after one option is flipped.
fn flipped(chosen: &[i32], code: i32, exclusive: &[i32]) -> Vec<i32> {
    if chosen.contains(&code) {
        return chosen.iter().copied().filter(|other| *other != code).collect();
    }
    let alone = exclusive.contains(&code);
    let mut after: Vec<i32> = chosen.iter().copied().filter(|other| !alone && !exclusive.contains(other)).collect();
    after.insert(after.partition_point(|other| *other < code), code);
    after
}

#[cfg(test)]
mod tests {
    use super::flipped;

    #[test]
    fn an_exclusive_option_stands_alone_both_ways() {
        assert_eq!(flipped(&[1, 2], 9, &[9]), [9]);
        assert_eq!(flipped(&[9], 2, &[9]), [2]);
    }

    #[test]
    fn a_second_tap_takes_an_option_back() {
        assert_eq!(flipped(&[1, 3], 2, &[]), [1, 2, 3]);
        assert_eq!(flipped(&[1, 3], 3, &[]), [1]);
    }
}
