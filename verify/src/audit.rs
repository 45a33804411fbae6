//! The audit: each entry's payload against its commitment, what is gone against the rules, then the log.

use serde_json::json;
use uuid::Uuid;

use crate::{
    erasures::Erasures,
    hashes::{Hash, sha256},
    queries::{AuditRow, EndRow, Snapshot},
    report::LogReport,
    walk::Walk,
};

/// How long an entry of the security log keeps its payload, in milliseconds: a year of 365 days.
const KEPT: i64 = 365 * 24 * 60 * 60 * 1_000;

/// The operation of an entry that lost its payload by its age.
const PURGED: &[u8] = b"purged";

/// The operation of one that lost it with an erased patient.
const ERASED: &[u8] = b"erased";

pub(crate) async fn walk(
    snapshot: &mut Snapshot,
    mut walk: Walk,
    ends: &[EndRow],
    erasures: &Erasures,
    now: i64,
) -> sqlx::Result<LogReport> {
    let (mut after, mut n_gone) = (i64::MIN, 0);
    loop {
        let rows = snapshot.list_audit(after).await?;
        let Some(last) = rows.last() else {
            return Ok(LogReport { n_without_payload: n_gone, ..walk.end(ends) });
        };
        after = last.audit_id;
        for row in &rows {
            n_gone += u64::from(row.operation == PURGED || row.operation == ERASED);
            walk.entry(row.audit_id, leaf(row), &row.chain, wrong(row, erasures, now));
        }
    }
}

fn leaf(row: &AuditRow) -> Hash {
    let log = u8::from(row.log == b"security");
    sha256(&[&[0], &row.audit_id.to_be_bytes(), &[log], &row.at.to_be_bytes(), &row.commitment])
}

/// What is wrong with an entry by itself.
fn wrong(row: &AuditRow, erasures: &Erasures, now: i64) -> Vec<String> {
    let is_covered = erasures.cover_entry(row.audit_id);
    if row.operation == PURGED {
        return wrongly_gone(row, &purging_rules(row, now));
    }
    if row.operation == ERASED {
        let rule = (!is_covered, "its payload is gone, and no entry tells of an erasure that names it");
        return wrongly_gone(row, &[rule]);
    }
    let known = row.log == b"clinical" || row.log == b"security";
    let id = |bytes: &Option<Vec<u8>>| bytes.as_ref().and_then(|bytes| Uuid::from_slice(bytes).ok());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (staff, device, patient) = (id(&row.staff_id), id(&row.device_id), id(&row.patient_id));
    let payload = json!([text(&row.log), row.at, staff, device, text(&row.operation), patient, text(&row.detail)]);
    let salt = row.salt.as_deref().unwrap_or_default();
    let committed = sha256(&[salt, &sha256(&[payload.to_string().as_bytes()])]);
    let rules = [
        (!known || committed[..] != row.commitment[..], "it does not say what it was committed to"),
        (is_covered, "another entry says that it was erased"),
    ];
    broken(&rules).collect()
}

type Rule = (bool, &'static str);

fn broken(rules: &[Rule]) -> impl Iterator<Item = String> {
    rules.iter().filter(|(broken, _)| *broken).map(|(_, what)| (*what).to_owned())
}

fn purging_rules(row: &AuditRow, now: i64) -> [Rule; 2] {
    [
        (row.log != b"security", "its payload is gone, and only security entries lose theirs by their age"),
        (row.at > now.saturating_sub(KEPT), "its payload is gone before its twelve months"),
    ]
}

fn wrongly_gone(row: &AuditRow, rules: &[Rule]) -> Vec<String> {
    let is_left =
        row.staff_id.is_some() || row.device_id.is_some() || row.patient_id.is_some() || !row.detail.is_empty();
    let all_of_it = [
        (is_left, "it has lost a part of its payload only"),
        (row.salt.is_some(), "its payload is gone, and its salt is not"),
    ];
    broken(rules).chain(broken(&all_of_it)).collect()
}
