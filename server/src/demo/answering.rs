//! How an invented patient answers: one health over time behind all items, so that answers hang together.

use std::collections::BTreeMap;

use shared::{
    answers::{AnswerValue, KnownBody, SkipReason},
    id::ItemCode,
    instrument::{Definition, Item, ItemKind, logic::applicable},
    schedule::Milestone,
    study::MilestoneKind,
    time::Date,
};

use super::{
    dice::{Dice, nearest},
    people::Nature,
};

/// How well a patient is on a day, around 0; lowest in the weeks after infusion, after relapse and before death.
pub(super) fn health(nature: &Nature, milestones: &[Milestone], day: Date, dice: &Dice) -> f64 {
    let since = |kind: MilestoneKind| {
        let dates = milestones.iter().filter(|it| it.kind == kind && !it.planned).map(|it| it.on.anchor());
        dates.filter(|on| *on <= day).max().map(|on| (day - on).get_days())
    };
    let course = match since(MilestoneKind::Infusion) {
        None => -0.25,
        Some(..=10) => -1.1,
        Some(11..=20) => -0.75,
        Some(21..=60) => -0.35,
        Some(61..=150) => 0.05,
        Some(151..=300) => 0.3,
        Some(301..) => 0.45,
    };
    let relapse = since(MilestoneKind::Relapse).map_or(0.0, |days| if days < 150 { -0.8 } else { -0.4 });
    let dying = milestones.iter().any(|it| it.kind == MilestoneKind::Death && (it.on.anchor() - day).get_days() < 90);
    let end = if dying { -0.7 } else { 0.0 };
    nature.vigour + course + relapse + end + dice.around_zero(0.3)
}

/// What is said of a questionnaire, item by item; now and then one is skipped, or the rest left out.
pub(super) fn answer(definition: &Definition, nature: &Nature, health: f64, dice: &Dice) -> Vec<KnownBody> {
    let mut said = Vec::new();
    let mut answers = BTreeMap::new();
    let stops_early = dice.happens(0.02);
    for item in &definition.items {
        if stops_early && said.len() > definition.items.len() / 2 {
            break;
        }
        // conditions look back only, so one pass meets every item that applies
        if item.applies.is_some() && !applicable(definition, &answers).contains(&item) {
            continue;
        }
        let reluctance = if item.code.as_str() == "income" { 0.25 } else { 0.012 };
        let code = item.code.clone();
        if let Some(value) = value(definition, item, nature, health, dice).filter(|_| !dice.happens(reluctance)) {
            answers.insert(code.clone(), value.clone());
            said.push(KnownBody::Answered { item: code, value });
        } else {
            said.push(KnownBody::Skipped { item: code, reason: SkipReason::PreferNot });
        }
    }
    said
}

fn value(definition: &Definition, item: &Item, nature: &Nature, health: f64, dice: &Dice) -> Option<AnswerValue> {
    match &item.kind {
        ItemKind::Choice(set) => {
            let codes = &definition.options.get(set)?.codes;
            let code = match definition.instrument.key.as_str() {
                "qlq-c30" | "qlq-my20" | "eq-5d-5l" | "pro-ctcae" | "fact-lym" | "fact-leu" => {
                    graded(codes, item, health, dice)
                }
                "epices" => yes_or_no(codes, item, nature, dice),
                _ => any_of(codes, dice),
            };
            code.map(AnswerValue::Code)
        }
        ItemKind::Choices(set) => {
            let codes = &definition.options.get(set)?.codes;
            any_of(codes, dice).map(|code| AnswerValue::Codes(vec![code]))
        }
        ItemKind::Analogue { min, max } => {
            let middle = f64::from(*min) + 0.62 * f64::from(max - min);
            let value = middle + 0.16 * f64::from(max - min) * (health + dice.around_zero(0.35));
            Some(AnswerValue::Integer(i64::from(nearest(*min..=*max, value))))
        }
        // asked by none of the study's instruments so far: left out rather than invented
        ItemKind::Integer { .. } | ItemKind::Decimal { .. } | ItemKind::Date | ItemKind::Text { .. } => None,
    }
}

/// A degree: the better the health, the fewer complaints, and the higher the two overall ratings.
fn graded(codes: &[i32], item: &Item, health: f64, dice: &Dice) -> Option<i32> {
    let last = i32::try_from(codes.len()).ok()?.checked_sub(1)?;
    let felt = health + dice.around_zero(0.55);
    let degree = match codes.len() {
        7 => 3.4 + 1.0 * felt,
        _ => commonness(&item.code) - 0.75 * felt,
    };
    codes.get(usize::try_from(nearest(0..=last, degree)).ok()?).copied()
}

/// How much of a complaint somebody of middling health has: some are common, some rare; the same for everybody.
fn commonness(item: &ItemCode) -> f64 {
    let sum: u32 = item.as_str().bytes().map(u32::from).sum();
    0.3 + f64::from(sum % 7) * 0.12
}

/// EPICES: social worker and money running short come with want, everything else with means.
fn yes_or_no(codes: &[i32], item: &Item, nature: &Nature, dice: &Dice) -> Option<i32> {
    let with_means = !matches!(item.code.as_str(), "e1" | "e5");
    let inclination = 0.7 + nature.means + dice.around_zero(0.8);
    let yes = if with_means { inclination > 0.0 } else { inclination < -0.4 };
    let wanted = i32::from(yes);
    codes.iter().copied().find(|code| *code == wanted)
}

/// The first options are the common ones.
fn any_of(codes: &[i32], dice: &Dice) -> Option<i32> {
    let mut weight = 1.0;
    let weighted: Vec<(i32, f64)> = codes
        .iter()
        .map(|code| {
            weight *= 0.75;
            (*code, weight)
        })
        .collect();
    dice.weighted(&weighted).copied()
}
