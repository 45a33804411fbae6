//! A bad network: stands between devices and the server and does to each exchange what chance says.
//!
//! One request a connection, read whole; pushes are remembered, so that they can come again, late and in any order.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use fastrand::Rng;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What happens to one exchange.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Fate {
    Delivered,
    /// The server hears nothing.
    RequestLost,
    /// The server hears half of it.
    RequestCut,
    /// The server has it; the device hears nothing.
    ReplyLost,
    /// The device hears half of the reply.
    ReplyCut,
    /// A sign-in page with status 200; the server hears nothing.
    Portal,
    /// The same page, after the server took the request in.
    PortalAfter,
    /// The device gives up; the server gets it later, after others.
    Late,
    /// The server gets it twice.
    Doubled,
    /// It takes a while.
    Slow,
    /// One bit of a pushed body is another.
    Flipped,
}

impl Fate {
    const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::RequestLost => "request lost",
            Self::RequestCut => "request cut",
            Self::ReplyLost => "reply lost after the commit",
            Self::ReplyCut => "reply cut",
            Self::Portal => "portal",
            Self::PortalAfter => "portal after the commit",
            Self::Late => "late and reordered",
            Self::Doubled => "doubled",
            Self::Slow => "slow",
            Self::Flipped => "bit flipped",
        }
    }

    const BAD: [Self; 9] = [
        Self::RequestLost,
        Self::RequestCut,
        Self::ReplyLost,
        Self::ReplyCut,
        Self::Portal,
        Self::PortalAfter,
        Self::Late,
        Self::Doubled,
        Self::Slow,
    ];
}

/// How bad the network is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// Exchanges of a hundred that something happens to.
    pub(crate) bad: u8,
    /// Earlier pushes that come again with each exchange, at most.
    pub(crate) replays: usize,
    /// Whether pushes have a bit flipped.
    pub(crate) flips: bool,
}

/// A pushed body with a bit flipped, and what the server said to it.
#[derive(Clone, Debug)]
pub(crate) struct Flip {
    pub(crate) sent: Vec<u8>,
    pub(crate) status: u16,
    pub(crate) reply: Vec<u8>,
}

/// What happened so far.
#[derive(Debug, Default)]
struct Seen {
    counts: BTreeMap<Fate, u64>,
    n_replayed: u64,
    pushes: Vec<Vec<u8>>,
    late: Vec<Vec<u8>>,
    flips: Vec<Flip>,
}

struct Road {
    server: String,
    weather: Weather,
    chance: Mutex<Rng>,
    seen: Mutex<Seen>,
}

/// The bad network; it ends when this goes.
pub(crate) struct Proxy {
    /// Where devices find it.
    pub(crate) origin: String,
    road: Arc<Road>,
    serving: JoinHandle<()>,
}

/// Pushes that are remembered, to come again.
const REMEMBERED: usize = 400;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// Stands before this server.
    pub(crate) async fn before(server: &str, weather: Weather, chance: Rng) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let server = server.trim_start_matches("http://").to_owned();
        let road = Arc::new(Road { server, weather, chance: Mutex::new(chance), seen: Mutex::default() });
        let accepting = Arc::clone(&road);
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let road = Arc::clone(&accepting);
                tokio::spawn(async move { road.carry(client).await }); // what fails here is what a network does
            }
        });
        Ok(Self { origin, road, serving })
    }

    /// How many earlier pushes came again so far.
    pub(crate) fn n_replayed(&self) -> u64 {
        locked(&self.road.seen).n_replayed
    }

    /// How many exchanges something happened to so far.
    pub(crate) fn n_bad(&self) -> u64 {
        let seen = locked(&self.road.seen);
        seen.counts.iter().filter(|(fate, _)| **fate != Fate::Delivered).map(|(_, n)| n).sum()
    }

    /// The pushes with a flipped bit, with what was said to them.
    pub(crate) fn flips(&self) -> Vec<Flip> {
        locked(&self.road.seen).flips.clone()
    }

    /// How many flipped pushes have been answered.
    pub(crate) fn n_flipped(&self) -> u64 {
        u64::try_from(locked(&self.road.seen).flips.len()).unwrap_or_default()
    }

    /// What happened, in words.
    pub(crate) fn told(&self) -> String {
        let seen = locked(&self.road.seen);
        let counts: Vec<String> = seen.counts.iter().map(|(fate, n)| format!("{n} {}", fate.name())).collect();
        counts.join(", ")
    }

    /// Lets everything through that is still under way.
    pub(crate) async fn clear(self) -> Result<()> {
        let late = std::mem::take(&mut locked(&self.road.seen).late);
        for request in late {
            self.road.forward(&request).await?;
        }
        Ok(())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Road {
    fn fate(&self, is_push: bool) -> Fate {
        let mut chance = locked(&self.chance);
        if self.weather.flips && is_push && chance.bool() {
            return Fate::Flipped;
        }
        if chance.u8(..100) < self.weather.bad {
            chance.choice(Fate::BAD).unwrap_or(Fate::Slow)
        } else {
            Fate::Delivered
        }
    }

    async fn carry(&self, mut client: TcpStream) -> Result<()> {
        let request = read_request(&mut client).await?;
        let is_push = request.starts_with(b"POST /api/sync/push");
        let fate = self.fate(is_push);
        *locked(&self.seen).counts.entry(fate).or_default() += 1;
        if is_push && !self.weather.flips {
            self.remember(&request);
        }
        self.replay().await?;
        let reply = self.exchange(fate, request).await?;
        client.write_all(&reply).await?;
        Ok(client.shutdown().await?)
    }

    async fn exchange(&self, fate: Fate, request: Vec<u8>) -> Result<Vec<u8>> {
        match fate {
            Fate::Delivered => self.forward(&request).await,
            Fate::RequestLost => Ok(Vec::new()),
            Fate::RequestCut => {
                let mut server = TcpStream::connect(&self.server).await?;
                server.write_all(request.get(..request.len() / 2).unwrap_or_default()).await?;
                Ok(Vec::new())
            }
            Fate::ReplyLost => self.forward(&request).await.map(|_| Vec::new()),
            Fate::ReplyCut => {
                let mut reply = self.forward(&request).await?;
                let at = locked(&self.chance).usize(..=reply.len());
                reply.truncate(at);
                Ok(reply)
            }
            Fate::Portal => Ok(portal()),
            Fate::PortalAfter => self.forward(&request).await.map(|_| portal()),
            Fate::Late => {
                locked(&self.seen).late.push(request);
                Ok(Vec::new())
            }
            Fate::Doubled => {
                self.forward(&request).await?;
                self.forward(&request).await
            }
            Fate::Slow => {
                let pause = locked(&self.chance).u64(..40);
                tokio::time::sleep(Duration::from_millis(pause)).await;
                self.forward(&request).await
            }
            Fate::Flipped => self.flip(request).await,
        }
    }

    fn remember(&self, request: &[u8]) {
        let (mut seen, mut chance) = (locked(&self.seen), locked(&self.chance));
        if seen.pushes.len() < REMEMBERED {
            seen.pushes.push(request.to_vec());
        } else if let Some(slot) = seen.pushes.get_mut(chance.usize(..REMEMBERED)) {
            *slot = request.to_vec();
        }
    }

    /// Some of what was pushed before comes again, and some of what was late arrives.
    async fn replay(&self) -> Result<()> {
        let again: Vec<Vec<u8>> = {
            let (mut seen, mut chance) = (locked(&self.seen), locked(&self.chance));
            let mut again: Vec<_> = (0..chance.usize(..=self.weather.replays))
                .filter_map(|_| chance.choice(&seen.pushes).cloned())
                .collect();
            seen.n_replayed += u64::try_from(again.len())?;
            if !seen.late.is_empty() && chance.bool() {
                let at = chance.usize(..seen.late.len());
                again.push(seen.late.swap_remove(at));
            }
            again
        };
        for request in again {
            self.forward(&request).await?;
        }
        Ok(())
    }

    async fn flip(&self, mut request: Vec<u8>) -> Result<Vec<u8>> {
        let start = head_end(&request).context("no body")?;
        let (at, bit) = {
            let mut chance = locked(&self.chance);
            (chance.usize(start..request.len()), chance.u8(..8))
        };
        if let Some(byte) = request.get_mut(at) {
            *byte ^= 1 << bit;
        }
        let reply = self.forward(&request).await?;
        let status =
            reply.get(9..12).and_then(|code| std::str::from_utf8(code).ok()).and_then(|code| code.parse().ok());
        let body = head_end(&reply).and_then(|at| reply.get(at..)).unwrap_or_default().to_vec();
        let sent = request.get(start..).unwrap_or_default().to_vec();
        locked(&self.seen).flips.push(Flip { sent, status: status.unwrap_or_default(), reply: body });
        Ok(reply)
    }

    async fn forward(&self, request: &[u8]) -> Result<Vec<u8>> {
        let mut server = TcpStream::connect(&self.server).await?;
        server.write_all(request).await?;
        let mut reply = Vec::new();
        server.read_to_end(&mut reply).await?;
        Ok(reply)
    }
}

/// Reads one request whole and asks for the connection's end after it.
async fn read_request(client: &mut TcpStream) -> Result<Vec<u8>> {
    let mut request = Vec::new();
    let start = loop {
        if let Some(start) = head_end(&request) {
            break start;
        }
        anyhow::ensure!(client.read_buf(&mut request).await? > 0, "no whole request");
    };
    let head = String::from_utf8_lossy(request.get(..start).unwrap_or_default()).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    while request.len() < start + length {
        anyhow::ensure!(client.read_buf(&mut request).await? > 0, "no whole body");
    }
    request.splice(start - 2..start - 2, *b"connection: close\r\n");
    Ok(request)
}

/// Where the body begins.
fn head_end(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn portal() -> Vec<u8> {
    let page = "<!doctype html><title>Welcome</title>Sign in to go online.";
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: ";
    format!("{head}{}\r\n\r\n{page}", page.len()).into_bytes()
}
