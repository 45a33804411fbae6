//! Passkeys of staff: what lets in alone, and everything that does not.

use std::time::Duration;

use serde_json::{Value, json};
use server::auth::{accounts, guard::operator, passkeys};
use shared::{
    api::{
        ChallengeReply, PasskeyLine, PasskeyRequest, PasskeySignInRequest, PasskeysReply, Problem, ProblemKind,
        SignInWaysReply, StaffReply,
    },
    people::Role,
};

use crate::support::{Authenticator, Client, PASSWORD, Reply, TestApp, on_both_databases};

async fn challenge(client: &Client, path: &str) -> ChallengeReply {
    client.post(path, &json!({})).await.ok()
}

/// What is sent to add a passkey.
async fn addition(client: &Client, authenticator: &mut Authenticator) -> PasskeyRequest {
    let ChallengeReply { reference, options } = challenge(client, "/api/staff/passkeys/challenge").await;
    PasskeyRequest { reference, name: "grey key".to_owned(), credential: authenticator.make(&options) }
}

async fn add(client: &Client, authenticator: &mut Authenticator) -> PasskeyLine {
    let request = addition(client, authenticator).await;
    client.post("/api/staff/passkeys", &request).await.ok()
}

/// What is sent to sign in.
async fn signing(client: &Client, authenticator: &mut Authenticator) -> PasskeySignInRequest {
    let ChallengeReply { reference, options } = challenge(client, "/api/staff/passkey/challenge").await;
    PasskeySignInRequest { reference, credential: authenticator.sign(&options) }
}

async fn sign_in(client: &Client, authenticator: &mut Authenticator) -> Reply {
    let request = signing(client, authenticator).await;
    client.post("/api/staff/passkey/sign-in", &request).await
}

/// Claire, with a passkey.
async fn claire(app: &TestApp) -> (Client, Authenticator, PasskeyLine) {
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let mut authenticator = Authenticator::new(1);
    let line = add(&nurse, &mut authenticator).await;
    (nurse, authenticator, line)
}

on_both_databases! {
    async fn a_passkey_is_both_factors_until_it_is_removed(app: TestApp) {
        let (nurse, mut authenticator, line) = claire(&app).await;
        let ways: SignInWaysReply = app.client().get("/api/staff/ways").await.ok();
        assert!(ways.passkey);
        app.clock.advance(Duration::from_mins(1));

        let browser = app.client();
        let reply = sign_in(&browser, &mut authenticator).await;
        let cookie = reply.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("__Host-ressenti-staff=") && cookie.contains("SameSite=Strict"), "{cookie}");
        assert_eq!(reply.ok::<StaffReply>().username, "claire");
        let first = browser.cookie();
        assert_eq!(sign_in(&browser, &mut authenticator).await.ok::<StaffReply>().role, Role::Nurse);
        let second = browser.cookie();
        browser.set_cookie(first);
        assert_eq!(browser.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn, "a new session each time");
        browser.set_cookie(second);
        app.clock.advance(Duration::from_mins(16));
        assert_eq!(browser.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn, "idle as any other");

        let again = app.client();
        sign_in(&again, &mut authenticator).await.ok::<StaffReply>();
        let listed: PasskeysReply = again.get("/api/staff/passkeys").await.ok();
        let [shown] = listed.passkeys.as_slice() else { panic!("{listed:?}") };
        assert_eq!((shown.name.as_str(), shown.passkey, shown.added_at), ("grey key", line.passkey, line.added_at));
        assert!(listed.offered && listed.changeable && shown.used_at > Some(line.added_at), "{listed:?}");
        let remove = format!("/api/staff/passkeys/{}/remove", line.passkey);
        assert_eq!(again.post(&remove, &json!({})).await.status, 204);
        assert_eq!(sign_in(&app.client(), &mut authenticator).await.refusal(), ProblemKind::WrongCredentials);
        assert_eq!(again.post(&remove, &json!({})).await.refusal(), ProblemKind::NotFound);
        drop(nurse);

        for (operation, n) in [
            ("SELECT count(*) FROM audit WHERE operation = 'add_passkey' AND log = 'security'", 1),
            ("SELECT count(*) FROM audit WHERE operation = 'remove_passkey' AND log = 'security'", 1),
            ("SELECT count(*) FROM audit WHERE operation = 'sign_in' AND detail = 'passkey'", 3),
            ("SELECT count(*) FROM audit WHERE operation = 'sign_in' AND detail = 'password'", 1),
        ] {
            assert_eq!(app.count(operation).await, n, "{operation}");
        }
    }

    async fn a_challenge_works_once_and_for_five_minutes(app: TestApp) {
        let (nurse, mut authenticator, _) = claire(&app).await;
        let browser = app.client();
        let once = signing(&browser, &mut authenticator).await;
        browser.post("/api/staff/passkey/sign-in", &once).await.ok::<StaffReply>();
        let twice = app.client().post("/api/staff/passkey/sign-in", &once).await;
        assert_eq!(twice.refusal(), ProblemKind::WrongCredentials);

        let refused = signing(&browser, &mut authenticator).await;
        let broken = PasskeySignInRequest { credential: json!({}), ..refused.clone() };
        assert_eq!(browser.post("/api/staff/passkey/sign-in", &broken).await.refusal(), ProblemKind::WrongCredentials);
        let after = browser.post("/api/staff/passkey/sign-in", &refused).await;
        assert_eq!(after.refusal(), ProblemKind::WrongCredentials, "a try that failed used it up too");

        let (early, late) = (signing(&browser, &mut authenticator).await, signing(&browser, &mut authenticator).await);
        app.clock.advance(Duration::from_secs(299));
        // signed first, sent first: the counter goes on
        browser.post("/api/staff/passkey/sign-in", &early).await.ok::<StaffReply>();
        app.clock.advance(Duration::from_secs(1));
        let late = browser.post("/api/staff/passkey/sign-in", &late).await;
        assert_eq!(late.refusal(), ProblemKind::WrongCredentials);

        let adding = addition(&nurse, &mut Authenticator::new(2)).await;
        nurse.post("/api/staff/passkeys", &adding).await.ok::<PasskeyLine>();
        assert_eq!(nurse.post("/api/staff/passkeys", &adding).await.refusal(), ProblemKind::Refused);
        let mixed = PasskeySignInRequest {
            reference: challenge(&nurse, "/api/staff/passkeys/challenge").await.reference,
            ..signing(&browser, &mut authenticator).await
        };
        let mixed = browser.post("/api/staff/passkey/sign-in", &mixed).await;
        assert_eq!(mixed.refusal(), ProblemKind::WrongCredentials, "what was asked to add signs nobody in");
        assert_eq!(app.count("SELECT count(*) FROM passkey").await, 2);
    }

    async fn a_passkey_serves_its_own_account_and_this_site_alone(app: TestApp) {
        let (_, authenticator, _) = claire(&app).await;
        let nadia = app.nurse("nadia", &["centre-nord"]).await;
        let mut hers = Authenticator::new(2);
        add(&nadia, &mut hers).await;

        let tries = [
            Authenticator { user: hers.user.clone(), ..authenticator.clone() },
            Authenticator { origin: "https://ressenti.example.com".to_owned(), ..authenticator.clone() },
            Authenticator { origin: "http://ressenti.example.org".to_owned(), ..authenticator.clone() },
            Authenticator { user: authenticator.user.clone(), ..Authenticator::new(3) },
        ];
        let mut problems: Vec<Problem> = Vec::new();
        for mut it in tries {
            problems.push(sign_in(&app.client(), &mut it).await.problem());
        }
        assert_eq!(problems[0].kind, ProblemKind::WrongCredentials);
        assert!(problems.iter().all(|problem| *problem == problems[0]), "a refusal never says why: {problems:?}");
        assert_eq!(app.count("SELECT count(*) FROM audit WHERE detail = 'passkey'").await, 0);

        let adding = addition(&nadia, &mut Authenticator::new(4)).await;
        let claire = app.client();
        sign_in(&claire, &mut authenticator.clone()).await.ok::<StaffReply>();
        let stolen = claire.post("/api/staff/passkeys", &adding).await;
        assert_eq!(stolen.refusal(), ProblemKind::Refused, "what one account was asked adds to no other");
        let mut elsewhere = Authenticator::new(5);
        elsewhere.origin = "https://ressenti.example.com".to_owned();
        let foreign = addition(&claire, &mut elsewhere).await;
        assert_eq!(claire.post("/api/staff/passkeys", &foreign).await.refusal(), ProblemKind::Refused);
        let taken = addition(&claire, &mut hers).await;
        assert_eq!(claire.post("/api/staff/passkeys", &taken).await.refusal(), ProblemKind::Refused);
        assert_eq!(app.count("SELECT count(*) FROM passkey").await, 2);
    }

    async fn a_passkey_that_did_not_verify_its_owner_is_refused(app: TestApp) {
        let (nurse, mut authenticator, _) = claire(&app).await;
        let mut careless = Authenticator { verifies: false, ..Authenticator::new(2) };
        let adding = addition(&nurse, &mut careless).await;
        assert_eq!(nurse.post("/api/staff/passkeys", &adding).await.refusal(), ProblemKind::Refused);
        authenticator.verifies = false;
        assert_eq!(sign_in(&app.client(), &mut authenticator).await.refusal(), ProblemKind::WrongCredentials);
        authenticator.verifies = true;
        sign_in(&app.client(), &mut authenticator).await.ok::<StaffReply>();
    }

    async fn a_passkey_that_counts_backwards_is_refused_and_the_trail_says_so(app: TestApp) {
        let (_, mut authenticator, line) = claire(&app).await;
        let mut copy = authenticator.clone();
        for _ in 0..3 {
            sign_in(&app.client(), &mut authenticator).await.ok::<StaffReply>();
        }
        assert_eq!(sign_in(&app.client(), &mut copy).await.refusal(), ProblemKind::WrongCredentials);
        let told = "SELECT count(*) FROM audit WHERE operation = 'refuse_passkey' AND log = 'security'";
        assert_eq!(app.count(told).await, 1);
        sign_in(&app.client(), &mut authenticator).await.ok::<StaffReply>();
        let scope = operator();
        let kept = passkeys::list(&scope, &app.state.db, "claire").await.unwrap();
        assert_eq!(kept[0].line.passkey, line.passkey);
    }

    async fn passkeys_are_changed_soon_after_signing_in_only(app: TestApp) {
        let (nurse, _, line) = claire(&app).await;
        let begun = addition(&nurse, &mut Authenticator::new(2)).await;
        app.clock.advance(Duration::from_mins(10));
        let listed: PasskeysReply = nurse.get("/api/staff/passkeys").await.ok();
        assert!(!listed.changeable);
        let remove = format!("/api/staff/passkeys/{}/remove", line.passkey);
        for (path, body) in [
            ("/api/staff/passkeys/challenge", json!({})),
            ("/api/staff/passkeys", serde_json::to_value(&begun).unwrap()),
            (&remove, json!({})),
        ] {
            let refused: Value = body;
            assert_eq!(nurse.post(path, &refused).await.refusal(), ProblemKind::Forbidden, "{path}");
        }
        assert_eq!(app.count("SELECT count(*) FROM passkey").await, 1);
    }

    async fn a_lost_passkey_is_removed_on_the_server_and_a_closed_account_has_none(app: TestApp) {
        let (nurse, mut authenticator, line) = claire(&app).await;
        let (scope, now) = (operator(), app.clock.now());
        let unknown = passkeys::remove(&scope, &app.state.db, "nadia", line.passkey, now).await;
        assert!(unknown.unwrap_err().to_string().contains("no passkey"), "not of another account");
        passkeys::remove(&scope, &app.state.db, "claire", line.passkey, now).await.unwrap();
        assert_eq!(nurse.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn, "its sessions are over");
        assert_eq!(sign_in(&app.client(), &mut authenticator).await.refusal(), ProblemKind::WrongCredentials);
        assert_eq!(app.count("SELECT count(*) FROM audit WHERE operation = 'remove_passkey'").await, 1);

        app.clock.advance(Duration::from_secs(30));
        let nurse = app.sign_in("claire").await;
        add(&nurse, &mut authenticator).await;
        sign_in(&app.client(), &mut authenticator).await.ok::<StaffReply>();
        accounts::disable(&scope, &app.state.db, "claire", app.clock.now()).await.unwrap();
        assert_eq!(sign_in(&app.client(), &mut authenticator).await.refusal(), ProblemKind::WrongCredentials);
        accounts::reset(&scope, &app.state.db, "claire", PASSWORD.to_owned(), &app.state.chance).await.unwrap();
        assert_eq!(sign_in(&app.client(), &mut authenticator).await.refusal(), ProblemKind::WrongCredentials);
        assert_eq!(app.count("SELECT count(*) FROM passkey").await, 0, "new secrets leave none of before");
    }
}
