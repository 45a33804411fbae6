//! Telling an outage (disk full, database locked or down) from a fault of ours.

/// Whether this error means "not now": the caller changed nothing and may try again later.
#[must_use]
pub fn is_outage(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Database(inner) = error {
        return inner.code().is_some_and(|code| is_outage_code(&code));
    }
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
    )
}

/// SQLite's codes are numbers, its extended ones with the kind in the low byte; PostgreSQL's are five characters.
fn is_outage_code(code: &str) -> bool {
    const PERMISSION: i32 = 3;
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const READ_ONLY: i32 = 8;
    const IO: i32 = 10;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    if code.len() == 5 {
        // connection trouble, insufficient resources, operator intervention, system error, lock not available
        return matches!(code.get(..2), Some("08" | "53" | "57" | "58")) || code == "55P03";
    }
    code.parse::<i32>()
        .is_ok_and(|code| matches!(code & 0xff, PERMISSION | BUSY | LOCKED | READ_ONLY | IO | FULL | CANNOT_OPEN))
}

#[cfg(test)]
mod tests {
    use super::is_outage_code;

    #[test]
    fn a_full_disk_a_lock_and_a_stopped_server_are_outages() {
        for (code, outage) in [("13", true), ("5", true), ("517", true), ("778", true), ("1299", false), ("787", false)]
        {
            assert_eq!(is_outage_code(code), outage, "SQLite {code}");
        }
        for (code, outage) in [("53100", true), ("57P01", true), ("08006", true), ("23505", false), ("42P01", false)] {
            assert_eq!(is_outage_code(code), outage, "PostgreSQL {code}");
        }
    }
}
