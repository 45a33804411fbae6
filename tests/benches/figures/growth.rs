//! Makes a registry large: every patient there is gets twins, with milestones, assessments, what was received, devices,
//! what asks for a look and ten answer events each, by statements that copy whatever columns a table has. A twin lives some days earlier or
//! later: in a large registry windows close on every day, not a thousand at once.

use anyhow::{Context as _, Result};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, QueryBuilder, SqliteConnection,
    sqlite::SqliteConnectOptions,
};
use uuid::Uuid;

use crate::hospital::{Engine, Hospital};

/// Tables that hold something of a patient, each after those it refers to, and which rows are copied.
const TABLES: [(&str, &str); 11] = [
    ("patient", "TRUE"),
    ("episode", "TRUE"),
    ("milestone", "TRUE"),
    ("device", "TRUE"),
    ("look", "TRUE"),
    ("flag", "TRUE"),
    ("quarantine", "TRUE"),
    ("assessment", "TRUE"),
    ("questionnaire", "TRUE"),
    ("questionnaire_copy", "TRUE"),
    ("answer_event", "source.sequence <= 10"),
];

/// Runs the body on a connection of either engine: the statements are the same.
macro_rules! on {
    ($connection:expr, $it:ident => $body:expr) => {
        match $connection {
            Connection::Sqlite($it) => $body,
            Connection::Postgres($it) => $body,
        }
    };
}

enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A patient, the twin that copies them, and by how many days the twin's windows are later.
type Twin = (Uuid, Uuid, i64);

/// Twins live up to so many days earlier or later.
const SPREAD: i64 = 45;

/// Lets the registry grow until it has this many patients.
pub(crate) async fn grow(hospital: &Hospital, engine: &Engine, size: u32) -> Result<()> {
    let research = hospital.database();
    let identity = match engine {
        Engine::Sqlite => research.replace("ressenti.db", "identity.db"),
        Engine::Postgres(_) => format!("{research}_identity"),
    };
    let mut research = connect(engine, research).await?;
    let mut identity = connect(engine, &identity).await?;
    let twins = twins(&mut research, usize::try_from(size)?).await?;
    note(&mut research, &twins).await?;
    note(&mut identity, &twins).await?;
    for (table, which) in TABLES {
        copy(&mut research, table, which).await?;
    }
    copy(&mut identity, "person", "TRUE").await?;
    for connection in [&mut research, &mut identity] {
        run(connection, "DROP TABLE bench_twin").await?;
        run(connection, "ANALYZE").await?;
    }
    Ok(())
}

async fn connect(engine: &Engine, database: &str) -> Result<Connection> {
    Ok(match engine {
        Engine::Sqlite => Connection::Sqlite(SqliteConnectOptions::new().filename(database).connect().await?),
        Engine::Postgres(_) => Connection::Postgres(PgConnection::connect(database).await?),
    })
}

/// As many new ids as patients are lacking, each with the patient it copies.
#[expect(clippy::disallowed_methods, reason = "the bench makes patients of its own")]
async fn twins(research: &mut Connection, size: usize) -> Result<Vec<Twin>> {
    let sql = "SELECT patient_id FROM patient ORDER BY patient_id";
    let there: Vec<Uuid> = on!(research, c => sqlx::query_scalar(sql).fetch_all(c).await)?;
    let lacking = size.saturating_sub(there.len());
    let days = (-SPREAD..=SPREAD).cycle();
    Ok(there.iter().cycle().take(lacking).zip(days).map(|(old, days)| (*old, Uuid::new_v4(), days)).collect())
}

async fn note(connection: &mut Connection, twins: &[Twin]) -> Result<()> {
    let kind = match connection {
        Connection::Sqlite(_) => "BLOB",
        Connection::Postgres(_) => "UUID",
    };
    let columns = format!("old {kind} NOT NULL, twin {kind} NOT NULL, days INTEGER NOT NULL");
    run(connection, &format!("CREATE TABLE bench_twin ({columns})")).await?;
    for some in twins.chunks(5_000) {
        on!(connection, c => {
            let mut insert = QueryBuilder::new("INSERT INTO bench_twin (old, twin, days) ");
            insert.push_values(some, |mut row, (old, twin, days)| {
                row.push_bind(*old).push_bind(*twin).push_bind(*days);
            });
            insert.build().execute(c).await.map(|_| ())
        })?;
    }
    run(connection, "CREATE INDEX bench_twin_old ON bench_twin (old)").await
}

/// Copies the rows of every patient that has twins; ids are new, positions follow those there are.
async fn copy(connection: &mut Connection, table: &str, which: &str) -> Result<()> {
    let is_sqlite = matches!(connection, Connection::Sqlite(_));
    let later = |column: &str| {
        if is_sqlite {
            format!("date(source.{column}, bench_twin.days || ' days')")
        } else {
            format!("CAST(CAST(source.{column} AS date) + bench_twin.days AS text)")
        }
    };
    let (columns, random, random_bytes) = match connection {
        Connection::Sqlite(_) => {
            (format!("SELECT name FROM pragma_table_info('{table}')"), "randomblob(16)", "randomblob(32)")
        }
        Connection::Postgres(_) => {
            let sql = "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public'";
            let sql = format!("{sql} AND table_name = '{table}' ORDER BY ordinal_position");
            (sql, "gen_random_uuid()", "uuid_send(gen_random_uuid())")
        }
    };
    let mut names: Vec<String> = on!(connection, c => sqlx::query_scalar(AssertSqlSafe(columns)).fetch_all(c).await)?;
    names.retain(|name| name != "quarantine_id"); // the database numbers them
    let values: Vec<String> = names
        .iter()
        .map(|name| match name.as_str() {
            "patient_id" => "bench_twin.twin".to_owned(),
            "milestone_id" | "event_id" | "look_id" => random.to_owned(),
            "device_id" if table == "device" => random.to_owned(),
            "hash" if table == "quarantine" => random_bytes.to_owned(),
            "position" => "(SELECT max(position) FROM answer_event) + row_number() OVER ()".to_owned(),
            "opens_on" | "due_on" | "closes_on" | "silent_on" => later(name),
            "registry_number" | "folded_number" => format!("source.{name} || '-' || {}", short(random)),
            other => format!("source.{other}"),
        })
        .collect();
    let (names, values) = (names.join(", "), values.join(", "));
    let from = format!("FROM {table} AS source JOIN bench_twin ON bench_twin.old = source.patient_id WHERE {which}");
    run(connection, &format!("INSERT INTO {table} ({names}) SELECT {values} {from}")).await
}

/// A random id as a short text, in either engine's words.
fn short(random: &str) -> String {
    if random.starts_with("randomblob") { format!("hex({random})") } else { format!("{random}::text") }
}

async fn run(connection: &mut Connection, sql: &str) -> Result<()> {
    on!(connection, c => sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.map(|_| ())).context(sql.to_owned())
}
