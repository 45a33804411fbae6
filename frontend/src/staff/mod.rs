//! The frame around the staff's pages: signing in, navigation, asking the server, names and moments in words.

mod account;
mod desk;
mod download;
mod fetch;
mod fetched;
mod frame;
mod health;
mod moment;
mod names;
mod partial;
mod query;
mod reason;
mod route;
mod set_aside;
mod sign_in;

use leptos::prelude::*;

use self::frame::Frame;
pub(crate) use self::{
    desk::{Desk, Presence, WhyOut},
    download::{base64_link, file_link},
    fetch::{Fetch, FetchState},
    fetched::{Fetched, Trouble},
    moment::{date_of, date_time, days_between, partial_date, thousands},
    names::{Names, choices},
    partial::{DateProblem, parse_partial, parts_of},
    query::query,
    reason::reason_name,
    route::Route,
    set_aside::set_aside_reason,
};
use crate::{
    address::Address,
    i18n::{Locale, provide_locale},
    ward::Tablet,
};

/// The staff's app.
#[component]
pub fn App() -> impl IntoView {
    provide_locale(Locale::default());
    Tablet::provide(Desk::provide(Address::provide()));
    view! { <Frame /> }
}
