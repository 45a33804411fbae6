//! What a device writes down on disk: what it made, before it sends it; what it was told, once it has kept that.
//!
//! Only [`crate::checker`] reads it, by a reader of its own.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::Result;
use serde_json::{Value, json};
use shared::{
    answers::AnswerEvent,
    id::{DeviceId, PatientId},
    sync::{
        protocol::{PulledEvent, Receipt},
        store::{Settled, Settlement},
    },
};

/// A device's journal, one JSON object a line.
pub(crate) struct Journal {
    file: BufWriter<File>,
}

impl Journal {
    /// Begins a journal.
    pub(crate) fn begin(folder: &Path, device: DeviceId, patient: PatientId) -> Result<Self> {
        let file = BufWriter::new(File::create_new(folder.join(format!("{device}.jsonl")))?);
        let mut journal = Self { file };
        journal.write(&json!({ "what": "device", "id": device, "patient": patient }))?;
        Ok(journal)
    }

    /// An event was made and kept.
    pub(crate) fn made(&mut self, event: &AnswerEvent) -> Result<()> {
        let body = String::from_utf8(event.canonical_bytes()?)?;
        self.write(&json!({ "what": "made", "body": body }))
    }

    /// The outbox was settled as the server said.
    pub(crate) fn settled(&mut self, settled: &[Settled]) -> Result<()> {
        for Settled { id, hash, settlement } in settled {
            match settlement {
                Settlement::Received(receipt) => self.acknowledged(receipt)?,
                Settlement::Quarantined(_) => self.write(&json!({ "what": "aside", "id": id, "hash": hash }))?,
            }
        }
        self.sync()
    }

    /// Events came back; those of this device are acknowledged by that.
    pub(crate) fn absorbed(&mut self, events: &[PulledEvent], device: DeviceId) -> Result<()> {
        for PulledEvent { event, receipt } in events {
            if event.origin.device == device {
                self.acknowledged(receipt)?;
            }
        }
        self.sync()
    }

    /// At the end: each event it holds, with its hash and stage.
    pub(crate) fn holds(&mut self, events: &[Value]) -> Result<()> {
        self.write(&json!({ "what": "holds", "events": events }))?;
        self.sync()
    }

    fn acknowledged(&mut self, Receipt { id, hash, position, .. }: &Receipt) -> Result<()> {
        self.write(&json!({ "what": "acknowledged", "id": id, "hash": hash, "position": position }))
    }

    fn write(&mut self, line: &Value) -> Result<()> {
        Ok(writeln!(self.file, "{line}")?)
    }

    /// Waits until the disk has it.
    pub(crate) fn sync(&mut self) -> Result<()> {
        self.file.flush()?;
        Ok(self.file.get_ref().sync_data()?)
    }
}
