//! SQL of restoring: emptying a database down to its tables, and filling them.

use sqlx::AssertSqlSafe;

use super::super::tables::{Kind, Table, Value};
use crate::db::{Engine, Tx, on};

/// Most values in one statement, for both engines.
const VALUES: usize = 30_000;

/// Most rows in one statement.
const ROWS: usize = 500;

async fn run(tx: &mut Tx, sql: String) -> sqlx::Result<u64> {
    on!(tx, conn => sqlx::query(AssertSqlSafe(sql)).execute(&mut **conn).await.map(|done| done.rows_affected()))
}

/// Whether ressenti's migrations made this database's tables.
pub(super) async fn is_ours(tx: &mut Tx) -> sqlx::Result<bool> {
    const SQL: [&str; 2] = [
        "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        "SELECT COUNT(*) FROM pg_class
         WHERE relname = '_sqlx_migrations' AND relnamespace = CAST(CAST(current_schema() AS TEXT) AS REGNAMESPACE)",
    ];
    let sql = tx.choose(SQL);
    let n: i64 = on!(tx, conn => sqlx::query_scalar(sql).fetch_one(&mut **conn).await)?;
    Ok(n > 0)
}

/// Whether a table has rows.
pub(super) async fn has_rows(tx: &mut Tx, table: &Table) -> sqlx::Result<bool> {
    let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM \"{}\" LIMIT 1) AS first", table.name);
    let n: i64 = on!(tx, conn => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut **conn).await)?;
    Ok(n > 0)
}

/// Drops these tables, and what migrations keep of them; on PostgreSQL the functions of their triggers too.
pub(super) async fn drop_all(tx: &mut Tx, tables: &[Table]) -> sqlx::Result<()> {
    const FUNCTIONS: &str = "SELECT CAST(CAST(oid AS REGPROCEDURE) AS TEXT) FROM pg_proc
        WHERE pronamespace = CAST(CAST(current_schema() AS TEXT) AS REGNAMESPACE)
            AND prorettype = CAST('trigger' AS REGTYPE)
            AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')";
    let cascade = tx.choose(["", " CASCADE"]);
    for name in tables.iter().map(|table| table.name.as_str()).chain(["_sqlx_migrations"]) {
        run(tx, format!("DROP TABLE IF EXISTS \"{name}\"{cascade}")).await?;
    }
    let functions: Vec<String> = match &mut *tx {
        Engine::Sqlite(_) => Vec::new(),
        Engine::Postgres(conn) => sqlx::query_scalar(FUNCTIONS).fetch_all(&mut **conn).await?,
    };
    for function in functions {
        run(tx, format!("DROP FUNCTION {function}")).await?;
    }
    Ok(())
}

/// Takes out the rows that the migrations put in; on PostgreSQL, foreign keys are looked at once all rows are there.
pub(super) async fn prepare(tx: &mut Tx, tables: &[Table]) -> sqlx::Result<()> {
    for table in tables.iter().filter(|table| table.is_one_row()) {
        run(tx, format!("DELETE FROM \"{}\"", table.name)).await?;
    }
    alter_foreign_keys(tx, "DEFERRABLE INITIALLY DEFERRED").await
}

/// Fills one table; rows are in the order of its columns.
pub(super) async fn insert(tx: &mut Tx, table: &Table, rows: Vec<Vec<Value>>) -> sqlx::Result<()> {
    let into = format!("INSERT INTO \"{}\" ({}) ", table.name, table.column_list());
    on!(tx, conn => {
        let mut insert = sqlx::QueryBuilder::new(into);
        insert.push_values(rows, |mut row, values| {
            for value in values {
                match value {
                    Value::Integer(it) => row.push_bind(it),
                    Value::Real(it) => row.push_bind(it),
                    Value::Text(it) => row.push_bind(it),
                    Value::Bytes(it) => row.push_bind(it),
                    Value::Id(it) => row.push_bind(it),
                    Value::Flag(it) => row.push_bind(it),
                };
            }
        });
        insert.build().execute(&mut **conn).await.map(|_| ())
    })
}

/// How many rows of a table go into one statement.
pub(super) fn rows_at_once(table: &Table) -> usize {
    (VALUES / table.columns.len().max(1)).clamp(1, ROWS)
}

/// Looks at foreign keys, as ever from now on, and lets numbers that the database gives out go on after the last.
pub(super) async fn finish(tx: &mut Tx, tables: &[Table]) -> sqlx::Result<()> {
    if matches!(tx, Engine::Sqlite(_)) {
        return Ok(()); // which keeps its numbers as it takes them in
    }
    run(tx, "SET CONSTRAINTS ALL IMMEDIATE".to_owned()).await?;
    alter_foreign_keys(tx, "NOT DEFERRABLE").await?;
    for table in tables {
        for (column, _) in table.columns.iter().filter(|(_, kind)| *kind == Kind::Integer) {
            let name = &table.name;
            let sequence = format!("pg_get_serial_sequence('\"{name}\"', '{column}')");
            let last = format!("(SELECT MAX(\"{column}\") FROM \"{name}\")");
            run(tx, format!("SELECT setval({sequence}, {last}) WHERE {sequence} IS NOT NULL AND {last} > 0")).await?;
        }
    }
    Ok(())
}

/// Begins another life of the log: devices that knew the last one offer again what they hold.
pub(super) async fn begin_life(tx: &mut Tx) -> sqlx::Result<()> {
    const SQL: [&str; 2] =
        ["UPDATE position SET life = randomblob(16)", "UPDATE position SET life = gen_random_uuid()"];
    let sql = tx.choose(SQL);
    on!(tx, conn => sqlx::query(sql).execute(&mut **conn).await.map(|_| ()))
}

async fn alter_foreign_keys(tx: &mut Tx, how: &str) -> sqlx::Result<()> {
    const SQL: &str = "SELECT CAST(CAST(conrelid AS REGCLASS) AS TEXT), CAST(conname AS TEXT) FROM pg_constraint
        WHERE contype = 'f' AND connamespace = CAST(CAST(current_schema() AS TEXT) AS REGNAMESPACE)";
    let keys: Vec<(String, String)> = match &mut *tx {
        Engine::Sqlite(_) => Vec::new(),
        Engine::Postgres(conn) => sqlx::query_as(SQL).fetch_all(&mut **conn).await?,
    };
    for (table, key) in keys {
        run(tx, format!("ALTER TABLE {table} ALTER CONSTRAINT \"{key}\" {how}")).await?;
    }
    Ok(())
}
