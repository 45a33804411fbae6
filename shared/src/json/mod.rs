//! Reading what a device is sent and keeps: the same JSON that serde writes, by one short function per type.
//!
//! What serde generates to read the types of the protocol was a fifth of the patient's download: its functions are
//! made anew for each type and each place a value can come from. Here one parser makes a [`Value`], and each type
//! takes its fields out of it. Strictness is serde's: a missing field, another kind of value and, where the type
//! says so, an unknown field are refused. The tests hold each type here against what serde reads.

mod answers;
mod instrument;
mod keys;
mod people;
mod study;
mod sync;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A type that can be read from JSON.
pub trait FromJson: Sized {
    /// Reads a value; `None` when it is not such a thing.
    fn from_json(json: &Value) -> Option<Self>;

    /// What a field stands for that is not there; `None` where it must be there.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads a text of JSON; `None` when it is not JSON, or not such a thing.
///
/// ```
/// use shared::{id::InstrumentVersion, json};
/// let read: Option<InstrumentVersion> = json::read(r#"{ "key": "qlq-c30", "version": "3.0" }"#);
/// assert_eq!(read.map(|it| it.to_string()).as_deref(), Some("qlq-c30 3.0"));
/// assert_eq!(json::read::<InstrumentVersion>(r#"{ "key": "qlq-c30" }"#), None);
/// ```
#[must_use]
pub fn read<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&parse(text)?)
}

/// The one parser.
#[inline(never)]
fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// The fields of an object while they are read.
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    n_found: usize,
}

impl<'a> Fields<'a> {
    /// The fields of this value, if it is an object.
    #[must_use]
    pub fn of(json: &'a Value) -> Option<Self> {
        Some(Self { map: json.as_object()?, n_found: 0 })
    }

    #[inline(never)]
    fn find(&mut self, name: &str) -> Option<&'a Value> {
        let found = self.map.get(name)?;
        self.n_found += 1;
        Some(found)
    }

    /// A field; absent ones are refused, unless they are optional.
    pub fn take<T: FromJson>(&mut self, name: &str) -> Option<T> {
        match self.find(name) {
            Some(json) => T::from_json(json),
            None => T::absent(),
        }
    }

    /// A field that may be absent and then has its type's own default.
    pub fn take_or_default<T: FromJson + Default>(&mut self, name: &str) -> Option<T> {
        match self.find(name) {
            Some(json) => T::from_json(json),
            None => Some(T::default()),
        }
    }

    /// A field that is known and not read here.
    pub fn pass_over(&mut self, name: &str) {
        let _ = self.find(name);
    }

    /// Refuses fields that nobody asked for.
    #[must_use]
    pub fn end(self) -> Option<()> {
        (self.n_found == self.map.len()).then_some(())
    }
}

/// A variant of an enum as serde writes it: its name alone, or an object of its name and its content.
fn variant(json: &Value) -> Option<(&str, &Value)> {
    match json {
        Value::String(name) => Some((name, &Value::Null)),
        Value::Object(map) if map.len() == 1 => map.iter().next().map(|(name, content)| (name.as_str(), content)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// One of these words.
fn word<T: Copy>(json: &Value, words: &[(&str, T)]) -> Option<T> {
    let text = json.as_str()?;
    words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
}

impl FromJson for Value {
    fn from_json(json: &Value) -> Option<Self> {
        Some(json.clone())
    }
}

impl FromJson for String {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

impl FromJson for bool {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_bool()
    }
}

impl FromJson for i64 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_i64()
    }
}

impl FromJson for u64 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()
    }
}

impl FromJson for f64 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_f64()
    }
}

macro_rules! whole_numbers {
    ($($number:ty)*) => {$(
        impl FromJson for $number {
            fn from_json(json: &Value) -> Option<Self> {
                json.as_i64()?.try_into().ok()
            }
        }
    )*};
}

whole_numbers!(u8 u16 u32 i16 i32);

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Value) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::from_json(json).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(json: &Value) -> Option<Self> {
        T::from_json(json).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    #[inline(never)]
    fn from_json(json: &Value) -> Option<Self> {
        let array = json.as_array()?;
        let mut list = Self::with_capacity(array.len());
        for json in array {
            list.push(T::from_json(json)?);
        }
        Some(list)
    }
}

impl<A: FromJson, B: FromJson> FromJson for (A, B) {
    fn from_json(json: &Value) -> Option<Self> {
        let [first, second] = json.as_array()?.as_slice() else { return None };
        Some((A::from_json(first)?, B::from_json(second)?))
    }
}

impl FromJson for [i32; 2] {
    fn from_json(json: &Value) -> Option<Self> {
        Vec::from_json(json)?.try_into().ok()
    }
}

impl<K: FromJson + Ord, T: FromJson> FromJson for BTreeMap<K, T> {
    #[inline(never)]
    fn from_json(json: &Value) -> Option<Self> {
        let mut map = Self::new();
        for (key, json) in json.as_object()? {
            map.insert(K::from_json(&Value::String(key.clone()))?, T::from_json(json)?);
        }
        Some(map)
    }
}

/// Types of the protocol by their fields: those that must be there, after `;` those with a default, and after another
/// `;` those that devices are not sent.
macro_rules! objects {
    ($($name:ident { $($field:ident)* $(; $($optional:ident)* $(; $($withheld:ident)*)?)? })*) => {$(
        impl $crate::json::FromJson for $name {
            fn from_json(json: &serde_json::Value) -> Option<Self> {
                let mut fields = $crate::json::Fields::of(json)?;
                let read = Self {
                    $($field: fields.take(stringify!($field))?,)*
                    $($($optional: fields.take_or_default(stringify!($optional))?,)* $($($withheld: Default::default(),)*)?)?
                };
                fields.end()?;
                Some(read)
            }
        }
    )*};
}

/// Enums without content by their words.
macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal)* })*) => {$(
        impl $crate::json::FromJson for $name {
            fn from_json(json: &serde_json::Value) -> Option<Self> {
                $crate::json::word(json, &[$(($word, Self::$variant)),*])
            }
        }
    )*};
}

use {objects, words};
