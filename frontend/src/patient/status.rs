//! The status line: what is kept here and what the hospital has, from receipts alone.

use jiff::civil::DateTime;
use shared::sync::replica::{Obstacle, SyncStatus};

use crate::{
    i18n::{Locale, clock_time, long_date, text::patient::status},
    questionnaire::Keeping,
    ui::{Symbol, Tone},
};

/// What the line says. `keeping` is where the answer just given stands, `received_at` the last receipt in Paris time.
#[must_use]
pub fn status_line(
    locale: Locale,
    sync: &SyncStatus,
    keeping: Keeping,
    received_at: Option<DateTime>,
) -> (Symbol, Tone, String) {
    let tally = sync.tally.unwrap_or_default();
    let plain = |symbol, tone, words: &str| (symbol, tone, words.to_owned());
    match sync.obstacle {
        _ if keeping == Keeping::UnderWay => plain(Symbol::Clock, Tone::Plain, status::keeping(locale)),
        Some(Obstacle::StoreFailed) => plain(Symbol::Warning, Tone::Bad, status::store_failed(locale)),
        Some(Obstacle::Revoked) => plain(Symbol::Warning, Tone::Warn, status::revoked(locale)),
        Some(Obstacle::Offline) if tally.waiting > 0 => {
            plain(Symbol::Offline, Tone::Plain, status::offline_waiting(locale))
        }
        Some(Obstacle::Offline) => plain(Symbol::Offline, Tone::Plain, status::offline(locale)),
        Some(Obstacle::NeedsPin) | None if tally.waiting > 0 && sync.working => {
            plain(Symbol::Cloud, Tone::Plain, status::sending(locale))
        }
        Some(Obstacle::NeedsPin) | None if tally.waiting > 0 => {
            plain(Symbol::Device, Tone::Plain, status::waiting(locale))
        }
        Some(Obstacle::NeedsPin) | None => match received_at {
            _ if tally.drafts > 0 || keeping == Keeping::Kept => {
                plain(Symbol::Device, Tone::Good, status::kept(locale))
            }
            Some(at) if tally.received > 0 => (Symbol::Check, Tone::Good, received_words(locale, at)),
            Some(_) | None => plain(Symbol::Check, Tone::Plain, status::nothing(locale)),
        },
    }
}

/// "Reçu par l'hôpital le 12 mars 2026 à 14 h 32."
#[must_use]
pub fn received_words(locale: Locale, at: DateTime) -> String {
    status::received(locale, long_date(locale, at.date()), clock_time(locale, at.time()))
}

#[cfg(test)]
mod tests {
    use shared::sync::store::Tally;

    use super::*;

    fn line(obstacle: Option<Obstacle>, tally: Tally) -> String {
        let sync = SyncStatus { tally: Some(tally), working: false, obstacle };
        status_line(Locale::Fr, &sync, Keeping::Rest, Some(jiff::civil::date(2026, 3, 12).at(14, 32, 0, 0))).2
    }

    #[test]
    fn nothing_is_called_received_while_anything_waits() {
        let tally = Tally { waiting: 1, received: 30, ..Tally::default() };
        for obstacle in [None, Some(Obstacle::Offline), Some(Obstacle::NeedsPin), Some(Obstacle::Revoked)] {
            assert!(!line(obstacle, tally).contains("Reçu"), "{obstacle:?}");
        }
    }

    #[test]
    fn a_receipt_is_told_with_its_day_and_hour() {
        let words = line(None, Tally { received: 30, ..Tally::default() });
        assert_eq!(words, "Reçu par l’hôpital le 12 mars 2026 à 14\u{a0}h\u{a0}32.");
    }

    #[test]
    fn a_failing_store_is_said_before_all_else() {
        let words = line(Some(Obstacle::StoreFailed), Tally { waiting: 2, ..Tally::default() });
        assert_eq!(words, status::store_failed(Locale::Fr));
    }
}
