//! Timepoints: their batteries exist, their anchors can come to pass, their windows do not ask twice.

use super::{Findings, Severity, Step, listed, place};
use crate::study::{MilestoneKind, Series, Study, Timepoint};

impl Findings {
    pub(super) fn check_timepoints(&mut self, study: &Study) {
        for (index, timepoint) in study.timepoints.iter().enumerate() {
            self.check_window(index, timepoint);
            self.check_anchors(index, timepoint);
            self.check_asked(study, index, timepoint);
        }
        for (index, later) in study.timepoints.iter().enumerate() {
            for (nth, earlier) in study.timepoints.iter().enumerate().take(index) {
                self.check_overlap(study, (nth, earlier), (index, later));
            }
        }
    }

    fn check_window(&mut self, index: usize, timepoint: &Timepoint) {
        let [first, last] = timepoint.window;
        if first > 0 || last < 0 {
            let hint = "write days counted from the target, such as [-5, 10]";
            let problem = format!("the window of {} does not hold its target", timepoint.key);
            self.add(place!["timepoints", index, "window"], problem, hint);
        }
    }

    fn check_anchors(&mut self, index: usize, timepoint: &Timepoint) {
        let key = &timepoint.key;
        let at = |field: &str| place!["timepoints", index, field];
        if let Some(why) = impossible(timepoint.series, timepoint.anchor, timepoint.days()) {
            self.add(at("anchor"), format!("{key} can never be asked: {why}"), "count from another milestone");
        }
        if timepoint.series == Series::EachTime && timepoint.anchor != MilestoneKind::Relapse {
            let problem = format!("{key} is asked each time, and its anchor is recorded once");
            let hint = "only relapse comes round again: name another series";
            self.add(at("series"), problem, hint).severity = Severity::Warning;
        }
        let Some(fallback) = timepoint.fallback else { return };
        if fallback.anchor == timepoint.anchor {
            let hint = "name another milestone, or take the fallback out";
            self.add(at("fallback"), format!("{key} falls back on its own anchor"), hint);
        } else if let Some(why) = impossible(timepoint.series, fallback.anchor, stood_in(timepoint, fallback.days)) {
            let problem = format!("the fallback of {key} can never be asked: {why}");
            self.add(at("fallback"), problem, "count from another milestone, or take the fallback out");
        }
    }

    fn check_asked(&mut self, study: &Study, index: usize, timepoint: &Timepoint) {
        let key = &timepoint.key;
        if timepoint.batteries.is_empty() {
            let hint = "name a battery, or take the timepoint out";
            self.add(place!["timepoints", index, "batteries"], format!("{key} asks nothing"), hint);
        }
        for (nth, battery) in timepoint.batteries.iter().enumerate() {
            let place = || place!["timepoints", index, "batteries", nth];
            if !study.batteries.contains_key(battery) {
                let hint = format!("write one of {}", listed(study.batteries.keys()));
                self.add(place(), format!("there is no battery {battery}"), hint);
            }
            if timepoint.batteries.iter().take(nth).any(|before| before == battery) {
                self.add(place(), format!("{key} names {battery} twice"), "take one of them out");
            }
        }
    }

    /// Two timepoints that count from the same milestone move together: if their windows overlap for one instrument
    /// they always will. Within a series that is a mistake; between series the schedule gives the days to the
    /// stronger. What clashes across anchors depends on dates, and the schedule settles it.
    fn check_overlap(
        &mut self,
        study: &Study,
        (nth, earlier): (usize, &Timepoint),
        (index, later): (usize, &Timepoint),
    ) {
        if !can_both_be_asked(earlier.series, later.series) || !overlap(earlier, later) {
            return;
        }
        let before = study.asked_at(earlier);
        let Some(twice) = study.asked_at(later).into_iter().find(|it| before.iter().any(|before| before.clashes(it)))
        else {
            return;
        };
        let (window, instrument) = (|index| place!["timepoints", index, "window"], &twice.instrument.key);
        let [first, last] = earlier.days();
        let finding = self.add(
            window(index),
            format!("{} and {} would ask {instrument} on the same days", earlier.key, later.key),
            format!("{} runs from day {first} to day {last}: let one end before the other begins", earlier.key),
        );
        finding.beside = Some((window(nth), format!("{} is asked here", earlier.key)));
        if earlier.series != later.series {
            finding.severity = Severity::Warning;
        }
    }
}

/// Why a timepoint that counts from this milestone is never asked of anybody; `None` when it can be.
fn impossible(series: Series, anchor: MilestoneKind, [first, last]: [i32; 2]) -> Option<&'static str> {
    let after_infusion = anchor == MilestoneKind::SecondInfusion || (anchor == MilestoneKind::Infusion && first >= 0);
    if MilestoneKind::ENDS.contains(&anchor) {
        Some("once its anchor is known, nothing is asked any more")
    } else if series == Series::Infused && anchor == MilestoneKind::InfusionGivenUp {
        Some("its series ends when the infusion is given up")
    } else if series == Series::NotInfused && after_infusion {
        Some("its series ends on the day before infusion")
    } else if anchor == MilestoneKind::Inclusion && last < 0 {
        Some("its window closes before inclusion")
    } else {
        None
    }
}

const fn can_both_be_asked(one: Series, other: Series) -> bool {
    !matches!((one, other), (Series::Infused, Series::NotInfused) | (Series::NotInfused, Series::Infused))
}

/// Whether windows overlap that count from the same milestone, be it anchor or fallback.
fn overlap(one: &Timepoint, other: &Timepoint) -> bool {
    windows(one).any(|(anchor, [first, last])| {
        windows(other).any(|(same, [begins, ends])| anchor == same && first <= ends && begins <= last)
    })
}

fn windows(timepoint: &Timepoint) -> impl Iterator<Item = (MilestoneKind, [i32; 2])> {
    let fallback = timepoint.fallback.map(|it| (it.anchor, stood_in(timepoint, it.days)));
    [(timepoint.anchor, timepoint.days())].into_iter().chain(fallback)
}

/// First and last day of the window, as days from the fallback's milestone.
fn stood_in(timepoint: &Timepoint, days: i32) -> [i32; 2] {
    timepoint.days().map(|day| day.saturating_add(days))
}
