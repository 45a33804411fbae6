//! The one table that the bench prints.

use std::io::Write as _;

/// One line: a figure, what it is measured against, and whether it is within its bound.
pub(crate) struct Figure {
    name: String,
    ours: String,
    against: String,
    value: f64,
    bound: Option<Bound>,
}

enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Figure {
    /// A ratio of ours to something else.
    pub(crate) fn ratio(name: &str, ours: &str, against: &str, ratio: f64) -> Self {
        Self { name: name.to_owned(), ours: ours.to_owned(), against: against.to_owned(), value: ratio, bound: None }
    }

    /// A value that stands for itself.
    pub(crate) fn value(name: &str, beside: &str, shown: &str, value: f64) -> Self {
        Self { name: name.to_owned(), ours: shown.to_owned(), against: beside.to_owned(), value, bound: None }
    }

    pub(crate) fn at_least(self, bound: f64) -> Self {
        Self { bound: Some(Bound::AtLeast(bound)), ..self }
    }

    pub(crate) fn at_most(self, bound: f64) -> Self {
        Self { bound: Some(Bound::AtMost(bound)), ..self }
    }

    fn verdict(&self) -> String {
        let (within, words) = match self.bound {
            None => return String::new(),
            Some(Bound::AtLeast(bound)) => (self.value >= bound, format!("at least {bound}")),
            Some(Bound::AtMost(bound)) => (self.value <= bound, format!("at most {bound}")),
        };
        format!("{} {words}", if within { "ok  " } else { "MISS" })
    }
}

/// All lines, printed as they come.
pub(crate) struct Table {
    lines: Vec<String>,
}

impl Table {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut table = Self { lines: Vec::new() };
        table.lines.push(format!("{cores} cores, one machine for server, database and clients"));
        table.lines.push(format!("{:<44}{:>14}{:>16}{:>9}  bound", "figure", "ours", "against", "value"));
        table
    }

    pub(crate) fn add(&mut self, figure: &Figure) {
        let line = format!(
            "{:<44}{:>14}{:>16}{:>9.2}  {}",
            figure.name,
            figure.ours,
            figure.against,
            figure.value,
            figure.verdict()
        );
        say(&line);
        self.lines.push(line);
    }

    pub(crate) fn print(&self) {
        say("");
        for line in &self.lines {
            say(line);
        }
    }
}

/// One line to whoever is watching.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The middle value; of an even number the lower of the two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(&mut values.into_iter().collect::<Vec<_>>(), 1, 2)
}

/// The value below which `part` of `whole` lie.
pub(crate) fn quantile(values: &mut [f64], part: usize, whole: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len().saturating_sub(1)) * part / whole;
    values.get(at).copied().unwrap_or(f64::NAN)
}
