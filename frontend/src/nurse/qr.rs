//! The letter's QR code as one SVG path, so that it prints sharp at any size.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules that must surround the code.
const QUIET_ZONE: i32 = 4;

/// A QR code ready to draw: one path within a square view box.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct QrDrawing {
    /// The SVG view box.
    pub(crate) view_box: String,
    /// The dark modules: runs of a row as rectangles of height 1.
    pub(crate) path: String,
}

/// Draws `text`; `None` when it is too long for a QR code (over a thousand characters).
///
/// A quarter of the code may be torn or folded away and it still reads.
pub(crate) fn draw(text: &str) -> Option<QrDrawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Quartile).ok()?;
    let side = code.size() + 2 * QUIET_ZONE;
    let path = (0..code.size()).map(|y| row_path(&code, y)).collect();
    Some(QrDrawing { view_box: format!("0 0 {side} {side}"), path })
}

fn row_path(code: &QrCode, y: i32) -> String {
    let mut path = String::new();
    let mut x = 0;
    while x < code.size() {
        let length = (x..code.size()).take_while(|column| code.get_module(*column, y)).count();
        let length = i32::try_from(length).unwrap_or(0);
        if length > 0 {
            let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET_ZONE, y + QUIET_ZONE);
        }
        x += length + 1;
    }
    path
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The modules that a path paints, read back from its text.
    fn painted(path: &str) -> BTreeSet<(i32, i32)> {
        path.split('z')
            .filter(|run| !run.is_empty())
            .flat_map(|run| {
                let (start, length) = run.trim_start_matches('M').split_once('h').unwrap();
                let (x, y) = start.split_once(' ').unwrap();
                let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
                let length: i32 = length.split_once('v').unwrap().0.parse().unwrap();
                (x..x + length).map(move |column| (column, y))
            })
            .collect()
    }

    #[test]
    fn the_path_paints_every_dark_module_and_no_other() {
        let text = "https://ressenti.example/#e=3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let code = QrCode::encode_text(text, QrCodeEcc::Quartile).unwrap();
        let dark: BTreeSet<_> = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .map(|(x, y)| (x + QUIET_ZONE, y + QUIET_ZONE))
            .collect();
        assert_eq!(painted(&draw(text).unwrap().path), dark);
    }

    #[test]
    fn a_text_too_long_for_a_code_draws_nothing() {
        assert_eq!(draw(&"x".repeat(4_000)), None);
    }
}
