//! Where a log ends, read and locked by whoever appends to it: the last number, the chain, and chance for the salts.
//!
//! The chance is the database's own, drawn by the statement that locks, and kept nowhere.

use shared::sync::proof::{self, Hash, Salt};
use sqlx::FromRow;

use super::{Tx, from_column, hash, on};

/// The end of a log, as far as a transaction has brought it.
#[derive(Clone, Debug)]
pub struct LogEnd {
    /// Of the last entry.
    pub number: u64,
    /// Of all up to it.
    pub chain: Hash,
    drawn: Salt,
}

#[derive(FromRow)]
struct LogEndRow {
    value: i64,
    chain: Vec<u8>,
    drawn: Vec<u8>,
}

/// The statement that locks the end of a log and reads it, for SQLite and for PostgreSQL.
macro_rules! log_end {
    ($update:literal) => {
        [
            concat!($update, " RETURNING value, chain, randomblob(16) AS drawn"),
            concat!($update, " RETURNING value, chain, uuid_send(gen_random_uuid()) AS drawn"),
        ]
    };
}
pub(crate) use log_end;

impl LogEnd {
    /// Runs such a statement.
    pub(crate) async fn read(tx: &mut Tx, sql: [&'static str; 2]) -> sqlx::Result<Self> {
        let sql = tx.choose(sql);
        let row: LogEndRow = on!(tx, conn => sqlx::query_as(sql).fetch_one(&mut **conn).await)?;
        let drawn = row.drawn.try_into().map_err(|_| sqlx::Error::Decode("not 16 bytes".into()))?;
        Ok(Self { number: from_column(row.value), chain: hash(&row.chain)?, drawn })
    }

    /// The salt of an entry that this transaction appends.
    #[must_use]
    pub fn salt(&self, number: u64) -> Salt {
        proof::salt(&self.drawn, number)
    }

    /// Goes on by an entry, and gives the chain up to it.
    pub fn append(&mut self, leaf: &Hash) -> Hash {
        self.number += 1;
        self.chain = proof::chain(&self.chain, leaf);
        self.chain
    }
}
