//! What messages and calendars say. Whoever sees one on a locked screen learns of no illness, no hospital and no
//! questionnaire by name; a test holds every text against the study's own words.

use shared::{study::RemindedState, time::Date};

/// The languages there are texts in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tongue {
    French,
    English,
}

/// What a text says besides: where patients answer, and until when or from when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occasion {
    pub(super) state: RemindedState,
    pub(super) opens_on: Date,
    pub(super) closes_on: Date,
}

impl Tongue {
    /// Of a patient who reads this language; English for all that there are no texts in.
    pub(super) fn of(language: &str) -> Self {
        if language == "fr" || language.starts_with("fr-") { Self::French } else { Self::English }
    }

    /// As HTML and mail name it.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::French => "Ressenti\u{a0}: un questionnaire vous attend",
            Self::English => "Ressenti: a questionnaire is waiting for you",
        }
    }

    /// The whole message.
    pub(super) fn message(self, occasion: Occasion, app: &str, stop: &str) -> String {
        let waiting = self.waiting(occasion);
        match self {
            Self::French => format!(
                "Bonjour,\n\n{waiting}\n\n{app}\n\nVous pouvez répondre sans réseau. Si c’est déjà fait, ouvrez \
                 Ressenti une fois avec du réseau pour que vos réponses partent, et ne tenez pas compte de ce \
                 message.\n\nCe message est automatique\u{a0}: personne ne lit les réponses à cette adresse.\n\nPour \
                 ne plus recevoir ces messages\u{a0}:\n{stop}\n"
            ),
            Self::English => format!(
                "Hello,\n\n{waiting}\n\n{app}\n\nYou can answer without a network. If you already did, open Ressenti \
                 once with a network so that your answers leave, and disregard this message.\n\nThis message is \
                 automatic: nobody reads answers to this address.\n\nTo stop these messages:\n{stop}\n"
            ),
        }
    }

    fn waiting(self, Occasion { state, opens_on, closes_on }: Occasion) -> String {
        let (opens, closes) = (self.date(opens_on), self.date(closes_on));
        match (self, state) {
            (Self::French, RemindedState::Planned) => {
                format!("Un questionnaire vous attendra dans Ressenti à partir du {opens}.")
            }
            (Self::French, RemindedState::Open) => {
                format!("Un questionnaire vous attend dans Ressenti. Vous pouvez répondre jusqu’au {closes}.")
            }
            (Self::French, RemindedState::InProgress) => format!(
                "Un questionnaire que vous avez commencé vous attend dans Ressenti. Vous pouvez reprendre où vous en \
                 étiez, de préférence avant le {closes}."
            ),
            (Self::English, RemindedState::Planned) => {
                format!("A questionnaire will be waiting for you in Ressenti from {opens} on.")
            }
            (Self::English, RemindedState::Open) => {
                format!("A questionnaire is waiting for you in Ressenti. You can answer until {closes}.")
            }
            (Self::English, RemindedState::InProgress) => format!(
                "A questionnaire that you began is waiting for you in Ressenti. You can go on where you stopped, \
                 preferably before {closes}."
            ),
        }
    }

    /// The title of an entry in a calendar.
    pub(super) const fn calendar_title(self) -> &'static str {
        match self {
            Self::French => "Ressenti\u{a0}: questionnaire",
            Self::English => "Ressenti: questionnaire",
        }
    }

    /// What an entry in a calendar says.
    pub(super) fn calendar_note(self, opens_on: Date, closes_on: Date) -> String {
        let (opens, closes) = (self.date(opens_on), self.date(closes_on));
        match self {
            Self::French => format!("Vous pouvez répondre du {opens} au {closes}, même sans réseau."),
            Self::English => format!("You can answer from {opens} to {closes}, even without a network."),
        }
    }

    /// A date as it is read out.
    pub(super) fn date(self, date: Date) -> String {
        const FRENCH: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        const ENGLISH: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let months = match self {
            Self::French => FRENCH,
            Self::English => ENGLISH,
        };
        let month = usize::try_from(date.month()).ok().and_then(|month| months.get(month.checked_sub(1)?));
        let month = month.copied().unwrap_or_default();
        match (self, date.day()) {
            (Self::French, 1) => format!("1er {month} {}", date.year()),
            (Self::French | Self::English, day) => format!("{day} {month} {}", date.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::instrument::catalog::Catalog;

    use super::*;

    /// Words that would tell a stranger something.
    const CLINICAL: [&str; 40] = [
        "car-t",
        "cart",
        "cancer",
        "lymph",
        "leuc",
        "leuk",
        "myel",
        "myél",
        "tumeur",
        "tumour",
        "hémat",
        "hemat",
        "haemat",
        "onco",
        "greffe",
        "transplant",
        "perfusion",
        "infusion",
        "rechute",
        "relapse",
        "chimio",
        "chemo",
        "maladie",
        "disease",
        "illness",
        "patient",
        "médical",
        "medical",
        "hôpital",
        "hopital",
        "hospital",
        "chu",
        "clinique",
        "clinic",
        "service",
        "infirm",
        "nurse",
        "registre",
        "registry",
        "traitement",
    ];

    fn every_text() -> Vec<String> {
        let (opens_on, closes_on) = ("2026-04-02".parse().unwrap(), "2026-04-17".parse().unwrap());
        let states = [RemindedState::Planned, RemindedState::Open, RemindedState::InProgress];
        let mut texts = Vec::new();
        for tongue in [Tongue::French, Tongue::English] {
            let message = |state| {
                tongue.message(Occasion { state, opens_on, closes_on }, "https://r.example/", "https://r.example/s")
            };
            texts.extend(states.map(message));
            texts.extend([tongue.subject(), tongue.calendar_title()].map(str::to_owned));
            texts.push(tongue.calendar_note(opens_on, closes_on));
        }
        texts
    }

    #[test]
    fn no_text_holds_a_clinical_word_or_a_word_of_the_study() {
        let study = shared::study::shipped().unwrap();
        let named = |labels: &shared::study::Labels| labels.values().map(|it| it.to_lowercase()).collect::<Vec<_>>();
        let mut words: BTreeSet<String> = CLINICAL.iter().map(|&word| word.to_owned()).collect();
        words.extend(study.sites.iter().flat_map(|it| named(&it.label)));
        words.extend(study.hemopathies.iter().flat_map(|it| named(&it.label)));
        words.extend(study.products.iter().flat_map(|it| named(&it.label)));
        words.extend(study.pathways.iter().flat_map(|it| named(&it.label)));
        words.extend(study.timepoints.iter().flat_map(|it| named(&it.label)));
        words.extend(study.batteries.keys().map(|it| it.as_str().to_lowercase()));
        let catalog = Catalog::shipped().unwrap();
        words.extend(catalog.definitions().map(|it| it.title.to_lowercase()));
        words.insert(study.phone.clone());
        let texts = every_text();
        assert_eq!(texts.len(), 12);
        for text in texts.iter().map(|text| text.to_lowercase()) {
            // a word is told by where it begins: « au choix » is no « CHU »
            let found = |word: &&String| {
                text.match_indices(word.as_str()).any(|(at, _)| !text.split_at(at).0.ends_with(char::is_alphabetic))
            };
            assert_eq!(words.iter().find(found), None, "{text}");
        }
    }

    #[test]
    fn a_text_says_until_when_and_how_to_stop() {
        let occasion = Occasion {
            state: RemindedState::Open,
            opens_on: "2026-04-01".parse().unwrap(),
            closes_on: "2026-05-01".parse().unwrap(),
        };
        let french = Tongue::of("fr").message(occasion, "https://r.example/", "https://r.example/api/stop");
        assert!(french.contains("Vous pouvez répondre jusqu’au 1er mai 2026."), "{french}");
        assert!(
            french.ends_with("Pour ne plus recevoir ces messages\u{a0}:\nhttps://r.example/api/stop\n"),
            "{french}"
        );
        let english = Tongue::of("pt").message(occasion, "https://r.example/", "https://r.example/api/stop");
        assert!(english.contains("You can answer until 1 May 2026."), "{english}");
    }
}
