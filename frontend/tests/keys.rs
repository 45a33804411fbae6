//! A device's key pair in a real browser's store. What is signed with it is checked by the real server in the stories.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "these are tests")]

mod support;

use frontend::{crypto::DeviceKey, store::IndexedDbStore};
use shared::{
    id::DeviceId,
    sync::store::{Enrolment, Store as _},
};
use support::{fresh_name, patient};
use uuid::Uuid;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn device(n: u128) -> DeviceId {
    DeviceId::new(Uuid::from_u128(n))
}

/// The digest that this key's headers carry for a request with this body.
async fn digest(key: &DeviceKey, body: Option<&str>) -> String {
    let headers = key.sign(device(1), "/api/sync/push", body).await.unwrap();
    assert!(headers.get("signature").unwrap().unwrap().starts_with("device=:"));
    headers.get("content-digest").unwrap().unwrap()
}

#[wasm_bindgen_test]
async fn a_key_pair_that_was_kept_signs_as_before_and_goes_when_it_is_forgotten() {
    let store = IndexedDbStore::new(&fresh_name());
    let (key, other) = (DeviceKey::make().await.unwrap(), DeviceKey::make().await.unwrap());
    assert_ne!(key.public(), other.public());
    assert_eq!(key.public().len(), 88, "65 bytes in base64");
    store.try_key(&key).await.unwrap();
    assert!(store.find_key(device(1)).await.unwrap().is_none(), "no device has it yet");
    support::enrol(&store, patient(), device(1), "fr").await;
    let enrolment: Enrolment = store.list_enrolments().await.unwrap().pop().unwrap();
    store.enrol(&enrolment, &key).await.unwrap();
    store.save_key(device(2), &other).await.unwrap();
    store.close();
    let kept = store.find_key(device(1)).await.unwrap().unwrap();
    assert_eq!(kept.public(), key.public());
    // RFC 9530, appendices B.1 and D.
    assert_eq!(
        digest(&kept, Some("{\"hello\": \"world\"}")).await,
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    );
    assert_eq!(digest(&kept, None).await, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
    store.save_texts(&[(format!("key/{}", device(1)), None)]).await.unwrap();
    assert!(store.find_key(device(1)).await.unwrap().is_none());
    assert_eq!(store.find_key(device(2)).await.unwrap().unwrap().public(), other.public());
}
