//! Invented patients: who they are, and the course their illness takes over the registry's five years.
//!
//! Nobody of these exists. Proportions are plausible, not estimates: pathways, hemopathies and sites all occur, and
//! so do deaths, relapses, moved infusions, patients never infused and patients treated before they were included.

use jiff::{Span, civil::Time};
use shared::{
    api::{ConsentRequest, ContactRequest, EnrolRequest, MilestoneRequest},
    id::{HemopathyKey, Language, PathwayKey, SiteKey},
    people::{Channel, ConsentKind, ConsentMeans},
    schedule::Milestone,
    study::{MilestoneKind, Study},
    time::{Date, DatePrecision, PartialDate},
};

use super::dice::Dice;
use crate::identity;

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
    let ago =
        super::dice::nearest(0..=FIVE_YEARS, f64::from(FIVE_YEARS) * (1.0 - share).powf(1.3) + dice.around_zero(4.0));
    let included_on = day_after(today, -ago);
    let nature = Nature {
        vigour: dice.around_zero(0.6),
        means: dice.around_zero(1.0),
        diligence: (0.8 + dice.around_zero(0.12)).clamp(0.35, 0.97),
        helped: dice.happens(0.15),
    };
    let mut course = Course { today, dice, entries: Vec::new(), ended_on: None };
    course.run(included_on, &nature);
    let (at_enrolment, later) = course.entries.into_iter().partition::<Vec<_>, _>(|(_, on)| *on <= included_on);
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

/// A course while it is being invented: milestones with the day they were entered.
struct Course<'a> {
    today: Date,
    dice: &'a Dice,
    entries: Vec<(MilestoneRequest, Date)>,
    ended_on: Option<Date>,
}

impl Course<'_> {
    fn run(&mut self, included_on: Date, nature: &Nature) {
        let dice = self.dice;
        self.enter(MilestoneKind::Inclusion, included_on, included_on);
        if dice.happens(0.12) && day_after(included_on, 400) < self.today {
            return self.treated_before(included_on, nature);
        }
        self.enter(MilestoneKind::Rcp, day_after(included_on, -dice.whole(2..=18)), included_on);
        self.enter(MilestoneKind::Information, included_on, included_on);
        let leukapheresis = day_after(included_on, dice.whole(6..=18));
        let planned = day_after(leukapheresis, dice.whole(24..=40));
        if dice.happens(0.12) {
            return self.never_infused(included_on);
        }
        self.enter(MilestoneKind::Leukapheresis, leukapheresis, leukapheresis);
        if dice.happens(0.5) {
            let bridging = day_after(leukapheresis, 4);
            self.enter(MilestoneKind::Bridging, bridging, bridging);
        }
        self.plan(MilestoneKind::Infusion, planned, leukapheresis);
        let mut infused_on = planned;
        if dice.happens(0.3) {
            infused_on = day_after(planned, dice.whole(4..=21));
            self.postpone(infused_on, day_after(planned, -2));
        }
        let lymphodepletion = day_after(infused_on, -5);
        self.enter(MilestoneKind::Lymphodepletion, lymphodepletion, lymphodepletion);
        self.enter(MilestoneKind::Infusion, infused_on, infused_on);
        let discharged_on = day_after(infused_on, dice.whole(10..=24));
        self.enter(MilestoneKind::Discharge, discharged_on, discharged_on);
        self.after_infusion(infused_on, nature);
    }

    /// Infused before the registry opened; some dates are known only to the month.
    fn treated_before(&mut self, included_on: Date, nature: &Nature) {
        let infused_on = day_after(included_on, -self.dice.whole(60..=500));
        let exact = self.dice.happens(0.6);
        let on = if exact {
            PartialDate::day(infused_on)
        } else {
            PartialDate { date: infused_on.first_of_month(), precision: DatePrecision::Month }
        };
        self.add(
            MilestoneRequest::new(Milestone { kind: MilestoneKind::Infusion, on, planned: false }, SOURCE),
            included_on,
        );
        self.after_infusion(included_on, nature);
    }

    fn never_infused(&mut self, included_on: Date) {
        let on = day_after(included_on, self.dice.whole(25..=200));
        if self.dice.happens(0.5) {
            self.end(MilestoneKind::Death, on);
        } else {
            self.enter(MilestoneKind::Relapse, on, on);
            if self.dice.happens(0.5) {
                self.end(MilestoneKind::Death, day_after(on, self.dice.days_until(300.0)));
            }
        }
    }

    fn after_infusion(&mut self, from: Date, nature: &Nature) {
        let dice = self.dice;
        if dice.happens(0.06) {
            let kind = if dice.happens(0.5) { MilestoneKind::Withdrawal } else { MilestoneKind::LostToFollowUp };
            return self.end(kind, day_after(from, 30 + dice.days_until(500.0)));
        }
        // the frail relapse sooner
        if dice.happens((0.42 - 0.15 * nature.vigour).clamp(0.1, 0.8)) {
            let relapse = day_after(from, 30 + dice.days_until(260.0));
            self.enter(MilestoneKind::Relapse, relapse, relapse);
            if dice.happens(0.55) {
                self.end(MilestoneKind::Death, day_after(relapse, 20 + dice.days_until(300.0)));
            } else if dice.happens(0.2) {
                let again = day_after(relapse, 60 + dice.days_until(250.0));
                self.enter(MilestoneKind::Relapse, again, again);
            }
        } else if dice.happens(0.07) {
            self.end(MilestoneKind::Death, day_after(from, 25 + dice.days_until(350.0)));
        }
        let seen = day_after(self.today, -dice.whole(5..=80));
        if self.ended_on.is_none() && from < seen {
            self.enter(MilestoneKind::LastNews, seen, seen);
        }
    }

    fn enter(&mut self, kind: MilestoneKind, on: Date, entered_on: Date) {
        self.add(
            MilestoneRequest::new(Milestone { kind, on: PartialDate::day(on), planned: false }, SOURCE),
            entered_on,
        );
    }

    fn plan(&mut self, kind: MilestoneKind, on: Date, entered_on: Date) {
        self.add(
            MilestoneRequest::new(Milestone { kind, on: PartialDate::day(on), planned: true }, SOURCE),
            entered_on,
        );
    }

    fn postpone(&mut self, infusion_on: Date, entered_on: Date) {
        let infusion = Milestone { kind: MilestoneKind::Infusion, on: PartialDate::day(infusion_on), planned: true };
        let reason = "Infection en cours, perfusion reportée".to_owned();
        self.add(MilestoneRequest { reason, ..MilestoneRequest::new(infusion, SOURCE) }, entered_on);
    }

    fn end(&mut self, kind: MilestoneKind, on: Date) {
        let entered_on = day_after(on, 2);
        self.enter(kind, on, entered_on);
        self.ended_on = Some(on).filter(|_| entered_on <= self.today);
    }

    /// What has not come to pass by today, or would come after the end, is not known.
    fn add(&mut self, milestone: MilestoneRequest, entered_on: Date) {
        if entered_on <= self.today && self.ended_on.is_none_or(|end| milestone.on.date <= end) {
            self.entries.push((milestone, entered_on));
        }
    }
}

/// Where invented dates are known from.
const SOURCE: &str = "demonstration";

/// The day so many days after another.
pub(super) fn day_after(date: Date, days: i32) -> Date {
    Span::new().try_days(days).ok().and_then(|days| date.checked_add(days).ok()).unwrap_or(date)
}

/// A time of day between 9 and 18 o'clock.
pub(super) fn time_of_day(dice: &Dice) -> Time {
    let part = |range| i8::try_from(dice.whole(range)).unwrap_or(0);
    Time::new(part(9..=17), part(0..=59), part(0..=59), 0).unwrap_or(Time::midnight())
}
