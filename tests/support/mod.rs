//! What the tests of the server stand on: a real server over a real database, and clients that speak HTTP to it.

#![allow(dead_code, reason = "a test language is written ahead of its use")]

mod app;
mod authenticator;
mod client;
mod device;
pub mod mail;
pub mod patient;
pub mod postgres;
pub mod sign_in_page;

pub use app::{PASSWORD, Place, TestApp};
pub use authenticator::Authenticator;
pub use client::{Client, Reply};
pub use device::Device;
pub use patient::Phone;

/// Stamps out each test for both engines: `…::sqlite` and `…::postgres`.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($app: TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story(TestApp::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(app) = TestApp::on_postgres().await {
                    story(app).await;
                }
            }
        }
    )*};
}
pub(crate) use on_both_databases;
