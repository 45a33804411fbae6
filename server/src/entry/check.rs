//! Why an entry or a correction is not taken, in a sentence; pure.

use shared::{
    answers::{ItemResponse, ResponseCopy, SkipReason},
    api::{AmendRequest, EntryRequest},
    instrument::{Answer, Definition},
    paper::{FormFault, LONGEST_REMARK, faults},
    people::Mode,
    time::Date,
};

/// Longest reason of a correction, in characters.
const LONGEST_REASON: usize = 300;

/// Between which days, both included, an occasion can have been answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Possible {
    pub(super) from: Date,
    /// Today, or the day of death.
    pub(super) to: Date,
}

/// Why an entry is not taken.
pub(super) fn entry_refusal(request: &EntryRequest, definition: &Definition, possible: Possible) -> Option<String> {
    let not_kept = |why: &str| Some(format!("{why} Nothing was saved; what was typed is still on the page."));
    if !matches!(request.mode, Mode::Paper | Mode::Telephone | Mode::Interview) {
        return not_kept("Only what was said on paper, by telephone or face to face is typed in.");
    }
    if request.remark.chars().count() > LONGEST_REMARK {
        return not_kept("The remark is longer than 200 characters.");
    }
    if request.answered_on > possible.to {
        return not_kept("The day of answering lies in the future, or after death.");
    }
    if request.answered_on < possible.from {
        return not_kept("The day of answering lies long before the window of this assessment; check the year.");
    }
    let faults = faults(definition, &request.answers);
    if faults.is_empty() {
        return None;
    }
    let told = faults.iter().map(|(item, fault)| format!("{item}: {}", in_words(*fault))).collect::<Vec<_>>();
    not_kept(&format!("Some items cannot be taken ({}).", told.join("; ")))
}

const fn in_words(fault: FormFault) -> &'static str {
    match fault {
        FormFault::Nothing => "neither an answer nor a reason",
        FormFault::NotAllowed => "not an answer that it allows",
        FormFault::DoesNotApply => "does not apply",
        FormFault::NotForStaff => "not a reason that staff give",
        FormFault::Unknown => "no such item",
    }
}

/// Why a correction of the standing copy is not taken.
pub(super) fn amend_refusal(
    request: &AmendRequest,
    standing: &ResponseCopy,
    definition: &Definition,
) -> Option<&'static str> {
    if request.changes.is_empty() {
        return Some("It changes nothing. Nothing was saved.");
    }
    let reason = request.reason.trim();
    if reason.is_empty() && !request.double_entry {
        return Some("A correction needs a reason. Nothing was saved; say why.");
    }
    if reason.chars().count() > LONGEST_REASON {
        return Some("The reason is longer than 300 characters. Nothing was saved; shorten it.");
    }
    let allowed = |(item, change): (_, &Option<ItemResponse>)| match change {
        Some(ItemResponse::Answered(value)) => Answer::check(definition, item, value.clone()).is_some(),
        Some(ItemResponse::Skipped(why)) => definition.find_item(item).is_some() && SkipReason::OF_STAFF.contains(why),
        None => definition.find_item(item).is_some(),
    };
    if !request.changes.iter().all(allowed) {
        return Some("An item does not allow what it should say. Nothing was saved; check it against the options.");
    }
    let confirms = |(item, change): (_, &Option<ItemResponse>)| standing.answers.get(item) == change.as_ref();
    if !request.double_entry && request.changes.iter().any(confirms) {
        return Some("An item says that already. Nothing was saved; open the file again.");
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::instrument::catalog::Catalog;

    use super::*;

    fn entry(changes: &[(&str, Value)]) -> EntryRequest {
        let answers: serde_json::Map<_, _> =
            (1..=11).map(|n| (format!("e{n}"), json!({ "answered": { "code": 1 } }))).collect();
        let mut request = json!({
            "entry": "018f0000-0000-7000-8000-000000000001",
            "assessment": "T0:1",
            "instrument": { "key": "epices", "version": "1.0" },
            "wording": { "pack": "demo", "language": "fr", "hash": "0" },
            "answered_on": "2026-03-02",
            "mode": "paper",
            "respondent": "patient",
            "clock": { "at": "2026-03-04T08:00:00Z", "utc_offset_minutes": 60, "monotonic_ms": 1 },
            "answers": answers,
        });
        for (pointer, value) in changes {
            *request.pointer_mut(pointer).unwrap() = value.clone();
        }
        serde_json::from_value(request).unwrap()
    }

    #[test]
    fn an_entry_that_cannot_be_is_refused_and_told_why() {
        let catalog = Catalog::shipped().unwrap();
        let epices = catalog.find_latest(&"epices".parse().unwrap()).unwrap();
        let day = |text: &str| text.parse().unwrap();
        let possible = Possible { from: day("2025-12-02"), to: day("2026-03-05") };
        let refusal = |changes: &[(&str, Value)]| entry_refusal(&entry(changes), epices, possible);
        assert_eq!(refusal(&[]), None);
        assert_eq!(refusal(&[("/mode", json!("telephone")), ("/answers/e3", json!({ "skipped": "refused" }))]), None);
        let cases = [
            (("/mode", json!("own_device")), "Only what was said"),
            (("/answered_on", json!("2026-03-06")), "future"),
            (("/answered_on", json!("2025-03-02")), "check the year"),
            (("/answers/e3", json!({ "skipped": "prefer_not" })), "e3: not a reason that staff give"),
            (("/answers/e3", json!({ "answered": { "code": 5 } })), "e3: not an answer"),
        ];
        for (change, told) in cases {
            let refusal = refusal(std::slice::from_ref(&change)).unwrap();
            assert!(refusal.contains(told) && refusal.contains("still on the page"), "{refusal}");
        }
    }
}
