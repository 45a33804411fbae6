//! Live news of the last position committed and of what else a worklist shows: woken by this process, and by a look at
//! both counters each second, so that several processes over one database agree.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::response::sse::Event;
use futures_util::{Stream, StreamExt};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use tokio_stream::wrappers::WatchStream;

use super::queries;
use crate::db::Db;

/// How often the counters are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The last position, and the count of other news.
type Counters = (u64, u64);

/// The counters as this process knows them; `None` once the server stops.
#[derive(Clone, Debug)]
pub struct News {
    counters: Arc<watch::Sender<Option<Counters>>>,
    hurry: Arc<Notify>,
}

impl News {
    /// Starts looking at the counters, which stand so.
    #[must_use]
    pub fn start(db: Db, counters: Counters) -> Self {
        let news = Self { counters: Arc::new(watch::Sender::new(Some(counters))), hurry: Arc::default() };
        let looking: JoinHandle<()> = tokio::spawn(look(db, Arc::downgrade(&news.counters), Arc::clone(&news.hurry)));
        drop(looking); // it ends with the last clone of the news
        news
    }

    /// Tells of a position that was committed.
    pub fn tell(&self, position: u64) {
        tell(&self.counters, (position, 0));
    }

    /// Looks at the counters now: something besides answers was committed.
    pub fn hurry(&self) {
        self.hurry.notify_one();
    }

    /// Ends every stream of news: the server stops.
    pub fn stop(&self) {
        self.counters.send_replace(None);
    }

    /// The counters now and each time one of them moves.
    pub fn follow(&self) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        WatchStream::new(self.counters.subscribe())
            .take_while(|counters| std::future::ready(counters.is_some()))
            .filter_map(std::future::ready)
            .map(|(position, news)| Ok(Event::default().data(format!(r#"{{"position":{position},"news":{news}}}"#))))
    }
}

fn tell(last: &watch::Sender<Option<Counters>>, (position, news): Counters) {
    last.send_if_modified(|last| match last {
        Some(known) if known.0 < position || known.1 < news => {
            *known = (known.0.max(position), known.1.max(news));
            true
        }
        Some(_) | None => false,
    });
}

async fn look(db: Db, last: std::sync::Weak<watch::Sender<Option<Counters>>>, hurry: Arc<Notify>) {
    let mut turn = tokio::time::interval(LOOK);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turn.tick() => {}
            () = hurry.notified() => {}
        }
        let Some(last) = last.upgrade() else { return };
        match queries::last_news(&db).await {
            Ok(counters) => tell(&last, counters),
            Err(error) => tracing::warn!(%error, "the counters could not be read"),
        }
    }
}
