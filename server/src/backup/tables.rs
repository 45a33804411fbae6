//! What a table is made of, and how its values stand in a backup: the same on both engines.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::db::hex;

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Integer,
    Real,
    Text,
    Bytes,
    /// A UUID: on SQLite its bytes.
    Id,
    /// Yes or no: on SQLite a number.
    Flag,
}

/// A table of this database; columns in the order of their names.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<(String, Kind)>,
    /// The columns of its key, in their order.
    pub(super) key: Vec<String>,
}

/// What a column of one row holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Integer(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Id(Option<Uuid>),
    Flag(Option<bool>),
}

impl Kind {
    /// The kind of a column by its type's name on either engine.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "INTEGER" | "bigint" => Self::Integer,
            "REAL" | "double precision" => Self::Real,
            "TEXT" | "text" => Self::Text,
            "BLOB" | "bytea" => Self::Bytes,
            "uuid" => Self::Id,
            "boolean" => Self::Flag,
            _ => return None,
        })
    }
}

impl Table {
    /// Whether it holds one row that the migrations put there.
    pub(super) fn is_one_row(&self) -> bool {
        self.columns.iter().any(|(name, _)| name == "one")
    }

    /// Its columns for a statement.
    pub(super) fn column_list(&self) -> String {
        self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }
}

impl Value {
    /// As it stands in a backup.
    pub(super) fn into_json(self) -> Json {
        match self {
            Self::Integer(it) => it.into(),
            Self::Real(it) => it.into(),
            Self::Text(it) => it.into(),
            Self::Bytes(it) => it.map(|bytes| hex(&bytes)).into(),
            Self::Id(it) => it.map(|id| id.simple().to_string()).into(),
            Self::Flag(it) => it.map(i64::from).into(),
        }
    }

    /// From a backup; `None` when a column of this kind cannot hold it.
    pub(super) fn parse(kind: Kind, json: &Json) -> Option<Self> {
        if json.is_null() {
            return Some(match kind {
                Kind::Integer => Self::Integer(None),
                Kind::Real => Self::Real(None),
                Kind::Text => Self::Text(None),
                Kind::Bytes => Self::Bytes(None),
                Kind::Id => Self::Id(None),
                Kind::Flag => Self::Flag(None),
            });
        }
        Some(match kind {
            Kind::Integer => Self::Integer(Some(json.as_i64()?)),
            Kind::Real => Self::Real(Some(json.as_f64()?)),
            Kind::Text => Self::Text(Some(json.as_str()?.to_owned())),
            Kind::Bytes => Self::Bytes(Some(from_hex(json.as_str()?)?)),
            Kind::Id => Self::Id(Some(Uuid::try_parse(json.as_str()?).ok()?)),
            Kind::Flag => Self::Flag(Some(json.as_i64()? != 0)),
        })
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Value};

    #[test]
    fn every_value_comes_back_as_it_was() {
        let check = |kind: Kind, values: &[&str]| {
            for text in values {
                let json: serde_json::Value = serde_json::from_str(text).unwrap();
                assert_eq!(Value::parse(kind, &json).unwrap().into_json().to_string(), *text, "{kind:?}");
            }
        };
        check(Kind::Integer, &["null", "0", "-9223372036854775808", "9223372036854775807"]);
        check(Kind::Real, &["null", "0.0", "0.1", "-100.0", "33.333333333333336", "5e-324"]);
        check(Kind::Text, &["null", "\"\"", "\"l'été \\n \\\"\\\\ 🌙\""]);
        check(Kind::Bytes, &["null", "\"\"", "\"00ff7a\""]);
        check(Kind::Id, &["null", "\"0198c0de00007000800000000000abcd\""]);
        check(Kind::Flag, &["null", "0", "1"]);
    }

    #[test]
    fn what_a_column_cannot_hold_is_none() {
        let none =
            |kind: Kind, json: serde_json::Value| assert!(Value::parse(kind, &json).is_none(), "{kind:?} {json}");
        none(Kind::Integer, "1".into());
        none(Kind::Integer, 0.5.into());
        none(Kind::Bytes, "abc".into());
        none(Kind::Bytes, "zz".into());
        none(Kind::Id, "abcd".into());
        none(Kind::Text, 1.into());
        none(Kind::Flag, true.into());
    }
}
