//! Files that a page makes by itself: a link that carries the file.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A link whose target is the file itself.
pub(crate) fn file_link(media_type: &str, text: &str) -> String {
    format!("data:{media_type};charset=utf-8,{}", utf8_percent_encode(text, NON_ALPHANUMERIC))
}

/// The same for bytes that came as base64.
pub(crate) fn base64_link(media_type: &str, base64: &str) -> String {
    format!("data:{media_type};base64,{base64}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_file_is_read_as_part_of_the_address() {
        assert_eq!(file_link("text/csv", "a,b#1\r\né"), "data:text/csv;charset=utf-8,a%2Cb%231%0D%0A%C3%A9");
    }
}
