//! One message to the mail server, and what is known of it afterwards.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use shared::time::Timestamp;
use tokio::time::timeout;

use crate::config::{MailConfig, MailSecurity};

/// The mail server has this long to be reached and greeted, and as long again to take a message.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of a message, with the mail server's code. Its words are kept nowhere: they can repeat the address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Delivery {
    /// The mail server took it.
    Taken,
    /// It did not, and may later; nothing left.
    NotYet(String),
    /// It never will; nothing left.
    Never(String),
    /// Nobody knows whether it did.
    Unknown(String),
}

/// A message about to be made.
pub(super) struct Letter<'a> {
    pub(super) to: &'a str,
    pub(super) id: uuid::Uuid,
    pub(super) subject: &'a str,
    pub(super) text: String,
    /// The link that stops reminders: on the page it shows, or at once by the reader's own button (RFC 8058).
    pub(super) stop: &'a str,
    pub(super) language: &'static str,
    pub(super) at: Timestamp,
}

/// Makes a message; `None` when the address is none, or holds what does not belong into one.
pub(super) fn compose(config: &MailConfig, letter: Letter<'_>) -> Option<Message> {
    let to: Address = letter.to.parse().ok()?;
    let named = |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.at.as_millisecond()).ok()?);
    Message::builder()
        .from(Mailbox::new(Some("Ressenti".to_owned()), config.from.clone()))
        .to(Mailbox::new(None, to))
        .subject(letter.subject)
        .date(now)
        .message_id(Some(format!("<{}@{}>", letter.id, config.from.domain())))
        .raw_header(named("List-Unsubscribe", format!("<{}>", letter.stop)))
        .raw_header(named("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()))
        .raw_header(named("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(named("Content-Language", letter.language.to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text)
        .ok()
}

/// Hands a message to the mail server.
pub(super) async fn deliver(config: &MailConfig, message: &Message) -> Delivery {
    let mut connection = match timeout(PATIENCE, connect(config)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return Delivery::NotYet(detail(&error, "not reached")),
        Err(_) => return Delivery::NotYet("not reached in time".to_owned()),
    };
    let sent = timeout(PATIENCE, connection.send(message.envelope(), &message.formatted())).await;
    let delivery = match sent {
        Ok(Ok(_)) => Delivery::Taken,
        // only what the server said itself proves that it has nothing
        Ok(Err(error)) if error.is_permanent() => Delivery::Never(detail(&error, "refused")),
        Ok(Err(error)) if error.is_transient() => Delivery::NotYet(detail(&error, "refused")),
        // found wanting before a byte of it was sent
        Ok(Err(error)) if error.is_client() => Delivery::Never("the address cannot be written to".to_owned()),
        Ok(Err(_)) => Delivery::Unknown("the connection broke".to_owned()),
        Err(_) => Delivery::Unknown("no answer in time".to_owned()),
    };
    let _ = timeout(PATIENCE, connection.abort()).await;
    delivery
}

async fn connect(config: &MailConfig) -> Result<AsyncSmtpConnection, Error> {
    let tls = match config.security {
        MailSecurity::Tls | MailSecurity::Starttls => Some(TlsParameters::new(config.host.clone())?),
        MailSecurity::None => None,
    };
    let hello = ClientId::Domain(config.from.domain().to_owned());
    let at_once = tls.clone().filter(|_| config.security == MailSecurity::Tls);
    let server = (config.host.as_str(), config.port);
    let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &hello, at_once, None).await?;
    if let Some(tls) = tls.filter(|_| config.security == MailSecurity::Starttls) {
        connection.starttls(tls, &hello).await?;
    }
    if let Some((user, password)) = &config.credentials {
        connection.auth(DEFAULT_MECHANISMS, &Credentials::new(user.clone(), password.clone())).await?;
    }
    Ok(connection)
}

/// The code, if the server gave one.
fn detail(error: &Error, otherwise: &str) -> String {
    error.status().map_or_else(|| otherwise.to_owned(), |code| code.to_string())
}
