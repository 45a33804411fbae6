//! The command line: each bad start ends with one sentence and a hint, and leaves everything as it was.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use server::{
    clock::{Chance, Clock},
    state::AppState,
};

use crate::support::TestApp;

/// The binary that was built beside this test.
pub(super) fn ressenti() -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let mut command = Command::new(path.join("ressenti"));
    command.env_clear();
    command
}

#[track_caller]
fn refused(output: &Output, sentence: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{told}");
    let last: Vec<&str> = told.lines().skip_while(|line| !line.starts_with("ressenti: ")).collect();
    let [said, hint] = last.as_slice() else { panic!("one sentence and a hint: {told}") };
    assert!(said.contains(sentence), "{told}");
    assert!(hint.starts_with("  Hint: ") && hint.ends_with('.'), "{told}");
}

fn serve(folder: &std::path::Path, arguments: &[&str]) -> Output {
    ressenti().args(["serve", "--data"]).arg(folder).args(arguments).output().unwrap()
}

#[test]
fn a_taken_port_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&serve(folder.path(), &["--listen", &address]), "Cannot listen on");
    assert!(!folder.path().join("ressenti.db").exists(), "nothing was begun");
}

#[test]
fn a_data_folder_that_cannot_be_written_is_told() {
    refused(&serve(std::path::Path::new("/proc/ressenti"), &[]), "The data folder /proc/ressenti cannot be written");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    refused(&serve(&file, &[]), "cannot be written");
}

#[test]
fn a_bad_address_and_a_bad_database_are_told() {
    let folder = tempfile::tempdir().unwrap();
    refused(&serve(folder.path(), &["--listen", "localhost"]), "\"localhost\" is not an address");
    refused(&serve(folder.path(), &["--database", "mysql://me@there/x"]), "not a PostgreSQL address");
    let nobody = "postgres://nobody:sesame@127.0.0.1:1/nowhere";
    let output = serve(folder.path(), &["--database", nobody, "--listen", "127.0.0.1:0"]);
    refused(&output, "could not be opened");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("sesame"), "no password in a message");
}

#[test]
fn a_mistake_in_the_configuration_file_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("ressenti.toml");
    let check = |text: &str, sentence: &str| {
        std::fs::write(&config, text).unwrap();
        refused(&ressenti().args(["serve", "--config"]).arg(&config).output().unwrap(), sentence);
    };
    check("log = 'text'\nlisten_on = '127.0.0.1:1'\n", "has a mistake in line 2: unknown field `listen_on`");
    check("listen = [", "has a mistake in line 1");
    check("log = 'loud'", "has a mistake in line 1");
    std::fs::remove_file(&config).unwrap();
    refused(&ressenti().args(["serve", "--config"]).arg(&config).output().unwrap(), "could not be read");
}

#[test]
fn what_is_said_nearer_wins() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("ressenti.toml");
    std::fs::write(&config, "listen = 'from the file'").unwrap();
    let start = |arguments: &[&str], environment: Option<&str>| {
        let mut command = ressenti();
        command.args(["serve", "--config"]).arg(&config).args(arguments);
        command.envs(environment.map(|value| ("RESSENTI_LISTEN", value)));
        command.output().unwrap()
    };
    refused(&start(&[], None), "\"from the file\" is not");
    refused(&start(&[], Some("from the environment")), "\"from the environment\" is not");
    refused(&start(&["--listen", "from a flag"], Some("from the environment")), "\"from a flag\" is not");
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused_and_left_alone() {
    let check = async |app: TestApp| {
        let newer =
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
            SELECT 9999, 'later', installed_on, TRUE, checksum, 0 FROM _sqlx_migrations LIMIT 1";
        app.execute(newer).await.unwrap();
        let refused = AppState::open(&app.config, Clock::System, Chance::System).await.unwrap_err().to_string();
        assert!(refused.starts_with("The research database is from a newer version of ressenti"), "{refused}");
        assert!(refused.contains("\n  Hint: "), "{refused}");
    };
    check(TestApp::on_sqlite().await).await;
    if let Some(app) = TestApp::on_postgres().await {
        check(app).await;
    }
}

#[test]
fn an_account_is_made_with_a_password_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let add = |password: &str| {
        let mut command = ressenti();
        command.args(["user", "add", "claire", "--role", "nurse", "--site", "toulouse", "--data"]).arg(folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        running.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        running.wait_with_output().unwrap()
    };
    refused(&add("short\n"), "a password has at least 12 characters");
    let made = add("a long enough password\n");
    assert!(String::from_utf8_lossy(&made.stdout).contains("otpauth://totp/Ressenti:claire?secret="));
    refused(&add("a long enough password\n"), "already an account of this name");
    let listed = ressenti().args(["user", "list", "--data"]).arg(folder.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "claire: Nurse, toulouse\n");
}

#[test]
fn a_study_file_is_checked_with_every_fault_shown_in_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.toml");
    let check = |text: &str, more: &[&str]| {
        std::fs::write(&file, text).unwrap();
        let output = ressenti().current_dir(folder.path()).args(["study", "check", "study.toml"]).args(more).output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let shipped = ressenti().args(["study", "shipped"]).output().unwrap().stdout;
    let shipped = String::from_utf8(shipped).unwrap();
    assert_eq!(check(&shipped, &[]).0, Some(0));
    assert_eq!(check(&shipped, &[]).1, "study.toml: this study can be used.\n");

    let wrong = shipped.replacen("window = [-14, 14]", "window = [-60, 14]", 1);
    let place = |key: &str| wrong.lines().position(|line| line == format!("key = \"{key}\"")).unwrap() + 6;
    let (code, told, said) = check(&wrong, &[]);
    assert_eq!(code, Some(2));
    let drawn = format!(
        "error: M1 and M3 would ask qlq-c30 on the same days\n   --> study.toml:{later}:10\n    |\n\
         {earlier} | window = [-5, 10]\n    |          -------- M1 is asked here\n...\n\
         {later} | window = [-60, 14]\n    |          ^^^^^^^^^\n    |\n    \
         = help: M1 runs from day 23 to day 38: let one end before the other begins\n",
        earlier = place("M1"),
        later = place("M3"),
    );
    assert!(told.starts_with(&drawn), "{told}\n{drawn}");
    assert!(said.contains("The study file study.toml has one error and no warnings."), "{said}");

    let (code, told, _) = check(&wrong, &["--json"]);
    assert_eq!(code, Some(2));
    let line: serde_json::Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!((&line["severity"], &line["line"], &line["column"]), (&"error".into(), &place("M3").into(), &10.into()));
    assert_eq!(line["place"], "timepoints[5].window");

    assert_eq!(check(&shipped, &["--json"]).1, "");
    std::fs::remove_file(&file).unwrap();
    let missing = ressenti().args(["study", "check", "nowhere.toml"]).output().unwrap();
    refused(&missing, "The file nowhere.toml cannot be read");
    assert_eq!(missing.status.code(), Some(2));
}
