//! The table: what was done, how often, and what came of it, with the rule of three.

use std::fmt::Write as _;

use crate::checker::{
    Findings,
    page::{Held, Tap},
};

/// One line.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// What was done.
    pub(crate) fault: String,
    /// How often.
    pub(crate) n: u64,
    pub(crate) made: usize,
    pub(crate) acknowledged: usize,
    pub(crate) lost: usize,
    pub(crate) duplicated: usize,
    pub(crate) foreign: usize,
    /// The server was broken on purpose.
    pub(crate) broken: bool,
    /// How many were noticed, where noticing is what is asked.
    pub(crate) detected: Option<u64>,
    pub(crate) seconds: f64,
    /// Whatever is not as promised.
    pub(crate) problems: Vec<String>,
}

impl Line {
    /// A line of what the checker found.
    pub(crate) fn of(fault: String, n: u64, findings: &Findings) -> Self {
        Self {
            fault,
            n,
            made: findings.n_made,
            acknowledged: findings.n_acknowledged,
            lost: findings.lost.len(),
            duplicated: findings.duplicated.len(),
            foreign: findings.foreign.len() + findings.misplaced.len(),
            problems: (!findings.is_clean()).then(|| findings.told()).into_iter().collect(),
            ..Self::default()
        }
    }

    /// Adds what one patient's taps in a browser came to.
    pub(crate) fn hold(&mut self, taps: &[Tap], held: &Held, whose: &str) {
        self.made += taps.len();
        self.acknowledged += taps.iter().filter(|tap| tap.kept).count();
        self.lost += held.lost.len();
        self.foreign += held.n_foreign;
        let lost =
            held.lost.first().map(|first| format!("{} kept answers are not on the server: {first}", held.lost.len()));
        let strange = (held.n_foreign > 0).then(|| format!("{} answers that nobody tapped", held.n_foreign));
        let unsent = (held.n_sent != 1).then(|| format!("sent {} times", held.n_sent));
        self.problems.extend([lost, strange, unsent].into_iter().flatten().map(|what| format!("{whose}: {what}")));
    }

    /// "No failure in n": the true rate is at most 3/n, at 95 %.
    fn bound(&self) -> String {
        if self.problems.is_empty() && self.n >= 30 { format!("≤ 3/{}", self.n) } else { "–".to_owned() }
    }
}

const HEAD: [&str; 10] = [
    "Fault",
    "How many",
    "Events made",
    "Acknowledged",
    "Lost",
    "Duplicated",
    "Foreign",
    "Detected",
    "Rate at 95 %",
    "Seconds",
];

/// The table in Markdown.
pub(crate) fn table(lines: &[&Line]) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "| {} |\n| --- |{}", HEAD.join(" | "), " ---: |".repeat(HEAD.len() - 1));
    for line in lines {
        let detected = line.detected.map_or_else(|| "–".to_owned(), |n| n.to_string());
        let Line { fault, n, made, acknowledged, lost, duplicated, foreign, seconds, .. } = line;
        let bound = line.bound();
        let _ = writeln!(
            text,
            "| {fault} | {n} | {made} | {acknowledged} | {lost} | {duplicated} | {foreign} | {detected} | {bound} | \
             {seconds:.0} |"
        );
    }
    text
}

/// Everything that is not as promised, a line each.
pub(crate) fn problems(lines: &[Line]) -> Vec<String> {
    lines
        .iter()
        .flat_map(|line| line.problems.iter().map(move |problem| format!("{}: {problem}", line.fault)))
        .collect()
}

/// The page that a full campaign publishes.
pub(crate) fn page(lines: &[Line], seed: u64, asked: &str, taken: &str) -> String {
    let (shown, broken): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| !line.broken);
    let problems = problems(lines);
    let failures = if problems.is_empty() {
        "Nothing was lost, doubled, misplaced or altered, and every replica agreed in the end.".to_owned()
    } else {
        format!("**Not as promised:**\n\n- {}", problems.join("\n- "))
    };
    format!(
        "# A campaign of faults, and what came of it\n\n\
         Written by `{asked}`; seed {seed}; {taken}. Everything below ran as it stands here, with these counts.\n\n\
         {failures}\n\n{}\n\
         *Events made* and *acknowledged* are the devices' own journals; *lost* means acknowledged and not in the\n\
         database, *foreign* that no device made it or that it is kept for somebody else. *Rate at 95 %* is the rule of\n\
         three: no failure in n tries leaves a true rate of at most 3/n. *Detected* counts what was refused or set aside.\n\n\
         After each line the server computed everything computable anew (`ressenti rebuild`): each table came out the\n\
         same. The checker reads journals and tables by means of its own (`campaign/src/checker`).\n\n\
         ## Broken on purpose\n\n\
         Each run also breaks the server in three ways and looks whether the checker notices; losses here are wanted.\n\n\
         {}\n{NOT_TESTED}",
        table(&shown),
        table(&broken),
    )
}

/// What the figures say nothing about.
const NOT_TESTED: &str = include_str!("not-tested.md");
