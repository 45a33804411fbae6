//! SQL of backups: what tables there are, and their rows in the order of their keys.

use std::{collections::BTreeMap, io::Write};

use futures_util::TryStreamExt as _;
use serde_json::json;
use sqlx::{AssertSqlSafe, FromRow, Row as _};

use super::{
    BackupError, End,
    tables::{Kind, Table, Value},
};
use crate::db::{Side, Tx, hex, on};

#[derive(FromRow)]
struct ColumnRow {
    table_name: String,
    column_name: String,
    type_name: String,
    key_place: i64,
}

/// The tables of a database, by name, but for the one that migrations keep.
pub(super) async fn list_tables(tx: &mut Tx, side: Side) -> Result<Vec<Table>, BackupError> {
    const SQL: [&str; 2] = [
        "SELECT found.name AS table_name, it.name AS column_name, it.type AS type_name, it.pk AS key_place
         FROM sqlite_schema AS found JOIN pragma_table_info(found.name) AS it
         WHERE found.type = 'table' AND found.name NOT IN ('_sqlx_migrations', 'sqlite_sequence')
         ORDER BY table_name, column_name",
        "SELECT CAST(found.relname AS TEXT) AS table_name, CAST(it.attname AS TEXT) AS column_name,
            format_type(it.atttypid, NULL) AS type_name,
            COALESCE(CAST(array_position(CAST(own.indkey AS SMALLINT[]), it.attnum) AS BIGINT) + 1, 0) AS key_place
         FROM pg_class AS found
         JOIN pg_attribute AS it ON it.attrelid = found.oid AND it.attnum > 0 AND NOT it.attisdropped
         LEFT JOIN pg_index AS own ON own.indrelid = found.oid AND own.indisprimary
         WHERE found.relnamespace = CAST(CAST(current_schema() AS TEXT) AS REGNAMESPACE) AND found.relkind = 'r'
            AND found.relname <> '_sqlx_migrations'
         ORDER BY CAST(found.relname AS TEXT) COLLATE \"C\", CAST(it.attname AS TEXT) COLLATE \"C\"",
    ];
    let sql = tx.choose(SQL);
    let rows: Vec<ColumnRow> = on!(tx, conn => sqlx::query_as(sql).fetch_all(&mut **conn).await)?;
    let mut tables: BTreeMap<String, (Vec<_>, BTreeMap<_, _>)> = BTreeMap::new();
    for ColumnRow { table_name, column_name, type_name, key_place } in rows {
        let kind = Kind::parse(&type_name).ok_or(BackupError::NotOurs(side.word()))?;
        let (columns, key) = tables.entry(table_name).or_default();
        if key_place > 0 {
            key.insert(key_place, column_name.clone());
        }
        columns.push((column_name, kind));
    }
    let table =
        |(name, (columns, key)): (_, (_, BTreeMap<_, _>))| Table { name, columns, key: key.into_values().collect() };
    Ok(tables.into_iter().map(table).collect())
}

/// Writes every row: of each table a line with its name and columns, then a line for each row.
pub(super) async fn dump(
    tx: &mut Tx,
    tables: &[Table],
    out: &mut impl Write,
) -> Result<BTreeMap<String, u64>, BackupError> {
    let mut n_rows = BTreeMap::new();
    let failed = |error| BackupError::File("the backup".into(), error);
    for table in tables {
        let columns: Vec<_> = table.columns.iter().map(|(name, _)| name).collect();
        writeln!(out, "{}", json!({ "table": table.name, "columns": columns })).map_err(failed)?;
        let sql = select(tx, table);
        let mut n = 0;
        on!(&mut *tx, conn => {
            let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **conn);
            while let Some(row) = rows.try_next().await? {
                let mut values = Vec::with_capacity(table.columns.len());
                for (at, (_, kind)) in table.columns.iter().enumerate() {
                    let value = match kind {
                        Kind::Integer => Value::Integer(row.try_get(at)?),
                        Kind::Real => Value::Real(row.try_get(at)?),
                        Kind::Text => Value::Text(row.try_get(at)?),
                        Kind::Bytes => Value::Bytes(row.try_get(at)?),
                        Kind::Id => Value::Id(row.try_get(at)?),
                        Kind::Flag => Value::Flag(row.try_get(at)?),
                    };
                    values.push(value.into_json());
                }
                writeln!(out, "{}", serde_json::Value::Array(values)).map_err(failed)?;
                n += 1;
            }
        });
        n_rows.insert(table.name.clone(), n);
    }
    Ok(n_rows)
}

/// The statement that reads a table in the order of its key, which on both engines is that of its bytes.
fn select(tx: &Tx, table: &Table) -> String {
    let is_text = |name: &String| table.columns.iter().any(|(it, kind)| it == name && *kind == Kind::Text);
    let collate = tx.choose(["", " COLLATE \"C\""]);
    let key: Vec<_> =
        table.key.iter().map(|name| format!("\"{name}\"{}", if is_text(name) { collate } else { "" })).collect();
    format!("SELECT {} FROM \"{}\" ORDER BY {}", table.column_list(), table.name, key.join(", "))
}

/// Where the logs of answers and audit end.
pub(super) async fn log_ends(tx: &mut Tx) -> sqlx::Result<[End; 2]> {
    const ANSWERS: &str = "SELECT value, chain FROM position";
    const AUDIT: &str = "SELECT value, chain FROM audit_end";
    let mut ends = Vec::new();
    for sql in [ANSWERS, AUDIT] {
        let (number, chain): (i64, Vec<u8>) = on!(&mut *tx, conn => sqlx::query_as(sql).fetch_one(&mut **conn).await)?;
        ends.push(End { number, chain: hex(&chain) });
    }
    ends.try_into().map_err(|_| sqlx::Error::RowNotFound)
}
