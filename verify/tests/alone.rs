//! The verifier as a program of its own.

use std::process::Command;

#[test]
fn where_there_is_no_database_nothing_is_said() {
    let output = Command::new(env!("CARGO_BIN_EXE_ressenti-verify")).args(["--data", "nowhere"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("the database could not be read"));
}
