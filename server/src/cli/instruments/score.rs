//! `ressenti score`: a table of answers in, the same table with scores out.
//!
//! All or nothing: the scored table waits in a nameless temporary file and reaches standard output only when every
//! row of it is right, so that nothing a script finds there can be half a result. With `--keep-going` good rows are
//! written as they come, bad ones are told on standard error, and the exit code still says that some were bad.

use std::{
    fs::File,
    io::{self, ErrorKind, IsTerminal, Read, Seek, Write},
    path::Path,
};

use shared::{
    instrument::Definition,
    scoring::table::{TableError, Watch, score_csv_watched},
};

use crate::config::StartError;

/// How many rows lie between two signs of life on a terminal.
const PROGRESS: u64 = 100_000;

/// Scores a file, or standard input, to standard output.
pub(super) fn run(definition: &Definition, file: Option<&Path>, keep_going: bool) -> Result<(), StartError> {
    let input: Box<dyn Read> = match file {
        Some(path) => Box::new(File::open(path).map_err(|error| cannot_read(path, &error))?),
        None => Box::new(io::stdin().lock()),
    };
    let mut watch = Watching { keep_going, ..Watching::new() };
    let done = if keep_going {
        score_csv_watched(definition, input, io::stdout().lock(), &mut watch)
    } else {
        all_or_nothing(definition, input, &mut watch)
    };
    watch.end_progress();
    match done {
        Ok(_) if watch.n_wrong > 0 => {
            let n = watch.n_wrong;
            Err(StartError::new(
                format!("{n} rows were left out; they are told above."),
                "correct them and score again",
            ))
        }
        Ok(_) => Ok(()),
        // whoever reads has enough
        Err(TableError::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(refused(&error, file, keep_going)),
    }
}

fn all_or_nothing(definition: &Definition, input: impl Read, watch: &mut Watching) -> Result<u64, TableError> {
    let mut waiting = tempfile::tempfile().map_err(TableError::Write)?;
    let n = score_csv_watched(definition, input, &waiting, watch)?;
    waiting.rewind().map_err(TableError::Write)?;
    let mut out = io::stdout().lock();
    io::copy(&mut waiting, &mut out).and_then(|_| out.flush()).map_err(TableError::Write)?;
    Ok(n)
}

fn cannot_read(path: &Path, error: &io::Error) -> StartError {
    let hint = "check its path and whether this account may read it";
    StartError::new(format!("The table {} cannot be read: {error}.", path.display()), hint)
}

fn refused(error: &TableError, file: Option<&Path>, keep_going: bool) -> StartError {
    let hint = match error {
        TableError::Value { .. } | TableError::Row { .. } if !keep_going => {
            "nothing was written; correct it, or leave such rows out with --keep-going"
        }
        TableError::Value { .. } | TableError::Row { .. } => {
            "the rows before it are written; correct it and score again"
        }
        TableError::Header { .. } => "nothing was written; `ressenti instruments INSTRUMENT` lists the item codes",
        TableError::Read(error) => {
            return file.map_or_else(
                || StartError::new(format!("Standard input cannot be read: {error}."), "check what writes it"),
                |path| cannot_read(path, error),
            );
        }
        TableError::Write(_) => "make room, or check what reads the scores",
    };
    StartError::new(format!("The table was not scored: {error}."), hint)
}

/// What is told while a table is scored.
struct Watching {
    keep_going: bool,
    on_terminal: bool,
    n_scored: u64,
    n_wrong: u64,
}

impl Watching {
    fn new() -> Self {
        Self { keep_going: false, on_terminal: io::stderr().is_terminal(), n_scored: 0, n_wrong: 0 }
    }

    fn end_progress(&self) {
        if self.on_terminal && self.n_scored >= PROGRESS {
            let _ = writeln!(io::stderr(), "\r{} rows", self.n_scored);
        }
    }
}

impl Watch for Watching {
    fn wrong_row(&mut self, error: TableError) -> Result<(), TableError> {
        if !self.keep_going {
            return Err(error);
        }
        self.n_wrong += 1;
        let _ = writeln!(io::stderr(), "{error}");
        Ok(())
    }

    fn scored_row(&mut self) {
        self.n_scored += 1;
        if self.on_terminal && self.n_scored.is_multiple_of(PROGRESS) {
            let _ = write!(io::stderr(), "\r{} rows", self.n_scored);
        }
    }
}
