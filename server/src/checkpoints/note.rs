//! The text of checkpoints: C2SP tlog-checkpoint in a C2SP signed-note, with Ed25519 (its kind 1).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use shared::sync::proof::Hash;

use super::Log;
use crate::db::hex;

/// Ed25519, as the format numbers it.
const ED25519: u8 = 1;

/// A log's name, which is also the name of its key: that of the server follows from the key.
fn origin(key: &VerifyingKey, log: Log) -> String {
    let digest: Hash = Sha256::digest(key.as_bytes()).into();
    format!("ressenti/{}/{}", hex(digest.first_chunk::<8>().unwrap_or(&[0; 8])), log.word())
}

/// Four bytes that tell the key among others of its name.
fn id(key: &VerifyingKey, origin: &str) -> [u8; 4] {
    let digest: Hash = Sha256::new()
        .chain_update(origin)
        .chain_update([b'\n', ED25519])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    *digest.first_chunk().unwrap_or(&[0; 4])
}

/// The public key of a log as one line.
pub(super) fn verifier(key: &VerifyingKey, log: Log) -> String {
    let origin = origin(key, log);
    let encoded = STANDARD.encode([&[ED25519][..], key.as_bytes()].concat());
    format!("{origin}+{}+{encoded}", hex(&id(key, &origin)))
}

/// What is signed.
pub(super) fn text(key: &VerifyingKey, log: Log, size: u64, root: &Hash) -> String {
    format!("{}\n{size}\n{}\n", origin(key, log), STANDARD.encode(root))
}

/// It with its signature.
pub(super) fn signed(key: &VerifyingKey, log: Log, text: &str, signature: &Signature) -> String {
    let origin = origin(key, log);
    let encoded = STANDARD.encode([&id(key, &origin)[..], &signature.to_bytes()].concat());
    format!("{text}\n\u{2014} {origin} {encoded}\n")
}
