//! `cargo xtask bench`: the README's figures, as ratios within one run on one machine.

use anyhow::{Context as _, Result};

use crate::{
    dist,
    postgres::{Durability, Postgres},
    say, setup, shell, weight,
};

/// Builds the server for release, starts a PostgreSQL that commits as in a hospital, and measures: all figures, or those
/// of one group.
pub(crate) fn bench(group: Option<&str>) -> Result<()> {
    setup::ensure_all()?;
    dist::dist(dist::Profile::Small)?;
    let mut build = shell::cargo();
    say::step("compile the server for release", || {
        shell::run(build.args(["build", "--release", "--package", "server"]))
    })?;
    let postgres = Postgres::start(Durability::Full)?;
    let mut figures = shell::cargo();
    figures.args(["bench", "--quiet", "--package", "tests", "--bench", "figures", "--"]).args(group);
    figures.env("RESSENTI_BENCH_SERVER", shell::target().join("release/ressenti"));
    figures.env("RESSENTI_BENCH_POSTGRES", postgres.url());
    figures.env("RESSENTI_BENCH_PROGRAMS", setup::postgres_programs().context("PostgreSQL is not installed")?);
    figures.env("RESSENTI_BENCH_BROWSER", setup::e2e().join("support/tap-to-kept.js"));
    shell::run(&mut figures)?;
    weight::check()
}
