//! The key pair by which the hospital knows this device: made here, its private half never leaves the browser.
//!
//! ECDSA P-256 in `WebCrypto`, not extractable. What is signed and how is in `docs/protocol.md`; the script beside this
//! file is far smaller than the same said in Rust.

use js_sys::{Promise, Reflect};
use shared::id::DeviceId;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Headers;

use super::{CryptoUnavailable, unavailable};
use crate::session;

#[wasm_bindgen(module = "/src/crypto/device_key.js")]
extern "C" {
    fn make() -> Promise;
    fn sign(key: &JsValue, device: &str, created: u32, address: &str, body: Option<&str>) -> Promise;
}

/// A device's key pair as the browser holds it; the browser's store keeps it as it is.
#[derive(Clone, Debug)]
pub struct DeviceKey(JsValue);

impl DeviceKey {
    /// A new one.
    ///
    /// # Errors
    /// When the browser offers no cryptography.
    pub async fn make() -> Result<Self, CryptoUnavailable> {
        JsFuture::from(make()).await.map(Self).map_err(unavailable)
    }

    /// The one that the browser's store kept.
    pub(crate) const fn from_value(value: JsValue) -> Self {
        Self(value)
    }

    /// As the browser's store keeps it.
    pub(crate) fn value(&self) -> JsValue {
        self.0.clone()
    }

    /// Its public half, as the hospital is told it.
    #[must_use]
    pub fn public(&self) -> String {
        Reflect::get(&self.0, &"publicKey".into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
    }

    /// The headers that make a request this device's, with a body posted; `None` when the key does not work any more.
    pub async fn sign(&self, device: DeviceId, address: &str, body: Option<&str>) -> Option<Headers> {
        let created = u32::try_from(session::now().as_second()).unwrap_or_default();
        let signed = sign(&self.0, &device.to_string(), created, address, body);
        JsFuture::from(signed).await.ok().map(JsCast::unchecked_into)
    }
}
