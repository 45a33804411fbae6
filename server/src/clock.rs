//! The server's one clock and one source of chance; everything else is given what it needs.
//!
//! Tests run on a fixed clock that only moves when told, and the demonstration on chance that repeats itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use shared::time::{Date, Timestamp};
use uuid::Uuid;

/// What time it is, to the millisecond.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that stands still until it is advanced.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at this instant.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// Moves a fixed clock; the machine's own is left alone.
    pub fn advance(&self, by: Duration) {
        match self {
            Self::System => {}
            Self::Fixed(millis) => {
                millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
            }
        }
    }

    /// Now, to the millisecond: what a column can hold.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the server's one reading of the machine's clock")]
    pub fn now(&self) -> Timestamp {
        let millis = match self {
            Self::System => Timestamp::now().as_millisecond(),
            Self::Fixed(millis) => millis.load(Ordering::SeqCst),
        };
        Timestamp::from_millisecond(millis).unwrap_or_default()
    }

    /// Today in Europe/Paris.
    #[must_use]
    pub fn today(&self) -> Date {
        civil_date(self.now())
    }
}

/// The civil date of an instant in Europe/Paris.
///
/// ```
/// let new_year: shared::time::Timestamp = "2025-12-31T23:30:00Z".parse()?;
/// assert_eq!(server::clock::civil_date(new_year).to_string(), "2026-01-01");
/// # Ok::<(), jiff::Error>(())
/// ```
#[must_use]
pub fn civil_date(at: Timestamp) -> Date {
    at.to_zoned(paris()).date()
}

/// The time zone of the registry's civil dates.
#[must_use]
pub fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC)
}

/// Where random bytes and ids come from.
#[derive(Clone, Debug)]
pub enum Chance {
    /// The operating system's generator.
    System,
    /// Bytes that follow from a seed: for the demonstration and its tests, never for secrets.
    Seeded {
        /// The seed.
        seed: u64,
        /// How many blocks were drawn.
        drawn: Arc<AtomicU64>,
    },
}

impl Chance {
    /// Chance that repeats itself for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, drawn: Arc::default() }
    }

    /// Random bytes, at most 32.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: going on would make guessable secrets.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a server without randomness must stop rather than make guessable secrets")]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => getrandom::fill(&mut bytes).expect("the operating system gives randomness"),
            Self::Seeded { seed, drawn } => {
                let turn = drawn.fetch_add(1, Ordering::SeqCst);
                let block = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(turn.to_be_bytes()).finalize();
                bytes.iter_mut().zip(block).for_each(|(byte, drawn)| *byte = drawn);
            }
        }
        bytes
    }

    /// A new id that stands after every one made before this millisecond, for what is ordered by its id.
    #[must_use]
    pub fn id_at(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A new random id, without order.
    #[must_use]
    pub fn id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Chance, Clock};

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed("2026-03-01T09:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-03-01T09:01:30Z");
    }

    #[test]
    fn seeded_chance_repeats_itself_and_the_systems_does_not() {
        let draw = |chance: Chance| [chance.id(), chance.id()];
        assert_eq!(draw(Chance::seeded(7)), draw(Chance::seeded(7)));
        let [first, second] = draw(Chance::System);
        assert_ne!(first, second);
    }
}
