//! How many rows of QLQ-C30 the whole command `ressenti score` scores in a CPU second, a file in and a file out.
//!
//! `cargo bench -p server`. CPU time of the process, so that what else the machine does hardly matters. Yardstick:
//! 500,000. What the engine alone does, for several instruments, is in `shared/benches`.

use std::{
    error::Error,
    fs,
    io::{self, Write as _},
    path::Path,
    process::Command,
};

type Failure = Box<dyn Error>;

const N_ROWS: u32 = 1_000_000;
const N_TURNS: usize = 5;

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let (answers, scores) = (folder.path().join("answers.csv"), folder.path().join("scores.csv"));
    fs::write(&answers, table())?;
    let mut rates = Vec::new();
    for _ in 0..N_TURNS {
        rates.push(f64::from(N_ROWS) / cpu_seconds(&answers, &scores)?);
    }
    rates.sort_by(f64::total_cmp);
    let [slowest, _, median, _, fastest] = rates.as_slice() else { return Err("other turns than reported".into()) };
    let range = format!("median of {N_TURNS} turns, {slowest:.0} to {fastest:.0}");
    writeln!(io::stdout(), "ressenti score qlq-c30, {N_ROWS} rows: {median:.0} rows a CPU second ({range})")?;
    Ok(())
}

/// Answers without a pattern, one in eleven missing; the last two items have seven options, the others four.
fn table() -> String {
    let items: Vec<String> = (1..=30).map(|item| format!("q{item}")).collect();
    let mut table = format!("id,{}\n", items.join(","));
    let mut state = 1_u32;
    for row in 0..N_ROWS {
        table.push('P');
        table += &row.to_string();
        for item in 1..=30 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            table.push(',');
            if !(state >> 8).is_multiple_of(11) {
                table += &(1 + (state >> 16) % if item > 28 { 7 } else { 4 }).to_string();
            }
        }
        table.push('\n');
    }
    table
}

/// Scores the file once; what the process took of a core, in user mode and in the kernel, as the shell counts it.
fn cpu_seconds(answers: &Path, scores: &Path) -> Result<f64, Failure> {
    let line = r#""$0" score qlq-c30 "$1" > "$2" && times"#;
    let command = env!("CARGO_BIN_EXE_ressenti");
    let told = Command::new("sh").args(["-c", line, command]).args([answers, scores]).output()?;
    let n_lines = io::BufRead::lines(io::BufReader::new(fs::File::open(scores)?)).count();
    if !told.status.success() || u32::try_from(n_lines)? != N_ROWS + 1 {
        return Err(format!("{n_lines} lines: {}", String::from_utf8_lossy(&told.stderr)).into());
    }
    // first the shell itself, then what it ran: `0m1.523000s 0m0.091000s`
    let times = String::from_utf8(told.stdout)?;
    let of_command = times.lines().nth(1).ok_or("the shell gave no times")?;
    let seconds = of_command.split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').ok_or("a time without minutes")?;
        Ok::<_, Failure>(minutes.parse::<f64>()? * 60.0 + seconds.parse::<f64>()?)
    });
    seconds.sum()
}
