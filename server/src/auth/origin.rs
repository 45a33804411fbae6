//! Whether a request that changes something comes from our own pages (TRUST.md W4).

use axum::http::{HeaderMap, Method, header};
use shared::api::{CSRF_HEADER, CSRF_VALUE, ProblemKind};

use crate::error::ApiError;

/// Lets a request pass that changes nothing, or that was made by our own pages.
///
/// The header cannot be set by another site's form; `Sec-Fetch-Site` and `Origin` say where the page came from.
///
/// # Errors
/// When it was not, or does not say so.
pub fn check(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let marked = text(CSRF_HEADER) == Some(CSRF_VALUE);
    let same_site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let same_origin = headers.get(header::ORIGIN).is_none_or(|origin| {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host) == host
    });
    if marked && same_site && same_origin {
        return Ok(());
    }
    Err(ApiError::new(ProblemKind::Forbidden, "This did not come from the app's own pages. Nothing was changed."))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::check;

    fn allowed(pairs: &[(&str, &str)]) -> bool {
        let headers: HeaderMap =
            pairs.iter().map(|(k, v)| (k.parse::<HeaderName>().unwrap(), v.parse::<HeaderValue>().unwrap())).collect();
        check(&Method::POST, &headers).is_ok()
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let ours = [("x-ressenti", "1"), ("host", "h:1"), ("origin", "https://h:1"), ("sec-fetch-site", "same-origin")];
        assert!(allowed(&ours));
        assert!(allowed(&ours[..2]), "a program that sends no origin");
        assert!(!allowed(&ours[1..]), "without the header");
        assert!(!allowed(&[("x-ressenti", "1"), ("host", "h:1"), ("origin", "https://elsewhere")]));
        assert!(!allowed(&[("x-ressenti", "1"), ("host", "h:1"), ("origin", "null")]));
        assert!(!allowed(&[("x-ressenti", "1"), ("host", "h:1"), ("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("x-ressenti", "1"), ("host", "h:1"), ("sec-fetch-site", "same-site")]));
    }
}
