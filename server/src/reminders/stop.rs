//! `/api/reminders/stop/{secret}`: a patient stops reminders by the link of a message, without signing in.
//!
//! Mail scanners open every link, so that opening it only shows a page; its button stops them, and so does the mail
//! reader's own (RFC 8058), which sends the same request. Plain pages, as the app's own need its worker and a device.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use shared::id::PatientId;

use super::{queries, words::Tongue};
use crate::{
    audit::{self, Operation},
    auth::{self, guard},
    error::{ApiError, Path},
    state::AppState,
};

/// What a mail reader's button sends is a few bytes.
const LONGEST_BODY: usize = 4096;

const STYLE: &str = "\
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 34rem; padding: 2rem 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
button { font: inherit; font-weight: 600; min-height: 3rem; padding: 0.5rem 1.25rem; border: 0; border-radius: 0.5rem;
  background: #1d5c55; color: #fff; }
button:focus-visible { outline: 3px solid #f2b134; outline-offset: 3px; }
";

/// Routes of stopping reminders. They stand apart from the app's interface: who comes here is in no page of it.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/reminders/stop/{secret}", get(ask).post(stop))
        .route("/api/reminders/stop.css", get(style))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], STYLE).into_response()
}

/// What a page says.
struct Words {
    title: &'static str,
    lead: &'static str,
    button: Option<&'static str>,
}

const fn asking(tongue: Tongue) -> Words {
    match tongue {
        Tongue::French => Words {
            title: "Ne plus recevoir de messages\u{202f}?",
            lead: "Vos questionnaires restent dans Ressenti et vos réponses sont gardées. Seuls les messages s’arrêtent.",
            button: Some("Ne plus recevoir de messages"),
        },
        Tongue::English => Words {
            title: "Stop these messages?",
            lead: "Your questionnaires stay in Ressenti and your answers are kept. Only the messages stop.",
            button: Some("Stop the messages"),
        },
    }
}

const fn stopped(tongue: Tongue) -> Words {
    match tongue {
        Tongue::French => Words {
            title: "C’est fait",
            lead: "Vous ne recevrez plus de messages. Pour en recevoir à nouveau, dites-le à l’équipe qui vous suit. \
                   Vous pouvez fermer cette page.",
            button: None,
        },
        Tongue::English => Words {
            title: "Done",
            lead: "You will receive no more messages. To receive them again, tell the team that follows you. You can \
                   close this page.",
            button: None,
        },
    }
}

fn page(status: StatusCode, tongue: Tongue, Words { title, lead, button }: &Words) -> Response {
    let lang = tongue.tag();
    let form = button.map(|button| format!("<form method=\"post\"><button>{button}</button></form>"));
    let page = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"/api/reminders/stop.css\">\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n<p>{lead}</p>\n{}\n</main>\n</body>\n</html>\n",
        form.unwrap_or_default()
    );
    (status, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

/// A link that was never sent, or was replaced when its message was tried again.
fn no_such_link() -> Response {
    let words = Words {
        title: "Ce lien ne fonctionne pas · This link does not work",
        lead: "Ouvrez celui du dernier message reçu. · Open the one of the last message you received.",
        button: None,
    };
    page(StatusCode::NOT_FOUND, Tongue::French, &words)
}

async fn ask(State(state): State<AppState>, Path(secret): Path<String>) -> Result<Response, ApiError> {
    let mut tx = state.db.snapshot().await?;
    let found = find(&mut tx, &secret).await?;
    Ok(found.map_or_else(no_such_link, |(_, tongue)| page(StatusCode::OK, tongue, &asking(tongue))))
}

/// Whoever holds the link may stop, as often as they like; the body says nothing more.
async fn stop(State(state): State<AppState>, Path(secret): Path<String>, _: Bytes) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let Some((patient, tongue)) = find(&mut tx, &secret).await? else { return Ok(no_such_link()) };
    let scope = guard::operator().sending(patient).facts();
    if queries::wants(&mut tx, &scope).await? {
        queries::choose(&mut tx, patient, false, None, now).await?;
        let entry = audit::Entry::patient(patient, Operation::ChooseReminders).with("stopped");
        audit::append(&mut tx, &entry, now).await?;
        tx.commit().await?;
    }
    Ok(page(StatusCode::OK, tongue, &stopped(tongue)))
}

async fn find(tx: &mut crate::db::Tx, secret: &str) -> sqlx::Result<Option<(PatientId, Tongue)>> {
    let found = queries::find_by_stop_link(tx, &auth::sha256(secret)).await?;
    Ok(found.map(|(patient, language)| (patient, Tongue::of(&language))))
}
