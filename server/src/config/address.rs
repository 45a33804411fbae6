//! Where people reach this server: over TLS, unless it is this very machine.

use std::net::IpAddr;

use super::StartError;

/// Whether a host's name or number means the machine this runs on.
pub(super) fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Checks an address that people are sent to, and takes the slash off its end.
///
/// # Errors
/// When it is none, or passwords and answers would travel in the clear.
pub(super) fn public_address(written: &str) -> Result<String, StartError> {
    let address = written.trim_end_matches('/').to_owned();
    let host = |scheme: &str| {
        address.strip_prefix(scheme).filter(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
    };
    let name = |rest: &str| rest.rsplit_once(':').map_or(rest, |(name, _)| name).trim_matches(['[', ']']).to_owned();
    if host("https://").is_some() || host("http://").is_some_and(|rest| is_this_machine(&name(rest))) {
        return Ok(address);
    }
    let hint = "write it as --public-address https://ressenti.example.org";
    Err(StartError::new(format!("{written:?} is not an address that people can safely be sent to."), hint))
}

#[cfg(test)]
mod tests {
    use super::public_address;

    #[test]
    fn people_are_sent_nowhere_in_the_clear() {
        assert_eq!(public_address("https://ressenti.example.org/").unwrap(), "https://ressenti.example.org");
        for here in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
            assert_eq!(public_address(here).unwrap(), here);
        }
        for unsafe_one in ["http://ressenti.example.org", "ressenti.example.org", "https://", "https://a b"] {
            let told = public_address(unsafe_one).unwrap_err().to_string();
            assert!(told.starts_with(&format!("{unsafe_one:?} is not an address")), "{told}");
            assert!(told.contains("\n  Hint: "), "{told}");
        }
    }
}
