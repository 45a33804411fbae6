//! The `ressenti` binary: see [`server::cli`].

use std::process::ExitCode;

use clap::Parser;

/// A push makes thousands of small allocations; this allocator halves what they cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    server::cli::run(server::cli::Cli::parse()).await
}
