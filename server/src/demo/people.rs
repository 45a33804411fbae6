//! Invented patients: who they are, where they are followed and when they were included.
//!
//! Nobody of these exists. Proportions are plausible, not estimates: all pathways, hemopathies and sites occur.

use jiff::{Span, civil::Time};
use shared::{
    api::{ConsentRequest, ContactRequest, EnrolRequest, MilestoneRequest},
    id::{HemopathyKey, Language, MilestoneId, PathwayKey, SiteKey},
    people::{Channel, ConsentKind, ConsentMeans},
    schedule::{Entered, Milestone, standing_milestones},
    study::Study,
    time::Date,
};
use uuid::Uuid;

use super::{
    course,
    dice::{Dice, nearest},
};
use crate::{identity, milestones};

/// Days of five years.
const FIVE_YEARS: i32 = 1_826;

const FAMILY_NAMES: [&str; 25] = [
    "Albarède",
    "Bressols",
    "Cazaubon",
    "Dardenne",
    "Espinasse",
    "Fontrailles",
    "Garrigou",
    "Hérault",
    "Isnard",
    "Jalabert",
    "Kerdoncuff",
    "Lescure",
    "Marquefave",
    "Noguès",
    "Oustalet",
    "Puylaurens",
    "Quercy",
    "Ramonet",
    "Salvagnac",
    "Tarbouriech",
    "Ussel",
    "Vaysse",
    "Wauquier",
    "Ychard",
    "Zarat",
];

const GIVEN_NAMES: [&str; 20] = [
    "Agnès",
    "Bernard",
    "Colette",
    "Denis",
    "Élise",
    "Fernand",
    "Ginette",
    "Hervé",
    "Irène",
    "Jacques",
    "Karim",
    "Louise",
    "Malika",
    "Norbert",
    "Odile",
    "Paulo",
    "Renée",
    "Samir",
    "Thérèse",
    "Yvon",
];

/// One invented patient.
#[derive(Clone, Debug)]
pub(super) struct Patient {
    pub(super) request: EnrolRequest,
    pub(super) included_on: Date,
    /// What was entered after enrolment: what, and on which day.
    pub(super) later: Vec<(MilestoneRequest, Date)>,
    pub(super) nature: Nature,
}

impl Patient {
    /// The milestones that stand once all is entered.
    pub(super) fn milestones(&self) -> Vec<Milestone> {
        let all = self.request.milestones.iter().chain(self.later.iter().map(|(request, _)| request));
        // no entry names another here, so none needs an id of its own
        let entered: Vec<Entered> = all.map(|it| milestones::as_entered(it, MilestoneId::new(Uuid::nil()))).collect();
        standing_milestones(&entered)
    }
}

/// What shapes a patient's answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nature {
    /// How well, compared with others: around 0.
    pub(super) vigour: f64,
    /// How far from want: around 0.
    pub(super) means: f64,
    /// How likely to answer, from 0 to 1.
    pub(super) diligence: f64,
    /// Whether somebody helps with answering.
    pub(super) helped: bool,
}

/// An invented registry as of a day.
pub(super) fn invent(study: &Study, n_patients: usize, today: Date, dice: &Dice) -> Option<Vec<Patient>> {
    (0..n_patients).map(|nth| patient(study, nth, n_patients, today, dice)).collect()
}

fn patient(study: &Study, nth: usize, n_patients: usize, today: Date, dice: &Dice) -> Option<Patient> {
    // spread evenly over five years, the last ones within the past days
    let share = f64::from(u32::try_from(nth).ok()?) / f64::from(u32::try_from(n_patients).ok()?);
    let ago = nearest(0..=FIVE_YEARS, f64::from(FIVE_YEARS) * (1.0 - share).powf(1.3) + dice.around_zero(4.0));
    let included_on = day_after(today, -ago);
    let nature = Nature {
        vigour: dice.around_zero(0.6),
        means: dice.around_zero(1.0),
        diligence: (0.8 + dice.around_zero(0.12)).clamp(0.35, 0.97),
        helped: dice.happens(0.15),
    };
    let entries = course::invent(included_on, &nature, today, dice);
    let (at_enrolment, later) = entries.into_iter().partition::<Vec<_>, _>(|(_, on)| *on <= included_on);
    let languages = [(study.languages.first()?, 0.92), (study.languages.last()?, 0.08)];
    let family_name = (*dice.one_of(&FAMILY_NAMES)?).to_owned();
    let given_name = (*dice.one_of(&GIVEN_NAMES)?).to_owned();
    let request = EnrolRequest {
        registry_number: format!("DEMO-{:03}", nth + 1),
        birth_date: birth_date(nth, included_on),
        contacts: contacts(nth, &family_name, &given_name),
        family_name,
        given_name,
        hemopathy: hemopathy(study, dice)?,
        site: site(study, dice)?,
        pathway: pathway(study, dice)?,
        pathway_from: None,
        language: Language::clone(dice.weighted(&languages)?),
        consent: consent(study, nth, included_on),
        milestones: at_enrolment.into_iter().map(|(milestone, _)| milestone).collect(),
    };
    Some(Patient { request, included_on, later, nature })
}

/// Aged 35 to 80 when included: spread without drawing, so that the rest of the invention stays as it is.
fn birth_date(nth: usize, included_on: Date) -> Option<Date> {
    let days = i32::try_from((nth * 5_347) % (45 * 365)).ok()?;
    Some(day_after(included_on, -(35 * 365) - days))
}

/// Three in five left an e-mail address for reminders; nobody has it.
fn contacts(nth: usize, family_name: &str, given_name: &str) -> Vec<ContactRequest> {
    let name = identity::fold(&format!("{given_name}.{family_name}")).replace(' ', "-");
    let address = format!("{name}.{nth}@example.org");
    let contact = ContactRequest { channel: Channel::Email, address: Some(address) };
    if nth % 5 < 3 { vec![contact] } else { Vec::new() }
}

fn consent(study: &Study, nth: usize, included_on: Date) -> Option<ConsentRequest> {
    let information =
        if nth.is_multiple_of(3) { study.information.last() } else { study.information.first() }?.key.clone();
    let means = if nth.is_multiple_of(4) { ConsentMeans::Oral } else { ConsentMeans::Paper };
    Some(ConsentRequest { kind: ConsentKind::NonOpposition, information, given_on: included_on, means })
}

/// The first ones of the study's lists are the common ones.
fn falling<T: Clone>(of: impl Iterator<Item = T>, by: f64) -> Vec<(T, f64)> {
    of.scan(1.0, |weight, it| {
        *weight *= by;
        Some((it, *weight))
    })
    .collect()
}

fn hemopathy(study: &Study, dice: &Dice) -> Option<HemopathyKey> {
    dice.weighted(&falling(study.hemopathies.iter().map(|it| it.key.clone()), 0.85)).cloned()
}

fn site(study: &Study, dice: &Dice) -> Option<SiteKey> {
    dice.weighted(&falling(study.sites.iter().map(|it| it.key.clone()), 0.5)).cloned()
}

fn pathway(study: &Study, dice: &Dice) -> Option<PathwayKey> {
    dice.weighted(&falling(study.pathways.iter().map(|it| it.key.clone()), 0.6)).cloned()
}

/// The day so many days after another.
pub(super) fn day_after(date: Date, days: i32) -> Date {
    Span::new().try_days(days).ok().and_then(|days| date.checked_add(days).ok()).unwrap_or(date)
}

/// A time of day between 9 and 18 o'clock.
pub(super) fn time_of_day(dice: &Dice) -> Time {
    let part = |range| i8::try_from(dice.whole(range)).unwrap_or(0);
    Time::new(part(9..=17), part(0..=59), part(0..=59), 0).unwrap_or(Time::midnight())
}
