//! The value axis of a chart: the whole possible range of a scale, never cut and never flipped.

/// A linear axis from the lowest to the highest value a scale can take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    bottom: f64,
    top: f64,
}

impl Axis {
    /// An axis for `range`, drawn from `bottom` up to `top` (in the drawing's units, which grow downwards).
    pub(crate) fn new(range: [f64; 2], bottom: f64, top: f64) -> Self {
        let [low, high] = range;
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, bottom, top }
    }

    /// Where a value is drawn.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let share = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.bottom + share * (self.top - self.bottom)
    }

    /// Round values at even steps, four to six or so, within the range.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let rough = (self.high - self.low) / 5.0;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .iter()
            .map(|factor| factor * magnitude)
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(rough);
        let first = (self.low / step - 1e-9).ceil();
        std::iter::successors(Some(first), |index| Some(index + 1.0))
            .map(|index| index * step)
            .take_while(|tick| *tick <= self.high + step * 1e-9)
            .map(|tick| if tick.abs() < step * 1e-9 { 0.0 } else { tick })
            .collect()
    }

    /// How many decimals a value of this scale is written with.
    pub(crate) fn decimals(&self) -> usize {
        match self.high - self.low {
            width if width <= 3.0 => 3,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: [f64; 2], expected: &[f64]) {
        let ticks = Axis::new(range, 100.0, 0.0).ticks();
        assert_eq!(ticks.len(), expected.len(), "{range:?}: {ticks:?}");
        for (tick, wanted) in ticks.iter().zip(expected) {
            assert!((tick - wanted).abs() < 1e-9, "{range:?}: {ticks:?}");
        }
    }

    #[test]
    fn ticks_are_round_and_within_the_range() {
        check([0.0, 100.0], &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        check([-0.525, 1.0], &[-0.5, 0.0, 0.5, 1.0]);
        check([5.0, 25.0], &[5.0, 10.0, 15.0, 20.0, 25.0]);
        check([0.0, 3.0], &[0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn higher_values_are_drawn_higher() {
        let axis = Axis::new([0.0, 100.0], 200.0, 0.0);
        assert!((axis.place(0.0) - 200.0).abs() < 1e-9);
        assert!((axis.place(75.0) - 50.0).abs() < 1e-9);
        assert!(axis.place(90.0) < axis.place(10.0));
    }

    #[test]
    fn an_interval_that_leaves_the_scale_is_drawn_to_its_end() {
        assert!(Axis::new([0.0, 100.0], 200.0, 0.0).place(108.0).abs() < 1e-9);
    }

    #[test]
    fn a_range_without_width_still_draws() {
        assert!(Axis::new([4.0, 4.0], 100.0, 0.0).place(4.0).is_finite());
    }
}
