//! What to call the study's sites, timepoints, instruments and scales in the reader's language.

use shared::{
    api::{InstrumentOutline, ScaleOutline, StudyReply},
    id::{
        FlagKey, HemopathyKey, InstrumentKey, InstrumentVersion, ItemCode, PathwayKey, ReminderKey, ScaleCode, SiteKey,
        TimepointKey,
    },
    study::{Flag, Labels, Named, Study},
};

use crate::i18n::Locale;

/// The study's names; a key that the study does not know is called by itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Names(StudyReply);

impl From<StudyReply> for Names {
    fn from(reply: StudyReply) -> Self {
        Self(reply)
    }
}

/// The label in the reader's language, else in any there is; `None` when there is none at all.
pub(crate) fn label(labels: &Labels, locale: Locale) -> Option<&str> {
    labels.get(locale.tag()).or_else(|| labels.values().next()).map(String::as_str)
}

fn find_label<K: PartialEq + ToString>(named: &[Named<K>], key: &K, locale: Locale) -> String {
    let found = named.iter().find(|one| one.key == *key).and_then(|one| label(&one.label, locale));
    found.map_or_else(|| key.to_string(), str::to_owned)
}

/// Keys with their labels, for a choice.
pub(crate) fn choices<K: ToString>(named: &[Named<K>], locale: Locale) -> Vec<(String, String)> {
    let choice = |one: &Named<K>| {
        let key = one.key.to_string();
        let label = label(&one.label, locale).map_or_else(|| key.clone(), str::to_owned);
        (key, label)
    };
    named.iter().map(choice).collect()
}

impl Names {
    /// The study itself.
    pub(crate) const fn study(&self) -> &Study {
        &self.0.study
    }

    /// Its instruments, in the catalogue's order.
    pub(crate) fn instruments(&self) -> &[InstrumentOutline] {
        &self.0.instruments
    }

    /// A site.
    pub(crate) fn site(&self, key: &SiteKey, locale: Locale) -> String {
        find_label(&self.0.study.sites, key, locale)
    }

    /// A care pathway.
    pub(crate) fn pathway(&self, key: &PathwayKey, locale: Locale) -> String {
        find_label(&self.0.study.pathways, key, locale)
    }

    /// A hemopathy.
    pub(crate) fn hemopathy(&self, key: &HemopathyKey, locale: Locale) -> String {
        let found = self.0.study.hemopathies.iter().find(|one| one.key == *key);
        found.and_then(|one| label(&one.label, locale)).map_or_else(|| key.to_string(), str::to_owned)
    }

    /// Hemopathies with their labels, for a choice.
    pub(crate) fn hemopathies(&self, locale: Locale) -> Vec<(String, String)> {
        let choice = |key: &HemopathyKey| (key.to_string(), self.hemopathy(key, locale));
        self.0.study.hemopathies.iter().map(|one| choice(&one.key)).collect()
    }

    /// A timepoint.
    pub(crate) fn timepoint(&self, key: &TimepointKey, locale: Locale) -> String {
        let found = self.0.study.timepoints.iter().find(|one| one.key == *key);
        found.and_then(|one| label(&one.label, locale)).map_or_else(|| key.to_string(), str::to_owned)
    }

    /// A flag of the study.
    pub(crate) fn find_flag(&self, key: &FlagKey) -> Option<&Flag> {
        self.0.study.flags.iter().find(|flag| flag.key == *key)
    }

    /// What a flag points at.
    pub(crate) fn flag(&self, key: &FlagKey, locale: Locale) -> String {
        let found = self.find_flag(key).and_then(|flag| label(&flag.label, locale));
        found.map_or_else(|| key.to_string(), str::to_owned)
    }

    /// A rule for reminders.
    pub(crate) fn reminder(&self, key: &ReminderKey, locale: Locale) -> String {
        let rule = self.0.study.reminders.as_ref().and_then(|reminders| reminders.find_rule(key));
        let found = rule.and_then(|rule| label(&rule.label, locale));
        found.map_or_else(|| key.to_string(), str::to_owned)
    }

    /// An instrument, whatever its version.
    pub(crate) fn instrument(&self, key: &InstrumentKey) -> String {
        let found = self.0.instruments.iter().find(|one| one.instrument.key == *key);
        found.map_or_else(|| key.to_string(), |one| one.title.clone())
    }

    /// An item of an instrument; `topic` stands in where the catalogue has it no longer.
    pub(crate) fn topic(&self, instrument: &InstrumentVersion, code: &ItemCode, topic: &str, locale: Locale) -> String {
        let outline = self.0.instruments.iter().find(|one| one.instrument == *instrument);
        let found = outline.and_then(|one| one.topics.get(code)).and_then(|labels| label(labels, locale));
        found.unwrap_or(topic).to_owned()
    }

    /// The place of a scale in its instrument's definition.
    pub(crate) fn place_of_scale(&self, instrument: &InstrumentVersion, code: &ScaleCode) -> Option<usize> {
        let outline = self.0.instruments.iter().find(|one| one.instrument == *instrument)?;
        outline.scales.iter().position(|scale| scale.code == *code)
    }

    /// A scale of an instrument, as the catalogue outlines it.
    pub(crate) fn find_scale(&self, instrument: &InstrumentVersion, code: &ScaleCode) -> Option<&ScaleOutline> {
        let same = |one: &&InstrumentOutline| one.instrument == *instrument;
        self.0.instruments.iter().find(same)?.scales.iter().find(|scale| scale.code == *code)
    }

    /// A scale of an instrument.
    pub(crate) fn scale(&self, instrument: &InstrumentVersion, code: &ScaleCode, locale: Locale) -> String {
        let found = self.find_scale(instrument, code).and_then(|scale| label(&scale.label, locale));
        found.map_or_else(|| code.to_string(), str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(language, text)| (language.parse().unwrap(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_label_missing_in_one_language_is_shown_in_another() {
        let both = labels(&[("fr", "Séjour"), ("en", "Stay")]);
        assert_eq!(label(&both, Locale::Fr), Some("Séjour"));
        assert_eq!(label(&labels(&[("en", "Stay")]), Locale::Fr), Some("Stay"));
        assert_eq!(label(&Labels::new(), Locale::Fr), None);
    }

    #[test]
    fn a_key_that_the_study_dropped_is_called_by_itself() {
        let site: Named<SiteKey> = Named { key: "chu".parse().unwrap(), label: labels(&[("fr", "CHU")]) };
        let sites = [site];
        assert_eq!(find_label(&sites, &"chu".parse().unwrap(), Locale::Fr), "CHU");
        assert_eq!(find_label(&sites, &"closed-site".parse().unwrap(), Locale::Fr), "closed-site");
    }
}
