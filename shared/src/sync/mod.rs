//! HOW COPIES AGREE: the protocol between a device and the server, and the device's side of it.

pub mod protocol;
