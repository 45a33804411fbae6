//! The `ressenti` binary: see [`server::cli`].

use std::{io::Write as _, num::NonZero, process::ExitCode};

use clap::Parser;

/// A push makes thousands of small allocations; this allocator halves what they cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = server::cli::Cli::parse();
    // One core is left to whoever commits: the others' work would keep it from the disk that everybody waits for.
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(cores.saturating_sub(1).max(1)).enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(server::cli::run(cli)),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "ressenti: no thread could be started: {error}");
            ExitCode::FAILURE
        }
    }
}
