//! Flags: their instruments are asked, their scales exist and can be made of what is asked, their thresholds can be met
//! and say where they come from.

use std::collections::BTreeSet;

use super::{Findings, Step, listed, place};
use crate::{
    id::ItemCode,
    instrument::{Definition, Direction, Inputs, Scale, catalog::Catalog},
    study::{Flag, Study, Threshold},
};

impl Findings {
    pub(super) fn check_flags(&mut self, study: &Study) {
        self.check_once("flags", study.flags.iter().map(|it| &it.key));
        for (index, flag) in study.flags.iter().enumerate() {
            let at = |field: &str| place!["flags", index, field];
            self.check_labels(study, &at("label"), &flag.label);
            if flag.source.trim().is_empty() {
                let hint = "name the paper it is taken from";
                self.add(at("source"), format!("the threshold of {} has no source", flag.key), hint);
            }
            self.check_baseline(study, index, flag);
        }
    }

    fn check_baseline(&mut self, study: &Study, index: usize, flag: &Flag) {
        let asks = |timepoint| study.asked_at(timepoint).iter().any(|entry| entry.instrument == flag.instrument);
        if !study.timepoints.iter().any(asks) {
            let hint = "name an instrument of a battery, at its version there, or take the flag out";
            self.add(place!["flags", index, "instrument"], format!("no timepoint asks {}", flag.instrument), hint);
            return;
        }
        let Threshold::WorseBy(worsening) = &flag.when else { return };
        let at = |field: &str| place!["flags", index, "when", "worse_by", field];
        if worsening.points <= 0.0 || !worsening.points.is_finite() {
            self.add(at("points"), "a change has more than 0 points", "write by how many points it is worse");
        }
        if !study.find_timepoint(&worsening.since).is_some_and(asks) {
            let asking = study.timepoints.iter().filter(|it| asks(it)).map(|it| &it.key);
            let hint = format!("write one of {}", listed(asking));
            self.add(at("since"), format!("{} is not asked at {}", flag.instrument.key, worsening.since), hint);
        }
    }

    /// Holds flags against the scales there are.
    pub(super) fn check_scales(&mut self, study: &Study, catalog: &Catalog) {
        for (index, flag) in study.flags.iter().enumerate() {
            let Some(definition) = catalog.find(&flag.instrument) else { continue };
            match definition.scales.iter().find(|scale| scale.code == flag.scale) {
                None => {
                    let there = listed(definition.scales.iter().map(|scale| &scale.code));
                    let problem = format!("{} has no scale {}", flag.instrument, flag.scale);
                    self.add(place!["flags", index, "scale"], problem, format!("write one of {there}"));
                }
                Some(scale) => {
                    self.check_is_asked(study, index, flag, (definition, scale));
                    self.check_reach(index, flag, scale);
                }
            }
        }
    }

    /// A scale of whose items some are asked nowhere is never made, so that its flag would never be raised.
    fn check_is_asked(&mut self, study: &Study, index: usize, flag: &Flag, (definition, scale): (&Definition, &Scale)) {
        let selected = study.selections().find(|(instrument, _)| *instrument == &flag.instrument);
        let Some((_, selected)) = selected else { return };
        let part = definition.part(selected);
        if part.scales.iter().any(|scale| scale.code == flag.scale) {
            return;
        }
        let select = format!("select {} too in the batteries", listed(lacking(definition, &part, scale)));
        let hint = if part.scales.is_empty() {
            select
        } else {
            format!("{select}, or write one of {}", listed(part.scales.iter().map(|scale| &scale.code)))
        };
        let problem = format!("{} cannot be made of what the batteries ask of {}", flag.scale, flag.instrument.key);
        self.add(place!["flags", index, "scale"], problem, hint);
    }

    /// A threshold that every score or none is beyond is a slip of the pen.
    fn check_reach(&mut self, index: usize, flag: &Flag, scale: &Scale) {
        let [low, high] = scale.range;
        let (place, range) = (place!["flags", index, "when"], format!("{} goes from {low} to {high}", flag.scale));
        if flag.when.since().is_some() {
            if scale.higher == Direction::Neither {
                let hint = "write a limit, or name another scale";
                self.add(place, format!("neither end of {} is the worse one", flag.scale), hint);
            }
            return;
        }
        let met = [low, high].map(|value| flag.when.is_met(value, None, scale.higher));
        if met[0] == met[1] {
            let which = if met[0] { "every" } else { "no" };
            self.add(place, format!("{which} score is beyond this threshold"), format!("{range}: write one between"));
        }
    }
}

/// The items that a scale is made of, be it by way of other scales, and that a part lacks.
fn lacking<'a>(definition: &'a Definition, part: &Definition, scale: &'a Scale) -> BTreeSet<&'a ItemCode> {
    match &scale.of {
        Inputs::Items(items) => {
            items.iter().map(|input| &input.code).filter(|code| part.find_item(code).is_none()).collect()
        }
        Inputs::Scales(scales) => {
            let scales = scales.iter().filter_map(|input| definition.find_scale(&input.code));
            scales.flat_map(|scale| lacking(definition, part, scale)).collect()
        }
    }
}
