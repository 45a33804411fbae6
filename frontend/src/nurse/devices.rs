//! A patient's devices: when opened, when last seen, and revoking one that is lost.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    api::{DeviceLine, PatientReply},
    id::{DeviceId, PatientId},
    people::DeviceKind,
    time::Date,
};

use super::worklist::waits;
use crate::{
    i18n::{
        Locale,
        text::{
            nurse::{file as text, look as look_text},
            person::words,
        },
    },
    session,
    staff::{Desk, Fetch, Trouble, date_time},
    ui::{Button, Dialog, Look, Notice, TableRoom, Tone},
};

/// Devices as they are numbered: the first enrolled is the first. A desk is used once and has no number.
pub(crate) fn in_order_of_enrolment(devices: &[DeviceLine]) -> Vec<DeviceLine> {
    let mut devices = devices.to_vec();
    devices.retain(|device| device.kind != DeviceKind::Desk);
    devices.sort_by_key(|device| (device.enrolled_at, device.device));
    devices
}

/// Revoking a device once it is asked for twice, and confirming one by its words.
#[derive(Clone, Copy)]
struct Revocation {
    desk: Desk,
    patient: PatientId,
    fetch: Fetch<PatientReply>,
    /// Which device is asked about, and its number.
    asked: RwSignal<Option<(DeviceId, usize)>>,
    open: RwSignal<bool>,
    trouble: RwSignal<Option<Trouble>>,
}

impl Revocation {
    fn ask(self, device: DeviceId, number: usize) {
        self.trouble.set(None);
        self.asked.set(Some((device, number)));
        self.open.set(true);
    }

    /// Notes that the nurse saw the device's words on the patient's phone.
    fn approve(self, device: DeviceId) {
        let path = format!("/api/patients/{}/devices/{device}/confirm", self.patient);
        self.trouble.set(None);
        spawn_local(async move {
            match self.desk.post::<DeviceLine>(&path, &serde_json::json!({})).await {
                Ok(_) => self.fetch.again(),
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }

    fn confirm(self) {
        let Some((device, _)) = self.asked.get_untracked() else { return };
        let path = format!("/api/patients/{}/devices/{device}/revoke", self.patient);
        self.open.set(false);
        spawn_local(async move {
            match self.desk.post::<DeviceLine>(&path, &serde_json::json!({})).await {
                Ok(_) => self.fetch.again(),
                Err(trouble) => {
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }
}

/// The section.
#[component]
pub(crate) fn Devices(
    /// Whose.
    patient: PatientId,
    /// The devices, as they are numbered.
    devices: StoredValue<Vec<DeviceLine>>,
    /// The file they come from, asked for again after a change.
    fetch: Fetch<PatientReply>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let revocation = Revocation {
        desk,
        patient,
        fetch,
        asked: RwSignal::new(None),
        open: RwSignal::new(false),
        trouble: RwSignal::new(None),
    };
    let rows = devices.with_value(|devices| {
        let numbered = devices.iter().zip(1..);
        numbered.map(|(device, number)| view! { <Line device=device.clone() number revocation /> }).collect_view()
    });
    let none = devices.with_value(Vec::is_empty);
    let number = move || revocation.asked.get().map(|(_, number)| number).unwrap_or_default();
    view! {
        <section class="panel" aria-labelledby="devices">
            <h2 id="devices">{move || text::devices(locale.get())}</h2>
            <div role="alert">
                {move || revocation.trouble.get().map(|trouble| {
                    view! { <Notice tone=Tone::Bad>{move || trouble.sentence(locale.get())}</Notice> }
                })}
            </div>
            {devices.with_value(|devices| {
                let waiting = devices.iter().zip(1..).filter(|(device, _)| is_waiting(device));
                waiting.map(|(device, number)| view! { <Fingerprint device=device.clone() number revocation /> }).collect_view()
            })}
            {if none {
                view! { <p class="empty">{move || text::no_devices(locale.get())}</p> }.into_any()
            } else {
                view! { <Table rows=rows.into_any() /> }.into_any()
            }}
            <Dialog open=revocation.open title=Signal::derive(move || text::revoke_device(locale.get(), number()))>
                <p>{move || text::revoke_lead(locale.get())}</p>
                <p class="actions">
                    <Button look=Look::Danger on_press=move |_| revocation.confirm()>
                        {move || text::revoke(locale.get())}
                    </Button>
                    <Button look=Look::Quiet on_press=move |_| revocation.open.set(false)>
                        {move || text::keep(locale.get())}
                    </Button>
                </p>
            </Dialog>
        </section>
    }
}

#[component]
fn Table(rows: AnyView) -> impl IntoView {
    let locale = Desk::find().locale;
    view! {
        <TableRoom label=Signal::derive(move || text::devices(locale.get()).to_owned())>
            <table class="table" aria-labelledby="devices">
                <thead>
                    <tr>
                        <th scope="col">{move || text::device(locale.get())}</th>
                        <th scope="col">{move || text::device_kind(locale.get())}</th>
                        <th scope="col">{move || text::enrolled_at(locale.get())}</th>
                        <th scope="col">{move || text::last_seen_at(locale.get())}</th>
                        <th scope="col">{move || text::device_state(locale.get())}</th>
                        <th scope="col"><span class="visually-hidden">{move || text::actions(locale.get())}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRoom>
    }
}

/// Whether a phone was opened and nobody has compared its words yet.
const fn is_waiting(device: &DeviceLine) -> bool {
    device.words.is_some() && device.confirmed_at.is_none() && !device.revoked
}

/// The words that the patient's phone shows, to be compared.
#[component]
fn Fingerprint(device: DeviceLine, number: usize, revocation: Revocation) -> impl IntoView {
    let locale = revocation.desk.locale;
    let id = device.device;
    view! {
        <Notice tone=Tone::Warn>
            <p>{move || text::copy_of(locale.get(), number)}" – "{move || words::lead(locale.get())}</p>
            <p class="device-words">{device.words}</p>
            <p class="field-help">{move || words::no_help(locale.get())}</p>
            <p class="actions">
                <Button look=Look::Secondary on_press=move |_| revocation.approve(id)>
                    {move || words::yes(locale.get())}
                    <span class="visually-hidden">" "{move || words::check_device(locale.get(), number)}</span>
                </Button>
                <Button look=Look::Quiet on_press=move |_| revocation.ask(id, number)>
                    {move || words::no(locale.get())}
                </Button>
            </p>
        </Notice>
    }
}

const fn kind_name(locale: Locale, kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Own => text::device_own(locale),
        DeviceKind::Ward => text::device_ward(locale),
        DeviceKind::Desk => text::device_desk(locale),
    }
}

/// Whether it is in use, and since when it is known to be the patient's.
fn state(locale: Locale, device: &DeviceLine, today: Date) -> String {
    let in_use = state_name(locale, device.revoked, device.kind);
    let known = match (device.confirmed_at, is_waiting(device)) {
        (Some(at), _) => words::confirmed(locale, date_time(locale, at, today)),
        (None, true) => words::unconfirmed(locale).to_owned(),
        (None, false) => return in_use.to_owned(),
    };
    format!("{in_use}, {known}")
}

/// The ward's tablet is no more the patient's once it was given back.
const fn state_name(locale: Locale, revoked: bool, kind: DeviceKind) -> &'static str {
    match (revoked, kind) {
        (false, _) => text::active(locale),
        (true, DeviceKind::Ward) => text::given_back(locale),
        (true, DeviceKind::Own | DeviceKind::Desk) => text::revoked(locale),
    }
}

#[component]
fn Line(device: DeviceLine, number: usize, revocation: Revocation) -> impl IntoView {
    let locale = revocation.desk.locale;
    let (today, in_use) = (session::today(), !device.revoked);
    let last_seen = move || {
        device
            .last_seen_at
            .map_or_else(|| text::never_seen(locale.get()).to_owned(), |at| date_time(locale.get(), at, today))
    };
    let (n_unsent, n_lost) = (device.n_unsent, usize::try_from(device.n_lost).unwrap_or(usize::MAX));
    let waiting =
        move || (n_unsent > 0).then(|| waits(locale.get(), n_unsent, device.kind, device.unsent_since, today));
    let lost = move || (n_lost > 0).then(|| look_text::local_loss(locale.get(), n_lost));
    let fingerprint = device.fingerprint.clone();
    let key = move || fingerprint.as_ref().map(|shown| text::device_key(locale.get(), shown));
    let revoke = move || {
        view! {
            <Button look=Look::Quiet on_press=move |_| revocation.ask(device.device, number)>
                <span aria-hidden="true">{move || text::revoke(locale.get())}</span>
                <span class="visually-hidden">{move || text::revoke_device(locale.get(), number)}</span>
            </Button>
        }
    };
    view! {
        <tr>
            <th scope="row">{move || text::copy_of(locale.get(), number)}</th>
            <td>
                {move || kind_name(locale.get(), device.kind)}
                <span class="copy-moment">{key}</span>
            </td>
            <td>{move || date_time(locale.get(), device.enrolled_at, today)}</td>
            <td>{last_seen}</td>
            <td>
                {move || state(locale.get(), &device, today)}
                <span class="copy-moment">{waiting}</span>
                <span class="copy-moment">{lost}</span>
            </td>
            <td>{in_use.then(revoke)}</td>
        </tr>
    }
}
