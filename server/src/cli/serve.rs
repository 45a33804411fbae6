//! `ressenti serve` and `ressenti demo`: opening, listening, and stopping without losing what is under way.

use std::{future::IntoFuture, time::Duration};

use tokio::net::TcpListener;

use super::{demo, say};
use crate::{
    checkpoints,
    clock::{Chance, Clock},
    config::{Config, StartError},
    reminders, router,
    state::AppState,
};

/// Once asked to stop, open requests have this long to end.
const GRACE: Duration = Duration::from_secs(20);

/// Listens, then opens the databases, then serves until asked to stop; with so many invented patients, if any.
pub(super) async fn serve(config: &Config, invented: Option<usize>) -> Result<(), StartError> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        let hint = "stop what listens there, or choose another address with --listen ADDRESS:PORT";
        StartError::new(format!("Cannot listen on {}: {error}.", config.listen), hint)
    })?;
    let address = listener.local_addr().unwrap_or(config.listen);
    let state = AppState::open(config, Clock::System, Chance::System).await?;
    if let Some(n_patients) = invented {
        demo::prepare(&state, n_patients).await?;
    }
    say(&format!("Ressenti serves http://{address}/ (patients) and http://{address}/staff/ (staff)."));
    let (news, stopping) = (state.news.clone(), tokio::sync::watch::Sender::new(false));
    let (asked, mut late) = (stopping.clone(), stopping.subscribe());
    let stop = async move {
        asked_to_stop().await;
        tracing::info!("stopping: what is under way is finished first");
        news.stop();
        asked.send_replace(true);
    };
    let reminding = tokio::spawn(reminders::keep_reminding(state.clone(), stopping.subscribe()));
    let checking = tokio::spawn(checkpoints::keep_checkpoints(state.clone(), stopping.subscribe()));
    let serving = axum::serve(listener, router(state)).with_graceful_shutdown(stop).into_future();
    let too_late = async move {
        let _ = late.wait_for(|stopping| *stopping).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::pin!(too_late);
    tokio::select! {
        served = serving => {
            served.map_err(|error| StartError::new(format!("Serving stopped: {error}."), "see the log above"))?;
        }
        () = &mut too_late => return Ok(()),
    }
    // a message that is on its way is noted, as far as there is time
    tokio::select! {
        _ = futures_util::future::join(reminding, checking) => {}
        () = too_late => {}
    }
    Ok(())
}

/// Resolves on SIGINT or SIGTERM.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
