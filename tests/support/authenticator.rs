//! An authenticator of the tests: makes a passkey and signs with it as `WebAuthn` says, and can be told to misbehave.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::app::PUBLIC_ADDRESS;

/// Somebody was there.
const PRESENT: u8 = 1;
/// It was its owner.
const VERIFIED: u8 = 4;
/// A new credential follows.
const NEW: u8 = 64;

/// A passkey, in the hands of whoever holds it.
#[derive(Clone)]
pub struct Authenticator {
    /// What it signs with.
    pub key: SigningKey,
    /// What the passkey is called.
    pub id: [u8; 16],
    /// The account that it says it belongs to.
    pub user: String,
    /// How often it signed, which it says each time.
    pub counter: u32,
    /// The page that it is asked by.
    pub origin: String,
    /// Whether it asks for a PIN or a finger.
    pub verifies: bool,
}

impl Authenticator {
    /// A new one, told from others by a number.
    pub fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[number; 32]).unwrap(),
            id: [number; 16],
            user: String::new(),
            counter: 0,
            origin: PUBLIC_ADDRESS.to_owned(),
            verifies: true,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, more: u8) -> Vec<u8> {
        let host = PUBLIC_ADDRESS.strip_prefix("https://").unwrap();
        let flags = PRESENT | more | if self.verifies { VERIFIED } else { 0 };
        [&Sha256::digest(host)[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// What it says when it is asked for a passkey.
    pub fn make(&mut self, options: &Value) -> Value {
        self.user = options["user"]["id"].as_str().unwrap().to_owned();
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        // COSE: an EC2 key of P-256 for ES256
        let key = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat();
        let data = [&self.authenticator_data(NEW)[..], &[0; 16], &[0, 16], &self.id, &key].concat();
        let length = u8::try_from(data.len()).unwrap();
        let attestation =
            [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData".as_slice(), &[0x58, length], &data].concat();
        self.credential(&json!({
            "clientDataJSON": BASE64.encode(self.client_data("webauthn.create", options)),
            "attestationObject": BASE64.encode(attestation),
        }))
    }

    /// What it says when it is asked to sign.
    pub fn sign(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let (client, data) = (self.client_data("webauthn.get", options), self.authenticator_data(0));
        let signature: Signature = self.key.sign(&[&data[..], &Sha256::digest(&client)].concat());
        self.credential(&json!({
            "clientDataJSON": BASE64.encode(client),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.to_der()),
            "userHandle": self.user,
        }))
    }

    fn credential(&self, response: &Value) -> Value {
        let id = BASE64.encode(self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }
}
