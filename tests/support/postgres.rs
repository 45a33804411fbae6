//! PostgreSQL for tests: `RESSENTI_TEST_POSTGRES` names a superuser's address on loopback (`cargo xtask test`
//! starts such a server). Each test makes two databases of its own and drops them.
//!
//! Without the variable these tests are skipped with a notice; under `CI` that is a failure.

use std::str::FromStr;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

/// A research and an identity database, dropped with this value.
pub struct Databases {
    server: PgConnectOptions,
    /// The research database's address.
    pub research: String,
    names: [String; 2],
}

/// Two fresh databases, or `None` when there is no PostgreSQL to test on.
pub async fn fresh() -> Option<Databases> {
    let Some(url) = std::env::var_os("RESSENTI_TEST_POSTGRES") else {
        assert!(std::env::var_os("CI").is_none(), "RESSENTI_TEST_POSTGRES is not set, and under CI nothing is skipped");
        eprintln!("skipped on PostgreSQL: RESSENTI_TEST_POSTGRES is not set");
        return None;
    };
    let url = url.into_string().expect("RESSENTI_TEST_POSTGRES is text");
    let server = PgConnectOptions::from_str(&url).expect("RESSENTI_TEST_POSTGRES is an address");
    let name = format!("ressenti_test_{}", Uuid::new_v4().simple());
    let names = [name.clone(), format!("{name}_identity")];
    let mut connection = PgConnection::connect_with(&server).await.expect("PostgreSQL answers");
    for name in &names {
        let sql = AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"));
        sqlx::query(sql).execute(&mut connection).await.expect("a fresh database");
    }
    let research = server.clone().database(&names[0]).to_url_lossy().to_string();
    Some(Databases { server, research, names })
}

impl Drop for Databases {
    fn drop(&mut self) {
        let (server, names) = (self.server.clone(), self.names.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect_with(&server).await?;
                for name in &names {
                    let sql = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                    sqlx::query(sql).execute(&mut connection).await?;
                }
                anyhow::Ok(())
            })
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("the test's databases {:?} stay behind: {error}", self.names);
        }
    }
}
