//! One questionnaire being answered, as a plain struct: which question comes next, before, where to take it up again.
//!
//! It holds what the store has kept and nothing else: an answer enters by [`QuestionnaireSession::note`] after the
//! store said so. Which items apply is asked anew each time, because an answer can open or close others.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    answers::{AnswerValue, ItemResponse},
    id::ItemCode,
    instrument::{InstrumentSheet, Item, ItemWording, logic},
};

/// A screen of a questionnaire.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// What it is about and how long it takes.
    Introduction,
    /// A question.
    Item(ItemCode),
    /// A question taken up again from the review, to which it returns.
    Change(ItemCode),
    /// All answers, before sending.
    Review,
    /// What became of them.
    Sent,
}

impl Step {
    /// The step as the end of a path: `item/q7`, `review`; empty for the introduction.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Introduction => String::new(),
            Self::Item(code) => format!("item/{code}"),
            Self::Change(code) => format!("change/{code}"),
            Self::Review => "review".to_owned(),
            Self::Sent => "sent".to_owned(),
        }
    }

    /// Reads the end of a path.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        match path.split_once('/') {
            None if path.is_empty() => Some(Self::Introduction),
            None if path == "review" => Some(Self::Review),
            None if path == "sent" => Some(Self::Sent),
            Some(("item", code)) => code.parse().ok().map(Self::Item),
            Some(("change", code)) => code.parse().ok().map(Self::Change),
            None | Some(_) => None,
        }
    }
}

/// One line of the review.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewLine {
    /// Which item.
    pub item: Item,
    /// Its words.
    pub wording: ItemWording,
    /// What was said; `None` while it was not reached.
    pub said: Option<ItemResponse>,
}

/// A questionnaire with what was said of it so far.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionnaireSession {
    sheet: Arc<InstrumentSheet>,
    said: BTreeMap<ItemCode, ItemResponse>,
}

impl QuestionnaireSession {
    /// Takes up a questionnaire with what the store holds of it.
    #[must_use]
    pub const fn new(sheet: Arc<InstrumentSheet>, said: BTreeMap<ItemCode, ItemResponse>) -> Self {
        Self { sheet, said }
    }

    /// Structure and words.
    #[must_use]
    pub const fn sheet(&self) -> &Arc<InstrumentSheet> {
        &self.sheet
    }

    /// Notes what the store has kept.
    pub fn note(&mut self, item: ItemCode, said: ItemResponse) {
        self.said.insert(item, said);
    }

    /// What was said of an item.
    #[must_use]
    pub fn said(&self, item: &ItemCode) -> Option<&ItemResponse> {
        self.said.get(item)
    }

    /// The items that apply now, in order.
    #[must_use]
    pub fn items(&self) -> Vec<&Item> {
        logic::applicable(&self.sheet.definition, &self.values())
    }

    /// The item, if it applies now.
    #[must_use]
    pub fn find_item(&self, code: &ItemCode) -> Option<&Item> {
        self.items().into_iter().find(|item| item.code == *code)
    }

    /// Which question it is, from 1, of how many that apply now.
    #[must_use]
    pub fn place(&self, code: &ItemCode) -> Option<(usize, usize)> {
        let items = self.items();
        let at = items.iter().position(|item| item.code == *code)?;
        Some((at + 1, items.len()))
    }

    /// The first item that was neither answered nor skipped.
    #[must_use]
    pub fn first_open(&self) -> Option<&Item> {
        self.items().into_iter().find(|item| !self.said.contains_key(&item.code))
    }

    /// How many items that apply were neither answered nor skipped.
    #[must_use]
    pub fn n_open(&self) -> usize {
        self.items().into_iter().filter(|item| !self.said.contains_key(&item.code)).count()
    }

    /// Where to open: the introduction when untouched, the first open item when begun, the review when complete.
    #[must_use]
    pub fn resume(&self) -> Step {
        match self.first_open() {
            Some(_) if self.said.is_empty() => Step::Introduction,
            Some(item) => Step::Item(item.code.clone()),
            None => Step::Review,
        }
    }

    /// The screen after this one.
    #[must_use]
    pub fn after(&self, step: &Step) -> Step {
        let items = self.items();
        let next = match step {
            Step::Introduction => items.first().copied(),
            Step::Item(code) => items.iter().skip_while(|item| item.code != *code).nth(1).copied(),
            // A changed answer can open questions that were not asked yet: those first, then the review.
            Step::Change(_) => self.first_open(),
            Step::Review | Step::Sent => return Step::Sent,
        };
        next.map_or(Step::Review, |item| Step::Item(item.code.clone()))
    }

    /// The screen before this one; `None` where Back leaves the questionnaire.
    #[must_use]
    pub fn before(&self, step: &Step) -> Option<Step> {
        let items = self.items();
        let item = match step {
            Step::Introduction | Step::Sent => return None,
            Step::Change(_) => return Some(Step::Review),
            Step::Item(code) => items.iter().take_while(|item| item.code != *code).last(),
            Step::Review => items.last(),
        };
        Some(item.map_or(Step::Introduction, |item| Step::Item(item.code.clone())))
    }

    /// The screen to show for an asked one: an item that does not apply gives way to where to go on.
    #[must_use]
    pub fn allowed(&self, step: Step) -> Step {
        match &step {
            Step::Item(code) | Step::Change(code) if self.find_item(code).is_none() => self.resume(),
            Step::Introduction | Step::Item(_) | Step::Change(_) | Step::Review | Step::Sent => step,
        }
    }

    /// Every item that applies, with its words and what was said.
    #[must_use]
    pub fn review(&self) -> Vec<ReviewLine> {
        let line = |item: &Item| ReviewLine {
            item: item.clone(),
            wording: self.wording(&item.code),
            said: self.said.get(&item.code).cloned(),
        };
        self.items().into_iter().map(line).collect()
    }

    /// The words of an item; its code when the pack has none, which the catalog's checks rule out.
    #[must_use]
    pub fn wording(&self, code: &ItemCode) -> ItemWording {
        let bare = || ItemWording { text: code.to_string(), help: None, low: None, high: None };
        self.sheet.wording.items.get(code).cloned().unwrap_or_else(bare)
    }

    fn values(&self) -> BTreeMap<ItemCode, AnswerValue> {
        let value = |(item, said): (&ItemCode, &ItemResponse)| match said {
            ItemResponse::Answered(value) => Some((item.clone(), value.clone())),
            ItemResponse::Skipped(_) => None,
        };
        let mut values = BTreeMap::new();
        values.extend(self.said.iter().filter_map(value));
        values
    }
}

#[cfg(test)]
mod tests {
    use shared::{answers::SkipReason, instrument::catalog::Catalog};

    use super::*;

    fn code(text: &str) -> ItemCode {
        text.parse().expect("an item code")
    }

    fn session(instrument: &str) -> QuestionnaireSession {
        let catalog = Catalog::shipped().expect("the shipped catalog");
        let definition = catalog.find_latest(&instrument.parse().expect("a key")).expect("shipped");
        let french = "fr".parse().expect("a language");
        let sheet = catalog.sheet(&definition.instrument, &french).expect("words");
        QuestionnaireSession::new(Arc::new(sheet), BTreeMap::new())
    }

    fn answered(value: i32) -> ItemResponse {
        ItemResponse::Answered(AnswerValue::Code(value))
    }

    #[test]
    fn an_untouched_questionnaire_opens_at_its_introduction() {
        let session = session("qlq-c30");
        assert_eq!(session.resume(), Step::Introduction);
        assert_eq!(session.after(&Step::Introduction), Step::Item(code("q1")));
        assert_eq!(session.before(&Step::Introduction), None);
    }

    #[test]
    fn a_begun_one_opens_at_the_first_open_item_even_behind_later_answers() {
        let mut session = session("qlq-c30");
        for item in ["q1", "q2", "q4"] {
            session.note(code(item), answered(1));
        }
        assert_eq!(session.resume(), Step::Item(code("q3")));
    }

    #[test]
    fn a_skip_counts_as_said() {
        let mut session = session("qlq-c30");
        session.note(code("q1"), ItemResponse::Skipped(SkipReason::PreferNot));
        assert_eq!(session.resume(), Step::Item(code("q2")));
        assert_eq!(session.n_open(), 29);
    }

    #[test]
    fn going_on_and_back_visits_every_item_in_order_and_ends_at_the_review() {
        let session = session("qlq-c30");
        let mut step = Step::Introduction;
        let mut forward = Vec::new();
        while step != Step::Review {
            step = session.after(&step);
            forward.push(step.clone());
        }
        assert_eq!(forward.len(), 31);
        for earlier in forward.iter().rev().skip(1) {
            step = session.before(&step).expect("a screen before");
            assert_eq!(step, *earlier);
        }
        assert_eq!(session.before(&step), Some(Step::Introduction));
    }

    #[test]
    fn a_question_that_no_longer_applies_leaves_the_count_and_the_review() {
        let mut session = session("situation");
        let asked = session.items().len();
        session.note(code("transport"), answered(1));
        assert_eq!(session.items().len(), asked + 1);
        let opened = session.after(&Step::Item(code("transport")));
        session.note(code("transport"), answered(5));
        assert_eq!(session.review().len(), asked);
        assert_eq!(session.allowed(opened), session.resume());
    }

    #[test]
    fn a_change_returns_to_the_review_unless_it_opened_a_question() {
        let mut session = session("situation");
        session.note(code("transport"), answered(5));
        while let Some(item) = session.first_open().map(|item| item.code.clone()) {
            session.note(item, ItemResponse::Skipped(SkipReason::PreferNot));
        }
        let change = Step::Change(code("transport"));
        assert_eq!(session.after(&change), Step::Review);
        session.note(code("transport"), answered(1));
        assert!(matches!(session.after(&change), Step::Item(_)));
    }

    #[test]
    fn a_step_survives_the_address_bar() {
        let steps = [Step::Introduction, Step::Item(code("q7")), Step::Change(code("q7")), Step::Review, Step::Sent];
        for step in steps {
            assert_eq!(Step::parse(&step.path()), Some(step));
        }
        assert_eq!(Step::parse("item/"), None);
        assert_eq!(Step::parse("elsewhere"), None);
    }
}
