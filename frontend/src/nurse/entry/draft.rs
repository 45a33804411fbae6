//! The entry that is being typed: it outlives the page and an ended session, and is gone once it was received.

use leptos::prelude::*;
use shared::{
    answers::ItemResponse,
    api::{EntryRequest, FormReply},
    id::{DeviceId, ItemCode},
    people::{Assistance, Mode, Respondent},
    time::Date,
};

use super::typed::{self, Said, Texts};
use crate::{session, ui::DateParts};

/// The boxes of one entry.
#[derive(Clone, Copy)]
pub(crate) struct EntryDraft {
    /// What is typed in; nothing while no form is chosen.
    pub(crate) form: RwSignal<Option<FormReply>>,
    /// Goes with every try to send it, so that it is taken once.
    pub(crate) entry: RwSignal<Option<DeviceId>>,
    /// The items' boxes.
    pub(crate) texts: RwSignal<Texts>,
    /// The day of answering.
    pub(crate) answered_on: RwSignal<DateParts>,
    /// The mode, by its word; nothing is chosen beforehand.
    pub(crate) mode: RwSignal<String>,
    /// Who answered, by a word of ours.
    pub(crate) respondent: RwSignal<String>,
    /// About the form itself.
    pub(crate) remark: RwSignal<String>,
    /// It is meant to stand beside what was sent.
    pub(crate) again: RwSignal<bool>,
}

impl Default for EntryDraft {
    fn default() -> Self {
        Self {
            form: RwSignal::new(None),
            entry: RwSignal::new(None),
            texts: RwSignal::new(Texts::new()),
            answered_on: RwSignal::new(DateParts::default()),
            mode: RwSignal::new(String::new()),
            respondent: RwSignal::new(String::new()),
            remark: RwSignal::new(String::new()),
            again: RwSignal::new(false),
        }
    }
}

/// Why an entry cannot be sent as it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// Nothing is there.
    Missing,
    /// It is no date.
    NotADate,
    /// The day lies after today.
    Ahead,
    /// The day lies long before the window.
    TooEarly,
    /// The item does not allow it.
    NotAllowed,
    /// It is too long.
    TooLong,
    /// Something was sent before, and nobody said that this is meant beside it.
    SentBefore,
}

/// Where a fault is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// The day of answering.
    AnsweredOn,
    /// The mode.
    Mode,
    /// Who answered.
    Respondent,
    /// The remark.
    Remark,
    /// That it is a second entry.
    Again,
    /// An item.
    Item(ItemCode),
}

/// Who answered, in the order shown: a word of ours for each.
pub(crate) const RESPONDENTS: [(&str, Respondent); 6] = [
    ("patient", Respondent::Patient),
    ("relative", Respondent::PatientAssisted(Assistance::Relative)),
    ("read_aloud", Respondent::PatientAssisted(Assistance::ReadAloudByStaff)),
    ("hand_of_staff", Respondent::PatientAssisted(Assistance::HandOfStaff)),
    ("interpreter", Respondent::PatientAssisted(Assistance::Interpreter)),
    ("proxy", Respondent::Proxy),
];

/// How, in the order shown.
pub(crate) const MODES: [(&str, Mode); 3] =
    [("paper", Mode::Paper), ("telephone", Mode::Telephone), ("interview", Mode::Interview)];

impl EntryDraft {
    /// Begins an entry of a form, empty.
    pub(crate) fn begin(self, form: FormReply) {
        self.clear();
        self.entry.set(Some(session::new_desk()));
        self.form.set(Some(form));
    }

    /// Forgets all of it.
    pub(crate) fn clear(self) {
        self.form.set(None);
        self.entry.set(None);
        self.texts.set(Texts::new());
        self.answered_on.set(DateParts::default());
        for text in [self.mode, self.respondent, self.remark] {
            text.set(String::new());
        }
        self.again.set(false);
    }

    /// Whether something was typed that leaving would lose.
    pub(crate) fn is_begun(self) -> bool {
        self.texts.with(|texts| texts.values().any(|text| !text.is_empty()))
    }

    /// Reads the entry; every fault at once, in the order of the page.
    pub(crate) fn read(self, today: Date) -> Result<EntryRequest, Vec<(Place, Fault)>> {
        let mut faults = Vec::new();
        let Some((form, entry)) = self.form.get_untracked().zip(self.entry.get_untracked()) else {
            return Err(faults);
        };
        if !form.sent.is_empty() && !self.again.get_untracked() {
            faults.push((Place::Again, Fault::SentBefore));
        }
        let answered_on = answered_on(&self.answered_on.get_untracked(), form.earliest_on, today);
        let mode = MODES.iter().find(|(word, _)| self.mode.with_untracked(|mode| mode == word));
        let respondent = RESPONDENTS.iter().find(|(word, _)| self.respondent.with_untracked(|it| it == word));
        faults.extend(answered_on.err().map(|fault| (Place::AnsweredOn, fault)));
        faults.extend(mode.is_none().then_some((Place::Mode, Fault::Missing)));
        faults.extend(respondent.is_none().then_some((Place::Respondent, Fault::Missing)));
        let remark = self.remark.get_untracked().trim().to_owned();
        if remark.chars().count() > shared::paper::LONGEST_REMARK {
            faults.push((Place::Remark, Fault::TooLong));
        }
        let definition = &form.sheet.definition;
        let (wanting, answers) =
            self.texts.with_untracked(|texts| (typed::wanting(definition, texts), typed::said(definition, texts)));
        let of_item = |(item, said)| {
            let fault = if said == Said::Nothing { Fault::Missing } else { Fault::NotAllowed };
            (Place::Item(item), fault)
        };
        faults.extend(wanting.into_iter().map(of_item));
        let (Ok(answered_on), Some((_, mode)), Some((_, respondent)), true) =
            (answered_on, mode, respondent, faults.is_empty())
        else {
            return Err(faults);
        };
        Ok(EntryRequest {
            entry,
            assessment: form.assessment,
            instrument: form.sheet.definition.instrument.clone(),
            wording: form.wording,
            answered_on,
            mode: *mode,
            respondent: *respondent,
            remark,
            clock: session::desk_clock(),
            again: self.again.get_untracked(),
            answers,
        })
    }
}

fn answered_on(parts: &DateParts, earliest: Date, today: Date) -> Result<Date, Fault> {
    if parts.is_empty() {
        return Err(Fault::Missing);
    }
    match parts.parse() {
        None => Err(Fault::NotADate),
        Some(day) if today < day => Err(Fault::Ahead),
        Some(day) if day < earliest => Err(Fault::TooEarly),
        Some(day) => Ok(day),
    }
}

/// The text that makes a box say this, to begin a correction with what stands.
pub(crate) fn as_text(said: &ItemResponse) -> String {
    use shared::answers::AnswerValue::{Code, Codes, Date, Decimal, Integer, Text};
    use shared::time::Moment as _;
    match said {
        ItemResponse::Skipped(reason) => typed::mark(*reason).unwrap_or_default().to_owned(),
        ItemResponse::Answered(Code(code)) => code.to_string(),
        ItemResponse::Answered(Codes(codes)) => codes.iter().map(i32::to_string).collect::<Vec<_>>().join(" "),
        ItemResponse::Answered(Integer(number)) => number.to_string(),
        ItemResponse::Answered(Decimal(number)) => number.to_string(),
        ItemResponse::Answered(Date(date)) => date.write(),
        ItemResponse::Answered(Text(text)) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_answering_is_one_that_can_have_been() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let read = |parts: [&str; 3]| {
            let [day_part, month, year] = parts.map(str::to_owned);
            answered_on(&DateParts { day: day_part, month, year }, day("2025-12-02"), day("2026-03-05"))
        };
        assert_eq!(read(["4", "3", "2026"]), Ok(day("2026-03-04")));
        assert_eq!(read(["", "", ""]), Err(Fault::Missing));
        assert_eq!(read(["31", "2", "2026"]), Err(Fault::NotADate));
        assert_eq!(read(["6", "3", "2026"]), Err(Fault::Ahead));
        assert_eq!(read(["4", "3", "2025"]), Err(Fault::TooEarly));
    }
}
