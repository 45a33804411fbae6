//! Telling one tap from a hand that trembles.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Remembers the last tap that counted, so that a second one within 300 ms does nothing.
///
/// One of these is shared by all the buttons of a page and by the next page, so that a double tap on a button
/// does not also press what appears under the finger.
#[derive(Clone, Debug)]
pub struct Taps {
    /// The bits of the moment of the last tap that counted.
    last: Arc<AtomicU64>,
}

/// Shorter than anybody means two things in, longer than a double tap.
const PAUSE_MS: f64 = 300.0;

impl Default for Taps {
    fn default() -> Self {
        Self { last: Arc::new(AtomicU64::new(f64::NEG_INFINITY.to_bits())) }
    }
}

impl Taps {
    /// Whether a tap at this moment (milliseconds of the event's own clock) counts.
    #[must_use]
    pub fn count(&self, at_ms: f64) -> bool {
        let too_soon = (at_ms - f64::from_bits(self.last.load(Ordering::Relaxed))).abs() < PAUSE_MS;
        if !too_soon {
            self.last.store(at_ms.to_bits(), Ordering::Relaxed);
        }
        !too_soon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_tap_counts_once() {
        let taps = Taps::default();
        assert_eq!([1000.0, 1120.0, 1299.0, 1300.0].map(|at| taps.count(at)), [true, false, false, true]);
    }

    #[test]
    fn the_next_page_shares_the_memory() {
        let here = Taps::default();
        let next_page = here.clone();
        assert!(here.count(50.0));
        assert!(!next_page.count(200.0));
    }
}
