//! `stories/*.txt`: what became known of a patient, and the table of due dates that follows from it.
//!
//! A story begins with comments and a hemopathy. Then lines of a diary and tables take turns: `seen on DATE` opens a
//! table, which lists the occasions that matter and ends with an empty line. What the tables say is checked, what
//! they leave out is not.

use std::{fs, path::Path};

use shared::{
    schedule::plan,
    study::{Study, shipped},
};

use super::diary::{Diary, Line, assessment, date, row};

/// Follows a story to its end; says where it is not as told.
fn follow(study: &Study, story: &str) -> Result<usize, String> {
    let (mut diary, mut hemopathy, mut seen_on, mut n_rows) = (Diary::default(), "other", None, 0);
    for (number, line) in (1..).zip(story.lines()) {
        let line = line.trim();
        let words: Vec<&str> = line.split_whitespace().collect();
        match (words.as_slice(), seen_on) {
            (["#" | "timepoint", ..], _) => {}
            ([], _) => seen_on = None,
            (["hemopathy", key], None) => hemopathy = key,
            (["seen", "on", day], None) => seen_on = Some(date(day)),
            (_, None) => diary.0.extend(Line::parse(line, study, hemopathy)),
            ([occasion, ..], Some(today)) => {
                let plan = plan(study, &diary.facts(hemopathy), today);
                let found = plan.get(&assessment(occasion)).map(row).map(|row| row.join(" "));
                if found.as_deref() != Some(&*words.join(" ")) {
                    return Err(format!("line {number}: seen on {today}, the plan has {found:?}"));
                }
                n_rows += 1;
            }
        }
    }
    Ok(n_rows)
}

#[test]
fn every_story_comes_out_as_told() {
    let study = shipped().expect("the study");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schedule/stories");
    let mut n_stories = 0;
    for file in fs::read_dir(folder).expect("the stories") {
        let path = file.expect("a story").path();
        let n_rows = follow(&study, &fs::read_to_string(&path).expect("text"));
        let n_rows = n_rows.unwrap_or_else(|wrong| panic!("{}, {wrong}", path.display()));
        assert!(n_rows > 0, "{} shows no table", path.display());
        n_stories += 1;
    }
    assert!(n_stories > 10, "the stories are there");
}

#[test]
fn a_story_that_is_told_wrong_is_noticed() {
    let study = shipped().expect("the study");
    let told = "2026-01-12  inclusion\n\nseen on 2026-01-12\nT0  2025-12-29  2026-01-12  2026-01-20  open\n";
    let wrong = follow(&study, told).expect_err("the window ends on the 19th");
    assert!(wrong.starts_with("line 4: seen on 2026-01-12") && wrong.contains("2026-01-19"), "{wrong}");
}
