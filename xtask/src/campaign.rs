//! `cargo xtask campaign`: builds the server with its faults, starts a PostgreSQL, and runs the campaign over both.

use anyhow::Result;

use crate::{
    dist,
    postgres::{Durability, Postgres},
    say, setup, shell,
};

/// Runs a campaign with what was asked on the command line; fails when anything is not as promised.
pub(crate) fn campaign(words: &[&str]) -> Result<()> {
    setup::ensure_all()?;
    dist::dist(dist::Profile::Small)?;
    say::step("compile the server with its faults, and the campaign", build)?;
    let postgres = Postgres::start(Durability::Full)?;
    run(words, &postgres)
}

/// A binary of its own: what a hospital runs is never built with faults. Selected like the tests, so that cargo builds
/// nothing else twice.
pub(crate) fn build() -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["build", "--quiet", "--workspace", "--exclude", "frontend", "--features", "server/faults"]);
    shell::run(cargo.args(["--bin", "ressenti-under-faults", "--bin", "campaign"]))
}

/// Runs what was built.
pub(crate) fn run(words: &[&str], postgres: &Postgres) -> Result<()> {
    let built = shell::target().join("debug");
    let mut campaign = std::process::Command::new(built.join("campaign"));
    campaign.current_dir(shell::root()).args(words);
    campaign.env("RESSENTI_CAMPAIGN_SERVER", built.join("ressenti-under-faults"));
    campaign.env("RESSENTI_CAMPAIGN_POSTGRES", postgres.url());
    campaign.env("RESSENTI_CAMPAIGN_SCRIPTS", setup::e2e().join("support"));
    shell::run(&mut campaign)
}
