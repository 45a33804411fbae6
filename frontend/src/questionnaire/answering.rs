//! What the question pages need from whoever shows them: the session, a way to keep an answer, a way to move.

use leptos::{ev::MouseEvent, prelude::*};
use shared::{answers::ItemResponse, id::ItemCode, time::Date};

use super::{QuestionnaireSession, Step};
use crate::ui::Taps;

/// Where the last answer stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Keeping {
    /// Nothing is on its way.
    #[default]
    Rest,
    /// Given to the store, which has not said anything yet.
    UnderWay,
    /// The store said it is kept.
    Kept,
}

/// One questionnaire on the screen, being answered.
#[derive(Clone, Copy)]
pub struct Answering {
    /// What is kept so far.
    pub session: RwSignal<QuestionnaireSession>,
    /// Where the last answer stands.
    pub keeping: RwSignal<Keeping>,
    /// Gives an answer or a skip to the store; `keeping` and `session` follow when it is kept.
    pub keep: Callback<(ItemCode, ItemResponse)>,
    /// Goes to a screen.
    pub go: Callback<Step>,
    /// Goes back to a screen, or out of the questionnaire.
    pub back: Callback<Option<Step>>,
    /// Leaves; everything is kept.
    pub pause: Callback<()>,
    /// Sends the questionnaire.
    pub send: Callback<()>,
    /// While it is being sent.
    pub sending: RwSignal<bool>,
    /// The day recall periods are counted back from.
    pub today: Date,
    /// The unit's telephone number.
    pub phone: StoredValue<String>,
    /// The question at which it was taken up again, until it is left.
    pub resumed_at: RwSignal<Option<ItemCode>>,
    /// The long explanation of skipping was shown.
    pub skip_explained: RwSignal<bool>,
    /// Shared by all buttons of all screens.
    pub taps: StoredValue<Taps>,
}

impl Answering {
    /// What a button of a screen does when it is tapped on purpose.
    #[must_use]
    pub fn on_tap(self, act: impl Fn() + Send + Sync + 'static) -> Callback<MouseEvent> {
        Callback::new(move |tap: MouseEvent| {
            if self.counts(tap.time_stamp()) {
                act();
            }
        })
    }

    /// Whether this tap is one of its own, not the second half of a double tap.
    #[must_use]
    pub fn counts(self, at_ms: f64) -> bool {
        self.taps.with_value(|taps| taps.count(at_ms))
    }
}
