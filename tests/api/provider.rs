//! The hospital's own sign-in: whom it lets in, and everything that proves nobody.

use std::time::Duration;

use serde_json::{Value, json};
use server::{
    auth::{accounts, guard::operator},
    config::SecondFactor,
};
use shared::{
    api::{Problem, ProblemKind, ProviderReply, ProviderSignInRequest, SignInWaysReply, StaffReply},
    people::Role,
};

use crate::support::{
    Client, PASSWORD, Reply, TestApp, on_both_databases,
    sign_in_page::{Says, SignInPage, its_key, provider_at},
};

const BEGIN: &str = "/api/staff/provider/challenge";
const SIGN_IN: &str = "/api/staff/provider/sign-in";

fn by_method() -> Vec<SecondFactor> {
    vec![SecondFactor::Method("mfa".to_owned())]
}

/// Claire, whom the provider knows and who showed two factors there just now.
fn claire(app: &TestApp) -> Says {
    let now = app.clock.now();
    let ends_at = now + Duration::from_mins(5);
    let methods = vec!["pwd", "otp", "mfa"];
    Says { subject: "s-1", username: "Claire", methods, shown_at: now, ends_at, instead: json!({}), key: its_key() }
}

/// The same server with the provider's page, and accounts.
async fn with_page(app: &TestApp, second_factors: Vec<SecondFactor>) -> (TestApp, SignInPage) {
    app.add_staff("claire", Role::Nurse, &["toulouse"]).await;
    app.add_staff("hugo", Role::Investigator, &[]).await;
    let page = SignInPage::open().await;
    (app.with_provider(page.config(second_factors)).await, page)
}

async fn leaves(browser: &Client) -> ProviderReply {
    browser.post(BEGIN, &json!({})).await.ok()
}

/// What is handed in once somebody signed in there.
async fn comes_back(browser: &Client, page: &SignInPage, says: Says) -> ProviderSignInRequest {
    let ProviderReply { reference, address } = leaves(browser).await;
    page.signs_in(&address, &reference, says)
}

async fn signs_in(app: &TestApp, page: &SignInPage, says: Says) -> Reply {
    let browser = app.client();
    let handed = comes_back(&browser, page, says).await;
    browser.post(SIGN_IN, &handed).await
}

on_both_databases! {
    async fn whom_the_provider_proves_comes_in_as_their_own_account(app: TestApp) {
        let none: SignInWaysReply = app.client().get("/api/staff/ways").await.ok();
        assert!(!none.provider);
        assert_eq!(app.client().post(BEGIN, &json!({})).await.refusal(), ProblemKind::Refused);
        let (app, page) = with_page(&app, by_method()).await;
        let ways: SignInWaysReply = app.client().get("/api/staff/ways").await.ok();
        assert!(ways.provider);

        let browser = app.client();
        let handed = comes_back(&browser, &page, claire(&app)).await;
        let reply = browser.post(SIGN_IN, &handed).await;
        let cookie = reply.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("__Host-ressenti-staff=") && cookie.contains("SameSite=Strict"), "{cookie}");
        let staff: StaffReply = reply.ok();
        assert_eq!((staff.username.as_str(), staff.role), ("claire", Role::Nurse), "the account says what she may do");
        assert_eq!(browser.get("/api/staff/me").await.ok::<StaffReply>(), staff);
        assert_eq!(browser.post("/api/staff/sign-out", &json!({})).await.status, 204);
        assert_eq!(browser.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn);

        let named = Says { instead: json!({ "preferred_username": "hugo" }), subject: "s-2", ..claire(&app) };
        let hugo: StaffReply = signs_in(&app, &page, named).await.ok();
        assert_eq!(hugo.username, "hugo", "by the token where it names the account");
        let told = "SELECT count(*) FROM audit WHERE operation = 'sign_in' AND detail = 'provider' AND log = 'security'";
        assert_eq!(app.count(told).await, 2);
    }

    async fn what_a_provider_sent_back_works_once_and_for_who_asked(app: TestApp) {
        let (app, page) = with_page(&app, by_method()).await;
        let refused = async |handed: &ProviderSignInRequest| app.client().post(SIGN_IN, handed).await.refusal();
        let once = comes_back(&app.client(), &page, claire(&app)).await;
        app.client().post(SIGN_IN, &once).await.ok::<StaffReply>();
        assert_eq!(refused(&once).await, ProblemKind::WrongCredentials, "not twice");

        let other = leaves(&app.client()).await.reference;
        let mine = comes_back(&app.client(), &page, claire(&app)).await;
        let slipped_in = ProviderSignInRequest { reference: other, ..mine };
        assert_eq!(refused(&slipped_in).await, ProblemKind::WrongCredentials, "not in another's browser");
        let mine = comes_back(&app.client(), &page, claire(&app)).await;
        let forged = ProviderSignInRequest { state: "forged".to_owned(), ..mine };
        assert_eq!(refused(&forged).await, ProblemKind::WrongCredentials, "not with another state");
        let mine = comes_back(&app.client(), &page, claire(&app)).await;
        let stolen = ProviderSignInRequest { code: mine.code, ..comes_back(&app.client(), &page, claire(&app)).await };
        assert_eq!(refused(&stolen).await, ProblemKind::WrongCredentials, "not with another's code");

        let (early, late) = (leaves(&app.client()).await, leaves(&app.client()).await);
        app.clock.advance(Duration::from_secs(299));
        let early = page.signs_in(&early.address, &early.reference, claire(&app));
        app.client().post(SIGN_IN, &early).await.ok::<StaffReply>();
        app.clock.advance(Duration::from_secs(1));
        let late = page.signs_in(&late.address, &late.reference, claire(&app));
        assert_eq!(refused(&late).await, ProblemKind::WrongCredentials, "not after five minutes");
    }

    async fn a_token_that_is_not_for_this_sign_in_proves_nobody(app: TestApp) {
        let (app, page) = with_page(&app, by_method()).await;
        let (good, long_ago) = (claire(&app), app.clock.now() - Duration::from_mins(7));
        let says = |instead: Value| Says { instead, ..good.clone() };
        let tries = [
            says(json!({ "nonce": "another" })),
            says(json!({ "aud": "another client" })),
            says(json!({ "aud": ["ressenti", "another client"] })),
            says(json!({ "iss": "http://127.0.0.1:1" })),
            says(json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" })),
            says(json!({ "auth_time": null })),
            says(json!({ "sub": "s-2" })),
            Says { ends_at: long_ago, ..good.clone() },
            Says { shown_at: long_ago, ..good.clone() },
            Says { key: p256::ecdsa::SigningKey::from_slice(&[8; 32]).unwrap(), ..good.clone() },
        ];
        let mut problems: Vec<Problem> = Vec::new();
        for says in tries {
            problems.push(signs_in(&app, &page, says).await.problem());
        }
        assert_eq!(problems[0].kind, ProblemKind::WrongCredentials);
        assert!(problems.iter().all(|problem| *problem == problems[0]), "{problems:?}");
        assert_eq!(app.count("SELECT count(*) FROM session").await, 0);
        assert_eq!(app.count("SELECT count(*) FROM audit WHERE detail = 'provider'").await, 0);
    }

    async fn two_factors_are_shown_to_the_provider_or_nobody_comes_in(app: TestApp) {
        let context = SecondFactor::Context("https://refeds.org/profile/mfa".to_owned());
        let (app, page) = with_page(&app, vec![SecondFactor::Method("mfa".to_owned()), context]).await;
        let says = |methods: Vec<&'static str>, instead| Says { methods, instead, ..claire(&app) };
        let tries = [(vec!["pwd"], json!({})), (vec![], json!({ "acr": "1" })), (vec![], json!({ "amr": null }))];
        for one in tries.map(|(methods, instead)| says(methods, instead)) {
            assert_eq!(signs_in(&app, &page, one).await.refusal(), ProblemKind::Forbidden);
        }
        let told = "SELECT count(*) FROM audit WHERE operation = 'refuse_provider' AND detail = 'one factor'";
        assert_eq!((app.count(told).await, app.count("SELECT count(*) FROM session").await), (3, 0));
        assert!(leaves(&app.client()).await.address.contains("acr_values=https%3A%2F%2Frefeds.org"));
        let both = says(vec!["pwd"], json!({ "acr": "https://refeds.org/profile/mfa" }));
        signs_in(&app, &page, both).await.ok::<StaffReply>();
    }

    async fn an_account_stays_with_whom_the_provider_proved_first(app: TestApp) {
        let (app, page) = with_page(&app, by_method()).await;
        signs_in(&app, &page, claire(&app)).await.ok::<StaffReply>();
        let namesake = Says { subject: "s-2", ..claire(&app) };
        assert_eq!(signs_in(&app, &page, namesake.clone()).await.refusal(), ProblemKind::Conflict);
        let renamed = Says { username: "hugo", ..claire(&app) };
        assert_eq!(signs_in(&app, &page, renamed).await.refusal(), ProblemKind::Conflict, "nor with another's name");
        let told = "SELECT count(*) FROM audit WHERE operation = 'refuse_provider' AND detail = 'another person'";
        assert_eq!(app.count(told).await, 2);

        let unknown = Says { subject: "s-3", username: "nadia", ..claire(&app) };
        assert_eq!(signs_in(&app, &page, unknown).await.refusal(), ProblemKind::NotFound);
        let (scope, db) = (operator(), &app.state.db);
        accounts::disable(&scope, db, "claire", app.clock.now()).await.unwrap();
        assert_eq!(signs_in(&app, &page, claire(&app)).await.refusal(), ProblemKind::NotFound, "closed is closed");
        accounts::reset(&scope, db, "claire", PASSWORD.to_owned(), &app.state.chance).await.unwrap();
        signs_in(&app, &page, namesake).await.ok::<StaffReply>();
    }

    async fn a_provider_out_of_reach_leaves_the_password(app: TestApp) {
        app.add_staff("claire", Role::Nurse, &["toulouse"]).await;
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let app = app.with_provider(provider_at(&format!("http://{nobody}"), by_method())).await;
        let ways: SignInWaysReply = app.client().get("/api/staff/ways").await.ok();
        assert!(ways.provider, "it may be back at any moment");
        assert_eq!(app.client().post(BEGIN, &json!({})).await.refusal(), ProblemKind::Unavailable);
        app.sign_in("claire").await;
        assert_eq!(app.count("SELECT count(*) FROM sign_in_challenge").await, 0);
    }
}
