//! The answer events: each against its own bytes, its columns against those, what was erased against the audit, then the
//! log they form.

use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    erasures::Erasures,
    hashes::{Hash, sha256},
    queries::{AnswerRow, EndRow, Snapshot},
    report::LogReport,
    walk::Walk,
};

pub(crate) async fn walk(
    snapshot: &mut Snapshot,
    mut walk: Walk,
    ends: &[EndRow],
    erasures: &Erasures,
) -> sqlx::Result<LogReport> {
    let (mut after, mut n_erased) = (i64::MIN, 0);
    loop {
        let rows = snapshot.list_answers(after).await?;
        let Some(last) = rows.last() else {
            return Ok(LogReport { n_without_payload: n_erased, ..walk.end(ends) });
        };
        after = last.position;
        for row in &rows {
            n_erased += u64::from(row.commitment.is_some());
            walk.entry(row.position, leaf(row), &row.chain, wrong(row, erasures));
        }
    }
}

fn leaf(row: &AnswerRow) -> Hash {
    let (salt, hash) = (row.salt.as_deref().unwrap_or_default(), row.hash.as_deref().unwrap_or_default());
    let computed = sha256(&[salt, hash]);
    let commitment = row.commitment.as_deref().unwrap_or(&computed);
    sha256(&[&[0], &row.position.to_be_bytes(), &row.received_at.to_be_bytes(), &row.event_id, commitment])
}

/// What is wrong with an event by itself.
fn wrong(row: &AnswerRow, erasures: &Erasures) -> Vec<String> {
    let is_covered = erasures.cover_answer(&row.patient_id, row.position);
    if row.commitment.is_some() {
        return wrongly_erased(row, is_covered);
    }
    let mut wrong = wrongly_there(row);
    if is_covered {
        wrong.push("the audit says that it was erased".to_owned());
    }
    wrong
}

fn wrongly_erased(row: &AnswerRow, is_covered: bool) -> Vec<String> {
    let bytes = [&row.timepoint, &row.instrument, &row.version, &row.device_id, &row.hash, &row.body, &row.salt];
    let left = bytes.iter().any(|it| it.is_some()) || row.occurrence.is_some() || row.sequence.is_some();
    let rules = [
        (!is_covered, "its payload is gone, and the audit tells of no erasure of its patient that names it"),
        (left, "it has lost a part of its payload only"),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, what)| what.to_owned()).collect()
}

fn wrongly_there(row: &AnswerRow) -> Vec<String> {
    let (Some(bytes), Some(hash)) = (&row.body, &row.hash) else { return vec!["its payload is not there".to_owned()] };
    if Sha256::digest(bytes)[..] != hash[..] {
        return vec!["its bytes are not those of its hash".to_owned()];
    }
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return vec!["its bytes are no JSON".to_owned()] };
    let said = |path| body.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok().map(|id| id.to_string());
    let text = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|it| String::from_utf8_lossy(it).into_owned());
    let occasion = text(&row.timepoint).zip(row.occurrence).map(|(timepoint, nth)| format!("{timepoint}:{nth}"));
    let columns = [
        ("event_id", id(&row.event_id), said("/id")),
        ("patient_id", id(&row.patient_id), said("/patient")),
        ("timepoint or occurrence", occasion, said("/assessment")),
        ("instrument", text(&row.instrument), said("/instrument/key")),
        ("version", text(&row.version), said("/instrument/version")),
        ("device_id", row.device_id.as_deref().and_then(id), said("/origin/device")),
        ("sequence", row.sequence.map(|it| it.to_string()), body.get("sequence").map(Value::to_string)),
    ];
    let differing = columns.into_iter().filter(|(_, column, said)| column != said);
    differing.map(|(name, ..)| format!("its column {name} is not what its bytes say")).collect()
}
