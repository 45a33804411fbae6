//! How deep and how long the parts of a JSON text may be; looked at in one pass, before anything is built of it.

/// Arrays and objects within one another, at most.
pub const DEEPEST: u16 = 16;

/// Bytes of one string between its quotes, at most.
pub const LONGEST_STRING: usize = 4 * 1024;

/// Whether a text keeps to both limits. Of a text that is no JSON it says nothing of use: its reader refuses it.
///
/// ```
/// use server::limits::is_within;
/// assert!(is_within(br#"{"answers":[["[[[[[[[[[[[[[[[[[ in a string counts for nothing"]]}"#));
/// assert!(!is_within("[".repeat(17).as_bytes()));
/// assert!(!is_within(format!("\"{}\"", "x".repeat(4097)).as_bytes()));
/// ```
#[must_use]
pub fn is_within(json: &[u8]) -> bool {
    let (mut depth, mut string, mut escaped) = (0_u16, None::<usize>, false);
    for byte in json {
        match (string, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'"') => {
                string = None;
                continue;
            }
            (Some(_), b'\\') => escaped = true,
            (None, b'"') => {
                string = Some(0);
                continue;
            }
            (None, b'[' | b'{') if depth == DEEPEST => return false,
            (None, b'[' | b'{') => depth += 1,
            (None, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        string = string.map(|length| length + 1);
        if string.is_some_and(|length| length > LONGEST_STRING) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_levels_are_taken_and_seventeen_are_not() {
        let nested = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(is_within(nested(16).as_bytes()));
        assert!(!is_within(nested(17).as_bytes()));
        assert!(is_within("[]".repeat(1_000).as_bytes()), "one after the other is not deep");
        assert!(is_within(br#""\"[[[[[[[[[[[[[[[[[[[[[[""#), "a quote that is escaped ends no string");
        assert!(!is_within(format!(r#"["\\",{}"#, "[".repeat(16)).as_bytes()), "an escaped backslash escapes nothing");
    }

    #[test]
    fn a_string_is_measured_between_its_quotes_whether_it_ends_or_not() {
        let text = |n: usize| format!("[\"{}\"]", "é".repeat(n));
        assert!(is_within(text(2_048).as_bytes()));
        assert!(!is_within(text(2_049).as_bytes()));
        assert!(!is_within(format!("\"{}", "x".repeat(4_097)).as_bytes()));
        assert!(is_within(format!("[{}]", "\"x\",".repeat(5_000)).as_bytes()), "many short ones are not long");
    }
}
