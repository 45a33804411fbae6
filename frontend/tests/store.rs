//! The browser's store keeps every promise of a device's store, in a real browser, and a few of its own.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

mod support;

use frontend::store::IndexedDbStore;
use futures_util::future::join_all;
use idb::{DatabaseEvent, Factory, ObjectStoreParams};
use shared::sync::{
    conformance,
    store::{Store, StoreError},
};
use support::{bare_strict_put, draft, fresh_name, patient};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

macro_rules! promises {
    ($($promise:ident,)*) => {$(
        #[wasm_bindgen_test]
        async fn $promise() {
            conformance::$promise(&IndexedDbStore::new(&fresh_name())).await.unwrap();
        }
    )*};
}

shared::store_promises!(promises);

#[wasm_bindgen_test]
async fn saving_is_strict() {
    assert_eq!(IndexedDbStore::new(&fresh_name()).durability().await.unwrap(), "strict");
}

#[wasm_bindgen_test]
async fn two_tabs_record_at_once_and_no_number_is_given_twice() {
    let name = fresh_name();
    let tabs = [IndexedDbStore::new(&name), IndexedDbStore::new(&name)];
    let recorded = (1..=20_u128).map(|n| tabs[usize::from(n % 2 == 0)].append(draft(n, "q1", 1)));
    let mut numbers: Vec<u64> = join_all(recorded).await.into_iter().map(|kept| kept.unwrap().sequence).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    assert_eq!(tabs[0].tally(patient()).await.unwrap().drafts, 20, "each tab sees what the other kept");
}

#[wasm_bindgen_test]
async fn a_connection_that_the_phone_closed_is_opened_again_and_the_tap_is_kept() {
    let store = IndexedDbStore::new(&fresh_name());
    store.append(draft(1, "q1", 1)).await.unwrap();
    store.close();
    assert_eq!(store.append(draft(2, "q2", 1)).await.unwrap().sequence, 2);
    assert_eq!(store.tally(patient()).await.unwrap().drafts, 2);
}

#[wasm_bindgen_test]
async fn a_newer_app_is_let_through_and_the_older_says_that_it_is_outdated() {
    let name = fresh_name();
    let old = IndexedDbStore::new(&name);
    old.append(draft(1, "q1", 1)).await.unwrap();
    let newer = Factory::new().unwrap().open(&name, Some(99)).unwrap().await.unwrap();
    assert_eq!(old.append(draft(2, "q1", 2)).await, Err(StoreError::Outdated));
    newer.close();
    let after = IndexedDbStore::new(&name).append(draft(2, "q1", 2)).await;
    assert_eq!(after, Err(StoreError::Outdated), "and never writes into what it does not know");
    let kept = Factory::new().unwrap().open(&name, None).unwrap().await.unwrap();
    assert!(kept.store_names().contains(&"answer_event".to_owned()), "nothing was recreated");
}

#[wasm_bindgen_test]
async fn a_store_that_fails_is_only_read_from_then_on_and_never_made_anew() {
    let name = fresh_name();
    let mut unlike_ours = Factory::new().unwrap().open(&name, Some(1)).unwrap();
    unlike_ours.on_upgrade_needed(|event| {
        event.database().unwrap().create_object_store("precious", ObjectStoreParams::new()).unwrap();
    });
    unlike_ours.await.unwrap().close();
    let store = IndexedDbStore::new(&name);
    let first = store.append(draft(1, "q1", 1)).await;
    assert!(matches!(first, Err(StoreError::Broken(_))), "{first:?}");
    assert_eq!(store.append(draft(2, "q1", 1)).await, first, "no further try");
    let still = Factory::new().unwrap().open(&name, None).unwrap().await.unwrap();
    assert_eq!(still.store_names(), ["precious"]);
}

#[wasm_bindgen_test]
async fn a_tap_costs_little_more_than_a_bare_strict_put() {
    let store = IndexedDbStore::new(&fresh_name());
    let (yardstick, text) = (fresh_name(), "x".repeat(800));
    let (mut taps, mut puts) = (Vec::new(), Vec::new());
    for n in 1..=200_u128 {
        let begun = support::uptime_ms();
        store.append(draft(n, "q1", 1)).await.unwrap();
        let between = support::uptime_ms();
        bare_strict_put(&yardstick, &n.to_string(), &text).await.unwrap();
        taps.push(between - begun);
        puts.push(support::uptime_ms() - between);
    }
    let [tap, put] = [taps, puts].map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    console_log!("median tap {tap:.2} ms, bare strict put {put:.2} ms, ratio {:.2}", tap / put);
    assert!(tap < 3.0 * put, "far from the promised 1.5 even for a busy machine: {tap} and {put} ms");
}
