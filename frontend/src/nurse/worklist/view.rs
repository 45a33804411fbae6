//! What of the worklist is looked at, as it stands in the address: group, site and order, never a search.

use shared::api::{WorklistGroup, WorklistSort};

use crate::{
    i18n::{Locale, text::nurse::filter as text},
    staff::query,
};

/// The groups by their words in the address.
const GROUPS: [(&str, WorklistGroup); 9] = [
    ("due", WorklistGroup::Due),
    ("closing", WorklistGroup::Closing),
    ("overdue", WorklistGroup::Overdue),
    ("silent", WorklistGroup::Silent),
    ("unsent", WorklistGroup::Unsent),
    ("received", WorklistGroup::Received),
    ("flags", WorklistGroup::Flags),
    ("quarantine", WorklistGroup::Quarantine),
    ("conflict", WorklistGroup::Conflict),
];

/// The orders by their words in the address; `-` before one turns it round.
const SORTS: [(&str, WorklistSort); 5] = [
    ("closes", WorklistSort::Closes),
    ("received", WorklistSort::Received),
    ("site", WorklistSort::Site),
    ("number", WorklistSort::Number),
    ("name", WorklistSort::Name),
];

/// What stands in an address.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct View {
    pub(super) group: Option<WorklistGroup>,
    pub(super) site: String,
    /// As the choice of orders has it: `-closes`; empty for most urgent first.
    pub(super) sort: String,
}

impl View {
    /// Reads what follows `?`; what makes no sense is left out.
    pub(super) fn read(search: &str) -> Self {
        let mut view = Self::default();
        for (name, value) in search.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "group" => view.group = GROUPS.iter().find(|(word, _)| *word == value).map(|(_, group)| *group),
                "site" if value.parse::<shared::id::SiteKey>().is_ok() => value.clone_into(&mut view.site),
                "sort" if parse_sort(value).is_some() => value.clone_into(&mut view.sort),
                _ => {}
            }
        }
        view
    }

    /// The address of a page with it.
    pub(super) fn write(&self, path: &str) -> String {
        let group =
            self.group.and_then(|group| GROUPS.iter().find(|(_, it)| *it == group)).map_or("", |(word, _)| word);
        query(path, &[("group", group), ("site", &self.site), ("sort", &self.sort)]).replace("%2D", "-")
    }
}

/// An order and whether it is turned round.
pub(super) fn parse_sort(word: &str) -> Option<(WorklistSort, bool)> {
    let (word, down) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
    SORTS.iter().find(|(known, _)| *known == word).map(|(_, sort)| (*sort, down))
}

/// The orders that a group of this length can be put in, with their words.
pub(super) fn choices(locale: Locale, group: WorklistGroup, is_long: bool) -> Vec<(String, String)> {
    let offered = |(_, sort): &&(&str, WorklistSort)| sort.is_of(group) && (sort.is_for_any_length() || !is_long);
    let both = |(word, sort): &(&str, WorklistSort)| {
        [(*word).to_owned(), format!("-{word}")].into_iter().zip(words(locale, *sort).map(str::to_owned))
    };
    SORTS.iter().filter(offered).flat_map(both).collect()
}

/// An order in words, as it is and turned round.
const fn words(locale: Locale, sort: WorklistSort) -> [&'static str; 2] {
    match sort {
        WorklistSort::Closes => [text::sort_closes(locale), text::sort_closes_down(locale)],
        WorklistSort::Received => [text::sort_received(locale), text::sort_received_down(locale)],
        WorklistSort::Site => [text::sort_site(locale), text::sort_site_down(locale)],
        WorklistSort::Number => [text::sort_number(locale), text::sort_number_down(locale)],
        WorklistSort::Name => [text::sort_name(locale), text::sort_name_down(locale)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_found_again_in_its_address() {
        for (_, group) in GROUPS {
            let view = View { group: Some(group), site: "centre-nord".to_owned(), sort: "-closes".to_owned() };
            let address = view.write("/staff/worklist");
            assert_eq!(View::read(address.strip_prefix("/staff/worklist").unwrap()), view, "{address}");
        }
        assert_eq!(View::default().write("/staff/worklist"), "/staff/worklist");
        assert_eq!(View::read("?group=secrets&sort=colour&site=a b&search=R-1"), View::default());
    }

    #[test]
    fn a_long_group_is_not_sorted_by_names() {
        let keys = |is_long| choices(Locale::En, WorklistGroup::Due, is_long).into_iter().map(|(key, _)| key);
        assert!(keys(false).any(|key| key == "-name"));
        assert_eq!(keys(true).collect::<Vec<_>>(), ["closes", "-closes", "site", "-site"]);
    }
}
