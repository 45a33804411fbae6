//! The `ressenti` binary with faults compiled in: see [`server::faults`].

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let _armed = server::faults::arm();
    server::cli::main()
}
