//! A page that closes when nobody touches it: a warning first, and one tap goes on.

use gloo_timers::callback::Interval;
use leptos::{ev, prelude::*};

use super::{Button, Dialog};
use crate::{
    i18n::{text::common::idle, use_locale},
    session,
    view::view,
};

/// Untouched for so long, it warns.
const WARN_AFTER_S: i64 = 90;
/// Untouched for so long, it closes.
const CLOSE_AFTER_S: i64 = 120;

/// How an untouched page stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Idle {
    /// Touched lately.
    Touched,
    /// It closes in so many seconds.
    Warned(i64),
    /// Time is up.
    Over,
}

/// Where a page stands that was untouched for so many seconds. What was over stays over: only [`Idle::Warned`] is
/// taken back by a tap. A clock that was set back counts as a touch.
#[must_use]
pub const fn step(before: Idle, untouched_s: i64) -> Idle {
    match (before, untouched_s) {
        (Idle::Over, _) | (_, CLOSE_AFTER_S..) => Idle::Over,
        (_, WARN_AFTER_S..) => Idle::Warned(CLOSE_AFTER_S - untouched_s),
        (_, _) => Idle::Touched,
    }
}

/// Watches over the page it stands in.
#[component]
pub fn IdleGuard(
    /// Time is up.
    #[prop(into)]
    on_over: Callback<()>,
) -> impl IntoView {
    let locale = use_locale();
    let touched_at = StoredValue::new(session::now());
    let idle = RwSignal::new(Idle::Touched);
    let open = RwSignal::new(false);
    let look = move || {
        let untouched = session::now().duration_since(touched_at.get_value()).as_secs();
        let (before, now) = (idle.get_untracked(), step(idle.get_untracked(), untouched));
        if now == before {
            return;
        }
        idle.set(now);
        open.set(matches!(now, Idle::Warned(_)));
        if now == Idle::Over {
            on_over.run(());
        }
    };
    let touch = move || {
        // What happened while the tablet slept comes first: a late tap opens nothing.
        look();
        touched_at.set_value(session::now());
        look();
    };
    let tick = StoredValue::new_local(Some(Interval::new(1_000, look)));
    let pointer = window_event_listener(ev::pointerdown, move |_| touch());
    let key = window_event_listener(ev::keydown, move |_| touch());
    on_cleanup(move || {
        tick.try_update_value(Option::take);
        pointer.remove();
        key.remove();
    });
    let words = move || match idle.get() {
        Idle::Warned(left) => idle::words(locale.get(), left),
        Idle::Touched | Idle::Over => String::new(),
    };
    let go_on = move || idle::go_on(locale.get());
    view! {
        <Dialog open title=Signal::derive(move || idle::title(locale.get()).to_owned())>
            <p>{words}</p>
            <p class="actions"><Button on_press=move |_| touch()>{go_on}</Button></p>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_warns_after_ninety_seconds_and_closes_after_a_hundred_and_twenty() {
        for (untouched, expected) in [
            (-5, Idle::Touched),
            (0, Idle::Touched),
            (89, Idle::Touched),
            (90, Idle::Warned(30)),
            (119, Idle::Warned(1)),
            (120, Idle::Over),
            (86_400, Idle::Over),
        ] {
            assert_eq!(step(Idle::Touched, untouched), expected, "{untouched} s");
        }
    }

    #[test]
    fn a_tap_takes_a_warning_back_and_nothing_takes_back_that_time_was_up() {
        assert_eq!(step(Idle::Warned(3), 0), Idle::Touched);
        assert_eq!(step(Idle::Over, 0), Idle::Over);
    }
}
