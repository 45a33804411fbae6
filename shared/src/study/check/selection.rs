//! Instruments that are asked in part: the same part everywhere, of items that there are, that can be asked without
//! the others, and of which scales can be made.

use std::collections::BTreeSet;

use super::{Findings, Severity, Step, batteries::edits, listed, place};
use crate::{
    id::ItemCode,
    instrument::{Condition, Definition, Inputs, Scale},
    study::{BatteryEntry, Study},
};

impl Findings {
    /// Whether each item is there once, and the instrument's first entry in the file selects the same ones.
    pub(super) fn check_selection(&mut self, study: &Study, at: &[Step], entry: &BatteryEntry) {
        let items_at = || [at, place!["items"].as_slice()].concat();
        for (nth, item) in entry.items.iter().enumerate() {
            if entry.items.iter().take(nth).any(|before| before == item) {
                let at = [items_at(), place![nth]].concat();
                self.add(at, format!("item {item} is selected twice"), "take one of them out");
            }
        }
        let selected = |entry: &BatteryEntry| entry.items.iter().cloned().collect::<BTreeSet<ItemCode>>();
        let entries = study.batteries.iter().flat_map(|(key, battery)| {
            battery.instruments.iter().enumerate().map(move |(index, other)| (key, index, other))
        });
        let mut same = entries.filter(|(.., other)| other.instrument.key == entry.instrument.key);
        if let Some((key, index, first)) = same.next().filter(|(.., first)| selected(first) != selected(entry)) {
            let at = if entry.items.is_empty() { at.to_vec() } else { items_at() };
            let problem = format!("other items of {} are asked elsewhere", entry.instrument);
            let hint = "a study asks the same items of an instrument everywhere: write the same list, or none, in both";
            let first_at = place!["batteries", key.as_str(), "instruments", index];
            self.add(at, problem, hint).beside = Some((first_at, format!("battery {key} asks {}", told(first))));
        }
    }

    /// Whether the items are the instrument's, need no others to be asked, and make scales.
    pub(super) fn check_items(&mut self, definition: &Definition, at: &[Step], selected: &[ItemCode]) {
        if selected.is_empty() {
            return;
        }
        let part = definition.part(selected);
        let instrument = &definition.instrument;
        for (nth, code) in selected.iter().enumerate() {
            let at = [at, place![nth].as_slice()].concat();
            let Some(item) = definition.find_item(code) else {
                let known = definition.items.iter().map(|item| item.code.as_str());
                let nearest = known.min_by_key(|known| edits(known, code.as_str())).unwrap_or_default();
                let hint = format!("did you mean {nearest}? `ressenti instruments {}` lists them", instrument.key);
                self.add(at, format!("{instrument} has no item {code}"), hint);
                continue;
            };
            let mut needed = Vec::new();
            item.applies.iter().for_each(|condition| items_of(condition, &mut needed));
            if let Some(other) = needed.into_iter().find(|other| !selected.contains(other)) {
                let hint = format!("select {other} too, or take {code} out");
                self.add(at, format!("{code} is asked by the answer to {other}, which is not selected"), hint);
            } else if !part.scales.is_empty() && definition.scales.iter().any(|it| takes(it, code)) {
                self.check_is_scored(definition, &part, at, code);
            }
        }
        if part.scales.is_empty() && !definition.scales.is_empty() {
            let shortest = definition.scales.iter().filter_map(|scale| Some((&scale.code, items(scale)?)));
            let hint = match shortest.min_by_key(|(_, items)| items.len()) {
                Some((scale, items)) => format!("select all items of a scale: {scale} takes {}", listed(items)),
                None => "select all items of a scale".to_owned(),
            };
            self.add(at.to_vec(), format!("no scale of {instrument} can be made of what is selected"), hint);
        }
    }

    /// Warns of an item whose scales all lack others: it is asked, and counts nowhere.
    fn check_is_scored(&mut self, definition: &Definition, part: &Definition, at: Vec<Step>, code: &ItemCode) {
        if part.scales.iter().any(|scale| takes(scale, code)) {
            return;
        }
        let scales = definition.scales.iter().filter(|scale| takes(scale, code));
        let lacking = scales.filter_map(|scale| Some((&scale.code, items(scale)?))).map(|(scale, items)| {
            let lacking = items.into_iter().filter(|item| part.find_item(item).is_none());
            format!("{scale} lacks {}", listed(lacking))
        });
        let hint = format!("{}: select them too, or take {code} out", listed(lacking));
        self.add(at, format!("no scale can be made with {code}"), hint).severity = Severity::Warning;
    }
}

fn told(entry: &BatteryEntry) -> String {
    if entry.items.is_empty() { "all of them".to_owned() } else { listed(&entry.items) }
}

/// The items a scale is made of; none for a scale of scales.
fn items(scale: &Scale) -> Option<Vec<&ItemCode>> {
    match &scale.of {
        Inputs::Items(items) => Some(items.iter().map(|input| &input.code).collect()),
        Inputs::Scales(_) => None,
    }
}

/// Whether an item is among those a scale is directly made of.
fn takes(scale: &Scale, code: &ItemCode) -> bool {
    items(scale).is_some_and(|items| items.contains(&code))
}

fn items_of<'a>(condition: &'a Condition, into: &mut Vec<&'a ItemCode>) {
    match condition {
        Condition::Answered { item, .. } => into.push(item),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| items_of(part, into)),
        Condition::Not(part) => items_of(part, into),
    }
}
