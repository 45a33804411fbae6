//! A scale with two named ends: upright, without a mark until it is touched, since a mark would suggest an answer.
//!
//! A tap anywhere on it counts, a finger may slide, and buttons and keys move by one and by ten. The first press of
//! a button or arrow puts the mark in the middle, which leans to neither end.

use leptos::{ev, prelude::*, svg};

use crate::view::view;

use super::Look;
use crate::i18n::{text::common, use_locale};

/// The positions of a scale.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Track {
    /// Lowest.
    pub min: i32,
    /// Highest.
    pub max: i32,
}

// The drawing's own units: its height, and the room above and below the line.
const HEIGHT: i32 = 560;
const ROOM: i32 = 30;
const LINE_X: i32 = 108;

impl Track {
    fn span(self) -> f64 {
        f64::from(self.max) - f64::from(self.min)
    }

    /// The position at this share of the drawing's height, from its top.
    #[must_use]
    pub fn at(self, share_from_top: f64) -> i32 {
        let from_line_top = (share_from_top * f64::from(HEIGHT) - f64::from(ROOM)) / f64::from(HEIGHT - 2 * ROOM);
        whole(f64::from(self.max) - from_line_top.clamp(0.0, 1.0) * self.span())
    }

    /// Where a position is drawn, from the top.
    #[must_use]
    pub fn y(self, position: i32) -> i32 {
        let share = (f64::from(self.max) - f64::from(position)) / self.span().max(1.0);
        whole(f64::from(ROOM) + share * f64::from(HEIGHT - 2 * ROOM))
    }

    /// The position after moving by this much; the middle when there was none.
    #[must_use]
    pub fn moved(self, from: Option<i32>, by: i32) -> i32 {
        let middle = self.min.midpoint(self.max);
        from.map_or(middle, |position| position.saturating_add(by)).clamp(self.min, self.max)
    }

    /// The position after a key of a slider; `None` for other keys.
    #[must_use]
    pub fn after_key(self, from: Option<i32>, key: &str) -> Option<i32> {
        match key {
            "ArrowUp" | "ArrowRight" => Some(self.moved(from, 1)),
            "ArrowDown" | "ArrowLeft" => Some(self.moved(from, -1)),
            "PageUp" => Some(self.moved(from, 10)),
            "PageDown" => Some(self.moved(from, -10)),
            "Home" => Some(self.min),
            "End" => Some(self.max),
            _ => None,
        }
    }

    /// The positions that carry a number: eleven of them on a scale of a hundred.
    fn ticks(self) -> Vec<i32> {
        let step = if self.max.saturating_sub(self.min) > 20 { 10 } else { 1 };
        (self.min..=self.max).filter(|position| (position - self.min) % step == 0).collect()
    }
}

fn whole(number: f64) -> i32 {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "between two i32")]
    let whole = number.round() as i32;
    whole
}

/// The scale with its number and buttons.
#[component]
pub fn AnalogueScale(
    /// Its positions.
    track: Track,
    /// Where the mark is.
    #[prop(into)]
    position: Signal<Option<i32>>,
    /// Told of each move, while a finger slides too.
    #[prop(into)]
    on_move: Callback<i32>,
    /// Told when the finger, key or button is let go.
    #[prop(into)]
    on_rest: Callback<i32>,
    /// The words of the low end.
    #[prop(into)]
    low: String,
    /// The words of the high end.
    #[prop(into)]
    high: String,
    /// The id of the heading that names the scale.
    #[prop(into)]
    labelled_by: String,
    /// The scale's own id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    let locale = use_locale();
    let number = move || position.get().map(|at| at.to_string());
    let hint = move || match position.get() {
        Some(_) => common::scale_of(locale.get(), track.max),
        None => common::scale_touch(locale.get()).to_owned(),
    };
    let step = move |by: i32, words: &'static str| {
        let press = move |_| {
            let to = track.moved(position.get_untracked(), by);
            on_move.run(to);
            on_rest.run(to);
        };
        view! { <super::Button look=Look::Secondary on_press=press>{words}</super::Button> }
    };
    let ends = format!("{id}-ends");
    view! {
        <div class="analogue">
            <div class="analogue-panel" id=ends.clone()>
                <p class="analogue-end">{high}</p>
                <div class="analogue-middle">
                    <output class="analogue-number" for=id.clone() aria-live="off">{number}</output>
                    <p class="analogue-hint">{hint}</p>
                    <div class="analogue-steps" role="group" aria-labelledby=labelled_by.clone()>
                        {step(1, "+1")} {step(10, "+10")} {step(-1, "−1")} {step(-10, "−10")}
                    </div>
                </div>
                <p class="analogue-end">{low}</p>
            </div>
            <Drawing track position on_move on_rest labelled_by id described_by=ends />
        </div>
    }
}

#[component]
fn Drawing(
    track: Track,
    position: Signal<Option<i32>>,
    on_move: Callback<i32>,
    on_rest: Callback<i32>,
    labelled_by: String,
    id: String,
    described_by: String,
) -> impl IntoView {
    let locale = use_locale();
    let drawing = NodeRef::<svg::Svg>::new();
    let sliding = RwSignal::new(false);
    let tell = move |whom: Callback<i32>, pointer: &ev::PointerEvent| {
        let Some(frame) = drawing.get_untracked().map(|element| element.get_bounding_client_rect()) else { return };
        if frame.height() > 0.0 {
            whom.run(track.at((f64::from(pointer.client_y()) - frame.top()) / frame.height()));
        }
    };
    let touch = move |pointer: ev::PointerEvent| {
        if let Some(element) = drawing.get_untracked() {
            let _ = element.set_pointer_capture(pointer.pointer_id());
        }
        sliding.set(true);
        tell(on_move, &pointer);
    };
    let slide = move |pointer: ev::PointerEvent| {
        if sliding.get_untracked() {
            tell(on_move, &pointer);
        }
    };
    let let_go = move |pointer: ev::PointerEvent| {
        if sliding.get_untracked() {
            sliding.set(false);
            tell(on_rest, &pointer);
        }
    };
    let key = move |press: ev::KeyboardEvent| {
        if let Some(to) = track.after_key(position.get_untracked(), &press.key()) {
            press.prevent_default();
            on_move.run(to);
            on_rest.run(to);
        }
    };
    let value_text = move || match position.get() {
        Some(at) => common::scale_value(locale.get(), at, track.max),
        None => common::scale_none(locale.get()).to_owned(),
    };
    view! {
        <svg
            id=id
            class="analogue-track"
            viewBox="0 0 150 560"
            role="slider"
            tabindex="0"
            aria-orientation="vertical"
            aria-labelledby=labelled_by
            aria-describedby=described_by
            aria-valuemin=track.min.to_string()
            aria-valuemax=track.max.to_string()
            aria-valuenow=move || position.get().unwrap_or(track.min).to_string()
            aria-valuetext=value_text
            node_ref=drawing
            on:pointerdown=touch
            on:pointermove=slide
            on:pointerup=let_go
            on:pointercancel=let_go
            on:keydown=key
        >
            <rect width="150" height="560" fill="none" pointer-events="all" />
            {track.ticks().into_iter().map(|at| view! { <Tick track at /> }).collect_view()}
            <line class="analogue-line" x1=LINE_X x2=LINE_X y1=ROOM y2=HEIGHT - ROOM />
            {move || position.get().map(|at| view! { <Mark y=track.y(at) /> })}
        </svg>
    }
}

#[component]
fn Tick(track: Track, at: i32) -> impl IntoView {
    let y = track.y(at);
    view! {
        <line class="analogue-tick" x1=LINE_X - 24 x2=LINE_X y1=y y2=y />
        <text class="analogue-label" x=LINE_X - 36 y=y aria-hidden="true">{at}</text>
    }
}

#[component]
fn Mark(y: i32) -> impl IntoView {
    view! {
        <line class="analogue-fill" x1=LINE_X x2=LINE_X y1=y y2=HEIGHT - ROOM />
        <circle class="analogue-thumb" cx=LINE_X cy=y r="24" />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUNDRED: Track = Track { min: 0, max: 100 };

    #[test]
    fn a_tap_means_the_position_drawn_there() {
        for position in 0..=100 {
            assert_eq!(HUNDRED.at(f64::from(HUNDRED.y(position)) / f64::from(HEIGHT)), position);
        }
    }

    #[test]
    fn a_tap_beyond_an_end_means_that_end() {
        assert_eq!((HUNDRED.at(-0.2), HUNDRED.at(0.0), HUNDRED.at(1.3)), (100, 100, 0));
    }

    #[test]
    fn the_first_key_puts_the_mark_in_the_middle_and_the_next_moves_it() {
        let first = HUNDRED.after_key(None, "ArrowDown");
        assert_eq!(first, Some(50));
        assert_eq!(HUNDRED.after_key(first, "PageDown"), Some(40));
        assert_eq!(HUNDRED.after_key(Some(98), "PageUp"), Some(100));
        assert_eq!(HUNDRED.after_key(Some(98), "Tab"), None);
    }
}
