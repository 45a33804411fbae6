//! Devices of several patients, two for each, at one hospital: they work at the same time and come to rest together.

use std::{cell::RefCell, path::PathBuf, rc::Rc};

use anyhow::{Result, ensure};
use fastrand::Rng;
use futures_util::future::try_join_all;

use crate::{
    checker::{self, Database, Findings},
    device::{Device, Questions, Whereabouts},
    hospital::{Engine, Hospital, Machine, Running, accidents},
    journal::Journal,
};

/// Rounds within which everything has to be quiet once nothing goes wrong any more.
const ROUNDS: usize = 40;

/// A hospital with its devices.
pub(crate) struct Ward {
    pub(crate) hospital: Hospital,
    pub(crate) devices: Vec<Device>,
    whereabouts: Whereabouts,
    journals: PathBuf,
}

impl Ward {
    /// A fresh hospital, with two devices for each of so many patients.
    pub(crate) async fn open(
        machine: &Machine,
        engine: Engine,
        name: &str,
        n_patients: usize,
        chance: &mut Rng,
    ) -> Result<Self> {
        let hospital = Hospital::found(machine, engine, name).await?;
        let (journals, whereabouts) = (hospital.journals(), Rc::new(RefCell::new(String::new())));
        let questions = Rc::new(Questions::shipped()?);
        let running = hospital.start("", "")?;
        let mut devices = Vec::new();
        for number in 0..n_patients {
            let first = hospital.enrol(&running, number, None).await?;
            let second = hospital.enrol(&running, number, Some(&first)).await?;
            for enrolled in [first, second] {
                let journal = Journal::begin(&journals, enrolled.device, enrolled.patient)?;
                let (questions, whereabouts) = (Rc::clone(&questions), Rc::clone(&whereabouts));
                devices.push(Device::new(enrolled, questions, whereabouts, journal, chance.fork())?);
            }
        }
        running.stop()?;
        Ok(Self { hospital, devices, whereabouts, journals })
    }

    /// Starts the server and tells the devices where it is.
    pub(crate) fn start(&self, failpoints: &str, broken: &str) -> Result<Running> {
        let running = self.hospital.start(failpoints, broken)?;
        self.point_to(&running.origin);
        Ok(running)
    }

    /// Tells the devices where the server is, or what stands between.
    pub(crate) fn point_to(&self, origin: &str) {
        origin.clone_into(&mut self.whereabouts.borrow_mut());
    }

    /// Once nothing goes wrong any more: every queue drains, and each device hears of the others.
    pub(crate) async fn come_to_rest(&self) -> Result<bool> {
        for _ in 0..ROUNDS {
            try_join_all(self.devices.iter().map(Device::synchronise)).await?;
            let tallies = try_join_all(self.devices.iter().map(Device::tally)).await?;
            if tallies.iter().all(|tally| tally.waiting == 0) {
                try_join_all(self.devices.iter().map(Device::synchronise)).await?;
                try_join_all(self.devices.iter().map(Device::write_down)).await?;
                return Ok(true);
            }
        }
        try_join_all(self.devices.iter().map(Device::write_down)).await?;
        Ok(false)
    }

    /// Holds the journals against the database.
    pub(crate) async fn check(&self) -> Result<Findings> {
        let journals = checker::read_all(&self.journals)?; // first: what is acknowledged meanwhile is not asked for
        let mut database = Database::open(self.hospital.address()).await?;
        Ok(checker::check(&journals, &database.rows().await?, &database.asides().await?))
    }

    /// Computes everything anew and says what came out differently; the server does not run meanwhile.
    pub(crate) async fn compare_rebuilt(&self) -> Result<Vec<String>> {
        let running = self.hospital.start("", "")?;
        let list: serde_json::Value = self.hospital.post(&running, "/api/worklist", &serde_json::json!({})).await?;
        ensure!(list.get("counts").is_some(), "no worklist");
        running.stop()?;
        let before = Database::open(self.hospital.address()).await?.computed().await?;
        ensure!(before.iter().any(|row| row.starts_with("score ")), "nothing was scored: there is nothing to compare");
        self.hospital.run(&["rebuild"])?;
        let after = Database::open(self.hospital.address()).await?.computed().await?;
        let differs = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|row| !other.contains(row)).cloned().collect()
        };
        if before == after {
            return Ok(Vec::new());
        }
        Ok([differs(&before, &after), differs(&after, &before)].concat())
    }

    /// What does not hold of the chained logs.
    pub(crate) fn verify(&self) -> Result<Option<String>> {
        self.hospital.verify()
    }

    /// What the server's log says that no fault explains.
    pub(crate) fn accidents(&self) -> Result<Vec<String>> {
        accidents(&self.hospital.log())
    }
}
