//! What a nurse types to enrol a patient, and what is wrong with it before it is sent.

use serde::de::DeserializeOwned;
use shared::{
    api::{ConsentRequest, ContactRequest, EnrolPreviewRequest, EnrolRequest, MilestoneRequest},
    id::HemopathyKey,
    people::Channel,
    schedule::Milestone,
    study::{MilestoneKind, Study},
    time::{Date, DatePrecision, PartialDate},
};

use crate::{
    staff::{DateProblem, parse_partial},
    ui::DateParts,
};

/// Longest registry number, in characters.
const LONGEST_NUMBER: usize = 40;

/// The boxes as they stand; keys as text until they are read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct EnrolForm {
    /// As the hospital writes it.
    pub(crate) registry_number: String,
    /// May stay empty.
    pub(crate) family_name: String,
    /// May stay empty.
    pub(crate) given_name: String,
    /// Day of birth; may stay empty.
    pub(crate) birth: DateParts,
    /// A key of the study, or nothing yet.
    pub(crate) hemopathy: String,
    /// A key of the study, or nothing yet.
    pub(crate) site: String,
    /// A key of the study, or nothing yet.
    pub(crate) pathway: String,
    /// Since when; from inclusion on if it stays empty.
    pub(crate) pathway_from: DateParts,
    /// A language of the study.
    pub(crate) language: String,
    /// Consent or no opposition: the word of the wire, or nothing yet.
    pub(crate) consent: String,
    /// A version of the study's information; empty where the study names none, and then nothing of this is asked.
    pub(crate) information: String,
    /// When consent was given.
    pub(crate) consented: DateParts,
    /// How: the word of the wire, or nothing yet.
    pub(crate) means: String,
    /// Where reminders go; may stay empty.
    pub(crate) email: String,
    /// Inclusion in the registry.
    pub(crate) inclusion: DateParts,
    /// The multidisciplinary consultation meeting; may stay empty.
    pub(crate) rcp: DateParts,
    /// The infusion, planned or done; may stay empty.
    pub(crate) infusion: DateParts,
}

/// A box of the form, in the order they are asked.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum EnrolField {
    /// Registry number.
    RegistryNumber,
    /// Day of birth.
    Birth,
    /// Hemopathy.
    Hemopathy,
    /// Pathway.
    Pathway,
    /// Since when.
    PathwayFrom,
    /// Site.
    Site,
    /// Language.
    Language,
    /// Consent or no opposition.
    Consent,
    /// To which version.
    Information,
    /// On which day.
    Consented,
    /// How.
    Means,
    /// E-mail address.
    Email,
    /// Inclusion date.
    Inclusion,
    /// RCP date.
    Rcp,
    /// Infusion date.
    Infusion,
}

/// Why a box cannot be sent as it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EnrolProblem {
    /// It is empty and must not be.
    Missing,
    /// It is too long.
    TooLong,
    /// It is no date.
    Date(DateProblem),
    /// It lies after today.
    Ahead,
    /// It must be known to the day.
    NotADay,
    /// It is no address.
    NotAnAddress,
    /// The infusion lies before the RCP.
    BeforeRcp,
}

type Problems = Vec<(EnrolField, EnrolProblem)>;

impl EnrolForm {
    /// An empty form: inclusion today, the first language, and whatever leaves no choice already chosen.
    pub(crate) fn fresh(study: &Study, sites: &[String], today: Date) -> Self {
        let only = |keys: &[String]| if let [one] = keys { one.clone() } else { String::new() };
        Self {
            site: only(sites),
            language: study.languages.first().map(ToString::to_string).unwrap_or_default(),
            information: study.information.first().map(|it| it.key.to_string()).unwrap_or_default(),
            consented: DateParts::of(today),
            inclusion: DateParts::of(today),
            ..Self::default()
        }
    }

    /// Reads the form; every problem at once, in the order of the boxes.
    pub(crate) fn read(&self, today: Date) -> Result<EnrolRequest, Problems> {
        let mut problems = Vec::new();
        let number = self.registry_number.trim();
        if number.is_empty() {
            problems.push((EnrolField::RegistryNumber, EnrolProblem::Missing));
        } else if number.chars().count() > LONGEST_NUMBER {
            problems.push((EnrolField::RegistryNumber, EnrolProblem::TooLong));
        }
        let birth_date = past_day(&self.birth, EnrolField::Birth, today, &mut problems);
        let hemopathy = chosen(&self.hemopathy, EnrolField::Hemopathy, &mut problems);
        let pathway = chosen(&self.pathway, EnrolField::Pathway, &mut problems);
        let pathway_from = past_day(&self.pathway_from, EnrolField::PathwayFrom, today, &mut problems);
        let site = chosen(&self.site, EnrolField::Site, &mut problems);
        let language = chosen(&self.language, EnrolField::Language, &mut problems);
        let consent = self.consent(today, &mut problems);
        let contacts = self.contacts(&mut problems);
        let milestones = self.milestones(today, &mut problems);
        match (hemopathy, site, pathway, language) {
            (Some(hemopathy), Some(site), Some(pathway), Some(language)) if problems.is_empty() => Ok(EnrolRequest {
                registry_number: number.to_owned(),
                family_name: self.family_name.trim().to_owned(),
                given_name: self.given_name.trim().to_owned(),
                birth_date,
                hemopathy,
                site,
                pathway,
                pathway_from,
                language,
                consent,
                contacts,
                milestones,
            }),
            _ => {
                problems.sort_by_key(|(field, _)| *field);
                Err(problems)
            }
        }
    }

    /// What to ask the server what this would plan; `None` while the dates cannot be read.
    pub(crate) fn preview(&self, today: Date, hemopathies: &[HemopathyKey]) -> Option<EnrolPreviewRequest> {
        let mut problems = Vec::new();
        let milestones = self.milestones(today, &mut problems);
        // which occasions there are is the same for all of them
        let hemopathy = self.hemopathy.parse().ok().or_else(|| hemopathies.first().cloned())?;
        problems.is_empty().then_some(EnrolPreviewRequest { hemopathy, milestones })
    }

    fn consent(&self, today: Date, problems: &mut Problems) -> Option<ConsentRequest> {
        if self.information.is_empty() {
            return None;
        }
        let kind = word(&self.consent, EnrolField::Consent, problems);
        let information = chosen(&self.information, EnrolField::Information, problems);
        let given_on = past_day(&self.consented, EnrolField::Consented, today, problems);
        if self.consented.is_empty() {
            problems.push((EnrolField::Consented, EnrolProblem::Missing));
        }
        let means = word(&self.means, EnrolField::Means, problems);
        Some(ConsentRequest { kind: kind?, information: information?, given_on: given_on?, means: means? })
    }

    fn contacts(&self, problems: &mut Problems) -> Vec<ContactRequest> {
        let address = self.email.trim();
        if address.is_empty() {
            return Vec::new();
        }
        if !Channel::Email.accepts(address) {
            problems.push((EnrolField::Email, EnrolProblem::NotAnAddress));
        }
        vec![ContactRequest { channel: Channel::Email, address: Some(address.to_owned()) }]
    }

    fn milestones(&self, today: Date, problems: &mut Problems) -> Vec<MilestoneRequest> {
        let mut read = |boxes: &DateParts, field| match parse_partial(boxes, today) {
            Ok(date) => date,
            Err(problem) => {
                problems.push((field, EnrolProblem::Date(problem)));
                None
            }
        };
        let inclusion = read(&self.inclusion, EnrolField::Inclusion);
        let rcp = read(&self.rcp, EnrolField::Rcp);
        let infusion = read(&self.infusion, EnrolField::Infusion);
        if self.inclusion.is_empty() {
            problems.push((EnrolField::Inclusion, EnrolProblem::Missing));
        }
        if inclusion.is_some_and(|on| on.date > today) {
            problems.push((EnrolField::Inclusion, EnrolProblem::Ahead));
        }
        if let (Some(rcp), Some(infusion)) = (rcp, infusion)
            && infusion.anchor() < rcp.anchor()
        {
            problems.push((EnrolField::Infusion, EnrolProblem::BeforeRcp));
        }
        let kinds = [MilestoneKind::Inclusion, MilestoneKind::Rcp, MilestoneKind::Infusion];
        kinds
            .into_iter()
            .zip([inclusion, rcp, infusion])
            .filter_map(|(kind, on)| Some(dated(kind, on?, today)))
            .collect()
    }
}

/// A milestone that lies ahead is only planned.
fn dated(kind: MilestoneKind, on: PartialDate, today: Date) -> MilestoneRequest {
    MilestoneRequest::new(Milestone { kind, on, planned: on.anchor() > today }, "")
}

/// A day that is not after today; `None` when the boxes are blank or wrong.
pub(crate) fn read_past_day(boxes: &DateParts, today: Date) -> Result<Option<Date>, EnrolProblem> {
    match parse_partial(boxes, today) {
        Ok(None) => Ok(None),
        Ok(Some(on)) if on.precision != DatePrecision::Day => Err(EnrolProblem::NotADay),
        Ok(Some(on)) if on.date > today => Err(EnrolProblem::Ahead),
        Ok(Some(on)) => Ok(Some(on.date)),
        Err(problem) => Err(EnrolProblem::Date(problem)),
    }
}

fn past_day(boxes: &DateParts, field: EnrolField, today: Date, problems: &mut Problems) -> Option<Date> {
    read_past_day(boxes, today).map_err(|problem| problems.push((field, problem))).ok().flatten()
}

/// What a choice among words of the wire stands for.
fn word<T: DeserializeOwned>(word: &str, field: EnrolField, problems: &mut Problems) -> Option<T> {
    let read = serde_json::from_value(serde_json::Value::String(word.to_owned())).ok();
    if read.is_none() {
        problems.push((field, EnrolProblem::Missing));
    }
    read
}

fn chosen<K: std::str::FromStr>(text: &str, field: EnrolField, problems: &mut Problems) -> Option<K> {
    let key = text.parse().ok();
    if key.is_none() {
        problems.push((field, EnrolProblem::Missing));
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        "2026-03-12".parse().unwrap()
    }

    fn boxes(day: &str, month: &str, year: &str) -> DateParts {
        DateParts { day: day.to_owned(), month: month.to_owned(), year: year.to_owned() }
    }

    fn filled() -> EnrolForm {
        EnrolForm {
            registry_number: " R-0042 ".to_owned(),
            hemopathy: "dlbcl".to_owned(),
            site: "chu".to_owned(),
            pathway: "conventional".to_owned(),
            language: "fr".to_owned(),
            inclusion: DateParts::of(today()),
            ..EnrolForm::default()
        }
    }

    fn check(change: impl Fn(&mut EnrolForm), expected: &[(EnrolField, EnrolProblem)]) {
        let mut form = filled();
        change(&mut form);
        assert_eq!(form.read(today()).err().unwrap_or_default(), expected);
    }

    #[test]
    fn the_least_that_is_needed_enrols_without_a_name() {
        let request = filled().read(today()).unwrap();
        assert_eq!((request.registry_number.as_str(), request.family_name.as_str()), ("R-0042", ""));
        assert_eq!(request.milestones.len(), 1);
    }

    #[test]
    fn an_infusion_ahead_is_planned_and_one_behind_is_done() {
        let planned = |month: &str| {
            let mut form = filled();
            form.infusion = boxes("", month, "2026");
            form.read(today()).unwrap().milestones.last().unwrap().planned
        };
        assert!(planned("4") && !planned("1"));
    }

    #[test]
    fn every_problem_is_told_at_once_in_the_order_of_the_boxes() {
        let everything = EnrolForm { infusion: boxes("30", "2", "2026"), ..EnrolForm::default() };
        let told: Vec<_> = everything.read(today()).unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            told,
            [
                EnrolField::RegistryNumber,
                EnrolField::Hemopathy,
                EnrolField::Pathway,
                EnrolField::Site,
                EnrolField::Language,
                EnrolField::Inclusion,
                EnrolField::Infusion
            ]
        );
    }

    #[test]
    fn a_date_that_cannot_be_is_named() {
        check(
            |form| form.rcp = boxes("31", "4", "2026"),
            &[(EnrolField::Rcp, EnrolProblem::Date(DateProblem::NotADate))],
        );
        check(|form| form.inclusion = boxes("13", "3", "2026"), &[(EnrolField::Inclusion, EnrolProblem::Ahead)]);
        check(
            |form| {
                form.rcp = boxes("10", "3", "2026");
                form.infusion = boxes("9", "3", "2026");
            },
            &[(EnrolField::Infusion, EnrolProblem::BeforeRcp)],
        );
    }

    #[test]
    fn an_rcp_known_to_the_month_does_not_contradict_an_infusion_in_it() {
        check(
            |form| {
                form.rcp = boxes("", "3", "2026");
                form.infusion = boxes("20", "3", "2026");
            },
            &[],
        );
    }

    #[test]
    fn consent_is_asked_where_the_study_names_its_information_and_then_whole() {
        let asked = |form: &mut EnrolForm| form.information = "2026-1".to_owned();
        check(
            asked,
            &[
                (EnrolField::Consent, EnrolProblem::Missing),
                (EnrolField::Consented, EnrolProblem::Missing),
                (EnrolField::Means, EnrolProblem::Missing),
            ],
        );
        let mut form = filled();
        asked(&mut form);
        form.consent = "non_opposition".to_owned();
        form.means = "paper".to_owned();
        form.consented = boxes("10", "3", "2026");
        let consent = form.read(today()).unwrap().consent.unwrap();
        assert_eq!(consent.given_on.to_string(), "2026-03-10");
    }

    #[test]
    fn a_birth_date_is_a_day_that_has_passed_and_an_address_looks_like_one() {
        check(|form| form.birth = boxes("", "3", "1957"), &[(EnrolField::Birth, EnrolProblem::NotADay)]);
        check(|form| form.birth = boxes("13", "3", "2026"), &[(EnrolField::Birth, EnrolProblem::Ahead)]);
        check(|form| form.email = "anne".to_owned(), &[(EnrolField::Email, EnrolProblem::NotAnAddress)]);
        check(|form| form.email = " anne@example.org ".to_owned(), &[]);
    }

    #[test]
    fn a_registry_number_has_a_longest_length() {
        check(|form| form.registry_number = "9".repeat(41), &[(EnrolField::RegistryNumber, EnrolProblem::TooLong)]);
    }
}
