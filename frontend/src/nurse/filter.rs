//! Narrowing a list down by site, registry number or name.

use std::time::Duration;

use leptos::prelude::*;
use shared::id::SiteKey;

use crate::{
    i18n::text::nurse::filter as text,
    staff::Desk,
    ui::{Field, Select},
};

/// How long after the last letter a search begins.
const SETTLES_AFTER: Duration = Duration::from_millis(250);

/// What a list is narrowed down to.
#[derive(Clone, Copy)]
pub(crate) struct Filter {
    /// As typed.
    typed: RwSignal<String>,
    /// As searched for: what was typed, a moment later.
    pub(crate) search: RwSignal<String>,
    /// A site's key, or all of hers if empty.
    pub(crate) site: RwSignal<String>,
}

impl Default for Filter {
    fn default() -> Self {
        let [typed, search, site] = std::array::from_fn(|_| RwSignal::new(String::new()));
        Self { typed, search, site }
    }
}

impl Filter {
    /// The site to narrow down to, if any.
    pub(crate) fn site_key(self) -> Option<SiteKey> {
        self.site.with_untracked(|site| site.parse().ok())
    }

    /// Shows everything again.
    pub(crate) fn clear(self) {
        for signal in [self.typed, self.search, self.site] {
            signal.set(String::new());
        }
    }
}

/// The fields of a filter; a choice of sites only where there is one.
#[component]
pub(crate) fn FilterFields(
    /// The filter.
    filter: Filter,
    /// Further fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let desk = Desk::find();
    let locale = desk.locale;
    let mut settle = debounce(SETTLES_AFTER, move |typed: String| filter.search.set(typed.trim().to_owned()));
    Effect::new(move || settle(filter.typed.get()));
    let sites = desk.known_staff().map(|staff| staff.sites).unwrap_or_default();
    let names = desk.known_names();
    let has_choice = sites.len() > 1;
    let options = Signal::derive(move || {
        let name =
            |key: &SiteKey| names.as_ref().map_or_else(|| key.to_string(), |names| names.site(key, locale.get()));
        sites.iter().map(|key| (key.to_string(), name(key))).collect::<Vec<_>>()
    });
    let site_field = move || {
        view! {
            <Select id="filter-site" value=filter.site options
                label=Signal::derive(move || text::site(locale.get()).to_owned())
                empty=Signal::derive(move || text::all_sites(locale.get()).to_owned()) />
        }
    };
    view! {
        <div class="filter" role="search">
            <Field id="filter-search" value=filter.typed
                label=Signal::derive(move || text::search(locale.get()).to_owned()) />
            {has_choice.then(site_field)}
            {children.map(|children| children())}
        </div>
    }
}
