//! A question while it is on the screen: what its fields hold, and when it may be left.
//!
//! Continue goes on only when the answer is kept; what is missing is said only when Continue is pressed.

use leptos::prelude::*;
use shared::{
    answers::{ItemResponse, SkipReason},
    id::ItemCode,
};

use super::{Answering, Entry, EntryProblem, Keeping, Step};

/// A question while it is on the screen.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) answering: Answering,
    pub(super) code: StoredValue<ItemCode>,
    pub(super) step: StoredValue<Step>,
    pub(super) entry: RwSignal<Entry>,
    pub(super) problem: RwSignal<Option<EntryProblem>>,
    /// Continue was pressed and waits for the store.
    leaving: RwSignal<bool>,
}

impl Asked {
    pub(super) fn new(answering: Answering, code: &ItemCode, step: Step) -> Option<Self> {
        let entry = answering
            .session
            .with_untracked(|session| session.find_item(code).map(|item| Entry::of(item, session.said(code))))?;
        let asked = Self {
            answering,
            code: StoredValue::new(code.clone()),
            step: StoredValue::new(step),
            entry: RwSignal::new(entry),
            problem: RwSignal::new(None),
            leaving: RwSignal::new(false),
        };
        Effect::new(move || {
            if asked.leaving.get() && answering.keeping.get() != Keeping::UnderWay {
                asked.leave();
            }
        });
        Some(asked)
    }

    /// What the fields make, if it is an answer.
    fn parse(self) -> Result<ItemResponse, EntryProblem> {
        let code = self.code.get_value();
        self.answering.session.with_untracked(|session| {
            let definition = &session.sheet().definition;
            let item = definition.find_item(&code).ok_or(EntryProblem::Missing)?;
            let answer = self.entry.with_untracked(|entry| entry.parse(definition, item))?;
            Ok(ItemResponse::Answered(answer.into_parts().1))
        })
    }

    fn keep(self, said: ItemResponse) {
        let code = self.code.get_value();
        let known = self.answering.session.with_untracked(|session| session.said(&code) == Some(&said));
        if !known {
            self.answering.keep.run((code, said));
        }
    }

    pub(super) fn keep_if_whole(self) {
        if let Ok(said) = self.parse() {
            self.keep(said);
        }
    }

    pub(super) fn go_on(self, at_ms: f64) {
        if !self.answering.counts(at_ms) {
            return;
        }
        let code = self.code.get_value();
        let skipped = self
            .answering
            .session
            .with_untracked(|session| matches!(session.said(&code), Some(ItemResponse::Skipped(_))));
        match self.parse() {
            Ok(said) => {
                self.problem.set(None);
                self.keep(said);
                self.leaving.set(true);
            }
            Err(EntryProblem::Missing) if skipped => self.leaving.set(true),
            Err(problem) => self.problem.set(Some(problem)),
        }
    }

    pub(super) fn skip(self) {
        self.answering.skip_explained.set(true);
        self.keep(ItemResponse::Skipped(SkipReason::PreferNot));
        self.leaving.set(true);
    }

    /// Goes to the next screen, if the store kept what was said.
    fn leave(self) {
        self.leaving.set(false);
        let code = self.code.get_value();
        let next = self.answering.session.with_untracked(|session| {
            session.said(&code).is_some().then(|| self.step.with_value(|step| session.after(step)))
        });
        if let Some(next) = next {
            self.answering.resumed_at.set(None);
            self.answering.go.run(next);
        }
    }
}
