//! A scale's trajectory as charts, one per series of timepoints, and as the file of its figures.

use shared::{
    api::{TrajectoryPoint, TrajectoryReply},
    id::InstrumentKey,
    instrument::Direction,
    study::{Series, Study, Timepoint},
};

use super::chart::{Chart, ChartMark, ChartPoint, ChartWords};
use crate::i18n::{Locale, long_date, text::investigator::scores as text};

/// Timepoints that belong on one line; the others have a chart of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Panel {
    /// From inclusion through infusion.
    Infused,
    /// Counted from inclusion, while not infused.
    NotInfused,
    /// At each relapse.
    EachTime,
}

impl Panel {
    const ALL: [Self; 3] = [Self::Infused, Self::NotInfused, Self::EachTime];

    const fn of(series: Series) -> Self {
        match series {
            Series::Always | Series::Infused => Self::Infused,
            Series::NotInfused => Self::NotInfused,
            Series::EachTime => Self::EachTime,
        }
    }

    /// What its file is called by.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Infused => "infused",
            Self::NotInfused => "not-infused",
            Self::EachTime => "each-time",
        }
    }

    /// Its heading.
    pub(crate) const fn title(self, locale: Locale) -> &'static str {
        match self {
            Self::Infused => text::panel_infused(locale),
            Self::NotInfused => text::panel_not_infused(locale),
            Self::EachTime => text::panel_each_time(locale),
        }
    }
}

/// What a higher value means, in words.
pub(crate) const fn direction(locale: Locale, higher: Direction) -> &'static str {
    match higher {
        Direction::Better => text::direction_better(locale),
        Direction::Worse => text::direction_worse(locale),
        Direction::Neither => text::direction_neither(locale),
    }
}

fn mark_of(point: Option<&TrajectoryPoint>) -> ChartMark {
    match point {
        None => ChartMark::Absent,
        Some(TrajectoryPoint { n: Some(n), mean: Some([mean, low, high]), .. }) => {
            ChartMark::Mean { n: *n, mean: *mean, interval: [*low, *high] }
        }
        Some(_) => ChartMark::Masked,
    }
}

/// The timepoints of a panel that ask this instrument, from the first to the last score; between them, one without
/// a score is a gap.
fn points_of(reply: &TrajectoryReply, study: &Study, panel: Panel, locale: Locale) -> Vec<ChartPoint> {
    let find = |timepoint: &Timepoint| reply.points.iter().find(|point| point.timepoint == timepoint.key);
    let point = |timepoint: &Timepoint| ChartPoint {
        key: timepoint.key.to_string(),
        day: text::day(locale, signed(timepoint.target_day)),
        mark: mark_of(find(timepoint)),
    };
    let belongs = |timepoint: &&Timepoint| {
        Panel::of(timepoint.series) == panel
            && (asks(study, timepoint, &reply.instrument.key) || find(timepoint).is_some())
    };
    let points: Vec<ChartPoint> = study.timepoints.iter().filter(belongs).map(point).collect();
    let is_there = |point: &ChartPoint| point.mark != ChartMark::Absent;
    let first = points.iter().position(is_there);
    let last = points.iter().rposition(is_there);
    match (first, last) {
        (Some(first), Some(last)) => points.into_iter().take(last + 1).skip(first).collect(),
        _ => Vec::new(),
    }
}

fn asks(study: &Study, timepoint: &Timepoint, instrument: &InstrumentKey) -> bool {
    let batteries = timepoint.batteries.iter().filter_map(|battery| study.batteries.get(battery));
    batteries.flat_map(|battery| &battery.instruments).any(|entry| entry.instrument.key == *instrument)
}

fn signed(day: i32) -> String {
    day.to_string().replace('-', "\u{2212}")
}

/// A chart for each panel that has a score, in the order of a patient's time.
///
/// `instrument` and `scale` are their names for the reader.
pub(crate) fn charts(
    reply: &TrajectoryReply,
    study: &Study,
    instrument: &str,
    scale: &str,
    locale: Locale,
) -> Vec<(Panel, Chart)> {
    let higher = direction(locale, reply.higher);
    let words = ChartWords {
        title: text::chart_title(locale, instrument, scale),
        description: text::description(locale, higher),
        direction: higher.to_owned(),
        masked: text::masked(locale).to_owned(),
        absent: text::absent(locale).to_owned(),
        source: source(reply, locale),
        decimal_mark: if locale == Locale::Fr { ',' } else { '.' },
    };
    let chart = |panel| {
        let points = points_of(reply, study, panel, locale);
        (panel, Chart { range: reply.range, points, words: words.clone() })
    };
    Panel::ALL.into_iter().map(chart).filter(|(_, chart)| !chart.points.is_empty()).collect()
}

/// Where the figures come from: data lock, filter, engine and instrument version.
pub(crate) fn source(reply: &TrajectoryReply, locale: Locale) -> String {
    text::source(locale, long_date(locale, reply.as_of), &reply.engine, &reply.instrument)
}

/// The figures as CSV: one row per timepoint, every row saying where it comes from; masked cells are empty.
pub(crate) fn csv(reply: &TrajectoryReply) -> String {
    let head = "instrument,version,scale,timepoint,target_day,n,mean,ci95_low,ci95_high,masked,as_of,engine";
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let figure = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let row = |point: &TrajectoryPoint| {
        let [mean, low, high] = [0, 1, 2].map(|nth| figure(point.mean.and_then(|three| three.get(nth).copied())));
        let cells = [
            reply.instrument.key.to_string(),
            quoted(&reply.instrument.version),
            reply.scale.to_string(),
            point.timepoint.to_string(),
            point.target_day.to_string(),
            point.n.map(|n| n.to_string()).unwrap_or_default(),
            mean,
            low,
            high,
            u8::from(point.mean.is_none()).to_string(),
            reply.as_of.to_string(),
            quoted(&reply.engine),
        ];
        cells.join(",")
    };
    std::iter::once(head.to_owned()).chain(reply.points.iter().map(row)).map(|line| line + "\r\n").collect()
}

#[cfg(test)]
mod tests {
    use shared::study::{Battery, MilestoneKind};

    use super::*;

    fn timepoint(key: &str, series: Series, target_day: i32) -> Timepoint {
        Timepoint {
            key: key.parse().unwrap(),
            label: shared::study::Labels::new(),
            series,
            anchor: MilestoneKind::Infusion,
            fallback: None,
            target_day,
            window: [0, 0],
            batteries: if key == "D14" { Vec::new() } else { vec!["CORE".parse().unwrap()] },
        }
    }

    fn core() -> Battery {
        serde_json::from_str(r#"{"instruments":[{"instrument":{"key":"qlq-c30","version":"3.0"}}]}"#).unwrap()
    }

    fn study() -> Study {
        Study {
            key: "s".to_owned(),
            version: "1".to_owned(),
            title: shared::study::Labels::new(),
            status: shared::study::StudyStatus::Demonstration,
            accepts_demonstration: Vec::new(),
            languages: Vec::new(),
            phone: String::new(),
            information: Vec::new(),
            sites: Vec::new(),
            hemopathies: Vec::new(),
            products: Vec::new(),
            pathways: Vec::new(),
            batteries: [("CORE".parse().unwrap(), core())].into(),
            timepoints: vec![
                timepoint("T0", Series::Always, 0),
                timepoint("T1", Series::Infused, -1),
                timepoint("D7", Series::Infused, 7),
                timepoint("D14", Series::Infused, 14),
                timepoint("M1", Series::Infused, 28),
                timepoint("M3", Series::Infused, 91),
                timepoint("N1", Series::NotInfused, 28),
                timepoint("R", Series::EachTime, 0),
            ],
            reminders: None,
            flags: Vec::new(),
        }
    }

    fn point(key: &str, figures: Option<(u32, [f64; 3])>) -> TrajectoryPoint {
        TrajectoryPoint {
            timepoint: key.parse().unwrap(),
            target_day: 0,
            n: figures.map(|(n, _)| n),
            mean: figures.map(|(_, mean)| mean),
        }
    }

    fn reply(points: Vec<TrajectoryPoint>) -> TrajectoryReply {
        TrajectoryReply {
            instrument: serde_json::from_str(r#"{"key":"qlq-c30","version":"3.0"}"#).unwrap(),
            scale: "PF".parse().unwrap(),
            label: "Physical".to_owned(),
            higher: Direction::Better,
            range: [0.0, 100.0],
            engine: "0.1.0".to_owned(),
            as_of: "2026-03-12".parse().unwrap(),
            points,
        }
    }

    fn drawn(points: Vec<TrajectoryPoint>) -> Vec<(Panel, Vec<String>)> {
        charts(&reply(points), &study(), "QLQ-C30", "Physical", Locale::Fr)
            .into_iter()
            .map(|(panel, chart)| (panel, chart.points.into_iter().map(|point| point.key).collect()))
            .collect()
    }

    #[test]
    fn patients_not_infused_are_never_on_the_line_of_the_infused() {
        let some = Some((9, [60.0, 50.0, 70.0]));
        let drawn = drawn(vec![point("T0", some), point("T1", some), point("N1", some)]);
        let expected =
            [(Panel::Infused, vec!["T0".to_owned(), "T1".to_owned()]), (Panel::NotInfused, vec!["N1".to_owned()])];
        assert_eq!(drawn, expected);
    }

    #[test]
    fn a_timepoint_without_a_score_between_two_others_is_kept_as_a_gap() {
        let some = Some((9, [60.0, 50.0, 70.0]));
        let drawn = drawn(vec![point("T0", some), point("M1", some)]);
        assert_eq!(drawn, [(Panel::Infused, ["T0", "T1", "D7", "M1"].map(str::to_owned).to_vec())]);
    }

    #[test]
    fn a_timepoint_that_does_not_ask_the_instrument_is_no_gap() {
        let some = Some((9, [60.0, 50.0, 70.0]));
        let drawn = drawn(vec![point("D7", some), point("M1", some)]);
        assert_eq!(drawn, [(Panel::Infused, ["D7", "M1"].map(str::to_owned).to_vec())]);
    }

    #[test]
    fn nothing_scored_draws_nothing() {
        assert_eq!(drawn(Vec::new()), []);
    }

    #[test]
    fn each_row_of_the_file_says_where_it_comes_from_and_masks_what_is_masked() {
        let csv = csv(&reply(vec![point("T0", Some((9, [60.5, 50.0, 70.0]))), point("T1", None)]));
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.get(1), Some(&"qlq-c30,\"3.0\",PF,T0,0,9,60.5,50,70,0,2026-03-12,\"0.1.0\""));
        assert_eq!(lines.get(2), Some(&"qlq-c30,\"3.0\",PF,T1,0,,,,,1,2026-03-12,\"0.1.0\""));
    }
}
