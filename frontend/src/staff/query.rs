//! Addresses of requests with what they ask for.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A path with its parameters; those that are empty are left out.
pub(crate) fn query(path: &str, parameters: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
    let pairs: Vec<String> = parameters.iter().filter(|(_, value)| !value.is_empty()).map(pair).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_cannot_become_another_parameter() {
        let asked = query("/api/trajectory", &[("scale", "a&by=b é"), ("by", ""), ("instrument", "R 7")]);
        assert_eq!(asked, "/api/trajectory?scale=a%26by%3Db%20%C3%A9&instrument=R%207");
        assert_eq!(query("/api/trajectory", &[("by", "")]), "/api/trajectory");
    }
}
