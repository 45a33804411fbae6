//! What a device signs of its requests: HTTP Message Signatures (RFC 9421) with ECDSA P-256, over method, path, query
//! and the digest of the body (RFC 9530).
//!
//! One form and no other: the four components in this order, when it was signed by the device's clock, and which
//! device signed. The browser signs with `frontend/src/crypto/device_key.js`; what signs here stands in for it where
//! there is no browser. [`check`] is the hospital's side. In words: `docs/protocol.md`.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey, signature::Signer as _};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use crate::id::DeviceId;

/// The digest of the body.
pub const CONTENT_DIGEST: &str = "content-digest";
/// What is signed, when and by whom.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// The signature.
pub const SIGNATURE: &str = "signature";

const LABEL: &str = "device=";
const COVERED: &str = r#"("@method" "@path" "@query" "content-digest")"#;

/// An uncompressed point, as SEC 1 writes it.
const POINT: usize = 65;

/// A device's public key, a point that is on the curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublicKey([u8; POINT]);

impl PublicKey {
    /// Reads a point as SEC 1 writes it, uncompressed, in base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&STANDARD.decode(text).ok()?)
    }

    /// Reads the 65 bytes of an uncompressed point; any other form of it is none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let point = bytes.try_into().ok()?;
        VerifyingKey::from_sec1_bytes(bytes).is_ok().then_some(Self(point))
    }

    /// The 65 bytes of the point.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// As [`Self::parse`] reads it.
    #[must_use]
    pub fn text(self) -> String {
        STANDARD.encode(self.to_bytes())
    }

    /// What people compare: the first eight bytes of its SHA-256, in four groups of hexadecimal.
    #[must_use]
    pub fn fingerprint(self) -> String {
        let hash = Sha256::digest(self.to_bytes());
        hash.iter().take(8).zip(0..).fold(String::new(), |mut text, (byte, nth)| {
            let space = if nth > 0 && nth % 2 == 0 { " " } else { "" };
            let _ = write!(text, "{space}{byte:02x}");
            text
        })
    }

    /// By `ring`, in a third of the time that `p256` takes: one check for each request.
    fn verifies(self, base: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.0).verify(base.as_bytes(), signature).is_ok()
    }
}

/// The key pair of a device that is no browser: a test's, the campaign's, the demonstration's.
#[derive(Clone, Debug)]
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// The key pair of a secret number; `None` for the few that are none.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(secret).ok().map(Self)
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut point = [0; POINT];
        point.copy_from_slice(self.0.verifying_key().to_sec1_point(false).as_bytes());
        PublicKey(point)
    }

    /// The headers that make a request this device's, signed at so many seconds since 1970.
    #[must_use]
    pub fn sign(&self, message: &Message<'_>, device: DeviceId, at_s: i64) -> [(&'static str, String); 3] {
        let parameters = format!("{COVERED};created={at_s};keyid=\"{device}\"");
        let digest = digest(message.body);
        let signature: Signature = self.0.sign(message.base(&digest, &parameters).as_bytes());
        [
            (CONTENT_DIGEST, digest),
            (SIGNATURE_INPUT, format!("{LABEL}{parameters}")),
            (SIGNATURE, format!("{LABEL}:{}:", STANDARD.encode(signature.to_bytes()))),
        ]
    }
}

/// A request, as far as it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// In capitals.
    pub method: &'a str,
    /// As it is sent, without its query.
    pub path: &'a str,
    /// What follows the first `?`.
    pub query: &'a str,
    /// The bytes of the body; empty where there is none.
    pub body: &'a [u8],
}

impl Message<'_> {
    fn base(&self, digest: &str, parameters: &str) -> String {
        let Self { method, path, query, .. } = self;
        let query = format!("?{query}");
        base(&[("@method", method), ("@path", path), ("@query", &query), (CONTENT_DIGEST, digest)], parameters)
    }
}

/// The three headers of a signed request.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// [`CONTENT_DIGEST`].
    pub digest: &'a str,
    /// [`SIGNATURE_INPUT`].
    pub input: &'a str,
    /// [`SIGNATURE`].
    pub signature: &'a str,
}

/// Whether this device signed this request: these bytes, this address, with this key. When is its own word: clocks of
/// phones are years off.
#[must_use]
pub fn check(message: &Message<'_>, signed: Signed<'_>, device: DeviceId, key: PublicKey) -> bool {
    check_opt(message, signed, device, key).is_some()
}

fn check_opt(message: &Message<'_>, signed: Signed<'_>, device: DeviceId, key: PublicKey) -> Option<()> {
    let parameters = signed.input.strip_prefix(LABEL)?;
    let (created, keyid) = parameters.strip_prefix(COVERED)?.strip_prefix(";created=")?.split_once(";keyid=")?;
    let is_number = !created.is_empty() && created.len() <= 15 && created.bytes().all(|byte| byte.is_ascii_digit());
    let signature = signed.signature.strip_prefix(LABEL)?.strip_prefix(':')?.strip_suffix(':')?;
    let whole = is_number && keyid == format!("\"{device}\"") && signed.digest == digest(message.body);
    let base = whole.then(|| message.base(signed.digest, parameters))?;
    key.verifies(&base, &STANDARD.decode(signature).ok()?).then_some(())
}

/// The digest of a body as its header says it.
fn digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// What is signed, as RFC 9421 writes it in its section 2.5.
fn base(components: &[(&str, &str)], parameters: &str) -> String {
    let lines = components.iter().map(|(name, value)| format!("\"{name}\": {value}\n"));
    lines.collect::<String>() + "\"@signature-params\": " + parameters
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    /// `test-key-ecc-p256` of RFC 9421, B.1.3.
    const X: &str = "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA";
    const Y: &str = "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0";

    fn rfc_key() -> PublicKey {
        let coordinates = [X, Y].map(|text| URL_SAFE_NO_PAD.decode(text).unwrap());
        PublicKey::from_bytes(&[&[4], coordinates.concat().as_slice()].concat()).unwrap()
    }

    /// RFC 9421, B.2.4.
    #[test]
    fn the_signature_of_the_rfc_verifies_and_none_with_another_bit() {
        let components = [
            ("@status", "200"),
            ("content-type", "application/json"),
            (
                "content-digest",
                "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
            ),
            ("content-length", "23"),
        ];
        let parameters = r#"("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256""#;
        let signature = "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==";
        let (base, signature) = (base(&components, parameters), STANDARD.decode(signature).unwrap());
        assert!(rfc_key().verifies(&base, &signature));
        for nth in 0..signature.len() * 8 {
            let mut flipped = signature.clone();
            flipped[nth / 8] ^= 1 << (nth % 8);
            assert!(!rfc_key().verifies(&base, &flipped), "bit {nth}");
        }
        assert!(!rfc_key().verifies(&(base + " "), &signature));
    }

    fn bytes_of(hex: &str) -> Vec<u8> {
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        hex.as_bytes().chunks(2).map(byte).collect()
    }

    /// RFC 6979, A.2.5: the key, and its signatures of two messages.
    const SECRET: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    const SIGNED: [(&str, &str); 2] = [
        (
            "sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            "test",
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367\
             019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
        ),
    ];

    #[test]
    fn what_is_signed_without_chance_is_as_the_rfc_has_it() {
        let key = DeviceKey::from_secret(&bytes_of(SECRET).try_into().unwrap()).unwrap();
        for (message, expected) in SIGNED {
            let signature: Signature = key.0.sign(message.as_bytes());
            assert_eq!(signature.to_bytes().as_slice(), bytes_of(expected), "{message}");
            assert!(key.public().verifies(message, &bytes_of(expected)));
        }
    }

    /// The values that careless implementations took for a signature of anything (as in CVE-2022-21449).
    #[test]
    fn numbers_out_of_range_and_signatures_of_another_length_verify_nothing() {
        let order = bytes_of("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        let (zero, mut one) = (vec![0; 32], vec![0; 32]);
        one[31] = 1;
        let [(message, signed), _] = SIGNED;
        let (key, signed) = (DeviceKey::from_secret(&bytes_of(SECRET).try_into().unwrap()).unwrap(), bytes_of(signed));
        let (r, s) = signed.split_at(32);
        let numbers = [&zero, &one, &order, &vec![255; 32]];
        let strange = numbers.iter().flat_map(|r| numbers.iter().map(|s| [r.as_slice(), s].concat()));
        let half = numbers.iter().flat_map(|it| [[r, it.as_slice()].concat(), [it.as_slice(), s].concat()]);
        let long =
            [[&[0], signed.as_slice()].concat(), [signed.as_slice(), &[0]].concat(), signed[1..].to_vec(), vec![]];
        for signature in strange.chain(half).chain(long) {
            assert!(!key.public().verifies(message, &signature), "{signature:x?}");
        }
    }

    /// RFC 9530, appendices B.1 and D: the digest that a header carries.
    #[test]
    fn the_digests_are_those_of_the_rfc() {
        assert_eq!(digest(b"{\"hello\": \"world\"}\n"), "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
        assert_eq!(digest(b"{\"hello\": \"world\"}"), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
        assert_eq!(digest(b""), "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
    }

    #[test]
    fn only_a_whole_point_on_the_curve_is_a_key() {
        let key = rfc_key();
        assert_eq!(PublicKey::parse(&key.text()), Some(key));
        assert_eq!(key.fingerprint().len(), 19, "{}", key.fingerprint());
        let mut off = key.to_bytes();
        off[64] ^= 1;
        let compressed = [&[2 | (key.to_bytes()[64] & 1)], &key.to_bytes()[1..33]].concat();
        for bytes in [vec![], vec![0], vec![4; 65], off, compressed, key.to_bytes()[..64].to_vec()] {
            assert_eq!(PublicKey::from_bytes(&bytes), None, "{bytes:?}");
        }
        assert_eq!(PublicKey::parse("no base64!"), None);
    }

    const MESSAGE: Message<'_> =
        Message { method: "POST", path: "/api/sync/push", query: "", body: b"{\"protocol\":1,\"events\":[]}" };

    fn device(n: u128) -> DeviceId {
        DeviceId::new(uuid::Uuid::from_u128(n))
    }

    fn checks(message: &Message<'_>, headers: &[(&str, String); 3], device: DeviceId, key: PublicKey) -> bool {
        let [(_, digest), (_, input), (_, signature)] = headers;
        check(message, Signed { digest, input, signature }, device, key)
    }

    #[test]
    fn a_signature_is_for_one_device_and_one_request_alone() {
        let key = DeviceKey::from_secret(&[7; 32]).unwrap();
        let other = DeviceKey::from_secret(&[8; 32]).unwrap();
        let headers = key.sign(&MESSAGE, device(1), 1_772_000_000);
        assert!(checks(&MESSAGE, &headers, device(1), key.public()));
        assert!(!checks(&MESSAGE, &headers, device(2), key.public()), "another device's name");
        assert!(!checks(&MESSAGE, &headers, device(1), other.public()), "another key");
        for changed in [
            Message { method: "PUT", ..MESSAGE },
            Message { path: "/api/sync/pull", ..MESSAGE },
            Message { query: "after=0", ..MESSAGE },
            Message { body: b"", ..MESSAGE },
        ] {
            assert!(!checks(&changed, &headers, device(1), key.public()), "{changed:?}");
        }
    }

    #[test]
    fn one_bit_anywhere_in_the_body_or_a_header_and_it_is_signed_no_more() {
        let key = DeviceKey::from_secret(&[7; 32]).unwrap();
        let headers = key.sign(&MESSAGE, device(1), 0);
        for nth in 0..MESSAGE.body.len() * 8 {
            let mut body = MESSAGE.body.to_vec();
            body[nth / 8] ^= 1 << (nth % 8);
            assert!(!checks(&Message { body: &body, ..MESSAGE }, &headers, device(1), key.public()), "bit {nth}");
        }
        for (which, (_, header)) in headers.iter().enumerate() {
            for nth in 0..header.len() {
                let mut changed = headers.clone();
                let swapped = if header.as_bytes()[nth] == b'A' { "B" } else { "A" };
                changed[which].1.replace_range(nth..=nth, swapped);
                assert!(!checks(&MESSAGE, &changed, device(1), key.public()), "{:?}", changed[which]);
            }
            let mut cut = headers.clone();
            cut[which].1.clear();
            assert!(!checks(&MESSAGE, &cut, device(1), key.public()), "header {which} is missing");
        }
    }

    #[test]
    fn parameters_of_another_form_are_no_signature_even_when_signed() {
        let key = DeviceKey::from_secret(&[7; 32]).unwrap();
        let digest = digest(MESSAGE.body);
        let keyid = format!(";keyid=\"{}\"", device(1));
        for parameters in [
            format!("{COVERED}{keyid}"),
            format!("{COVERED};created={keyid}"),
            format!("{COVERED};created=-1{keyid}"),
            format!("{COVERED};created=1{keyid};expires=2"),
            format!("(\"@method\" \"@path\" \"@query\");created=1{keyid}"),
        ] {
            let signature: Signature = key.0.sign(MESSAGE.base(&digest, &parameters).as_bytes());
            let signature = format!("device=:{}:", STANDARD.encode(signature.to_bytes()));
            let input = format!("device={parameters}");
            let signed = Signed { digest: &digest, input: &input, signature: &signature };
            assert!(!check(&MESSAGE, signed, device(1), key.public()), "{parameters}");
        }
    }
}
