//! The devices of patients and wards, with what waits on them.

use leptos::prelude::*;
use shared::{
    api::{DeviceGroup, DeviceOversight, DevicesRequest},
    people::DeviceKind,
};

use super::listing::{Lines, Listing};
use crate::{
    i18n::{Locale, text::manager::devices as text},
    session,
    staff::{Desk, date_time},
    ui::{Heading, Select},
};

/// A group, by the word of the choice, with its name.
type Group = (&'static str, DeviceGroup, fn(Locale) -> &'static str);

const GROUPS: [Group; 2] =
    [("asking", DeviceGroup::Asking, text::asking), ("revoked", DeviceGroup::Revoked, text::revoked)];

/// The page.
#[component]
pub(crate) fn DevicesPage() -> impl IntoView {
    let locale = Desk::find().locale;
    let chosen = RwSignal::new(String::new());
    let listing = Listing::<DeviceOversight>::new("/api/devices", move || {
        let group = chosen.with(|chosen| GROUPS.iter().find(|(word, ..)| word == chosen).map(|(_, group, _)| *group));
        Some(DevicesRequest { group, after: None })
    });
    let options = Signal::derive(move || {
        GROUPS.iter().map(|(word, _, name)| ((*word).to_owned(), name(locale.get()).to_owned())).collect::<Vec<_>>()
    });
    view! {
        <div class="page-head">
            <Heading text=Signal::derive(move || text::title(locale.get()).to_owned()) />
        </div>
        <p class="quiet">{move || text::lead(locale.get())}</p>
        <div class="filter">
            <Select id="device-group" value=chosen options
                label=Signal::derive(move || text::group(locale.get()).to_owned())
                empty=Signal::derive(move || text::all(locale.get()).to_owned()) />
        </div>
        <Lines listing name=text::title empty=text::empty
            heads=vec![text::kind, text::site, text::state, text::waiting, text::last_seen, text::enrolled, text::device, text::patient]
            line=|device| view! { <Line device /> }.into_any() />
    }
}

const fn kind_name(locale: Locale, kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Own => text::own(locale),
        DeviceKind::Ward => text::ward(locale),
        DeviceKind::Desk => text::desk(locale),
    }
}

/// What waits on a device or was lost by it; empty where nothing is to say.
fn waiting(locale: Locale, device: &DeviceOversight, today: shared::time::Date) -> String {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let since = device.unsent_since.map(|at| text::since(locale, date_time(locale, at, today)));
    let waits = (device.n_unsent > 0).then(|| text::unsent(locale, number(device.n_unsent)));
    let lost = (device.n_lost > 0).then(|| text::lost(locale, number(device.n_lost)));
    let waits = waits.map(|words| since.map_or_else(|| words.clone(), |since| format!("{words} {since}")));
    waits.into_iter().chain(lost).collect::<Vec<_>>().join(" · ")
}

#[component]
fn Line(device: DeviceOversight) -> impl IntoView {
    let desk = Desk::find();
    let (locale, today) = (desk.locale, session::today());
    let (names, site, kind) = (desk.known_names(), device.site.clone(), device.kind);
    let site = move || names.as_ref().map_or_else(|| site.to_string(), |names| names.site(&site, locale.get()));
    let (last_seen, enrolled, revoked) = (device.last_seen_at, device.enrolled_at, device.revoked_at);
    let last_seen =
        move || last_seen.map_or_else(|| text::never(locale.get()).to_owned(), |at| date_time(locale.get(), at, today));
    let state = move || {
        revoked.map_or_else(
            || text::active(locale.get()).to_owned(),
            |at| text::revoked_at(locale.get(), date_time(locale.get(), at, today)),
        )
    };
    let (id, patient) = (device.device.to_string(), device.patient.to_string());
    view! {
        <tr>
            <td>{move || kind_name(locale.get(), kind)}</td>
            <td>{site}</td>
            <td>{state}</td>
            <td>{move || waiting(locale.get(), &device, today)}</td>
            <td>{last_seen}</td>
            <td>{move || date_time(locale.get(), enrolled, today)}</td>
            <td class="code small">{id}</td>
            <td class="code small">{patient}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_and_what_was_lost_are_both_told() {
        let at = "2026-03-01T09:00:00Z".parse().unwrap();
        let mut device = DeviceOversight {
            device: "018f0000-0000-7000-8000-000000000001".parse().unwrap(),
            patient: "018f0000-0000-7000-8000-000000000002".parse().unwrap(),
            site: "toulouse".parse().unwrap(),
            kind: DeviceKind::Own,
            enrolled_at: at,
            last_seen_at: None,
            n_unsent: 0,
            unsent_since: None,
            n_lost: 0,
            revoked_at: None,
        };
        let told = |device: &DeviceOversight| waiting(Locale::En, device, "2026-03-02".parse().unwrap());
        assert_eq!(told(&device), "");
        (device.n_unsent, device.unsent_since) = (1, Some(at));
        assert_eq!(told(&device), "1 answer waits since 1 March 2026 at 10:00");
        device.n_lost = 3;
        assert_eq!(told(&device), "1 answer waits since 1 March 2026 at 10:00 · 3 answers lost");
    }
}
