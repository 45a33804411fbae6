//! Handing the ward's tablet to a patient: a device of the patient's for as long as the tablet is theirs.
//!
//! Preparing gives the tablet all that it needs without network; that it was handed over is told when there is one.
//! Nobody answers in a patient's place here: a proxy is refused.

mod queries;
mod routes;

use std::collections::BTreeSet;

use shared::{api::GivenRequest, people::Respondent};

pub use routes::routes;

/// Items of identity that are compared before the tablet is handed over.
const N_CHECKED: usize = 2;

/// Why a hand-over is not taken down, in a sentence; `None` when it is.
#[must_use]
pub fn refusal(request: &GivenRequest) -> Option<&'static str> {
    if request.respondent == Respondent::Proxy {
        return Some("Somebody answering in the patient's place is no patient-reported outcome. Nothing was saved.");
    }
    let checked: BTreeSet<_> = request.checked.iter().collect();
    (checked.len() < N_CHECKED)
        .then_some("Two items of identity are compared before the tablet is handed over. Nothing was saved.")
}

#[cfg(test)]
mod tests {
    use shared::{api::IdentityItem, people::Assistance};

    use super::*;

    #[test]
    fn two_different_items_and_no_proxy() {
        let request = |checked: &[IdentityItem], respondent| GivenRequest {
            device: "00000000-0000-0000-0000-000000000001".parse().unwrap(),
            at: "2026-03-02T08:00:00Z".parse().unwrap(),
            staff: "00000000-0000-0000-0000-000000000002".parse().unwrap(),
            checked: checked.to_vec(),
            respondent,
        };
        let both = [IdentityItem::Name, IdentityItem::RegistryNumber];
        assert_eq!(refusal(&request(&both, Respondent::Patient)), None);
        assert_eq!(refusal(&request(&both, Respondent::PatientAssisted(Assistance::Interpreter))), None);
        assert!(refusal(&request(&both, Respondent::Proxy)).is_some());
        assert!(refusal(&request(&[IdentityItem::Name, IdentityItem::Name], Respondent::Patient)).is_some());
    }
}
