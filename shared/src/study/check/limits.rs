//! What a battery may take: minutes of the patients whom it takes longest, screens of those to whom it shows most.

use super::{Findings, Step, listed, place};
use crate::{
    id::{BatteryKey, InstrumentKey},
    instrument::{Definition, catalog::Catalog},
    study::{Battery, BatteryEntry, Hemopathy, Study},
};

impl Findings {
    pub(super) fn check_limits(&mut self, study: &Study, catalog: &Catalog, key: &BatteryKey, battery: &Battery) {
        let minutes = |part: &Definition| u32::from(part.minutes);
        self.check_limit(study, catalog, key, battery, ("minutes", battery.minutes), minutes);
        let screens = |part: &Definition| {
            let always = part.items.iter().filter(|item| item.applies.is_none());
            u32::try_from(always.count()).unwrap_or(u32::MAX)
        };
        self.check_limit(study, catalog, key, battery, ("screens", battery.screens), screens);
    }

    fn check_limit(
        &mut self,
        study: &Study,
        catalog: &Catalog,
        key: &BatteryKey,
        battery: &Battery,
        (what, allowed): (&str, Option<u16>),
        measure: impl Fn(&Definition) -> u32,
    ) {
        let Some(allowed) = allowed else { return };
        let taken = |entry: &BatteryEntry| {
            let whole = catalog.find(&entry.instrument)?;
            Some(if entry.items.is_empty() { measure(whole) } else { measure(&whole.part(&entry.items)) })
        };
        let of = |hemopathy: &Hemopathy| -> Vec<(&InstrumentKey, u32)> {
            let asked = battery.instruments.iter().filter(|entry| entry.is_for(&hemopathy.key));
            asked.filter_map(|entry| Some((&entry.instrument.key, taken(entry)?))).collect()
        };
        let total = |parts: &[(&InstrumentKey, u32)]| parts.iter().map(|(_, taken)| taken).sum::<u32>();
        // of equal ones the first of the file
        let longest = study.hemopathies.iter().rev().map(|it| (it, of(it))).max_by_key(|(_, parts)| total(parts));
        let Some((hemopathy, parts)) = longest else { return };
        let taken = total(&parts);
        if taken > u32::from(allowed) {
            let parts = listed(parts.iter().map(|(instrument, taken)| format!("{instrument} {taken}")));
            self.add(
                place!["batteries", key.as_str(), what],
                format!(
                    "battery {key} takes {taken} {what} of patients with {}, and may take {allowed}",
                    hemopathy.key
                ),
                format!("it asks {parts}: take one out, or allow more"),
            );
        }
    }
}
