//! The `ressenti` binary: see [`server::cli`].

use std::process::ExitCode;

/// A push makes thousands of small allocations; this allocator halves what they cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
