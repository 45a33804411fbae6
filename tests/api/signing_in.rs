//! Two factors for staff: what lets in, what does not, and how long it lasts.

use std::time::Duration;

use shared::{
    api::{ProblemKind, SignInRequest, StaffReply},
    people::Role,
};

use crate::support::{PASSWORD, TestApp, on_both_databases};

fn request(app: &TestApp, password: &str) -> SignInRequest {
    let (username, password) = ("claire".to_owned(), password.to_owned());
    SignInRequest { username, password, one_time_code: app.one_time_code() }
}

on_both_databases! {
    async fn a_nurse_signs_in_and_out(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let cookie = nurse.cookie().unwrap();
        assert!(cookie.starts_with("__Host-ressenti-staff="), "{cookie}");
        let me: StaffReply = nurse.get("/api/staff/me").await.ok();
        assert_eq!((me.username.as_str(), me.role), ("claire", Role::Nurse));

        assert_eq!(nurse.post("/api/staff/sign-out", &()).await.status, 204);
        nurse.set_cookie(Some(cookie));
        assert_eq!(nurse.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn);
    }

    async fn a_one_time_code_works_once(app: TestApp) {
        let first = app.nurse("claire", &["toulouse"]).await;
        let replay = app.client().post("/api/staff/sign-in", &request(&app, PASSWORD)).await;
        assert_eq!(replay.refusal(), ProblemKind::WrongCredentials);
        app.clock.advance(Duration::from_secs(30));
        app.sign_in("claire").await;
        assert!(first.get("/api/staff/me").await.status.is_success(), "the first session goes on");
    }

    async fn wrong_tries_slow_the_account_down(app: TestApp) {
        app.add_staff("claire", Role::Nurse, &["toulouse"]).await;
        for _ in 0..3 {
            let reply = app.client().post("/api/staff/sign-in", &request(&app, "wrong")).await;
            assert_eq!(reply.refusal(), ProblemKind::WrongCredentials);
        }
        app.client().post("/api/staff/sign-in", &request(&app, "wrong")).await.refusal();
        let reply = app.client().post("/api/staff/sign-in", &request(&app, PASSWORD)).await;
        assert_eq!(reply.refusal(), ProblemKind::TooManyTries, "even the right password waits now");
        app.clock.advance(Duration::from_secs(6));
        app.sign_in("claire").await;
    }

    async fn tries_at_the_same_moment_are_slowed_down_too(app: TestApp) {
        app.add_staff("claire", Role::Nurse, &["toulouse"]).await;
        let (client, wrong) = (app.client(), request(&app, "wrong"));
        let tries = (0..20).map(|_| client.post("/api/staff/sign-in", &wrong));
        let replies = futures_util::future::join_all(tries).await;
        let looked_at = replies.iter().filter(|reply| reply.refusal() == ProblemKind::WrongCredentials).count();
        assert!((1..=4).contains(&looked_at), "{looked_at} of twenty were looked at");
    }

    async fn an_idle_session_ends_and_so_does_a_long_one(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        app.clock.advance(Duration::from_mins(14));
        assert!(nurse.get("/api/staff/me").await.status.is_success());
        app.clock.advance(Duration::from_mins(15));
        assert_eq!(nurse.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn);

        let busy = app.sign_in("claire").await;
        for _ in 0..(12 * 6) - 1 {
            app.clock.advance(Duration::from_mins(10));
            assert!(busy.get("/api/staff/me").await.status.is_success());
        }
        app.clock.advance(Duration::from_mins(10));
        assert_eq!(busy.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn, "twelve hours are over");
    }

    async fn nobody_and_a_wrong_password_look_the_same(app: TestApp) {
        let nobody = app.client().post("/api/staff/sign-in", &request(&app, PASSWORD)).await;
        app.add_staff("claire", Role::Nurse, &["toulouse"]).await;
        let wrong = app.client().post("/api/staff/sign-in", &request(&app, "wrong")).await;
        assert_eq!(nobody.problem(), wrong.problem());
    }
}
