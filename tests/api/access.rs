//! Who may do what: every route of the interface, for everybody who could call it, on what is theirs and what is not.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use server::db::Engine;
use shared::{
    api::{ExportReply, FormsReply, HandoverReply, Problem, ProblemKind, StaffReply},
    people::Role,
};
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool, SqliteConnection, sqlite::SqliteConnectOptions};
use uuid::Uuid;

use crate::{
    support::{
        Client, Phone, TestApp, on_both_databases,
        patient::{enrol, enrolment, new_key},
    },
    tidy,
};

/// Whom a route is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum For {
    /// Whoever is signed in as staff.
    Staff,
    /// Nurses; where the address names a patient or a form, those of the patient's site.
    Nurses,
    /// Nurses and data managers, who supervise.
    Supervisors,
    /// Investigators and data managers, who see no name.
    Readers,
    /// Data managers, who see neither names nor answers.
    Managers,
    /// A patient's device, for its own patient.
    Devices,
    /// A patient's device, revoked ones included: what they hold is still taken in.
    EveryDevice,
}
use For::{Devices, EveryDevice, Managers, Nurses, Readers, Staff, Supervisors};

/// Every route behind the door, whom it is for, and what is sent there.
const ROUTES: &[(&str, &str, For)] = &[
    ("GET", "/api/staff/me", Staff),
    ("GET", "/api/staff/passkeys", Staff),
    ("POST", "/api/staff/passkeys", Staff),
    ("POST", "/api/staff/passkeys/challenge", Staff),
    ("POST", "/api/staff/passkeys/{passkey}/remove", Staff),
    ("GET", "/api/study", Staff),
    ("GET", "/api/reminders/health", Supervisors),
    ("POST", "/api/patients", Nurses),
    ("POST", "/api/patients/preview", Nurses),
    ("POST", "/api/patients/search", Nurses),
    ("POST", "/api/worklist", Nurses),
    ("GET", "/api/worklist/live", Nurses),
    ("GET", "/api/patients/{patient}", Nurses),
    ("GET", "/api/patients/{patient}/plan", Nurses),
    ("GET", "/api/patients/{patient}/person", Nurses),
    ("POST", "/api/patients/{patient}/person", Nurses),
    ("POST", "/api/patients/{patient}/contacts", Nurses),
    ("POST", "/api/patients/{patient}/consents", Nurses),
    ("POST", "/api/patients/{patient}/milestones/preview", Nurses),
    ("POST", "/api/patients/{patient}/milestones", Nurses),
    ("POST", "/api/patients/{patient}/missing", Nurses),
    ("POST", "/api/patients/{patient}/looks", Nurses),
    ("POST", "/api/patients/{patient}/history", Nurses),
    ("GET", "/api/patients/{patient}/reminders", Nurses),
    ("POST", "/api/patients/{patient}/reminders", Nurses),
    ("GET", "/api/patients/{patient}/calendar.ics", Nurses),
    ("POST", "/api/patients/{patient}/forms", Nurses),
    ("GET", "/api/patients/{patient}/forms/{assessment}/{instrument}", Nurses),
    ("GET", "/api/forms/{code}", Nurses),
    ("POST", "/api/patients/{patient}/entries", Nurses),
    ("POST", "/api/patients/{patient}/amend", Nurses),
    ("POST", "/api/patients/{patient}/letter", Nurses),
    ("POST", "/api/patients/{patient}/handover", Nurses),
    ("POST", "/api/patients/{patient}/handover/given", Nurses),
    ("POST", "/api/patients/{patient}/devices/{device}/confirm", Nurses),
    ("POST", "/api/patients/{patient}/devices/{device}/revoke", Nurses),
    ("POST", "/api/patients/{patient}/episodes", Nurses),
    ("GET", "/api/completion", Readers),
    ("GET", "/api/trajectory", Readers),
    ("POST", "/api/exports", Readers),
    ("GET", "/api/exports/{export}/{name}", Readers),
    ("POST", "/api/audit", Managers),
    ("POST", "/api/devices", Managers),
    ("POST", "/api/quarantine", Managers),
    ("GET", "/api/sync/pull", Devices),
    ("GET", "/api/sync/bundle", Devices),
    ("GET", "/api/sync/proof", Devices),
    ("GET", "/api/me/calendar.ics", Devices),
    ("POST", "/api/sync/push", EveryDevice),
    ("POST", "/api/staff/lock", Staff),
];

/// Routes that are the door: each takes a secret of its own, and who has none is told so in the story named here.
const DOORS: &[(&str, &str, &str)] = &[
    ("GET", "/api/health", "a_database_that_is_down_refuses_loudly"),
    ("POST", "/api/staff/sign-in", "wrong_tries_slow_the_account_down"),
    ("POST", "/api/staff/sign-out", "a_locked_session_ends_with_its_day_and_can_be_signed_out"),
    ("GET", "/api/staff/ways", "a_passkey_is_both_factors_until_it_is_removed"),
    ("POST", "/api/staff/passkey/challenge", "a_challenge_works_once_and_for_five_minutes"),
    ("POST", "/api/staff/passkey/sign-in", "a_passkey_serves_its_own_account_and_this_site_alone"),
    ("POST", "/api/staff/provider/challenge", "what_a_provider_sent_back_works_once_and_for_who_asked"),
    ("POST", "/api/staff/provider/sign-in", "a_token_that_is_not_for_this_sign_in_proves_nobody"),
    ("POST", "/api/staff/unlock", "a_locked_session_does_nothing_until_its_secret_comes"),
    ("POST", "/api/enrolment/claim", "five_wrong_tries_burn_a_code"),
    ("POST", "/api/device/session", "a_tablet_prepared_again_stays_one_device_and_its_former_credential_stops"),
    (
        "GET",
        "/api/reminders/stop/{secret}",
        "a_message_is_neutral_and_stops_by_its_link_only_when_its_button_is_pressed",
    ),
    (
        "POST",
        "/api/reminders/stop/{secret}",
        "a_message_is_neutral_and_stops_by_its_link_only_when_its_button_is_pressed",
    ),
    ("GET", "/api/reminders/stop.css", "a_message_is_neutral_and_stops_by_its_link_only_when_its_button_is_pressed"),
];

/// Two patients of two sites, everybody who could call, and what the addresses and bodies are made of.
struct Cast {
    nurse: Client,
    elsewhere: Client,
    investigator: Client,
    manager: Client,
    phone: Phone,
    stranger: Phone,
    revoked: Phone,
    tablet: HandoverReply,
    forms: FormsReply,
    export: ExportReply,
    staff: StaffReply,
}

impl Cast {
    async fn gather(app: &TestApp) -> Self {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let elsewhere = app.nurse("nadia", &["centre-nord"]).await;
        app.add_staff("hugo", Role::Investigator, &[]).await;
        app.add_staff("admin", Role::DataManager, &[]).await;
        let (investigator, manager) = (app.sign_in("hugo").await, app.sign_in("admin").await);
        let patient = enrol(&nurse, "R-1").await;
        let phone = Phone::of(app, &nurse, patient).await;
        let mut theirs = enrolment("R-2");
        theirs["site"] = json!("centre-nord");
        let theirs: shared::api::EnrolReply = elsewhere.post("/api/patients", &theirs).await.ok();
        let stranger = Phone::of(app, &elsewhere, theirs.patient).await;
        let revoked = Phone::of(app, &nurse, patient).await;
        for it in [&phone, &stranger, &revoked] {
            it.pull().await; // a device that was never seen is noted as seen
        }
        let at = format!("/api/patients/{patient}");
        let revoke = format!("{at}/devices/{}/revoke", revoked.device);
        assert!(nurse.post(&revoke, &json!({})).await.status.is_success());
        let tablet = {
            let key = new_key().public().text();
            nurse.post(&format!("{at}/handover"), &json!({ "public_key": key })).await.ok()
        };
        let print = json!({ "assessment": "T0:1", "language": "fr", "instrument": "epices" });
        let forms = nurse.post(&format!("{at}/forms"), &print).await.ok();
        let export = manager.post("/api/exports", &json!({ "purpose": "the access matrix" })).await.ok();
        let staff = nurse.get("/api/staff/me").await.ok();
        Self { nurse, elsewhere, investigator, manager, phone, stranger, revoked, tablet, forms, export, staff }
    }

    /// Everybody, with what a route answers them: `Ok` is the reply they want, `Err` the refusal.
    fn callers<'a>(
        &'a self,
        route: For,
        nobody: &'a Client,
        owned: bool,
    ) -> Vec<(&'a str, &'a Client, Result<(), ProblemKind>)> {
        let staff = |nurse, elsewhere, investigator, manager| {
            let all = [
                ("nurse", &self.nurse, nurse),
                ("elsewhere", &self.elsewhere, elsewhere),
                ("investigator", &self.investigator, investigator),
                ("manager", &self.manager, manager),
            ];
            all.to_vec()
        };
        let (yes, forbidden, out) = (Ok(()), Err(ProblemKind::Forbidden), Err(ProblemKind::NotSignedIn));
        let hidden = if owned { Err(ProblemKind::NotFound) } else { yes };
        let mut all = match route {
            Staff => staff(yes, yes, yes, yes),
            Nurses => staff(yes, hidden, forbidden, forbidden),
            Supervisors => staff(yes, yes, forbidden, yes),
            Readers => staff(forbidden, forbidden, yes, yes),
            Managers => staff(forbidden, forbidden, forbidden, yes),
            Devices | EveryDevice => staff(out, out, out, out),
        };
        let revoked = match route {
            Devices => Err(ProblemKind::DeviceRevoked),
            EveryDevice => yes,
            Staff | Nurses | Supervisors | Readers | Managers => out,
        };
        let own = if matches!(route, Devices | EveryDevice) { yes } else { out };
        all.extend([
            ("phone", &self.phone.client, own),
            ("stranger", &self.stranger.client, own),
            ("revoked", &self.revoked.client, revoked),
            ("nobody", nobody, out),
        ]);
        all
    }

    /// The address of a route for the patient of the first site, or for another with the same kind of address.
    fn address(&self, pattern: &str, patient: &str, code: &str) -> String {
        let query = match pattern {
            "/api/patients/{patient}/plan" => "?known_at=2026-03-02",
            "/api/patients/{patient}/forms/{assessment}/{instrument}" => "?language=fr",
            "/api/trajectory" => "?instrument=epices&scale=EPICES",
            _ => "",
        };
        // revoked is the tablet: the phone goes on
        let device = if pattern.ends_with("/revoke") { self.tablet.device } else { self.phone.device };
        let (device, export) = (device.to_string(), self.export.export.to_string());
        let named = [
            ("patient", patient),
            ("device", &device),
            ("code", code),
            ("assessment", "T0:1"),
            ("instrument", "epices"),
            ("export", &export),
            ("name", "answers.csv"),
            ("passkey", &Uuid::nil().to_string()),
        ];
        let filled =
            named.iter().fold(pattern.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        filled + query
    }

    /// A body that the route takes; `None` where it reads none.
    fn body(&self, app: &TestApp, pattern: &str) -> Option<Value> {
        let clock = json!({ "at": app.clock.now(), "utc_offset_minutes": 60, "monotonic_ms": 60_000 });
        let form = &self.forms.forms[0];
        let answers: BTreeMap<String, Value> =
            (1..=11).map(|n| (format!("e{n}"), json!({ "answered": { "code": 1 } }))).collect();
        Some(match pattern.trim_start_matches("/api/patients/{patient}") {
            "/api/patients" => enrolment(&Uuid::new_v4().to_string()),
            "/api/patients/preview" => json!({ "hemopathy": "dlbcl" }),
            "/api/sync/push" => json!({ "protocol": 1, "events": [self.phone.answer("e1", 1)] }),
            "/api/exports" => json!({ "purpose": "the access matrix" }),
            "/milestones" | "/milestones/preview" => {
                json!({ "kind": "rcp", "on": { "date": "2026-02-01" }, "reason": "the access matrix" })
            }
            "/person" => json!({ "language": "en" }),
            "/contacts" => json!({ "channel": "email", "address": "emile@example.org" }),
            "/consents" => {
                json!({ "kind": "consent", "information": "2026-1", "given_on": "2026-03-01", "means": "oral" })
            }
            "/missing" => json!({ "assessment": "T0:1", "reason": "too_ill" }),
            "/looks" => json!({ "assessment": "T0:1", "seen": [] }),
            "/reminders" => json!({ "wanted": false }),
            "/forms" => json!({ "assessment": "T0:1", "language": "fr" }),
            "/entries" => json!({
                "entry": Uuid::now_v7(), "assessment": "T0:1", "instrument": form.sheet.definition.instrument,
                "wording": form.wording, "answered_on": "2026-03-02", "mode": "paper", "respondent": "patient",
                "clock": clock, "answers": answers,
            }),
            "/amend" => json!({
                "entry": Uuid::now_v7(), "assessment": "T0:1", "instrument": "epices", "n_amendments": 0,
                "changes": { "e1": { "answered": { "code": 0 } } }, "reason": "the access matrix", "clock": clock,
            }),
            "/handover" => json!({ "public_key": new_key().public().text() }),
            "/handover/given" => json!({
                "device": self.tablet.device, "at": app.clock.now(), "staff": self.staff.staff,
                "checked": ["name", "registry_number"], "respondent": "patient",
            }),
            "/episodes" => json!({
                "episode": { "pathway": "conventional", "site": "centre-nord", "from_on": "2026-03-02" },
                "replaces": 1, "reason": "the access matrix",
            }),
            "/api/staff/passkeys" => json!({ "reference": "none", "name": "grey key", "credential": {} }),
            "/api/audit"
            | "/api/devices"
            | "/api/quarantine"
            | "/api/patients/search"
            | "/api/worklist"
            | "/history" => json!({}),
            _ => return None,
        })
    }
}

async fn call(client: &Client, method: &str, path: &str, body: Option<&Value>) -> reqwest::Response {
    let request = match method {
        "GET" => client.request(Method::GET, path),
        _ => client.request(Method::POST, path).json(body.unwrap_or(&json!({}))),
    };
    client.start(request).await // the head alone: the live list has no end
}

async fn problem(response: reqwest::Response) -> Problem {
    serde_json::from_slice(&response.bytes().await.unwrap()).expect("problem details")
}

/// Tells whether anything at all was written to either database.
enum Watch {
    Sqlite(Vec<SqliteConnection>),
    Postgres(Vec<PgPool>),
}

impl Watch {
    async fn over(app: &TestApp) -> Self {
        if let (Engine::Postgres(research), Engine::Postgres(identity)) =
            (app.state.db.read(), app.state.identity.0.read())
        {
            return Self::Postgres(vec![research.clone(), identity.clone()]);
        }
        let mut connections = Vec::new();
        for database in [&app.config.database, &app.config.identity_database] {
            connections.push(SqliteConnectOptions::new().filename(database.to_string()).connect().await.unwrap());
        }
        Self::Sqlite(connections)
    }

    /// Texts that change with every write: SQLite counts them, of PostgreSQL every row is read.
    async fn look(&mut self) -> Vec<String> {
        let mut seen = Vec::new();
        match self {
            Self::Sqlite(connections) => {
                for connection in connections {
                    let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await.unwrap();
                    seen.push(version.to_string());
                }
            }
            Self::Postgres(pools) => {
                for pool in pools {
                    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
                    for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&*pool).await.unwrap() {
                        let rows =
                            format!("SELECT md5(string_agg(it::text, ' ' ORDER BY it::text)) FROM \"{table}\" it");
                        let rows: Option<String> =
                            sqlx::query_scalar(AssertSqlSafe(rows)).fetch_one(&*pool).await.unwrap();
                        seen.push(format!("{table} {rows:?}"));
                    }
                }
            }
        }
        seen
    }
}

on_both_databases! {
    async fn each_route_opens_to_those_it_is_for_and_nobody_else_leaves_a_trace(app: TestApp) {
        let cast = Cast::gather(&app).await;
        let (nobody, mut watch) = (app.client(), Watch::over(&app).await);
        let (patient, code) = (cast.phone.patient.to_string(), cast.forms.forms[0].code.to_string());
        let before = watch.look().await;
        for &(method, pattern, route) in ROUTES {
            let owned = pattern.contains("{patient}") || pattern.contains("{code}");
            let path = cast.address(pattern, &patient, &code);
            let body = cast.body(&app, pattern);
            for (who, client, expected) in cast.callers(route, &nobody, owned) {
                let Err(kind) = expected else { continue };
                let refused = problem(call(client, method, &path, body.as_ref()).await).await;
                assert_eq!(refused.kind, kind, "{who}: {method} {path}");
                if kind == ProblemKind::NotFound && pattern.contains("{patient}") {
                    let unknown = cast.address(pattern, &Uuid::new_v4().to_string(), &code);
                    let unknown = problem(call(client, method, &unknown, body.as_ref()).await).await;
                    assert_eq!(refused, unknown, "whose it is and that it is none look the same: {method} {pattern}");
                }
            }
            assert_eq!(watch.look().await, before, "what was refused left no trace: {method} {pattern}");
        }
        for &(method, pattern, route) in ROUTES {
            let owned = pattern.contains("{patient}") || pattern.contains("{code}");
            for (who, client, expected) in cast.callers(route, &nobody, owned) {
                // what can be done once is done by the first of those who may
                let once = pattern.ends_with("/revoke") || pattern.ends_with("/episodes") || pattern.ends_with("/looks");
                if expected.is_err() || (once && who != "nurse") {
                    continue;
                }
                let body = cast.body(&app, pattern);
                let response = call(client, method, &cast.address(pattern, &patient, &code), body.as_ref()).await;
                let status = response.status();
                // past the door, these find nothing to do: no flag, no answer, no passkey, a patient for a site of hers alone
                let refusable = ["/looks", "/amend", "/api/patients", "/api/staff/passkeys"];
                let nothing_to_do = match pattern {
                    "/api/staff/passkeys/{passkey}/remove" => Some(ProblemKind::NotFound),
                    _ => refusable.iter().any(|end| pattern.ends_with(end)).then_some(ProblemKind::Refused),
                };
                let let_in = status.is_success() || Some(problem(response).await.kind) == nothing_to_do;
                assert!(let_in, "{who}: {method} {pattern} gave {status}");
            }
        }
    }

    async fn a_field_that_does_not_belong_there_is_refused_and_leaves_no_trace(app: TestApp) {
        let cast = Cast::gather(&app).await;
        let (nobody, mut watch) = (app.client(), Watch::over(&app).await);
        let (patient, code) = (cast.phone.patient.to_string(), cast.forms.forms[0].code.to_string());
        let (before, mut n) = (watch.look().await, 0);
        for &(method, pattern, route) in ROUTES.iter().filter(|it| it.0 == "POST") {
            let Some(mut body) = cast.body(&app, pattern) else { continue };
            body["surprise"] = json!(true);
            let callers = cast.callers(route, &nobody, pattern.contains('{'));
            let (who, client, _) = callers.into_iter().find(|it| it.2.is_ok()).expect("a route is for somebody");
            let refused = problem(call(client, method, &cast.address(pattern, &patient, &code), Some(&body)).await).await;
            assert_eq!(refused.kind, ProblemKind::BadRequest, "{who}: {method} {pattern}");
            assert_eq!(watch.look().await, before, "{method} {pattern}");
            n += 1;
        }
        assert!(n > 20, "{n} routes read a body");
    }
}

/// The routes that the sources give, as method and pattern.
fn routes_in_sources() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for source in tidy::sources().iter().filter(|source| source.is_below("server/src")) {
        for rest in source.text.split(".route(\"").skip(1) {
            let (pattern, handlers) = rest.split_once('"').unwrap();
            let mut depth = 1;
            let within = |letter: &char| {
                depth += i32::from(*letter == '(') - i32::from(*letter == ')');
                depth > 0
            };
            let handlers: String = handlers.chars().take_while(within).collect();
            for (method, name) in [("GET", "get("), ("POST", "post(")] {
                if handlers.contains(name) && pattern.starts_with("/api/") {
                    found.insert((method.to_owned(), pattern.to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn no_route_is_left_out_of_the_matrix() {
    let named = ROUTES.iter().map(|it| (it.0, it.1)).chain(DOORS.iter().map(|it| (it.0, it.1)));
    let named: BTreeSet<(String, String)> = named.map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    assert_eq!(routes_in_sources(), named);
    let stories: String = tidy::sources().into_iter().filter(|it| it.is_below("tests/api")).map(|it| it.text).collect();
    for (_, door, story) in DOORS {
        assert!(stories.contains(&format!("fn {story}(")), "{door}: there is no story {story}");
    }
}
