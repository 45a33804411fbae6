//! Which flags stand for the scores of one patient. Pure.

use std::collections::BTreeMap;

use shared::{
    id::{AssessmentId, FlagKey, InstrumentVersion, ScaleCode, TimepointKey},
    instrument::{Direction, catalog::Catalog},
    study::{Flag, Study},
};

/// A score of a standing copy.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Score {
    pub(super) assessment: AssessmentId,
    pub(super) instrument: InstrumentVersion,
    pub(super) scale: ScaleCode,
    pub(super) value: f64,
}

/// The score that a flag stands for, and the one it is compared with.
pub(super) type Values = (f64, Option<f64>);

/// The flags that stand, by occasion.
pub(super) type Flags = BTreeMap<(AssessmentId, FlagKey), Values>;

/// The study's flags in the one form that is compared; others make what was flagged stale.
pub(super) fn rules(study: &Study) -> String {
    serde_json::to_string(&study.flags).unwrap_or_default()
}

/// The flags that stand for these scores. A scale that was not scored raises none.
pub(super) fn standing(study: &Study, catalog: &Catalog, scores: &[Score]) -> Flags {
    let mut flags = Flags::new();
    for flag in &study.flags {
        let of_flag = |score: &&Score| score.scale == flag.scale && score.instrument == flag.instrument;
        for score in scores.iter().filter(of_flag) {
            let before = before(study, flag, scores, &score.assessment.timepoint);
            if flag.when.is_met(score.value, before, higher(catalog, flag)) {
                flags.insert((score.assessment.clone(), flag.key.clone()), (score.value, before));
            }
        }
    }
    flags
}

fn higher(catalog: &Catalog, flag: &Flag) -> Direction {
    let scale = catalog.find(&flag.instrument).and_then(|it| it.scales.iter().find(|scale| scale.code == flag.scale));
    scale.map_or(Direction::Neither, |scale| scale.higher)
}

/// The score at the timepoint that a flag compares with, for a score at a later one.
fn before(study: &Study, flag: &Flag, scores: &[Score], timepoint: &TimepointKey) -> Option<f64> {
    let place = |key: &TimepointKey| study.timepoints.iter().position(|it| it.key == *key);
    let since = flag.when.since().filter(|since| place(since) < place(timepoint))?;
    let earlier =
        |it: &&Score| it.assessment.timepoint == *since && it.scale == flag.scale && it.instrument == flag.instrument;
    scores.iter().find(earlier).map(|score| score.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(assessment: &str, scale: &str, value: f64) -> Score {
        let (instrument, version) = if scale.starts_with("HADS") { ("hads", "1.0") } else { ("qlq-c30", "3.0") };
        Score {
            assessment: assessment.parse().unwrap(),
            instrument: InstrumentVersion { key: instrument.parse().unwrap(), version: version.to_owned() },
            scale: scale.parse().unwrap(),
            value,
        }
    }

    fn check(scores: &[Score], expected: &[&str]) {
        let (study, catalog) = (shared::study::shipped().unwrap(), Catalog::shipped().unwrap());
        let told: Vec<String> =
            standing(&study, &catalog, scores).into_keys().map(|(at, flag)| format!("{at} {flag}")).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_score_beyond_its_threshold_is_flagged_where_it_was_given() {
        check(&[score("M3:1", "HADS_A", 11.0), score("M6:1", "HADS_A", 10.0)], &["M3:1 hads-anxiety"]);
        check(&[score("M3:1", "PA", 33.3), score("M3:1", "EF", 75.0)], &["M3:1 c30-pain"]);
        check(&[score("M3:1", "PA", 16.7), score("M3:1", "HADS_T", 42.0)], &[]);
    }

    #[test]
    fn a_change_is_counted_from_the_earlier_timepoint_and_only_after_it() {
        let (before, after) = (score("T1:1", "QL", 75.0), score("M1:1", "QL", 50.0));
        check(&[before.clone(), after.clone()], &["M1:1 c30-quality-of-life"]);
        check(&[after], &[]);
        check(&[score("T0:1", "QL", 25.0), before], &[]);
    }

    #[test]
    fn another_version_of_the_instrument_has_thresholds_of_its_own() {
        let mut other = score("M3:1", "HADS_A", 21.0);
        other.instrument.version = "2.0".to_owned();
        check(&[other], &[]);
    }
}
