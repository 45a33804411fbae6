//! What investigators' tables say of many patients: means with their intervals. Pure; no database, no HTTP.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewest patients behind a number that investigators are shown; fewer could be recognised (TRUST.md P5).
pub const SMALLEST_CELL: usize = 5;

/// A mean with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The mean of values and its two-sided 95 % interval by Student's t; `None` for fewer than two values.
///
/// Missing values are not in the list: the caller says what they mean. Guarded by tests against published quantiles of t.
///
/// ```
/// use server::statistics::mean;
/// let ten = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];
/// let mean = mean(&ten).ok_or("two values are enough")?;
/// assert_eq!(format!("{} {:.4} {:.4}", mean.value, mean.low, mean.high), "5.5 3.3341 7.6659");
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn mean(values: &[f64]) -> Option<Mean> {
    const UPPER_TAIL: f64 = 0.975;
    let n = f64::from(u32::try_from(values.len()).ok().filter(|n| *n > 1)?);
    let value = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|it| (it - value).powi(2)).sum::<f64>() / (n - 1.0);
    let t = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(UPPER_TAIL);
    let half = t * (variance / n).sqrt();
    Some(Mean { value, low: value - half, high: value + half })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected: [f64; 3]) {
        let Mean { value, low, high } = mean(values).unwrap();
        for (found, expected) in [value, low, high].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_interval_follows_from_the_published_quantiles_of_t() {
        // 5 degrees of freedom: t = 2.570581836
        check(&[62.5, 75.0, 50.0, 83.3, 91.7, 66.7], [71.533_333_333, 55.786_109_490, 87.280_557_177]);
        // 1 degree of freedom: t = 12.706204736
        check(&[10.0, 20.0], [15.0, -48.531_023_68, 78.531_023_68]);
    }

    #[test]
    fn equal_values_have_no_width_and_one_value_has_no_interval() {
        check(&[50.0; 7], [50.0; 3]);
        assert_eq!(mean(&[50.0]), None);
        assert_eq!(mean(&[]), None);
    }
}
