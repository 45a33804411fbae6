//! What is kept under a PIN or a random key: AES-256-GCM, its key derived by PBKDF2-SHA-256, all in the browser.
//!
//! A short PIN keeps out whoever picks up the phone, not whoever takes its storage apart: the slow derivation and
//! the hospital's power to revoke the device are what stands against that.

mod device_key;

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::window;
use shared::{id::DeviceId, sync::store::SealedCredential};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey};

pub use device_key::DeviceKey;

/// Rounds of PBKDF2 for a new seal; OWASP's figure of 2023 for SHA-256.
const ITERATIONS: u32 = 600_000;

/// Four to eight digits.
#[derive(Clone, Eq, PartialEq)]
pub struct Pin(String);

impl Pin {
    /// Reads a PIN; `None` when it is not 4 to 8 digits.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let fits = (4..=8).contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Self(typed.to_owned()))
    }

    /// All the same digit, or one after the other.
    #[must_use]
    pub fn is_easy(&self) -> bool {
        let steps: Vec<i16> = self
            .0
            .as_bytes()
            .windows(2)
            .filter_map(|pair| Some(i16::from(*pair.last()?) - i16::from(*pair.first()?)))
            .collect();
        [0, 1, -1].into_iter().any(|step| steps.iter().all(|other| *other == step))
    }
}

/// 32 random bytes: nobody guesses them, so that nothing need slow the guessing down.
#[derive(Clone, Eq, PartialEq)]
pub struct Key(String);

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// When the browser offers no cryptography.
    pub fn random() -> Result<Self, CryptoUnavailable> {
        random_bytes::<32>().map(|bytes| Self(hex(&bytes)))
    }

    /// Reads one as [`Key::text`] writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(text.to_owned()))
    }

    /// In hexadecimal.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// The browser offers no cryptography here (an old one, or a page that is not secure).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CryptoUnavailable;

/// Bytes nobody can guess.
///
/// # Errors
/// When the browser has none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], CryptoUnavailable> {
    let mut bytes = [0; N];
    crypto()?.get_random_values_with_u8_array(&mut bytes).map_err(unavailable)?;
    Ok(bytes)
}

/// Seals a device's credential under a PIN.
///
/// # Errors
/// When the browser offers no cryptography.
pub async fn seal(credential: &str, device: DeviceId, pin: &Pin) -> Result<SealedCredential, CryptoUnavailable> {
    seal_with((&pin.0, ITERATIONS), credential, device).await
}

/// Seals a text of a device under a random key.
///
/// # Errors
/// When the browser offers no cryptography.
pub async fn seal_under(key: &Key, text: &str, device: DeviceId) -> Result<SealedCredential, CryptoUnavailable> {
    seal_with((&key.0, 1), text, device).await
}

async fn seal_with(
    (secret, iterations): (&str, u32),
    text: &str,
    device: DeviceId,
) -> Result<SealedCredential, CryptoUnavailable> {
    let (salt, nonce) = (random_bytes::<16>()?, random_bytes::<12>()?);
    let key = derive(secret, &salt, iterations).await?;
    let subtle = crypto()?.subtle();
    let sealed = subtle.encrypt_with_object_and_u8_array(&aes(&nonce, device)?, &key, text.as_bytes());
    let sealed = JsFuture::from(sealed.map_err(unavailable)?).await.map_err(unavailable)?;
    Ok(SealedCredential {
        iterations,
        salt: hex(&salt),
        nonce: hex(&nonce),
        ciphertext: hex(&Uint8Array::new(&sealed).to_vec()),
    })
}

/// Opens a sealed credential; `None` when the PIN is wrong or the seal was tampered with, which look the same.
///
/// # Errors
/// When the browser offers no cryptography.
pub async fn unseal(
    sealed: &SealedCredential,
    device: DeviceId,
    pin: &Pin,
) -> Result<Option<String>, CryptoUnavailable> {
    unseal_with(&pin.0, sealed, device).await
}

/// Opens what was sealed under a random key; `None` when it is another key or the seal was tampered with.
///
/// # Errors
/// When the browser offers no cryptography.
pub async fn unseal_under(
    key: &Key,
    sealed: &SealedCredential,
    device: DeviceId,
) -> Result<Option<String>, CryptoUnavailable> {
    unseal_with(&key.0, sealed, device).await
}

async fn unseal_with(
    secret: &str,
    sealed: &SealedCredential,
    device: DeviceId,
) -> Result<Option<String>, CryptoUnavailable> {
    let key = derive(secret, &unhex(&sealed.salt), sealed.iterations).await?;
    let (nonce, ciphertext) = (unhex(&sealed.nonce), unhex(&sealed.ciphertext));
    let opened = crypto()?.subtle().decrypt_with_object_and_u8_array(&aes(&nonce, device)?, &key, &ciphertext);
    let opened = JsFuture::from(opened.map_err(unavailable)?).await;
    Ok(opened.ok().and_then(|bytes| String::from_utf8(Uint8Array::new(&bytes).to_vec()).ok()))
}

async fn derive(secret: &str, salt: &[u8], iterations: u32) -> Result<CryptoKey, CryptoUnavailable> {
    let subtle = crypto()?.subtle();
    let raw = Uint8Array::from(secret.as_bytes());
    let derives = Array::of1(&"deriveKey".into());
    let base = subtle.import_key_with_str("raw", &raw, "PBKDF2", false, &derives).map_err(unavailable)?;
    let base: CryptoKey = JsFuture::from(base).await.map_err(unavailable)?.unchecked_into();
    let pbkdf2 = object(&[
        ("name", "PBKDF2".into()),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::from(salt).into()),
        ("iterations", iterations.into()),
    ])?;
    let aes = object(&[("name", "AES-GCM".into()), ("length", 256.into())])?;
    let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
    let key = subtle.derive_key_with_object_and_object(&pbkdf2, &base, &aes, false, &uses).map_err(unavailable)?;
    Ok(JsFuture::from(key).await.map_err(unavailable)?.unchecked_into())
}

/// The device's name is authenticated too: a seal cannot be moved to another enrolment.
fn aes(nonce: &[u8], device: DeviceId) -> Result<Object, CryptoUnavailable> {
    let device = Uint8Array::from(device.as_uuid().as_bytes().as_slice());
    object(&[("name", "AES-GCM".into()), ("iv", Uint8Array::from(nonce).into()), ("additionalData", device.into())])
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, CryptoUnavailable> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value).map_err(unavailable)?;
    }
    Ok(object)
}

fn crypto() -> Result<Crypto, CryptoUnavailable> {
    window().crypto().map_err(unavailable)
}

fn unavailable(_: JsValue) -> CryptoUnavailable {
    CryptoUnavailable
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Anything but hexadecimal gives other bytes, which open nothing.
fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
    text.as_bytes().chunks(2).map(|pair| pair.iter().fold(0, |value: u8, byte| (value << 4) | digit(*byte))).collect()
}
