//! The two web apps, built by `cargo xtask dist` and carried in the binary (read from disk in debug builds).
//!
//! Files come compressed as they were at build time. Hashed names never change and are kept for ever; pages and
//! service workers are asked for anew. A path without a file is a page of the app it lies in.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{db::hex, error::ApiError};

#[derive(RustEmbed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Dist;

/// Content codings that files lie ready in, the best first, with the ending of their names.
const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Answers every path outside `/api`.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let name = name_of(uri.path());
    if let Some(response) = file(&name, &headers) {
        return response;
    }
    if has_extension(uri.path()) {
        return ApiError::not_found().into_response();
    }
    let page = if name == "staff" || name.starts_with("staff/") { "staff/index.html" } else { "index.html" };
    file(page, &headers).unwrap_or_else(not_built)
}

/// The file a path names: a folder's is its page.
fn name_of(path: &str) -> String {
    let name = path.trim_start_matches('/');
    if name.is_empty() || name.ends_with('/') { format!("{name}index.html") } else { name.to_owned() }
}

fn has_extension(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|last| last.contains('.'))
}

fn not_built() -> Response {
    let text = "The app's pages are not in this build. Run `cargo xtask dist`, then start ressenti again.\n";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    let (coding, file) = best(name, headers)?;
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()));
    let mut response = if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let caching = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let told = response.headers_mut();
    told.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    told.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    told.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    told.extend(coding.map(|coding| (header::CONTENT_ENCODING, HeaderValue::from_static(coding))));
    Some(response)
}

/// The file in the best coding that the browser takes, else as it is.
fn best(name: &str, headers: &HeaderMap) -> Option<(Option<&'static str>, EmbeddedFile)> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    CODINGS
        .into_iter()
        .filter(|(coding, _)| accepts(accepted, coding))
        .find_map(|(coding, ending)| Some((Some(coding), Dist::get(&format!("{name}.{ending}"))?)))
        .or_else(|| Some((None, Dist::get(name)?)))
}

/// Whether `Accept-Encoding` names this coding and does not rule it out by a quality of zero.
fn accepts(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let ruled_out = parts
            .filter_map(|parameter| parameter.strip_prefix("q="))
            .any(|quality| quality.parse::<f32>().is_ok_and(|quality| quality <= 0.0));
        named && !ruled_out
    })
}

/// Files under `assets/` carry a hash of their content in their names.
fn is_hashed(name: &str) -> bool {
    name.starts_with("assets/") || name.starts_with("staff/assets/")
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{accepts, has_extension, is_hashed, media_type, name_of};

    #[test]
    fn a_path_names_a_file_or_a_page() {
        let check = |path: &str, name: &str, extension| {
            assert_eq!(name_of(path), name);
            assert_eq!(has_extension(path), extension, "{path}");
        };
        check("/", "index.html", false);
        check("/staff/", "staff/index.html", false);
        check("/staff/patients", "staff/patients", false);
        check("/assets/patient-1a2b.wasm", "assets/patient-1a2b.wasm", true);
    }

    #[test]
    fn a_coding_is_taken_only_when_the_browser_names_it() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("gzip;q=0.5, BR;q=1", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("assets/patient-1a2b.wasm") && is_hashed("staff/assets/staff-1a2b.js"));
        assert!(!is_hashed("sw.js") && !is_hashed("staff/sw.js") && !is_hashed("index.html"));
        assert_eq!(media_type("assets/patient-1a2b.wasm"), "application/wasm");
    }
}
