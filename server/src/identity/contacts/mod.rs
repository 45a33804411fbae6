//! Where reminders go: written and read by a nurse for her patients, read by the sender of reminders.

mod queries;
mod sealing;

use std::fmt;

use shared::{api::ContactRequest, id::StaffId, people::Channel, time::Timestamp};

pub use queries::{address_for_reminders, contact, list_contacts, list_reachable, set_contact};
pub use sealing::IdentityKey;

/// A standing contact.
#[derive(Clone, Eq, PartialEq)]
pub struct Contact {
    /// How.
    pub channel: Channel,
    /// The address, opened.
    pub address: String,
    /// Who entered it.
    pub entered_by: StaffId,
    /// When.
    pub entered_at: Timestamp,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// Why an address is not taken, in a sentence; `None` when it is.
#[must_use]
pub fn refusal(request: &ContactRequest) -> Option<&'static str> {
    let fits = request.address.as_ref().is_none_or(|address| request.channel.accepts(address));
    match request.channel {
        _ if fits => None,
        Channel::Email => Some("That is not an e-mail address. Nothing was saved; check it with the patient."),
        Channel::Phone => Some("That is not a telephone number. Nothing was saved; check it with the patient."),
    }
}
