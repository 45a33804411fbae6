//! Asking the browser's authenticators for a passkey. What goes in and comes out is JSON that only the server reads.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why the browser gave no passkey.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PasskeyTrouble {
    /// It knows no passkeys, or not in JSON: older than 2024, most of them.
    Unsupported,
    /// It was given up, took too long, or there is none for this site.
    GivenUp,
    /// The authenticator holds one for this account already.
    Known,
}

/// Has an authenticator make a passkey.
///
/// # Errors
/// When it made none.
pub(crate) async fn create(options: &Value) -> Result<Value, PasskeyTrouble> {
    ask("create", "parseCreationOptionsFromJSON", options).await
}

/// Has an authenticator sign with a passkey that it holds.
///
/// # Errors
/// When it signed nothing.
pub(crate) async fn get(options: &Value) -> Result<Value, PasskeyTrouble> {
    ask("get", "parseRequestOptionsFromJSON", options).await
}

async fn ask(method: &str, reader: &str, options: &Value) -> Result<Value, PasskeyTrouble> {
    let begun = begin(method, reader, options).map_err(|_| PasskeyTrouble::Unsupported)?;
    let credential = JsFuture::from(begun).await.map_err(|error| given_up(&error))?;
    let written = call(&credential, "toJSON", &[]).and_then(|plain| JSON::stringify(&plain));
    let written = written.map_err(|_| PasskeyTrouble::Unsupported)?;
    serde_json::from_str(&String::from(written)).map_err(|_| PasskeyTrouble::Unsupported)
}

fn begin(method: &str, reader: &str, options: &Value) -> Result<Promise, JsValue> {
    let class = Reflect::get(&window(), &"PublicKeyCredential".into())?;
    let public_key = call(&class, reader, &[JSON::parse(&options.to_string())?])?;
    let asked = Object::new();
    Reflect::set(&asked, &"publicKey".into(), &public_key)?;
    let credentials = Reflect::get(&window().navigator(), &"credentials".into())?;
    call(&credentials, method, &[asked.into()])?.dyn_into()
}

/// Calls a method that `web-sys` does not have.
fn call(of: &JsValue, method: &str, with: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(of, &method.into())?.dyn_into()?;
    method.apply(of, &with.iter().collect())
}

fn given_up(error: &JsValue) -> PasskeyTrouble {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("InvalidStateError") => PasskeyTrouble::Known,
        Some("NotSupportedError" | "SecurityError") => PasskeyTrouble::Unsupported,
        _ => PasskeyTrouble::GivenUp,
    }
}
