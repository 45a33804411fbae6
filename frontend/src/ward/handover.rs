//! How the patient's app learns that it is the ward's tablet in a patient's hands: once, from what the nurse's page
//! puts after the `#` of its address, which leaves the address and the history at once.

use shared::id::DeviceId;

use crate::crypto::{CryptoUnavailable, Key};

/// As which device, and the key to what the nurse left for it; both are used up by opening it.
#[derive(Clone)]
pub struct Handover {
    /// The device of this patient.
    pub device: DeviceId,
    /// What its credential is sealed under.
    pub key: Key,
}

impl Handover {
    /// A new one for a device.
    ///
    /// # Errors
    /// When the browser offers no cryptography.
    pub fn new(device: DeviceId) -> Result<Self, CryptoUnavailable> {
        Key::random().map(|key| Self { device, key })
    }

    /// What the address carries after its `#`: `w=`, the device and the key.
    #[must_use]
    pub fn fragment(&self) -> String {
        format!("w={}.{}", self.device, self.key.text())
    }

    /// Reads what the address carried.
    #[must_use]
    pub fn parse(fragment: &str) -> Option<Self> {
        let (device, key) = fragment.strip_prefix("w=")?.split_once('.')?;
        Some(Self { device: device.parse().ok()?, key: Key::parse(key)? })
    }

    /// The database of this device: one patient's, and deleted once the hospital has it all.
    #[must_use]
    pub fn database(device: DeviceId) -> String {
        format!("ressenti-ward-{device}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_or_another_letter_hands_nothing_over() {
        let device = "018f0000-0000-7000-8000-000000000001";
        let key = "0a".repeat(32);
        let read = Handover::parse(&format!("w={device}.{key}")).unwrap();
        assert_eq!((read.device.to_string().as_str(), read.key.text()), (device, key.as_str()));
        assert_eq!(Handover::parse(&read.fragment()).unwrap().fragment(), read.fragment());
        for wrong in ["", "w=", "e=abc", &format!("w={device}"), &format!("w={device}.0a"), &format!("w=x.{key}")] {
            assert!(Handover::parse(wrong).is_none(), "{wrong}");
        }
    }
}
