//! The form's groups of boxes: who, which care, what was agreed, where reminders go, the first dates.

use leptos::prelude::*;
use shared::id::SiteKey;

use super::{Attempt, EnrolBoxes, field_id, form::EnrolField, preview::Preview};
use crate::{
    i18n::{
        Locale,
        text::{
            nurse::enrol as text,
            person::{enrol as more, form as agreement},
        },
    },
    nurse::person::{kinds, means},
    staff::{Names, choices},
    ui::{DateField, DateParts, Field, Select},
};

/// A date in three boxes with its name and a sentence of help.
#[component]
fn Dated(
    attempt: Attempt,
    field: EnrolField,
    value: RwSignal<DateParts>,
    legend: fn(Locale) -> &'static str,
    #[prop(optional)] help: Option<fn(Locale) -> &'static str>,
) -> impl IntoView {
    let locale = attempt.desk.locale;
    view! {
        <fieldset>
            <legend class="field-label">{move || legend(locale.get())}</legend>
            {help.map(|help| view! { <p class="field-help">{move || help(locale.get())}</p> })}
            <DateField id=field_id(field) value error=attempt.error(field) />
        </fieldset>
    }
}

#[component]
pub(super) fn IdentityFields(boxes: EnrolBoxes, attempt: Attempt) -> impl IntoView {
    let locale = attempt.desk.locale;
    view! {
        <fieldset class="form-group">
            <legend><h2>{move || text::identity(locale.get())}</h2></legend>
            <Field id="registry-number" value=boxes.registry_number error=attempt.error(EnrolField::RegistryNumber)
                label=Signal::derive(move || text::registry_number(locale.get()).to_owned())
                help=Signal::derive(move || text::registry_number_help(locale.get()).to_owned()) />
            <div class="columns">
                <Field id="family-name" value=boxes.family_name
                    label=Signal::derive(move || text::family_name(locale.get()).to_owned()) />
                <Field id="given-name" value=boxes.given_name
                    label=Signal::derive(move || text::given_name(locale.get()).to_owned()) />
            </div>
            <Dated attempt field=EnrolField::Birth value=boxes.birth legend=more::birth help=more::birth_help />
        </fieldset>
    }
}

#[component]
pub(super) fn CareFields(boxes: EnrolBoxes, attempt: Attempt, sites: Vec<SiteKey>) -> impl IntoView {
    let locale = attempt.desk.locale;
    let names = attempt.desk.known_names();
    let listed = move |list: fn(&Names, Locale) -> Vec<(String, String)>| {
        let names = names.clone();
        Signal::derive(move || names.as_ref().map(|names| list(names, locale.get())).unwrap_or_default())
    };
    let all_sites = listed(|names, locale| choices(&names.study().sites, locale));
    let hers = Signal::derive(move || {
        let is_hers = |(key, _): &(String, String)| sites.iter().any(|site| site.as_str() == key);
        all_sites.get().into_iter().filter(is_hers).collect::<Vec<_>>()
    });
    let languages = listed(|names, _| {
        let name = |tag: &shared::id::Language| (tag.to_string(), Locale::of(tag).name().to_owned());
        names.study().languages.iter().map(name).collect()
    });
    let empty = Signal::derive(move || text::choose(locale.get()).to_owned());
    view! {
        <fieldset class="form-group">
            <legend><h2>{move || text::care(locale.get())}</h2></legend>
            <div class="columns">
                <Select id="hemopathy" value=boxes.hemopathy empty error=attempt.error(EnrolField::Hemopathy)
                    options=listed(Names::hemopathies)
                    label=Signal::derive(move || text::hemopathy(locale.get()).to_owned()) />
                <Select id="pathway" value=boxes.pathway empty error=attempt.error(EnrolField::Pathway)
                    options=listed(|names, locale| choices(&names.study().pathways, locale))
                    label=Signal::derive(move || text::pathway(locale.get()).to_owned()) />
                <Select id="site" value=boxes.site empty error=attempt.error(EnrolField::Site) options=hers
                    label=Signal::derive(move || text::site(locale.get()).to_owned()) />
                <Select id="language" value=boxes.language error=attempt.error(EnrolField::Language) options=languages
                    label=Signal::derive(move || text::language(locale.get()).to_owned()) />
            </div>
            <Dated attempt field=EnrolField::PathwayFrom value=boxes.pathway_from legend=more::pathway_from
                help=more::pathway_from_help />
        </fieldset>
    }
}

/// Nothing, where the study names no information that patients are given.
#[component]
pub(super) fn ConsentFields(boxes: EnrolBoxes, attempt: Attempt) -> impl IntoView {
    let locale = attempt.desk.locale;
    let names = attempt.desk.known_names().filter(|names| !names.study().information.is_empty())?;
    let versions = Signal::derive(move || choices(&names.study().information, locale.get()));
    let empty = Signal::derive(move || text::choose(locale.get()).to_owned());
    Some(view! {
        <fieldset class="form-group">
            <legend><h2>{move || more::consent(locale.get())}</h2></legend>
            <p class="field-help">{move || more::consent_lead(locale.get())}</p>
            <div class="columns">
                <Select id="consent" value=boxes.consent empty error=attempt.error(EnrolField::Consent)
                    options=Signal::derive(move || kinds(locale.get()))
                    label=Signal::derive(move || agreement::kind(locale.get()).to_owned()) />
                <Select id="means" value=boxes.means empty error=attempt.error(EnrolField::Means)
                    options=Signal::derive(move || means(locale.get()))
                    label=Signal::derive(move || agreement::means(locale.get()).to_owned()) />
                <Select id="information" value=boxes.information error=attempt.error(EnrolField::Information)
                    options=versions label=Signal::derive(move || agreement::information(locale.get()).to_owned()) />
                <Dated attempt field=EnrolField::Consented value=boxes.consented legend=agreement::given_on />
            </div>
        </fieldset>
    })
}

#[component]
pub(super) fn ContactFields(boxes: EnrolBoxes, attempt: Attempt) -> impl IntoView {
    let locale = attempt.desk.locale;
    view! {
        <fieldset class="form-group">
            <legend><h2>{move || more::contact(locale.get())}</h2></legend>
            <Field id="email" value=boxes.email error=attempt.error(EnrolField::Email)
                label=Signal::derive(move || more::email(locale.get()).to_owned())
                help=Signal::derive(move || more::email_help(locale.get()).to_owned()) />
        </fieldset>
    }
}

#[component]
pub(super) fn DateFields(boxes: EnrolBoxes, attempt: Attempt) -> impl IntoView {
    let locale = attempt.desk.locale;
    view! {
        <fieldset class="form-group">
            <legend><h2>{move || text::dates(locale.get())}</h2></legend>
            <p class="field-help">
                {move || crate::i18n::text::staff::date::help(locale.get())}" "{move || text::infusion_help(locale.get())}
                " "{move || more::late(locale.get())}
            </p>
            <div class="columns">
                <Dated attempt field=EnrolField::Inclusion value=boxes.inclusion legend=text::inclusion />
                <Dated attempt field=EnrolField::Rcp value=boxes.rcp legend=text::rcp />
                <Dated attempt field=EnrolField::Infusion value=boxes.infusion legend=text::infusion />
            </div>
            <Preview boxes />
        </fieldset>
    }
}
