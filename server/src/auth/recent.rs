//! Device sessions that were looked up a moment ago: a phone that hands in a backlog asks once a second, not each time.
//!
//! Revoking a device forgets it here; a request under way, and another process, learn of it within a second. What a
//! revoked device hands in is set aside, not lost, so that this second costs nobody anything.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use shared::{id::DeviceId, time::Timestamp};

use super::{queries::Device, session};

/// How long a lookup is good for.
const FRESH: Duration = Duration::from_secs(1);

/// Most sessions kept; more than that begin anew.
const MOST: usize = 10_000;

/// Whose a session is, as it was looked up.
#[derive(Clone, Copy, Debug)]
struct Lookup {
    at: Timestamp,
    ends_at: Timestamp,
    device: Device,
}

/// Device sessions by the hash of their reference.
#[derive(Clone, Debug, Default)]
pub struct RecentDevices(Arc<Mutex<HashMap<Vec<u8>, Lookup>>>);

impl RecentDevices {
    /// The device, if its session was looked up within the last second and still lasts.
    pub(super) fn find(&self, hash: &[u8], now: Timestamp) -> Option<Device> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Lookup { at, ends_at, device } = *kept.get(hash)?;
        (at <= now && now < session::after(at, FRESH) && now < ends_at).then_some(device)
    }

    /// Keeps what was looked up at `at`.
    pub(super) fn keep(&self, hash: Vec<u8>, device: Device, ends_at: Timestamp, at: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(hash, Lookup { at, ends_at, device });
    }

    /// Forgets a device that was revoked.
    pub fn forget(&self, device: DeviceId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, kept| kept.device.id != device);
    }
}
