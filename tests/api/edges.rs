//! What holds for every route: headers, origin, limits.

use reqwest::Method;
use serde_json::json;
use shared::{api::ProblemKind, people::Role};

use crate::support::{Client, Phone, TestApp, on_both_databases, patient::enrolment};

on_both_databases! {
    async fn every_response_carries_the_security_headers(app: TestApp) {
        for path in ["/", "/staff/", "/api/health", "/api/nowhere", "/nowhere.js"] {
            let reply = app.client().get(path).await;
            let header = |name: &str| reply.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
            assert_eq!(
                header("content-security-policy"),
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                 font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'",
                "{path}"
            );
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("referrer-policy"), "no-referrer");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin");
            assert_eq!(header("cross-origin-embedder-policy"), "require-corp");
            assert_eq!(header("cross-origin-resource-policy"), "same-origin");
            assert!(header("strict-transport-security").starts_with("max-age="));
            assert!(header("permissions-policy").contains("camera=()"));
            if path.starts_with("/api/") {
                assert_eq!(header("cache-control"), "no-store", "{path}");
            }
        }
    }

    async fn a_cookie_is_for_this_host_alone_and_no_script_reads_it(app: TestApp) {
        app.add_staff("claire", Role::Nurse, &["toulouse"]).await;
        let request = json!({
            "username": "Claire ", "password": crate::support::PASSWORD, "one_time_code": app.one_time_code(),
        });
        let reply = app.client().post("/api/staff/sign-in", &request).await;
        let cookie = reply.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-ressenti-staff="), "{cookie}");
        for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    }

    async fn a_request_from_elsewhere_changes_nothing(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let send = |name: &'static str, value: &'static str| {
            let request = nurse.request(Method::POST, "/api/patients").json(&enrolment("R-1")).header(name, value);
            nurse.send(request)
        };
        assert_eq!(send("origin", "https://elsewhere.example").await.refusal(), ProblemKind::Forbidden);
        assert_eq!(send("sec-fetch-site", "cross-site").await.refusal(), ProblemKind::Forbidden);
        let bare = reqwest::Client::new().post(format!("{}/api/patients", app.origin));
        let bare = bare.header("cookie", nurse.cookie().unwrap()).json(&enrolment("R-1"));
        assert_eq!(nurse.send(bare).await.refusal(), ProblemKind::Forbidden, "without the app's header");
        assert!(send("sec-fetch-site", "same-origin").await.status.is_success());
    }

    async fn an_address_that_is_none_is_not_found(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        assert_eq!(nurse.get("/api/patients/me").await.refusal(), ProblemKind::NotFound);
        assert_eq!(nurse.post("/api/patients/search", &json!({ "page": 2 })).await.refusal(), ProblemKind::BadRequest);
        assert_eq!(nurse.post("/api/patients/search", &json!({ "site": " " })).await.refusal(), ProblemKind::BadRequest);
        assert_eq!(nurse.get("/api/nowhere").await.refusal(), ProblemKind::NotFound);
    }

    async fn what_is_nested_too_deeply_or_too_long_is_refused_unread(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let search = async |text: String| nurse.post_bytes("/api/patients/search", format!("{{\"search\":{text}}}")).await;
        assert!(search(format!("\"{}\"", "x".repeat(4_096))).await.status.is_success());
        for text in [format!("\"{}\"", "x".repeat(4_097)), format!("{}{}", "[".repeat(16), "]".repeat(16))] {
            let problem = search(text).await.problem();
            assert_eq!(problem.kind, ProblemKind::BadRequest);
            assert!(problem.detail.contains("nested too deeply"), "{}", problem.detail);
        }
    }

    async fn the_nurses_list_hears_of_answers_within_two_seconds(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let mut list = nurse.opens_list().await;
        assert_eq!(list.headers()["content-type"], "text/event-stream");
        list.hears("{\"position\":0,").await;
        phone.push(&phone.questionnaire()).await;
        list.hears("{\"position\":12,").await;
    }

    async fn another_process_over_the_same_database_is_heard_too(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let other = app.another_process().await;
        let elsewhere = Client::new(&other.origin);
        elsewhere.set_cookie(nurse.cookie());
        let mut list = elsewhere.opens_list().await;
        phone.push(&phone.questionnaire()).await;
        list.hears("{\"position\":12,").await;
    }
}
