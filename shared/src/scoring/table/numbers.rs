//! Scores as text, fast: a table holds few different numbers, so each is written out once and remembered.

use std::io::Write as _;

/// How many numbers are remembered; a number's bits choose its place.
const PLACES: usize = 1 << 12;

/// The longest text that is remembered.
const LONGEST: usize = 24;

#[derive(Clone, Copy)]
struct Remembered {
    bits: u64,
    length: u8,
    text: [u8; LONGEST],
}

/// The shortest text of each number that reads back as that very number.
pub(super) struct Numbers {
    remembered: Vec<Option<Remembered>>,
    written: Vec<u8>,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self { remembered: vec![None; PLACES], written: Vec::new() }
    }

    /// The text of a score; empty when there is none.
    pub(super) fn text(&mut self, value: Option<f64>) -> &[u8] {
        let Some(value) = value else { return &[] };
        let value = value + 0.0; // turns -0 into 0
        let bits = value.to_bits();
        let Some(place) = self.remembered.get_mut(place_of(bits)) else { return &[] };
        if place.is_none_or(|remembered| remembered.bits != bits) {
            self.written.clear();
            let _ = write!(self.written, "{value}");
            *place = remember(bits, &self.written);
        }
        match place {
            Some(remembered) => remembered.text.get(..usize::from(remembered.length)).unwrap_or_default(),
            None => &self.written,
        }
    }
}

fn place_of(bits: u64) -> usize {
    let mixed = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52;
    usize::try_from(mixed).unwrap_or(0)
}

fn remember(bits: u64, written: &[u8]) -> Option<Remembered> {
    let mut text = [0; LONGEST];
    text.get_mut(..written.len())?.copy_from_slice(written);
    Some(Remembered { bits, length: u8::try_from(written.len()).ok()?, text })
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn every_number_reads_back_as_itself_however_often_it_is_asked_for() {
        let mut numbers = Numbers::new();
        let thirds = (0..10_000).map(|n| f64::from(n) / 3.0);
        let odd = [0.1 + 0.2, -0.525_491, f64::MIN_POSITIVE, 1e300, 66.666_666_666_666_66];
        for value in thirds.chain(odd).cycle().take(30_000) {
            let text = String::from_utf8(numbers.text(Some(value)).to_vec()).unwrap();
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{text}");
        }
        assert_eq!(numbers.text(Some(-0.0)), b"0");
        assert_eq!(numbers.text(None), b"");
    }
}
