//! Live news of the last position committed: woken by this process's writer, and by a look at the counter each
//! second, so that several processes over one database agree.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::response::sse::Event;
use futures_util::{Stream, StreamExt};
use tokio::{sync::watch, task::JoinHandle};
use tokio_stream::wrappers::WatchStream;

use super::queries;
use crate::db::Db;

/// How often the counter is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The last position known to this process; `None` once the server stops.
#[derive(Clone, Debug)]
pub struct News {
    position: Arc<watch::Sender<Option<u64>>>,
}

impl News {
    /// Starts looking at the counter, which stands at `position`.
    #[must_use]
    pub fn start(db: Db, position: u64) -> Self {
        let news = Self { position: Arc::new(watch::Sender::new(Some(position))) };
        let looking: JoinHandle<()> = tokio::spawn(look(db, Arc::downgrade(&news.position)));
        drop(looking); // it ends with the last clone of the news
        news
    }

    /// Tells of a position that was committed.
    pub fn tell(&self, position: u64) {
        tell(&self.position, position);
    }

    /// Ends every stream of news: the server stops.
    pub fn stop(&self) {
        self.position.send_replace(None);
    }

    /// The position now and each time it moves.
    pub fn follow(&self) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        WatchStream::new(self.position.subscribe())
            .take_while(|position| std::future::ready(position.is_some()))
            .filter_map(std::future::ready)
            .map(|position| Ok(Event::default().data(format!("{{\"position\":{position}}}"))))
    }
}

fn tell(last: &watch::Sender<Option<u64>>, position: u64) {
    last.send_if_modified(|last| match last {
        Some(known) if *known < position => {
            *known = position;
            true
        }
        Some(_) | None => false,
    });
}

async fn look(db: Db, last: std::sync::Weak<watch::Sender<Option<u64>>>) {
    let mut turn = tokio::time::interval(LOOK);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        let Some(last) = last.upgrade() else { return };
        match queries::last_position(&db).await {
            Ok(position) => tell(&last, position),
            Err(error) => tracing::warn!(%error, "the position could not be read"),
        }
    }
}
