//! How a device and the server agree: push with a receipt for each event, pull by position, the bundle, live news.
//!
//! `judge` decides on each event without a database; `writer` commits what waits in one transaction; `ledger`
//! decides, within it, what is new. The protocol is in [`shared::sync::protocol`].

mod bundle;
mod judge;
mod ledger;
mod live;
mod queries;
mod rebuild;
mod routes;
mod writer;

pub use judge::submitted_on;
pub use live::News;
pub use queries::{last_news, list_all_events, list_progress, note_news};
pub use rebuild::{list_progress_known_at, list_progress_known_at_each, rebuild};
pub use routes::{hand_in, hand_in_at_desk, read_bundle, routes};
pub use writer::{Pushed, Writer, WriterStopped};
