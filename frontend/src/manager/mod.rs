//! A data manager's pages: the audit trail, the devices, what was set aside. Pseudonyms, never a name or an answer.

mod audit;
mod devices;
mod listing;
mod set_aside;

pub(crate) use self::{audit::AuditPage, devices::DevicesPage, set_aside::SetAsidePage};
