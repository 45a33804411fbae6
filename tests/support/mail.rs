//! A real mail server that tests start (`tests/python/mail_server.py`), and the messages it took.
//!
//! `cargo xtask test` installs what it runs on. Without that these tests are skipped with a notice; under `CI` that is
//! a failure.

use std::{
    fs,
    io::{BufRead, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use server::config::{MailConfig, MailSecurity};
use tempfile::TempDir;

/// A mail server, ended with this value.
pub struct MailServer {
    folder: TempDir,
    port: u16,
    child: Child,
}

/// A message that the mail server took.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom it was handed over.
    pub to: String,
    /// Its headers, unfolded: name and value.
    pub headers: Vec<(String, String)>,
    /// All of it as it travelled.
    pub raw: String,
}

/// A program of `tests/python`, with the packages that were installed for it; `None` when they were not.
pub fn python(script: &str) -> Option<Command> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let packages = std::env::current_exe().expect("this test has a path");
    let packages = packages.ancestors().map(|it| it.join("python")).find(|it| it.join("installed.txt").is_file());
    let Some(packages) = packages else {
        assert!(std::env::var_os("CI").is_none(), "run `cargo xtask test`: under CI nothing is skipped");
        eprintln!("skipped: the Python packages of the tests are installed by `cargo xtask test`");
        return None;
    };
    let mut command = Command::new("python3");
    command.arg(root.join("tests/python").join(script)).env("PYTHONPATH", packages);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    Some(command)
}

impl MailServer {
    /// A mail server on a free port, if there is what it runs on.
    pub fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut child = python("mail_server.py")?.arg(folder.path()).spawn().expect("python3 starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the mail server says its port");
        Some(Self { folder, port, child })
    }

    /// How Ressenti reaches it.
    pub fn config(&self) -> MailConfig {
        MailConfig {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: MailSecurity::None,
            credentials: None,
            from: "ressenti@example.org".parse().unwrap(),
            public_address: "https://ressenti.example.org".to_owned(),
            every: Duration::from_mins(5),
        }
    }

    /// The flags that say the same.
    pub fn flags(&self) -> Vec<String> {
        let server = format!("127.0.0.1:{}", self.port);
        [
            "--smtp",
            &server,
            "--smtp-security",
            "none",
            "--mail-from",
            "ressenti@example.org",
            "--public-address",
            "https://ressenti.example.org",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// Resolves once it took so many messages.
    pub async fn has_taken(&self, n: usize) {
        let mut look = tokio::time::interval(Duration::from_millis(5));
        while self.messages().len() < n {
            look.tick().await;
        }
    }

    /// Everything it took, in that order.
    pub fn messages(&self) -> Vec<Mail> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.folder.path()).unwrap().map(|it| it.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| Mail::parse(&fs::read_to_string(path).unwrap())).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Mail {
    fn parse(file: &str) -> Self {
        let (to, raw) = file.split_once("\r\n").unwrap();
        let unfolded = raw.split_once("\r\n\r\n").unwrap().0.replace("\r\n ", " ").replace("\r\n\t", " ");
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            to: to.strip_prefix("RCPT ").unwrap().to_owned(),
            headers: unfolded.lines().filter_map(header).collect(),
            raw: raw.to_owned(),
        }
    }

    /// The value of a header that is there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.iter().filter(|(it, _)| it.eq_ignore_ascii_case(name));
        let (_, value) = values.next().unwrap_or_else(|| panic!("no {name} in {}", self.raw));
        assert!(values.next().is_none(), "{name} twice in {}", self.raw);
        value
    }

    /// The body as it is read: mail readers decode it, and so does Python's own.
    pub fn text(&self) -> String {
        let mut python = Command::new("python3");
        let read = "import email,email.policy,sys;sys.stdout.buffer.write(email.message_from_binary_file(\
                    sys.stdin.buffer,policy=email.policy.default).get_content().encode())";
        let mut child =
            python.args(["-c", read]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 starts");
        child.stdin.take().unwrap().write_all(self.raw.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }

    /// The path of its link to stop.
    pub fn stop_path(&self) -> String {
        let header = self.header("List-Unsubscribe");
        header.trim_matches(['<', '>']).strip_prefix("https://ressenti.example.org").expect(header).to_owned()
    }
}
