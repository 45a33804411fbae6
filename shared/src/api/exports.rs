//! What leaves: files under pseudonym, with their purpose.

use serde::{Deserialize, Serialize};

/// `POST /api/exports`: makes an export and says what is in it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// What it is for; goes into the audit.
    pub purpose: String,
}

/// What an export holds; its files are at `GET /api/exports/{export}/{name}`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportReply {
    /// The export's number in the audit.
    pub export: u64,
    /// It holds what was committed up to this position.
    pub position: u64,
    /// Patients who are left out: they asked to be erased, and are not yet.
    pub n_withheld: u64,
    /// Its files.
    pub files: Vec<ExportFile>,
    /// Signed checkpoints of the logs that it was made from.
    pub checkpoints: String,
}

/// One file of an export.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportFile {
    /// `answers.csv`, `scores.csv`, `codebook.csv`.
    pub name: String,
    /// Rows without the header.
    pub rows: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}
