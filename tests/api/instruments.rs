//! Scoring, listing and wording from the command line: right results, and every bad table refused with nothing written.

use std::{
    fs,
    io::Write as _,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::commands::ressenti;

const HEADER: &str = "id,p1,p2";
/// The account that owns nothing.
const NOBODY: u32 = 65_534;

/// Runs a command with a standard input.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child =
        ressenti().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // a command that refuses its input need not have read all of it
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The command failed with exit code 2, told so, and wrote nothing that could be taken for a result.
#[track_caller]
fn refused(output: &Output, words: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(words), "{told}");
    assert!(told.contains("\n  Hint: "), "{told}");
    assert!(output.stdout.is_empty(), "{}", stdout(output));
}

#[test]
fn a_table_is_scored_from_standard_input_and_from_a_file_alike() {
    let table = format!("{HEADER}\nA,1,2\nB,,2\n");
    let scored = run(&["score", "phq-2"], table.as_bytes());
    assert_eq!(stdout(&scored), "id,PHQ2\nA,3\nB,\n");
    assert!(scored.status.success() && scored.stderr.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.csv");
    fs::write(&file, table).unwrap();
    let again = run(&["score", "phq-2", file.to_str().unwrap()], b"");
    assert_eq!(stdout(&again), stdout(&scored));
}

#[test]
fn an_instrument_is_found_by_any_spelling_of_its_name() {
    for name in ["phq-2", "PHQ2", "phq_2", "phq-2@1.0", "PHQ-2"] {
        assert_eq!(stdout(&run(&["score", name], b"p1,p2\n3,3\n")), "PHQ2\n6\n", "{name}");
    }
    refused(&run(&["score", "phq-3"], b"p1,p2\n3,3\n"), "There is no instrument \"phq-3\".");
}

#[test]
fn a_byte_order_mark_crlf_and_quotes_are_read_over() {
    let table = "\u{feff}\"id\",p1,p2\r\n\"A, b\",\"1\",2\r\n";
    assert_eq!(stdout(&run(&["score", "phq-2"], table.as_bytes())), "id,PHQ2\n\"A, b\",3\n");
}

#[test]
fn a_bad_table_is_refused_with_its_place_and_writes_nothing() {
    let good = format!("{HEADER}\nA,1,2\n");
    let with = |row: &str| format!("{good}{row}\n").into_bytes();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "the table is empty"),
        (b"id,q1\nA,1\n".to_vec(), "phq-2 1.0 needs columns that are not there: p1, p2"),
        (good.replace(',', ";").into_bytes(), "separated by semicolons"),
        (with("B,4,0"), "row 2 (line 3), column p1: what stands there is not an answer; p1 takes one of 0, 1, 2, 3"),
        (with("B,1e308,0"), "column p1: what stands there is not an answer"),
        (with("B,0,NaN"), "column p2: what stands there is not an answer"),
        (with("B,1"), "line 3: it has 2 columns where the header has 3"),
        (with("\"B,1,2"), "line 3: it has 1 columns where the header has 3"),
        ([good.as_bytes(), b"Ren\xe9,1,2\n"].concat(), "line 3: it is not UTF-8"),
        (b"\x00\x01\x02".to_vec(), "needs columns that are not there"),
    ];
    for (table, words) in cases {
        refused(&run(&["score", "phq-2"], &table), words);
    }
}

#[test]
fn a_gigabyte_in_one_line_is_refused_without_keeping_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one-line.csv");
    let file = fs::File::create(&path).unwrap();
    (&file).write_all(format!("{HEADER}\nA,").as_bytes()).unwrap();
    file.set_len(1 << 30).unwrap(); // a hole: it takes no room, and is read as a gigabyte of zeros
    drop(file);
    // an address space too small to hold the line
    let limited = format!("ulimit -v 400000; exec {} score phq-2 {}", program(), path.display());
    let output = Command::new("sh").args(["-c", &limited]).output().unwrap();
    refused(&output, "line 2: it is longer than 1048576 bytes");
}

fn program() -> String {
    ressenti().get_program().to_str().unwrap().to_owned()
}

#[test]
fn a_folder_a_missing_file_and_a_forbidden_one_are_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |path: &Path| format!("The table {} cannot be read: ", path.display());
    let score = |path: &Path| run(&["score", "phq-2", path.to_str().unwrap()], b"");
    refused(&score(folder.path()), &shown(folder.path()));
    let missing = folder.path().join("missing.csv");
    refused(&score(&missing), &shown(&missing));
    let forbidden = folder.path().join("forbidden.csv");
    fs::write(&forbidden, HEADER).unwrap();
    fs::set_permissions(&forbidden, fs::Permissions::from_mode(0o000)).unwrap();
    let mut score = as_nobody(folder.path());
    refused(&score.args(["score", "phq-2"]).arg(&forbidden).output().unwrap(), &shown(&forbidden));
    fs::set_permissions(&forbidden, fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(stdout(&score.output().unwrap()), "id,PHQ2\n", "once it may be read, it is");
}

/// The command as an account that may not read everything. Root may, so it becomes nobody, who may not even reach the
/// folder where the command was built, and gets a copy.
fn as_nobody(folder: &Path) -> Command {
    let forbidden = folder.join("for-root-alone");
    fs::write(&forbidden, "").unwrap();
    fs::set_permissions(&forbidden, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&forbidden).is_err() {
        return ressenti();
    }
    let copy = folder.join("ressenti");
    fs::copy(program(), &copy).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(copy);
    command.env_clear().uid(NOBODY).gid(NOBODY).current_dir(folder);
    command
}

#[test]
fn progress_is_told_on_a_terminal_only_and_never_among_the_scores() {
    let folder = tempfile::tempdir().unwrap();
    let (table, scores) = (folder.path().join("answers.csv"), folder.path().join("scores.csv"));
    fs::write(&table, format!("p1,p2\n{}", "1,2\n".repeat(200_001))).unwrap();
    let piped = run(&["score", "phq-2", table.to_str().unwrap()], b"");
    assert!(piped.status.success() && piped.stderr.is_empty(), "{}", String::from_utf8_lossy(&piped.stderr));
    assert_eq!(stdout(&piped), format!("PHQ2\n{}", "3\n".repeat(200_001)));

    // `script` runs it at a terminal of its own, and writes what is seen there
    let line = format!("exec '{}' score phq-2 '{}' > '{}'", program(), table.display(), scores.display());
    let at_terminal = Command::new("script").args(["-qefc", &line, "/dev/null"]).stdin(Stdio::null()).output().unwrap();
    assert!(at_terminal.status.success());
    assert_eq!(stdout(&at_terminal), "\r100000 rows\r200000 rows\r200001 rows\r\n");
    assert!(fs::read(&scores).unwrap() == piped.stdout, "the scores are other at a terminal");
}

#[test]
fn keep_going_writes_the_good_rows_tells_the_bad_ones_and_still_fails() {
    let table = format!("{HEADER}\nA,1,2\nB,4,0\nC,1\nD,3,3\n");
    let output = run(&["score", "phq-2", "--keep-going"], table.as_bytes());
    assert_eq!(stdout(&output), "id,PHQ2\nA,3\nD,6\n");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    for words in ["row 2 (line 3), column p1: what stands", "line 4: it has 2 columns", "2 rows were left out"] {
        assert!(told.contains(words), "{told}");
    }
    let all_good = run(&["score", "phq-2", "--keep-going"], b"p1,p2\n0,0\n");
    assert_eq!((stdout(&all_good).as_str(), all_good.status.code()), ("PHQ2\n0\n", Some(0)));
}

#[test]
fn pro_ctcae_is_scored_by_symptom() {
    let output = run(&["score", "pro-ctcae"], b"id,symptom,rank,A,B,C\nx,17,7,1,2,2\ny,50,7,0,,4\n");
    assert_eq!(stdout(&output), "id,symptom,rank,COMP,COMP_IMPUTED\nx,17,7,2,2\ny,50,7,,0\n");
}

#[test]
fn the_list_tells_every_instrument_its_items_scales_rules_and_references() {
    let listed: Value = serde_json::from_slice(&run(&["instruments", "--json"], b"").stdout).unwrap();
    let instruments = listed.as_array().unwrap();
    assert!(instruments.len() >= 32, "{}", instruments.len());
    let qlq_c30 = instruments.iter().find(|instrument| instrument["key"] == "qlq-c30").unwrap();
    assert_eq!(qlq_c30["items"][0]["codes"], serde_json::json!([1, 2, 3, 4]));
    assert_eq!(qlq_c30["scales"][2]["rule"], "mean of q6, q7; needs 1 of 2; rescaled: 1 becomes 100, 4 becomes 0");
    assert!(instruments.iter().all(|instrument| instrument["items"][0]["code"].is_string()));
    let in_words = stdout(&run(&["instruments", "hads"], b""));
    assert!(in_words.contains("HADS_A: Anxiety, 0 to 21, higher is worse"), "{in_words}");
    assert!(stdout(&run(&["instruments"], b"")).contains("demo-hads-fr (fr): demonstration wording, not validated"));
}

#[test]
fn an_empty_pack_is_written_and_checked_until_it_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phq-2.toml");
    let template = stdout(&run(&["wording", "template", "phq-2", "--language", "fr"], b""));
    let check = |text: &str| {
        fs::write(&path, text).unwrap();
        run(&["wording", "check", path.to_str().unwrap()], b"")
    };
    let empty = check(&template);
    refused(&empty, "item p1: its question is blank");
    refused(&empty, "options days: code 0 has no words");

    let mut n = 0;
    let full: String = template
        .lines()
        .map(|line| {
            n += 1;
            line.replace("\"\"", &format!("\"Texte {n}\"")) + "\n"
        })
        .collect();
    let output = check(&full);
    assert!(stdout(&output).contains("site-phq-2-fr words its instrument completely."), "{output:?}");

    let without = full.lines().filter(|line| !line.starts_with("p2 ")).collect::<Vec<_>>().join("\n");
    refused(&check(&without), "item p2: it has no words");
    refused(
        &check(&full.replace("[items]", "[items]\np3 = { text = \"Trop\" }")),
        "item p3: the instrument has no such item",
    );
    refused(&check(&full.replace("[items]", "[items]\np1 = { text = \"Deux fois\" }")), "duplicate key");
}

/// A questionnaire of nobody's, as a site would add it.
const OWN_DEFINITION: &str = r#"
title = "Garden joy"
owner = "Nobody"
licence = "None needed"
minutes = 1
recall = "none"
items = [
    { code = "rain", topic = "Joy at rain", kind = { choice = "much" } },
    { code = "sun", topic = "Joy at sunshine", kind = { choice = "much" } },
    { code = "snails", topic = "Grief over snails", kind = { choice = "much" } },
]

[instrument]
key = "garden-joy"
version = "1"

[options.much]
codes = [0, 1, 2]

[[scales]]
code = "JOY"
label = "Joy in the garden"
of = { items = ["rain", "sun", "-snails"] }
rule = "prorated"
needs = "more_than_half"
steps = [{ rescale = { from = [0, 6], to = [0, 100] } }]
range = [0, 100]
higher = "better"
"#;

const OWN_PACK: &str = r#"
pack = "garden-joy-en"
language = "en"
source = "Nobody"
licence = "None needed"
title = "Your garden"

[instrument]
key = "garden-joy"
version = "1"

[items]
rain = { text = "Rain: how glad are you of it?" }
sun = { text = "Sunshine: how glad are you of it?" }
snails = { text = "Snails: how sorry are you for the lettuce?" }

[options.much]
0 = "No"
1 = "Some"
2 = "Much"
"#;

#[test]
fn a_site_adds_an_instrument_with_a_definition_and_a_pack_alone() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    fs::create_dir(own.join("wording")).unwrap();
    fs::write(own.join("garden.toml"), OWN_DEFINITION).unwrap();
    fs::write(own.join("wording/garden.toml"), OWN_PACK).unwrap();
    let with =
        |arguments: &[&str], input: &[u8]| run(&[&["--instruments", own.to_str().unwrap()], arguments].concat(), input);
    let table = b"who,rain,sun,snails\nA,2,2,0\nB,0,,2\nC,,,2\n";
    assert_eq!(stdout(&with(&["score", "garden-joy"], table)), "who,JOY\nA,100\nB,0\nC,\n");
    let listed = stdout(&with(&["instruments"], b""));
    assert!(listed.contains("garden-joy 1: Garden joy, 3 items, 1 scales\n    garden-joy-en (en): Nobody"), "{listed}");
    assert!(listed.contains("qlq-c30 3.0"), "{listed}");

    fs::write(own.join("garden.toml"), OWN_DEFINITION.replace("-snails", "slugs")).unwrap();
    refused(
        &with(&["instruments"], b""),
        "garden.toml: scale JOY: it names item slugs, which is unknown; mend the code",
    );
    fs::write(own.join("garden.toml"), "").unwrap();
    refused(&with(&["instruments"], b""), "garden.toml: line 1, column 1: missing field");
    refused(
        &run(&["--instruments", "/nowhere", "instruments"], b""),
        "The site's instruments in /nowhere could not be read",
    );
}
