//! HOW COPIES AGREE: the protocol between a device and the server, the device's side of it, and
//! how what a server holds is proved.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod proof;
pub mod protocol;
pub mod replica;
#[cfg(feature = "signing")]
pub mod signing;
pub mod store;

mod memory;
mod reply;
#[cfg(test)]
mod simulation;

pub use memory::MemoryStore;
pub use reply::HttpReply;

/// The outcome of a future of [`MemoryStore`], which never waits.
#[cfg(test)]
fn ready<T>(future: impl Future<Output = T>) -> T {
    use std::task::{Context, Poll, Waker};
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("the memory store has nothing to wait for"),
    }
}
