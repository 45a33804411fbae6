//! One patient's scores over time as small drawings, one scale each: the whole range, never flipped, gaps as gaps, with
//! the study's threshold where it has one.

use std::fmt::Write as _;

use crate::investigator::Axis;

const LEFT: f64 = 40.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const HEIGHT: f64 = 110.0;
const FOOT: f64 = 24.0;
const WIDTH: f64 = 300.0;

/// A score of a timepoint; `None` where there is no score.
pub(super) type Mark = (String, Option<f64>);

/// The course of one scale.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Course {
    /// Lowest and highest possible value.
    pub(super) range: [f64; 2],
    /// The timepoints in the order of time.
    pub(super) marks: Vec<Mark>,
    /// The limit of a flag.
    pub(super) limit: Option<f64>,
}

impl Course {
    /// The drawing, which the page's styles colour; what it shows is in the table beside it.
    pub(super) fn draw(&self) -> String {
        let axis = Axis::new(self.range, TOP + HEIGHT, TOP);
        let [low, high] = self.range;
        let (width, height) = (LEFT + WIDTH + RIGHT, TOP + HEIGHT + FOOT);
        let mut svg = format!(
            "<svg viewBox=\"0 0 {width} {height}\" class=\"chart course\" aria-hidden=\"true\" focusable=\"false\">"
        );
        for value in [low, f64::midpoint(low, high), high] {
            let y = axis.place(value);
            let label =
                if (value - value.round()).abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") };
            let _ = write!(
                svg,
                "<line class=\"chart-grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{}\" y2=\"{y:.1}\"/>",
                LEFT + WIDTH
            );
            let _ = write!(
                svg,
                "<text class=\"chart-small\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                LEFT - 6.0,
                y + 4.0
            );
        }
        if let Some(limit) = self.limit {
            let y = axis.place(limit);
            let _ = write!(
                svg,
                "<line class=\"chart-gap\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{}\" y2=\"{y:.1}\"/>",
                LEFT + WIDTH
            );
        }
        for part in self.lines() {
            let points: Vec<String> =
                part.iter().map(|(nth, value)| format!("{:.1},{:.1}", self.x(*nth), axis.place(*value))).collect();
            let _ = write!(svg, "<polyline class=\"chart-line\" points=\"{}\"/>", points.join(" "));
            for (nth, value) in part {
                let _ = write!(
                    svg,
                    "<circle class=\"chart-dot\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\"/>",
                    self.x(nth),
                    axis.place(value)
                );
            }
        }
        for (nth, (key, _)) in self.marks.iter().enumerate() {
            let y = TOP + HEIGHT + 18.0;
            let _ = write!(
                svg,
                "<text class=\"chart-small\" x=\"{:.1}\" y=\"{y}\" text-anchor=\"middle\">{key}</text>",
                self.x(nth)
            );
        }
        svg.push_str("</svg>");
        svg
    }

    fn x(&self, nth: usize) -> f64 {
        let steps = u32::try_from(self.marks.len()).map_or(1.0, f64::from);
        LEFT + WIDTH * (u32::try_from(nth).map_or(0.0, f64::from) + 0.5) / steps
    }

    /// The scores that follow each other without a gap.
    fn lines(&self) -> Vec<Vec<(usize, f64)>> {
        let mut lines: Vec<Vec<(usize, f64)>> = Vec::new();
        let mut joined = false;
        for (nth, (_, value)) in self.marks.iter().enumerate() {
            match (value, lines.last_mut()) {
                (Some(value), Some(line)) if joined => line.push((nth, *value)),
                (Some(value), _) => lines.push(vec![(nth, *value)]),
                (None, _) => {}
            }
            joined = value.is_some();
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(values: &[Option<f64>]) -> Course {
        let marks = values.iter().enumerate().map(|(nth, value)| (format!("M{nth}"), *value)).collect();
        Course { range: [0.0, 100.0], marks, limit: Some(25.0) }
    }

    #[test]
    fn a_gap_is_drawn_as_a_gap() {
        let with_gap = course(&[Some(50.0), Some(60.0), None, Some(70.0)]);
        assert_eq!(with_gap.lines(), [vec![(0, 50.0), (1, 60.0)], vec![(3, 70.0)]]);
        assert_eq!(with_gap.draw().matches("<polyline").count(), 2);
        assert_eq!(with_gap.draw().matches("<circle").count(), 3);
        assert_eq!(course(&[None, None]).draw().matches("<circle").count(), 0);
    }

    #[test]
    fn a_higher_score_is_drawn_higher_whatever_it_means() {
        let axis = Axis::new([0.0, 100.0], TOP + HEIGHT, TOP);
        assert!(axis.place(80.0) < axis.place(20.0));
        assert!(course(&[Some(80.0)]).draw().contains(&format!("cy=\"{:.1}\"", axis.place(80.0))));
    }
}
