//! Ressenti in the browser: what the two entry points, patient and staff, are made of.
//!
//! Pages live in folders by who sees them; [`ui`] holds components without a clinical word, [`questionnaire`] the
//! questions. Logic is in plain structs that tests run without a browser; components read them through signals.
//! [`i18n`] has every text in French and English, [`address`] the address bar.
#![allow(
    unreachable_pub,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "what the component macro makes: a hidden public function that returns its view and owns its properties"
)]

pub mod address;
pub mod api;
pub mod crypto;
pub mod device;
pub mod i18n;
mod investigator;
mod live;
mod manager;
pub mod notebook;
mod nurse;
pub mod patient;
pub mod preferences;
pub mod questionnaire;
pub mod session;
pub mod staff;
pub mod store;
pub mod sync;
pub mod ui;
pub mod view;
pub mod ward;
