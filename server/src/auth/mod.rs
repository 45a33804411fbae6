//! Who may do what: staff sign-in with two factors, device sessions, enrolment letters, and the guard.
//!
//! The guard is the only maker of scopes, and every query on patient data takes one, so that a query without
//! an answer to "who asks?" does not compile. Secrets leave once and are kept as hashes.

pub mod accounts;
mod challenges;
mod codes;
pub mod guard;
mod lock;
mod one_time;
pub mod origin;
pub mod passkeys;
mod password;
mod provider;
mod queries;
mod recent;
mod routes;
mod session;
mod signed;

pub use codes::{Code, random_text, sha256};
pub use one_time::{authenticator_text, enrolment_address, one_time_code};
pub use passkeys::Passkeys;
pub use password::{hash as hash_password, verify as verify_password};
pub use provider::Provider;
pub use queries::list_usernames;
pub use recent::RecentDevices;
pub use routes::routes;
pub(crate) use routes::{enrol_desk, enrol_device, nobodys_credential, read_key};
pub use session::{DEVICE_COOKIE, STAFF_COOKIE};
pub use signed::{SignedHandIn, SignedRead};
