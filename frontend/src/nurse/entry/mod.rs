//! Questionnaires without the patient at a screen: forms to print, typing in what was said on them or aloud, settling
//! two entries of one form, and correcting what was sent.

mod amend;
mod chooser;
mod draft;
mod grid;
mod pages;
mod paper;
mod row;
mod settle;
mod typed;
mod typing;
mod words;

pub(crate) use self::{
    amend::Amend,
    draft::EntryDraft,
    pages::{EntryPage, FormPage, FormsPage},
    paper::PaperPage,
    settle::Settle,
    words::{mode_name, respondent_name, skip_name},
};
