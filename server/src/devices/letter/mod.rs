//! The access letter as a PDF: one A4 page in the patient's language, made for the reply and never kept.
//!
//! Its sentences are those of the staff app's own texts, so that paper from the browser and from here say the same.

mod sheet;

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::civil::DateTime;
use serde::Deserialize;
use shared::{id::Language, time::Timestamp};

use self::sheet::{Sheet, Weight};
use crate::clock::paris;

/// The staff app's texts: French, then English.
const TEXTS: [[&str; 3]; 2] = [
    [
        include_str!("../../../../frontend/locales/fr/nurse.json"),
        include_str!("../../../../frontend/locales/fr/staff.json"),
        include_str!("../../../../frontend/locales/fr/calendar.json"),
    ],
    [
        include_str!("../../../../frontend/locales/en/nurse.json"),
        include_str!("../../../../frontend/locales/en/staff.json"),
        include_str!("../../../../frontend/locales/en/calendar.json"),
    ],
];

/// What a letter tells.
#[derive(Clone)]
pub(super) struct Letter<'a> {
    /// Where the app is, as a browser names it: `https://ressenti.example`.
    pub(super) origin: &'a str,
    /// What the QR code carries after the address.
    pub(super) secret: &'a str,
    /// What is typed instead.
    pub(super) code: &'a str,
    /// Until when either works.
    pub(super) expires_at: Timestamp,
    /// Whose.
    pub(super) registry_number: &'a str,
    /// The unit's telephone number.
    pub(super) phone: &'a str,
    /// The patient's language.
    pub(super) language: &'a Language,
}

/// Sizes in points; a letter is read at arm's length by somebody who may be tired.
mod size {
    pub(super) const HEAD: f32 = 13.0;
    pub(super) const TITLE: f32 = 21.0;
    pub(super) const TEXT: f32 = 14.0;
    pub(super) const ADDRESS: f32 = 16.0;
    pub(super) const CODE: f32 = 28.0;
}

/// Side of the QR code with its white border, 60 mm.
const QR: f32 = 170.0;

#[derive(Deserialize)]
struct Nurse {
    letter: LetterTexts,
}

#[derive(Deserialize)]
struct LetterTexts {
    paper: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Staff {
    date: BTreeMap<String, String>,
}

/// The letter's texts in one language.
struct Texts {
    paper: BTreeMap<String, String>,
    /// `{date} at {time}`.
    at: String,
    months: String,
    french: bool,
}

impl Texts {
    fn of(language: &Language) -> anyhow::Result<Self> {
        let french = !language.as_str().starts_with("en");
        let [fr, en] = TEXTS;
        let [nurse, staff, calendar] = if french { fr } else { en };
        let Nurse { letter } = serde_json::from_str(nurse)?;
        let Staff { mut date } = serde_json::from_str(staff)?;
        let mut calendar: BTreeMap<String, String> = serde_json::from_str(calendar)?;
        let at = date.remove("at").context("no text for a date with its time")?;
        let months = calendar.remove("months").context("no names of months")?;
        Ok(Self { paper: letter.paper, at, months, french })
    }

    fn get(&self, key: &str) -> anyhow::Result<&str> {
        self.paper.get(key).map(String::as_str).with_context(|| format!("the letter has no text {key}"))
    }

    /// "24 novembre 2026 à 14 h 30"; "24 November 2026 at 14:30".
    fn moment(&self, at: DateTime) -> String {
        let nth = usize::try_from(at.month() - 1).unwrap_or_default();
        let month = self.months.split(' ').nth(nth).unwrap_or_default();
        let (day, time) = match (self.french, at.day()) {
            (true, 1) => ("1er".to_owned(), format!("{}\u{a0}h\u{a0}{:02}", at.hour(), at.minute())),
            (true, day) => (day.to_string(), format!("{}\u{a0}h\u{a0}{:02}", at.hour(), at.minute())),
            (false, day) => (day.to_string(), format!("{}:{:02}", at.hour(), at.minute())),
        };
        let date = format!("{day} {month} {}", at.year());
        self.at.replace("{date}", &date).replace("{time}", &time)
    }
}

/// Makes the page.
///
/// # Errors
/// When it does not fit on one page, which no letter of ours does.
pub(super) fn pdf(letter: &Letter<'_>) -> anyhow::Result<Vec<u8>> {
    let texts = Texts::of(letter.language)?;
    let link = format!("{}/#e={}", letter.origin, letter.secret);
    let spoken = letter.origin.trim_start_matches("https://").trim_start_matches("http://");
    let code: String = letter.code.chars().enumerate().fold(String::new(), |mut grouped, (nth, c)| {
        grouped.extend((nth == 4).then_some('-'));
        grouped.push(c);
        grouped
    });
    let expires = texts.moment(letter.expires_at.to_zoned(paris()).datetime());

    let mut sheet = Sheet::new()?;
    let number = texts.get("number")?.replace("{number}", &sheet.printable(letter.registry_number));
    sheet.ends_of_line("Ressenti", &number, size::HEAD)?;
    sheet.space(16.0);
    sheet.paragraph(texts.get("heading")?, size::TITLE, Weight::Bold)?;
    sheet.space(6.0);
    sheet.paragraph(texts.get("what")?, size::TEXT, Weight::Regular)?;
    sheet.space(12.0);
    sheet.step(1)?;
    sheet.paragraph(texts.get("step_open")?, size::TEXT, Weight::Regular)?;
    sheet.qr(&link, QR)?;
    sheet.step(2)?;
    sheet.paragraph(texts.get("step_code")?, size::TEXT, Weight::Regular)?;
    sheet.paragraph(spoken, size::ADDRESS, Weight::Bold)?;
    sheet.paragraph(&code, size::CODE, Weight::Bold)?;
    sheet.step(3)?;
    sheet.paragraph(texts.get("step_pin")?, size::TEXT, Weight::Regular)?;
    sheet.step(4)?;
    sheet.paragraph(texts.get("step_answer")?, size::TEXT, Weight::Regular)?;
    sheet.steps_end();
    sheet.paragraph(&texts.get("expires")?.replace("{date}", &expires), size::TEXT, Weight::Bold)?;
    sheet.space(10.0);
    sheet.rule();
    let help = format!("{} {}", texts.get("help")?, letter.phone.replace(' ', "\u{a0}"));
    sheet.paragraph(&help, size::ADDRESS, Weight::Bold)?;
    sheet.paragraph(texts.get("urgent")?, size::TEXT, Weight::Regular)?;
    sheet.finish(texts.get("heading")?, letter.language.as_str())
}

#[cfg(test)]
mod tests;
