//! Instruments that are asked in part: a subscale alone, or some symptoms of a library.
//!
//! A study selects items once for an instrument, wherever it asks it. What remains is a definition like any other:
//! the selected items, and the scales that can be made of them as their authors made them. A scale that lacks an item
//! is not there at all, because half rules excuse what a patient left out, not what a study did.

use std::collections::BTreeSet;

use super::Catalog;
use crate::{
    id::{InstrumentVersion, ItemCode},
    instrument::{Definition, Inputs, ItemKind, Rule, Scale, StaffLabels},
};

impl Catalog {
    /// Takes over which items a study asks of the instruments that it asks in part; the others are asked whole.
    ///
    /// ```
    /// use shared::{id::InstrumentVersion, instrument::catalog::Catalog};
    /// let mut catalog = Catalog::shipped()?;
    /// let version = InstrumentVersion { key: "ucla-3".parse()?, version: "1.0".to_owned() };
    /// catalog.select([(&version, ["u2".parse()?].as_slice())]);
    /// assert_eq!(catalog.find_asked(&version).ok_or("not shipped")?.items.len(), 1);
    /// assert_eq!(catalog.find(&version).ok_or("not shipped")?.items.len(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn select<'a>(&mut self, selections: impl IntoIterator<Item = (&'a InstrumentVersion, &'a [ItemCode])>) {
        let found = |(version, items)| Some((InstrumentVersion::clone(version), self.find(version)?.part(items)));
        self.in_part = selections.into_iter().filter_map(found).collect();
    }

    /// What the study asks of an instrument: the selected items and their scales, or the whole of it.
    #[must_use]
    pub fn find_asked(&self, version: &InstrumentVersion) -> Option<&Definition> {
        self.in_part.get(version).or_else(|| self.find(version))
    }

    /// What was asked of somebody who said something about these items.
    ///
    /// Who said something about an item that is not selected was asked before it was so: by the whole instrument.
    #[must_use]
    pub fn find_answered<'a>(
        &self,
        version: &InstrumentVersion,
        said: impl IntoIterator<Item = &'a ItemCode>,
    ) -> Option<&Definition> {
        let asked = self.in_part.get(version);
        asked
            .filter(|asked| said.into_iter().all(|item| asked.find_item(item).is_some()))
            .or_else(|| self.find(version))
    }
}

impl Definition {
    /// The part of it that these items make: the items in its own order, the scales whose every item is among them,
    /// and its minutes in proportion.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let catalog = Catalog::shipped()?;
    /// let lsns_6 = catalog.find_latest(&"lsns-6".parse()?).ok_or("not shipped")?;
    /// let family = lsns_6.part(&["l1".parse()?, "l2".parse()?, "l3".parse()?]);
    /// let scales: Vec<&str> = family.scales.iter().map(|scale| scale.code.as_str()).collect();
    /// assert_eq!(scales, ["FAMILY"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn part(&self, items: &[ItemCode]) -> Self {
        let mut part = self.without_scales();
        part.references.clone_from(&self.references);
        part.items.retain(|item| items.contains(&item.code));
        for scale in &self.scales {
            if part.can_make(scale) {
                part.scales.push(scale.clone());
            }
        }
        part.minutes = minutes_of(self.minutes, part.items.len(), self.items.len());
        let sets: BTreeSet<_> = part.items.iter().filter_map(|item| option_set(&item.kind)).cloned().collect();
        part.options.retain(|key, _| sets.contains(key));
        let tables =
            part.scales.iter().filter_map(|scale| if let Rule::Table(key) = &scale.rule { Some(key) } else { None });
        part.tables = tables.filter_map(|key| Some((key.clone(), self.tables.get(key)?.clone()))).collect();
        let labels = self.labels.iter().map(|(language, labels)| (language.clone(), part.labels_in(labels)));
        part.labels = labels.collect();
        part
    }

    /// Whether all that a scale is made of is here.
    fn can_make(&self, scale: &Scale) -> bool {
        match &scale.of {
            Inputs::Items(items) => items.iter().all(|input| self.find_item(&input.code).is_some()),
            Inputs::Scales(scales) => scales.iter().all(|input| self.find_scale(&input.code).is_some()),
        }
    }

    fn labels_in(&self, labels: &StaffLabels) -> StaffLabels {
        let mut labels = labels.clone();
        labels.topics.retain(|item, _| self.find_item(item).is_some());
        labels.scales.retain(|scale, _| self.find_scale(scale).is_some());
        labels
    }
}

const fn option_set(kind: &ItemKind) -> Option<&crate::id::OptionSetKey> {
    match kind {
        ItemKind::Choice(set) | ItemKind::Choices(set) => Some(set),
        ItemKind::Analogue { .. }
        | ItemKind::Integer { .. }
        | ItemKind::Decimal { .. }
        | ItemKind::Date
        | ItemKind::Text { .. } => None,
    }
}

/// As long as its share of the questions takes, in whole minutes begun.
fn minutes_of(whole: u8, n_items: usize, of: usize) -> u8 {
    let share = (usize::from(whole) * n_items).div_ceil(of.max(1)).max(1);
    u8::try_from(share).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        answers::AnswerValue,
        instrument::{Item, logic::applicable},
        scoring::{ScaleScore, score},
    };

    fn codes(text: &str) -> Vec<ItemCode> {
        text.split(' ').map(|code| code.parse().unwrap()).collect()
    }

    fn find(catalog: &Catalog, key: &str) -> Definition {
        catalog.find_latest(&key.parse().unwrap()).unwrap().clone()
    }

    fn scales(definition: &Definition) -> Vec<&str> {
        definition.scales.iter().map(|scale| scale.code.as_str()).collect()
    }

    fn some_answer(definition: &Definition, place: usize, item: &Item) -> Option<AnswerValue> {
        match &item.kind {
            ItemKind::Choice(set) => {
                let codes = &definition.options[set].codes;
                Some(AnswerValue::Code(codes[place % codes.len()]))
            }
            ItemKind::Analogue { max, .. } => Some(AnswerValue::Integer(i64::from(*max))),
            ItemKind::Choices(_)
            | ItemKind::Integer { .. }
            | ItemKind::Decimal { .. }
            | ItemKind::Date
            | ItemKind::Text { .. } => None,
        }
    }

    #[test]
    fn a_part_holds_the_scales_that_can_be_made_of_it_and_no_other() {
        let catalog = Catalog::shipped().unwrap();
        let lymphoma = find(&catalog, "fact-lym");
        let own: Vec<ItemCode> = lymphoma.items.iter().skip(27).map(|item| item.code.clone()).collect();
        let part = lymphoma.part(&own);
        assert_eq!((scales(&part), part.items.len(), part.minutes), (vec!["LYMS"], 15, 5));
        assert!(lymphoma.part(&own[1..]).scales.is_empty(), "half a scale is none, whatever its half rule");
        let symptoms = find(&catalog, "pro-ctcae").part(&codes("53B 53A 9A"));
        assert_eq!(scales(&symptoms), ["COMP_53", "COMP_IMPUTED_53"]);
        assert_eq!(symptoms.items.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["9A", "53A", "53B"]);
        assert_eq!(symptoms.options.len(), 3, "frequency, strength and interference");
        assert_eq!(symptoms.labels["fr"].topics.len(), 3);
    }

    #[test]
    fn a_scale_of_a_part_is_the_scale_of_the_whole() {
        let catalog = Catalog::shipped().unwrap();
        for whole in catalog.definitions() {
            let answers: BTreeMap<ItemCode, AnswerValue> = (0..)
                .zip(&whole.items)
                .filter_map(|(place, item)| Some((item.code.clone(), some_answer(whole, place, item)?)))
                .collect();
            let scored = score(whole, &answers).scales;
            for (code, needed) in whole.scales.iter().filter_map(|scale| match &scale.of {
                Inputs::Items(items) => Some((&scale.code, items.iter().map(|it| it.code.clone()).collect::<Vec<_>>())),
                Inputs::Scales(_) => None,
            }) {
                let of_part = score(&whole.part(&needed), &answers).scales;
                assert_eq!(of_part.get(code), scored.get(code), "{code} of {}", whole.instrument);
            }
        }
    }

    #[test]
    fn what_is_not_asked_is_not_missing() {
        let mut catalog = Catalog::shipped().unwrap();
        let version = find(&catalog, "lsns-6").instrument;
        let family = codes("l1 l2 l3");
        catalog.select([(&version, family.as_slice())]);
        let said = |items: &[&str]| -> BTreeMap<ItemCode, AnswerValue> {
            items.iter().map(|item| (item.parse().unwrap(), AnswerValue::Code(5))).collect()
        };
        let scored = |answers: &BTreeMap<ItemCode, AnswerValue>| {
            let definition = catalog.find_answered(&version, answers.keys()).unwrap();
            (applicable(definition, answers).len(), score(definition, answers).scales)
        };
        let (n_items, of_family) = scored(&said(&["l1", "l2", "l3"]));
        assert_eq!((n_items, of_family.len()), (3, 1), "friends were not asked about, and have no score to lack");
        // asked whole, before the study selected: two items are truly missing
        let (n_items, of_all) = scored(&said(&["l1", "l2", "l3", "l4"]));
        assert_eq!((n_items, of_all.len()), (6, 4));
        assert_eq!(of_all["FRIENDS"], ScaleScore::NotScored { answered: 1, required: 3 });
    }

    #[test]
    fn a_sheet_holds_the_selected_items_in_the_words_of_the_whole_pack() {
        let mut catalog = Catalog::shipped().unwrap();
        let version = find(&catalog, "fact-leu").instrument;
        let whole = catalog.sheet(&version, &"fr".parse().unwrap()).unwrap();
        catalog.select([(&version, codes("N3 C6").as_slice())]);
        let part = catalog.sheet(&version, &"fr".parse().unwrap()).unwrap();
        assert_eq!(part.definition.items.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["C6", "N3"]);
        assert_eq!(part.wording.reference(), whole.wording.reference());
    }
}
