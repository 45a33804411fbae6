//! What holds for every route: headers, origin, limits, who may call what.

use reqwest::Method;
use serde_json::json;
use shared::{api::ProblemKind, people::Role};

use crate::support::{Client, Phone, TestApp, on_both_databases, patient::enrolment};

/// Every route of the interface, with a body that gets past the reading of it, and who may call it.
const ROUTES: [(&str, &str, &str); 21] = [
    ("GET", "/api/staff/me", "nurse investigator manager"),
    ("GET", "/api/study", "nurse investigator manager"),
    ("POST", "/api/patients", "nurse"),
    ("POST", "/api/patients/search", "nurse"),
    ("GET", "/api/patients/{patient}", "nurse"),
    ("GET", "/api/patients/{patient}/plan?known_at=2026-03-02", "nurse"),
    ("POST", "/api/patients/{patient}/milestones/preview", "nurse"),
    ("POST", "/api/patients/{patient}/milestones", "nurse"),
    ("POST", "/api/patients/{patient}/letter", "nurse"),
    ("POST", "/api/patients/{patient}/devices/{device}/revoke", "nurse"),
    ("POST", "/api/worklist", "nurse"),
    ("GET", "/api/worklist/live", "nurse"),
    ("POST", "/api/patients/{patient}/looks", "nurse"),
    ("POST", "/api/patients/{patient}/history", "nurse"),
    ("GET", "/api/completion", "investigator manager"),
    ("GET", "/api/trajectory?instrument=epices&scale=EPICES", "investigator manager"),
    ("POST", "/api/exports", "investigator manager"),
    ("GET", "/api/exports/1/answers.csv", "investigator manager"),
    ("POST", "/api/sync/push", "phone"),
    ("GET", "/api/sync/pull", "phone"),
    ("GET", "/api/sync/bundle", "phone"),
];

fn body(path: &str, phone: &Phone) -> serde_json::Value {
    match path {
        "/api/patients" => enrolment(&uuid::Uuid::new_v4().to_string()),
        "/api/sync/push" => json!({ "protocol": 1, "events": [phone.answer("e1", 1)] }),
        "/api/exports" => json!({ "purpose": "the access matrix" }),
        path if path.contains("/milestones") => {
            json!({ "kind": "rcp", "on": { "date": "2026-02-01" }, "reason": "the access matrix" })
        }
        _ => json!({}),
    }
}

async fn status(client: &Client, method: &str, path: &str, body: &serde_json::Value) -> u16 {
    let request = match method {
        "GET" => client.request(Method::GET, path),
        _ => client.request(Method::POST, path).json(body),
    };
    // the head alone: the live list has no end
    request.send().await.unwrap().status().as_u16()
}

on_both_databases! {
    async fn each_route_opens_to_the_roles_it_is_for_and_to_nobody_else(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        app.add_staff("hugo", Role::Investigator, &[]).await;
        app.add_staff("admin", Role::DataManager, &[]).await;
        let (investigator, manager) = (app.sign_in("hugo").await, app.sign_in("admin").await);
        let phone = Phone::new(&app, &nurse, "R-1").await;
        let (patient, device) = (phone.patient.to_string(), phone.device.to_string());
        let everybody = [("nurse", &nurse), ("investigator", &investigator), ("manager", &manager), ("phone", &phone.client)];
        for (method, pattern, allowed) in ROUTES {
            let path = pattern.replace("{patient}", &patient).replace("{device}", &device);
            let nobody = status(&app.client(), method, &path, &body(&path, &phone)).await;
            assert_eq!(nobody, 401, "nobody: {method} {path}");
            for (who, client) in everybody {
                let status = status(client, method, &path, &body(&path, &phone)).await;
                if !allowed.contains(who) {
                    let same_cookie = (who == "phone") == (allowed == "phone");
                    assert_eq!(status, if same_cookie { 403 } else { 401 }, "{who}: {method} {path}");
                } else if !["/exports/1/", "/revoke", "/looks"].iter().any(|it| path.contains(it)) {
                    assert!((200..300).contains(&status), "{who}: {method} {path} gave {status}");
                }
                if who == "nurse" && path.contains("/revoke") {
                    assert_eq!(status, 200);
                }
            }
            if path.contains("/revoke") {
                // the matrix goes on with a phone that may read
                let fresh = Phone::of(&app, &nurse, phone.patient).await;
                phone.client.set_cookie(fresh.client.cookie());
            }
        }
    }

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
