//! A score chart as SVG text: mean and 95 % interval at each timepoint, gaps drawn as gaps with their reason.
//!
//! One text serves the page (coloured by the page's styles) and the downloaded file (which brings its own).

use std::fmt::Write as _;

use super::axis::Axis;

const LEFT: f64 = 58.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 16.0;
const PLOT_HEIGHT: f64 = 240.0;
const FOOT: f64 = 66.0;
const STEP: f64 = 74.0;
const LEAST_STEPS: f64 = 5.0;
/// A file is at least wide enough for its title and source.
const FILE_WIDTH: f64 = 760.0;

/// The colours of a downloaded file; the page has its own.
const FILE_STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1d2a33}.chart-head{font-weight:600;font-size:16px}\
.chart-small{font-size:12px;fill:#4a5963}.chart-grid{stroke:#d5dce1;stroke-width:1}.chart-axis{stroke:#4a5963;stroke-width:1}\
.chart-band{fill:#0b5c6b;fill-opacity:.14}.chart-line{fill:none;stroke:#0b5c6b;stroke-width:2}\
.chart-whisker{stroke:#0b5c6b;stroke-width:1.5}.chart-dot{fill:#0b5c6b}\
.chart-gap{fill:none;stroke:#4a5963;stroke-width:1;stroke-dasharray:3 3}";

/// What is known at one timepoint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ChartMark {
    /// Enough patients to show.
    Mean {
        /// How many scores.
        n: u32,
        /// Their mean.
        mean: f64,
        /// The 95 % interval.
        interval: [f64; 2],
    },
    /// Scores of fewer than five patients: not shown.
    Masked,
    /// No score at all.
    Absent,
}

/// One timepoint of a chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartPoint {
    /// The timepoint's key.
    pub(crate) key: String,
    /// Its relative day, in words.
    pub(crate) day: String,
    /// What is known there.
    pub(crate) mark: ChartMark,
}

/// The words of a chart in the reader's language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartWords {
    /// What the chart shows, in one line.
    pub(crate) title: String,
    /// What a reader who cannot see it should know.
    pub(crate) description: String,
    /// The direction, beside the axis: "plus haut = mieux".
    pub(crate) direction: String,
    /// Beneath a masked timepoint: "n < 5".
    pub(crate) masked: String,
    /// Beneath a timepoint without a score.
    pub(crate) absent: String,
    /// Where the figures come from: data lock, engine, filter.
    pub(crate) source: String,
    /// The decimal mark.
    pub(crate) decimal_mark: char,
}

/// A chart of one scale.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chart {
    /// Lowest and highest possible value.
    pub(crate) range: [f64; 2],
    /// The timepoints, in the study's order.
    pub(crate) points: Vec<ChartPoint>,
    /// The words.
    pub(crate) words: ChartWords,
}

/// Writes a number with the reader's decimal mark and a true minus sign.
fn number(value: f64, decimals: usize, decimal_mark: char) -> String {
    let text = format!("{value:.decimals$}").replace('-', "\u{2212}");
    if decimal_mark == '.' { text } else { text.replace('.', &decimal_mark.to_string()) }
}

impl Chart {
    /// The drawing for the page, whose styles colour it.
    pub(crate) fn for_page(&self) -> String {
        self.draw(None)
    }

    /// The drawing as a file that stands alone: with its title, its source and its own colours.
    pub(crate) fn for_file(&self) -> String {
        self.draw(Some(FILE_STYLE))
    }

    /// Writes values with this scale's decimals.
    pub(crate) fn writer(&self) -> impl Fn(f64) -> String + use<> {
        let (decimals, mark) = (self.axis().decimals(), self.words.decimal_mark);
        move |value| number(value, decimals, mark)
    }

    /// Width and height of the drawing on the page.
    fn size(&self) -> [f64; 2] {
        [LEFT + self.steps() * STEP + RIGHT, TOP + PLOT_HEIGHT + FOOT]
    }

    fn steps(&self) -> f64 {
        u32::try_from(self.points.len()).map_or(LEAST_STEPS, f64::from).max(LEAST_STEPS)
    }

    fn axis(&self) -> Axis {
        Axis::new(self.range, TOP + PLOT_HEIGHT, TOP)
    }

    fn draw(&self, style: Option<&str>) -> String {
        let [width, height] = self.size();
        let (above, below, width) =
            if style.is_some() { (52.0, 28.0, width.max(FILE_WIDTH)) } else { (0.0, 0.0, width) };
        let full = height + above + below;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" width=\"{width}\" height=\"{full}\" \
             viewBox=\"0 {} {width} {full}\"><title>{}</title><desc>{}</desc>",
            -above,
            escape(&self.words.title),
            escape(&self.words.description),
        );
        if let Some(style) = style {
            let _ = write!(
                svg,
                "<style>{style}</style><rect y=\"{}\" width=\"{width}\" height=\"{full}\" fill=\"#fff\"/>",
                -above
            );
            self.draw_head_and_foot(&mut svg, height);
        }
        self.draw_frame(&mut svg, width);
        self.draw_runs(&mut svg);
        self.draw_points(&mut svg);
        svg.push_str("</svg>");
        svg
    }

    fn draw_head_and_foot(&self, svg: &mut String, height: f64) {
        let words = &self.words;
        write_text(svg, "chart-head", [12.0, -28.0], "start", &words.title);
        write_text(svg, "chart-small", [12.0, -8.0], "start", &words.direction);
        write_text(svg, "chart-small", [12.0, height + 16.0], "start", &words.source);
    }

    fn draw_frame(&self, svg: &mut String, width: f64) {
        let axis = self.axis();
        let decimals = usize::from(axis.decimals() > 1);
        for tick in axis.ticks() {
            let y = axis.place(tick);
            write_line(svg, "chart-grid", [LEFT, y], [width - RIGHT, y]);
            let label = number(tick, decimals, self.words.decimal_mark);
            write_text(svg, "chart-small", [LEFT - 8.0, y + 4.0], "end", &label);
        }
        let floor = TOP + PLOT_HEIGHT;
        write_line(svg, "chart-axis", [LEFT, floor], [width - RIGHT, floor]);
        write_line(svg, "chart-axis", [LEFT, TOP], [LEFT, floor]);
    }

    /// Line and band of each stretch of timepoints that follow one another without a gap.
    fn draw_runs(&self, svg: &mut String) {
        let axis = self.axis();
        let placed: Vec<Option<[f64; 4]>> = self
            .placed_x()
            .map(|(x, point)| match point.mark {
                ChartMark::Mean { mean, interval: [low, high], .. } => {
                    Some([x, axis.place(mean), axis.place(low), axis.place(high)])
                }
                ChartMark::Masked | ChartMark::Absent => None,
            })
            .collect();
        for run in placed.split(Option::is_none).filter(|run| run.len() > 1) {
            let run: Vec<[f64; 4]> = run.iter().copied().flatten().collect();
            let lows = run.iter().map(|[x, _, low, _]| [*x, *low]);
            let highs = run.iter().rev().map(|[x, _, _, high]| [*x, *high]);
            let _ = write!(svg, "<polygon class=\"chart-band\" points=\"{}\"/>", corners(lows.chain(highs)));
            let means = run.iter().map(|[x, mean, ..]| [*x, *mean]);
            let _ = write!(svg, "<polyline class=\"chart-line\" points=\"{}\"/>", corners(means));
        }
    }

    fn draw_points(&self, svg: &mut String) {
        let axis = self.axis();
        let floor = TOP + PLOT_HEIGHT;
        for (x, point) in self.placed_x() {
            write_line(svg, "chart-axis", [x, floor], [x, floor + 5.0]);
            write_text(svg, "chart-label", [x, floor + 21.0], "middle", &point.key);
            write_text(svg, "chart-small", [x, floor + 38.0], "middle", &point.day);
            let beneath = match point.mark {
                ChartMark::Mean { n, mean, interval: [low, high] } => {
                    write_line(svg, "chart-whisker", [x, axis.place(low)], [x, axis.place(high)]);
                    for end in [low, high] {
                        write_line(svg, "chart-whisker", [x - 4.0, axis.place(end)], [x + 4.0, axis.place(end)]);
                    }
                    let _ = write!(
                        svg,
                        "<circle class=\"chart-dot\" cx=\"{x}\" cy=\"{:.1}\" r=\"4.5\"/>",
                        axis.place(mean)
                    );
                    format!("n = {n}")
                }
                ChartMark::Masked => {
                    write_gap(svg, x);
                    self.words.masked.clone()
                }
                ChartMark::Absent => {
                    write_gap(svg, x);
                    self.words.absent.clone()
                }
            };
            write_text(svg, "chart-small", [x, floor + 55.0], "middle", &beneath);
        }
    }

    fn placed_x(&self) -> impl Iterator<Item = (f64, &ChartPoint)> {
        std::iter::successors(Some(LEFT + STEP / 2.0), |x| Some(x + STEP)).zip(&self.points)
    }
}

fn corners(points: impl Iterator<Item = [f64; 2]>) -> String {
    points.map(|[x, y]| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

fn write_line(svg: &mut String, class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
    let _ = write!(svg, "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
}

fn write_text(svg: &mut String, class: &str, [x, y]: [f64; 2], anchor: &str, words: &str) {
    let words = escape(words);
    let _ = write!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

/// A dashed column: the reader sees that something belongs here and is not shown.
fn write_gap(svg: &mut String, x: f64) {
    let left = x - 14.0;
    let _ = write!(
        svg,
        "<rect class=\"chart-gap\" x=\"{left:.1}\" y=\"{TOP}\" width=\"28\" height=\"{PLOT_HEIGHT}\" rx=\"3\"/>"
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(key: &str, mark: ChartMark) -> ChartPoint {
        ChartPoint { key: key.to_owned(), day: String::new(), mark }
    }

    fn mean(mean: f64) -> ChartMark {
        ChartMark::Mean { n: 42, mean, interval: [mean - 5.0, mean + 5.0] }
    }

    fn chart(points: Vec<ChartPoint>) -> Chart {
        let words = ChartWords {
            title: "Physique <PF>".to_owned(),
            description: String::new(),
            direction: "plus haut = mieux".to_owned(),
            masked: "n < 5".to_owned(),
            absent: "aucun".to_owned(),
            source: "au 12 mars 2026".to_owned(),
            decimal_mark: ',',
        };
        Chart { range: [0.0, 100.0], points, words }
    }

    fn count(svg: &str, piece: &str) -> usize {
        svg.matches(piece).count()
    }

    #[test]
    fn a_masked_timepoint_breaks_the_line_and_says_why() {
        let points = vec![
            point("T0", mean(60.0)),
            point("T1", mean(62.0)),
            point("D7", ChartMark::Masked),
            point("M1", mean(50.0)),
            point("M3", mean(55.0)),
        ];
        let svg = chart(points).for_page();
        assert_eq!((count(&svg, "<polyline"), count(&svg, "<polygon"), count(&svg, "<circle")), (2, 2, 4));
        assert!(svg.contains(">n &lt; 5</text>"));
        assert_eq!(count(&svg, "chart-gap"), 1);
    }

    #[test]
    fn a_timepoint_between_two_gaps_keeps_its_point_and_interval() {
        let points = vec![point("T0", ChartMark::Absent), point("T1", mean(60.0)), point("D7", ChartMark::Absent)];
        let svg = chart(points).for_page();
        assert_eq!((count(&svg, "<polyline"), count(&svg, "<circle")), (0, 1));
        assert_eq!(count(&svg, "chart-whisker"), 3);
    }

    #[test]
    fn every_point_tells_its_n() {
        assert!(chart(vec![point("T0", mean(60.0))]).for_page().contains(">n = 42</text>"));
    }

    #[test]
    fn words_cannot_become_markup() {
        let svg = chart(Vec::new()).for_page();
        assert!(svg.contains("Physique &lt;PF&gt;") && !svg.contains("<PF>"));
    }

    #[test]
    fn the_file_brings_its_title_direction_source_and_colours_and_the_page_none() {
        let chart = chart(vec![point("T0", mean(60.0))]);
        let (page, file) = (chart.for_page(), chart.for_file());
        for piece in ["<style>", ">plus haut = mieux</text>", ">au 12 mars 2026</text>"] {
            assert!(file.contains(piece) && !page.contains(piece), "{piece}");
        }
    }

    #[test]
    fn numbers_follow_the_readers_language() {
        assert_eq!(number(-0.525, 3, ','), "\u{2212}0,525");
        assert_eq!(number(63.44, 1, '.'), "63.4");
    }
}
