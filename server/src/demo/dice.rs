//! Chance for invented people: draws that repeat themselves for one seed.

use std::ops::RangeInclusive;

use uuid::Uuid;

use crate::clock::Chance;

/// Draws from chance.
#[derive(Clone, Debug)]
pub(super) struct Dice(Chance);

impl Dice {
    pub(super) fn new(chance: Chance) -> Self {
        Self(chance)
    }

    /// From 0 to 1, 1 excluded.
    pub(super) fn unit(&self) -> f64 {
        f64::from(u32::from_be_bytes(self.0.bytes())) / (f64::from(u32::MAX) + 1.0)
    }

    /// Whether something of this probability happens.
    pub(super) fn happens(&self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Around 0 with this spread, in the bell's shape.
    pub(super) fn around_zero(&self, spread: f64) -> f64 {
        // twelve uniform draws have variance 1: the tails end at six, as people's do
        let drawn = self.0.bytes::<24>();
        let sum: u32 =
            drawn.chunks_exact(2).map(|pair| pair.iter().fold(0, |all, byte| all << 8 | u32::from(*byte))).sum();
        spread * ((f64::from(sum) + 6.0) / 65_536.0 - 6.0)
    }

    /// A whole number of a range, each as likely.
    pub(super) fn whole(&self, range: RangeInclusive<i32>) -> i32 {
        let (first, last) = (f64::from(*range.start()), f64::from(*range.end()));
        nearest(range, first - 0.5 + self.unit() * (last - first + 1.0))
    }

    /// Days until something that happens at a steady rate, `mean` days on average.
    pub(super) fn days_until(&self, mean: f64) -> i32 {
        nearest(0..=4_000, -mean * (1.0 - self.unit()).ln())
    }

    /// One of several, each as likely.
    pub(super) fn one_of<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        let last = i32::try_from(of.len()).ok()?.checked_sub(1)?;
        of.get(usize::try_from(self.whole(0..=last)).ok()?)
    }

    /// One of several, by weight.
    pub(super) fn weighted<'a, T>(&self, of: &'a [(T, f64)]) -> Option<&'a T> {
        let mut left = self.unit() * of.iter().map(|(_, weight)| weight).sum::<f64>();
        let found = of.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        found.or(of.last()).map(|(it, _)| it)
    }

    pub(super) fn id(&self) -> Uuid {
        self.0.id()
    }
}

/// The whole number of a range that is closest to a value.
pub(super) fn nearest(range: RangeInclusive<i32>, value: f64) -> i32 {
    let (mut low, mut high) = (*range.start(), *range.end());
    while low < high {
        let middle = low + (high - low) / 2;
        if value < f64::from(middle) + 0.5 { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rounds_and_stays_within_the_range() {
        for (value, expected) in [(-9.0, 0), (2.4, 2), (2.6, 3), (7.5, 8), (99.0, 10)] {
            assert_eq!(nearest(0..=10, value), expected, "{value}");
        }
    }

    #[test]
    fn draws_keep_to_their_range_and_repeat() {
        let draw = || {
            let dice = Dice::new(Chance::seeded(1));
            (0..200).map(|_| dice.whole(-2..=3)).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        assert!((-2..=3).all(|n| draw().contains(&n)) && draw().iter().all(|n| (-2..=3).contains(n)));
    }
}
