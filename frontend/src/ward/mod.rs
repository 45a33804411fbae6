//! The ward's tablet: prepared with network, handed to one patient after another with or without, given back.
//!
//! Between patients the page is loaded anew, so that nothing of the former stays in memory. The patient's app knows
//! [`Handover`] of all this and nothing more.

mod back_page;
mod give;
mod give_page;
mod hand_in;
mod handover;
mod line;
mod pin_form;
mod prepare;
mod shell;
mod tablet;
mod tablet_page;
mod vault;

pub use handover::Handover;
pub(crate) use {
    back_page::BackPage,
    tablet::{Standing, Tablet},
    tablet_page::{GiveTablet, TabletPage},
};

/// Where the tablet is handed back to: the staff's app, which shows nothing but the nurse's lock.
pub const STAFF: &str = "/staff/";
