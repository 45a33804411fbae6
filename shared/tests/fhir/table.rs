//! `docs/fhir-corpus.md`: what the corpus gives, written by this test and checked by it.

use std::{fmt::Write as _, fs, path::PathBuf};

use crate::{
    edges,
    oracle::{self, DIFFERENCES, Tally},
    real::{self, Outcome, Verdict},
    validator,
};

#[test]
fn the_published_table_is_what_the_corpus_gives() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/fhir-corpus.md");
    let table = table();
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration file")]
    if std::env::var("RESSENTI_WRITE").is_ok() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &table).unwrap();
    }
    let published = fs::read_to_string(&file).unwrap_or_default();
    let differs = published.lines().zip(table.lines()).find(|(published, found)| published != found);
    let hint = "RESSENTI_WRITE=1 cargo test -p shared --test fhir writes docs/fhir-corpus.md anew";
    assert!(published == table, "the published table is not what is found; {hint}; first difference: {differs:?}");
}

fn table() -> String {
    let (outcomes, cases, tallies) = (real::outcomes(), validator::cases(), oracle::tallies());
    let mut text = String::from(
        "# Real FHIR questionnaires, and what becomes of them here\n\n\
         Written by `shared/tests/fhir/table.rs`, which fails when it is not what the corpus gives; \
         `RESSENTI_WRITE=1 cargo test -p shared --test fhir` writes it anew. The files are public ones that this \
         project did not write; they lie beside the workspace, in `../shared/data/fhir`, with their sources and \
         licences.\n\n\
         *Pass*: nothing lost that changes its meaning. *Unsupported*: refused for features that the app lacks, each \
         named. *Refused*: R4 forbids it. *Differs*: another engine says otherwise; the reason is below. All of them \
         are evaluated, whatever the app can ask; an imported one becomes an instrument with its wording.\n\n",
    );
    summary(&mut text, &outcomes, &cases, &tallies);
    differences(&mut text);
    files(&mut text, &outcomes);
    text.push_str("\n## Files to refuse or to warn about\n\n| file | what is done | what is said |\n|---|---|---|\n");
    for (name, done, why) in edges::lines() {
        let _ = writeln!(text, "| {name} | {done} | {} |", why.replace('<', "&lt;"));
    }
    text.push_str("\n## Cases of HL7's validator\n\n| case | errors there | errors here |\n|---|---:|---:|\n");
    for case in &cases {
        let _ = writeln!(text, "| {} | {} | {} |", case.name, case.n_theirs, case.ours.len());
    }
    facts(&mut text, &tallies);
    text
}

fn summary(text: &mut String, outcomes: &[Outcome], cases: &[validator::Case], tallies: &[Tally]) {
    let count = |of: fn(&Outcome) -> Verdict| {
        let counts = |verdict| outcomes.iter().filter(|outcome| of(outcome) == verdict).count();
        [Verdict::Pass, Verdict::Unsupported, Verdict::Refused].map(counts)
    };
    let n_same = cases.iter().filter(|case| case.ours.is_empty() == (case.n_theirs == 0)).count();
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    text.push_str("| what | how many | pass | unsupported | refused | differs |\n|---|---:|---:|---:|---:|---:|\n");
    let mut line = |what: &str, counts: [usize; 5]| {
        let counts = counts.map(|count| count.to_string()).join(" | ");
        let _ = writeln!(text, "| {what} | {counts} |");
    };
    let [pass, unsupported, refused] = count(|outcome| outcome.checked);
    line("real questionnaires, checked", [outcomes.len(), pass, unsupported, refused, 0]);
    let [pass, unsupported, refused] = count(|outcome| outcome.verdict);
    line("real questionnaires, imported as instruments", [outcomes.len(), pass, unsupported, refused, 0]);
    let n_refused = edges::lines().filter(|(_, done, _)| *done == "refused").count();
    let n_edges = edges::lines().count();
    line("files to refuse or to warn about", [n_edges, n_edges - n_refused, 0, n_refused, 0]);
    line("cases of HL7's validator", [cases.len(), n_same, 0, 0, cases.len() - n_same]);
    let enabled = [sum(|tally| tally.enabled.n_same), sum(|tally| tally.enabled.different.len())];
    line("enabled or not, where three engines agree", [enabled.iter().sum(), enabled[0], 0, 0, enabled[1]]);
    let calculated = [sum(|tally| tally.calculated.n_same), sum(|tally| tally.calculated.different.len())];
    line("calculated answers, where two engines agree", [calculated.iter().sum(), calculated[0], 0, 0, calculated[1]]);
}

fn differences(text: &mut String) {
    text.push_str("\n## Where we differ, and who is right\n\n");
    for (name, n, why) in DIFFERENCES {
        let _ = writeln!(text, "- **{name}**, {n} facts. {why}");
    }
}

fn files(text: &mut String, outcomes: &[Outcome]) {
    text.push_str("\n## Real questionnaires, imported\n\n| file | items | outcome | reasons |\n|---|---:|---|---|\n");
    for outcome in outcomes {
        let verdict = match outcome.verdict {
            Verdict::Pass => "pass",
            Verdict::Unsupported => "unsupported",
            Verdict::Refused => "refused",
        };
        let reason =
            |(reason, n): (&String, &usize)| if *n == 1 { reason.clone() } else { format!("{reason} ({n} times)") };
        let reasons: Vec<String> = outcome.reasons.iter().map(reason).collect();
        let reasons = reasons.join("; ").replace('<', "&lt;").replace('|', "\\|");
        let _ = writeln!(text, "| {} | {} | {verdict} | {reasons} |", outcome.name, outcome.n_items);
    }
}

fn facts(text: &mut String, tallies: &[Tally]) {
    text.push_str(
        "\n## Against other engines\n\n\
         Facts that agree, and in brackets those that differ.\n\n\
         | questionnaire | cases | enabled | calculated |\n|---|---:|---:|---:|\n",
    );
    for tally in tallies {
        let cell = |facts: &oracle::Facts| match facts.different.len() {
            0 => facts.n_same.to_string(),
            n => format!("{} ({n})", facts.n_same),
        };
        let (enabled, calculated) = (cell(&tally.enabled), cell(&tally.calculated));
        let _ = writeln!(text, "| {} | {} | {enabled} | {calculated} |", tally.name, tally.n_cases);
    }
}
