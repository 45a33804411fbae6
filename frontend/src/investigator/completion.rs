//! Completion by timepoint and instrument: what was expected, what came, and the rate between them.

use shared::{
    api::{CompletionReply, CompletionRow},
    id::{InstrumentKey, TimepointKey},
};

/// Which rows to show.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct CompletionFilter {
    /// Only this instrument.
    pub(crate) instrument: Option<InstrumentKey>,
    /// Timepoints at which nothing is expected yet, too.
    pub(crate) with_empty: bool,
}

/// The rows of one timepoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TimepointRows {
    /// Which timepoint.
    pub(crate) timepoint: TimepointKey,
    /// Its rows, in the study's order; at least one.
    pub(crate) rows: Vec<CompletionRow>,
}

/// Expected and received, summed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Totals {
    /// Expected questionnaires.
    pub(crate) expected: u32,
    /// Received within the window.
    pub(crate) on_time: u32,
    /// Received after it.
    pub(crate) late: u32,
    /// Begun, never sent.
    pub(crate) partial: u32,
    /// Nothing received.
    pub(crate) missed: u32,
}

impl Totals {
    /// Received, on time or late, in percent of expected; `None` where nothing was expected.
    pub(crate) fn rate(self) -> Option<f64> {
        (self.expected > 0).then(|| 100.0 * f64::from(self.on_time + self.late) / f64::from(self.expected))
    }

    fn plus(self, other: Self) -> Self {
        Self {
            expected: self.expected + other.expected,
            on_time: self.on_time + other.on_time,
            late: self.late + other.late,
            partial: self.partial + other.partial,
            missed: self.missed + other.missed,
        }
    }
}

impl From<&CompletionRow> for Totals {
    fn from(row: &CompletionRow) -> Self {
        Self { expected: row.expected, on_time: row.on_time, late: row.late, partial: row.partial, missed: row.missed }
    }
}

/// The rows that a filter shows, by timepoint, in the study's order.
pub(crate) fn group(reply: &CompletionReply, filter: &CompletionFilter) -> Vec<TimepointRows> {
    let mut groups: Vec<TimepointRows> = Vec::new();
    for row in reply.rows.iter().filter(|row| shows(filter, row)) {
        match groups.last_mut() {
            Some(group) if group.timepoint == row.timepoint => group.rows.push(row.clone()),
            _ => groups.push(TimepointRows { timepoint: row.timepoint.clone(), rows: vec![row.clone()] }),
        }
    }
    groups
}

fn shows(filter: &CompletionFilter, row: &CompletionRow) -> bool {
    let any = row.expected + row.on_time + row.late + row.partial + row.missed > 0;
    (filter.with_empty || any) && filter.instrument.as_ref().is_none_or(|only| *only == row.instrument)
}

/// The sums of the rows that are shown.
pub(crate) fn total(groups: &[TimepointRows]) -> Totals {
    groups.iter().flat_map(|group| &group.rows).map(Totals::from).fold(Totals::default(), Totals::plus)
}

/// The instruments of a reply, in the order they first come.
pub(crate) fn instruments(reply: &CompletionReply) -> Vec<InstrumentKey> {
    let mut keys: Vec<InstrumentKey> = Vec::new();
    for row in &reply.rows {
        if !keys.contains(&row.instrument) {
            keys.push(row.instrument.clone());
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(timepoint: &str, instrument: &str, figures: [u32; 5]) -> CompletionRow {
        let [expected, on_time, late, partial, missed] = figures;
        let (timepoint, instrument) = (timepoint.parse().unwrap(), instrument.parse().unwrap());
        CompletionRow { timepoint, instrument, expected, on_time, late, partial, missed }
    }

    fn reply() -> CompletionReply {
        let rows = vec![
            row("T0", "qlq-c30", [40, 30, 4, 2, 4]),
            row("T0", "epices", [40, 20, 0, 0, 20]),
            row("M3", "qlq-c30", [10, 5, 1, 0, 4]),
            row("M60", "qlq-c30", [0; 5]),
        ];
        CompletionReply { as_of: "2026-03-12".parse().unwrap(), rows, reasons: Vec::new() }
    }

    fn shown(filter: &CompletionFilter) -> Vec<(String, usize)> {
        group(&reply(), filter).iter().map(|group| (group.timepoint.to_string(), group.rows.len())).collect()
    }

    #[test]
    fn rows_are_grouped_by_timepoint_and_empty_ones_wait_until_asked_for() {
        assert_eq!(shown(&CompletionFilter::default()), [("T0".to_owned(), 2), ("M3".to_owned(), 1)]);
        let all = CompletionFilter { with_empty: true, ..CompletionFilter::default() };
        assert_eq!(shown(&all).last(), Some(&("M60".to_owned(), 1)));
    }

    #[test]
    fn one_instrument_can_be_looked_at_alone() {
        let only = CompletionFilter { instrument: Some("epices".parse().unwrap()), with_empty: true };
        assert_eq!(shown(&only), [("T0".to_owned(), 1)]);
    }

    #[test]
    fn a_late_questionnaire_counts_as_received() {
        let rate = Totals::from(&row("T0", "qlq-c30", [40, 30, 4, 2, 4])).rate().unwrap();
        assert!((rate - 85.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_expected_has_no_rate_rather_than_zero() {
        assert_eq!(Totals::default().rate(), None);
    }

    #[test]
    fn the_total_is_that_of_the_rows_shown() {
        let total = total(&group(&reply(), &CompletionFilter::default()));
        assert_eq!((total.expected, total.on_time, total.late, total.missed), (90, 55, 5, 28));
    }

    #[test]
    fn the_choice_of_instruments_follows_the_study() {
        assert_eq!(instruments(&reply()).iter().map(InstrumentKey::as_str).collect::<Vec<_>>(), ["qlq-c30", "epices"]);
    }
}
