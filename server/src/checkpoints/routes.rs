//! `GET /api/sync/proof?position=N&since=N`: that an answer event is in the log, for the device of its patient.

use axum::{Json, Router, extract::State, routing::get};
use serde::Deserialize;
use shared::sync::{
    proof::Hash,
    protocol::{EventProof, ProofReply, Receipt},
};

use super::{
    Log,
    queries::{self, AnswerEntry},
    tree::LogTree,
};
use crate::{
    auth::{SignedRead, guard::PatientScope},
    db::{Tx, hex},
    error::{ApiError, Query},
    state::AppState,
};

/// The route of proofs.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/sync/proof", get(prove))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofQuery {
    position: Option<u64>,
    since: Option<u64>,
}

async fn prove(
    State(state): State<AppState>,
    SignedRead(scope): SignedRead,
    Query(asked): Query<ProofQuery>,
) -> Result<Json<ProofReply>, ApiError> {
    let mut tx = state.db.snapshot().await?;
    let mut tree = LogTree::load(&mut tx, Log::Answers).await?;
    let event = match asked.position {
        Some(position) => Some(prove_event(&mut tx, &mut tree, &scope, position).await?),
        None => None,
    };
    let consistency = match asked.since.filter(|since| *since > 0) {
        Some(since) => tree.prove_consistency(&mut tx, since).await?.ok_or_else(ApiError::not_found)?,
        None => Vec::new(),
    };
    let checkpoint = state.checkpoint_key.sign(Log::Answers, tree.size(), &tree.root());
    Ok(Json(ProofReply { checkpoint, event, consistency: in_hex(&consistency) }))
}

/// The proof of an event, if it is one of this patient's.
async fn prove_event(
    tx: &mut Tx,
    tree: &mut LogTree,
    scope: &PatientScope,
    position: u64,
) -> Result<EventProof, ApiError> {
    let entry = queries::find_entry(tx, &scope.own(), position).await?.ok_or_else(ApiError::not_found)?;
    let inclusion = tree.prove_inclusion(tx, entry.position - 1).await?.ok_or_else(ApiError::not_found)?;
    let AnswerEntry { event: id, position, received_at, hash, salt } = entry;
    let receipt = Receipt { id, position, received_at, hash: hex(&hash) };
    Ok(EventProof { receipt, salt: hex(&salt), inclusion: in_hex(&inclusion) })
}

fn in_hex(proof: &[Hash]) -> Vec<String> {
    proof.iter().map(|hash| hex(hash)).collect()
}
