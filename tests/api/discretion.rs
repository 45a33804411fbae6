//! What commands say while they touch people: no name, number, address, answer or secret, on either output, in the log at
//! its most talkative, and whatever goes wrong on the way.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
};

use jiff::{ToSpan, tz::TimeZone};
use serde_json::json;
use server::{auth, clock::Clock, demo};
use shared::{api::ProblemKind, time::Timestamp};

use super::commands::ressenti;
use crate::support::{Client, PASSWORD, Phone, TestApp, mail::MailServer, patient::enrolment};

const NUMBER: &str = "CANARY-4410";
const FAMILY: &str = "Canarivore";
const BIRTH: &str = "1957-11-23";
const DOMAIN: &str = "canary.example.org";
const MAIL_PASSWORD: &str = "canary-mail-password";
const ANSWER: &str = "canary-answer";
const STAFF_PASSWORD: &str = "canary-staff-password";

/// A patient with all there is to give away, a phone and an address; what gives them away besides their names.
async fn enrol(app: &TestApp, nurse: &Client, nth: usize, name: &str) -> Vec<String> {
    let mut asked = enrolment(&format!("{NUMBER}-{nth}"));
    asked["family_name"] = json!(FAMILY);
    asked["birth_date"] = json!(BIRTH);
    asked["milestones"] = json!([]);
    asked["contacts"] = json!([{ "channel": "email", "address": format!("{name}@{DOMAIN}") }]);
    let enrolled: shared::api::EnrolReply = nurse.post("/api/patients", &asked).await.ok();
    let phone = Phone::of(app, nurse, enrolled.patient).await;
    phone.push(&[phone.answer("e1", 1)]).await;
    let strange = json!({ "protocol": 1, "events": [ANSWER] });
    assert!(phone.client.post("/api/sync/push", &strange).await.status.is_success());
    vec![phone.credential.clone(), phone.client.cookie().unwrap()]
}

/// The study with messages at all hours but one that is far from now, and one for T0 on the day it is aimed at.
fn study(now: Timestamp) -> String {
    let shipped = ressenti().args(["study", "shipped"]).output().unwrap().stdout;
    let hour = now.to_zoned(TimeZone::get("Europe/Paris").unwrap()).saturating_add(12.hours()).hour();
    String::from_utf8(shipped)
        .unwrap()
        .replace(
            r#"quiet = { from = "19:00", until = "09:00" }"#,
            &format!(r#"quiet = {{ from = "{hour:02}:00", until = "{hour:02}:01" }}"#),
        )
        .replace(r#""friday"]"#, r#""friday", "saturday", "sunday"]"#)
        .replace(r#"except = ["T0", "D7", "R"]"#, r#"except = ["D7", "R"]"#)
}

/// A command over the databases of an app, at its most talkative.
fn command(app: &TestApp, study: &std::path::Path, words: &[&str]) -> Command {
    let mut command = ressenti();
    command.args(words).arg("--study").arg(study).arg("--data").arg(app.folder());
    command.env("RUST_LOG", "trace");
    command
}

/// Everything a command says, on both outputs.
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_say_nothing_of_people() {
    let app = TestApp::on_sqlite_at(Clock::System.now()).await;
    let Some(mail) = MailServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.toml");
    std::fs::write(&file, study(app.clock.now())).unwrap();
    let nurse = app.nurse("claire", &["toulouse"]).await;
    let mut secrets = Vec::new();
    for (nth, name) in ["never", "later1", "silent", "taken"].into_iter().enumerate() {
        secrets.extend(enrol(&app, &nurse, nth, name).await);
    }
    let run = |words: &[&str], more: &[String]| said(command(&app, &file, words).args(more));
    let mut told = vec![run(&["remind", "--dry-run"], &[])];
    assert!(told[0].contains("4 would leave now"), "{}", told[0]);
    told.push(run(&["remind"], &mail.flags()));
    assert!(told[1].contains("1 sent, 1 to be tried again, 1 given up, 1 unknown"), "{}", told[1]);
    secrets.extend(mail.messages().iter().map(|it| it.stop_path().rsplit('/').next().unwrap().to_owned()));

    secrets.extend(enrol(&app, &nurse, 5, "refused").await);
    let password = folder.path().join("password");
    std::fs::write(&password, MAIL_PASSWORD).unwrap();
    let signed_in = ["--smtp-user", "canary-mail-user", "--smtp-password-file", password.to_str().unwrap()];
    let with_password = [mail.flags(), signed_in.map(str::to_owned).to_vec()].concat();
    told.push(run(&["remind"], &with_password));
    assert!(told[2].contains("0 sent, 1 to be tried again"), "the mail server knows no accounts: {}", told[2]);

    let out = folder.path().join("export");
    told.push(run(&["export", "--purpose", "to see", "--out", out.to_str().unwrap()], &[]));
    told.push(run(&["rebuild"], &[]));
    told.push(run(&["migrate"], &[]));
    told.push(run(&["user", "list"], &[]));
    assert!(told.iter().all(|it| !it.contains("\nressenti: ") || it.contains("to be tried again")), "{told:?}");
    let reminder = ["ALTER TABLE reminder RENAME TO away", "ALTER TABLE away RENAME TO reminder"];
    let events = ["ALTER TABLE answer_event RENAME TO away", "ALTER TABLE away RENAME TO answer_event"];
    let another = folder.path().join("another").display().to_string();
    let export = ["--purpose", "to see", "--out", &another].map(str::to_owned).to_vec();
    for ([away, back], words, more) in
        [(reminder, "remind", mail.flags()), (events, "rebuild", Vec::new()), (events, "export", export)]
    {
        app.execute(away).await.unwrap();
        let failed = run(&[words], &more);
        assert!(failed.contains("ressenti: "), "{words} after {away}: {failed}");
        told.push(failed);
        app.execute(back).await.unwrap();
    }

    let secrets = secrets.iter().map(|it| it.rsplit('=').next().unwrap());
    let names = [NUMBER, FAMILY, BIRTH, DOMAIN, MAIL_PASSWORD, ANSWER, PASSWORD, "Lefèvre", "Émile"];
    for canary in names.into_iter().chain(secrets) {
        for text in &told {
            assert!(!text.to_lowercase().contains(&canary.to_lowercase()), "{canary} is in {text}");
        }
    }
}

#[test]
fn an_account_is_made_without_a_word_about_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let add = || {
        let mut command = ressenti();
        command.args(["user", "add", "claire", "--role", "nurse", "--site", "toulouse", "--data"]).arg(folder.path());
        command.env("RUST_LOG", "trace").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        running.stdin.take().unwrap().write_all(format!("{STAFF_PASSWORD}\n").as_bytes()).unwrap();
        let output = running.wait_with_output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let ((made, log), again) = (add(), add());
    let secret = made.split_once("secret=").unwrap().1.split(['&', '\n']).next().unwrap();
    assert!(!log.contains(secret), "only whoever made the account sees its authenticator's secret");
    for text in [made.clone(), log, again.0, again.1] {
        assert!(!text.contains(STAFF_PASSWORD), "{text}");
    }
}

#[test]
fn a_table_that_is_not_scored_names_the_cell_and_not_what_stands_in_it() {
    let mut command = ressenti();
    command.args(["score", "ucla-3"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    running.stdin.take().unwrap().write_all(format!("id,u1,u2,u3\n1,1,{FAMILY},1\n").as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("row 1 (line 2), column u2"), "{told}");
    assert!(!told.contains(FAMILY), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_says_nothing_of_those_it_invents() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = ressenti();
    command.args(["demo", "--patients", "6", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path());
    let command = command.env("RUST_LOG", "trace").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let stderr = running.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        BufReader::new(stderr).read_to_string(&mut text).map(|_| text)
    });
    let mut stdout = BufReader::new(running.stdout.take().unwrap());
    let (mut told, mut line) = (String::new(), String::new());
    let address = loop {
        line.clear();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "it stopped: {told}");
        told.push_str(&line);
        if let Some((_, rest)) = line.split_once("http://") {
            break format!("http://{}", rest.split(['/', ' ', ',', '\n']).next().unwrap().trim_end_matches('.'));
        }
    };
    let nurse = Client::new(&address);
    let one_time_code = auth::one_time_code(demo::AUTHENTICATOR, Clock::System.now());
    let wrong = json!({ "username": "claire", "password": FAMILY, "one_time_code": one_time_code });
    assert_eq!(nurse.post("/api/staff/sign-in", &wrong).await.refusal(), ProblemKind::WrongCredentials);
    let right = json!({ "username": "claire", "password": demo::PASSWORD, "one_time_code": one_time_code });
    assert!(nurse.post("/api/staff/sign-in", &right).await.status.is_success());
    let everybody: shared::api::PatientsReply = nurse.post("/api/patients/search", &json!({})).await.ok();
    assert_eq!(everybody.patients.len(), 6);
    assert!(Command::new("kill").arg(running.id().to_string()).status().unwrap().success());
    stdout.read_to_string(&mut told).unwrap();
    assert!(running.wait().unwrap().success());
    let log = log.join().unwrap().unwrap();
    assert!(log.contains("answered"), "{log}");
    let cookie = nurse.cookie().unwrap();
    let names = everybody.patients.iter().flat_map(|line| [line.registry_number.clone(), line.name.clone()]);
    for canary in names.chain([cookie.split_once('=').unwrap().1.to_owned(), FAMILY.to_owned()]) {
        assert!(!log.contains(&canary) && !told.contains(&canary), "{canary} was said");
    }
    assert!(!log.contains(demo::PASSWORD), "it is told to whoever tries it out, and stands in no log");
}
