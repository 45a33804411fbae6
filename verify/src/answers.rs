//! The answer events: each against its own bytes, its columns against those, then the log they form.

use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    hashes::{Hash, sha256},
    queries::{AnswerRow, EndRow, Snapshot},
    report::LogReport,
    walk::Walk,
};

pub(crate) async fn walk(snapshot: &mut Snapshot, mut walk: Walk, ends: &[EndRow]) -> sqlx::Result<LogReport> {
    let mut after = i64::MIN;
    loop {
        let rows = snapshot.list_answers(after).await?;
        let Some(last) = rows.last() else { return Ok(walk.end(ends)) };
        after = last.position;
        for row in &rows {
            walk.entry(row.position, leaf(row), &row.chain, wrong(row));
        }
    }
}

fn leaf(row: &AnswerRow) -> Hash {
    let commitment = sha256(&[&row.salt, &row.hash]);
    sha256(&[&[0], &row.position.to_be_bytes(), &row.received_at.to_be_bytes(), &row.event_id, &commitment])
}

/// What is wrong with an event by itself.
fn wrong(row: &AnswerRow) -> Vec<String> {
    if Sha256::digest(&row.body)[..] != row.hash[..] {
        return vec!["its bytes are not those of its hash".to_owned()];
    }
    let Ok(body) = serde_json::from_slice::<Value>(&row.body) else { return vec!["its bytes are no JSON".to_owned()] };
    let said = |path| body.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok().map(|id| id.to_string());
    let text = |bytes: &[u8]| Some(String::from_utf8_lossy(bytes).into_owned());
    let occasion = format!("{}:{}", String::from_utf8_lossy(&row.timepoint), row.occurrence);
    let columns = [
        ("event_id", id(&row.event_id), said("/id")),
        ("patient_id", id(&row.patient_id), said("/patient")),
        ("timepoint or occurrence", Some(occasion), said("/assessment")),
        ("instrument", text(&row.instrument), said("/instrument/key")),
        ("version", text(&row.version), said("/instrument/version")),
        ("device_id", id(&row.device_id), said("/origin/device")),
        ("sequence", Some(row.sequence.to_string()), body.get("sequence").map(Value::to_string)),
    ];
    let differing = columns.into_iter().filter(|(_, column, said)| column != said);
    differing.map(|(name, ..)| format!("its column {name} is not what its bytes say")).collect()
}
