//! The header of a table: which column is which item, and which are carried through.

use csv::ByteRecord;

use super::{Place, TableError, cell::Allowed, symptoms::Symptoms};
use crate::{
    id::ItemCode,
    instrument::{Definition, Inputs, Item},
};

/// What the columns of a table are.
pub(super) enum Columns<'a> {
    /// One column per item, one row per response.
    Items(ItemColumns<'a>),
    /// One row per symptom.
    Symptoms(Symptoms<'a>),
}

/// One column per item, among others.
pub(super) struct ItemColumns<'a> {
    definition: &'a Definition,
    columns: Vec<Column<'a>>,
}

/// What a column of the table is.
enum Column<'a> {
    /// None of ours: goes through as it is.
    Carried(String),
    /// The answers to an item, with its place in the definition.
    Item { place: usize, item: &'a Item, allowed: Allowed<'a> },
}

impl Columns<'_> {
    /// How many columns there are.
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Items(items) => items.columns.len(),
            Self::Symptoms(symptoms) => symptoms.n_columns(),
        }
    }

    /// The name of a column that is carried through.
    fn carried_name(&self, place: usize) -> Option<&str> {
        match self {
            Self::Items(items) => match items.columns.get(place)? {
                Column::Carried(name) => Some(name),
                Column::Item { .. } => None,
            },
            Self::Symptoms(symptoms) => symptoms.carried_name(place),
        }
    }

    /// The names of the columns that are carried through.
    pub(super) fn carried_names(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|place| self.carried_name(place))
    }

    /// The places of the columns that are carried through.
    pub(super) fn carried_places(&self) -> Vec<usize> {
        (0..self.len()).filter(|place| self.carried_name(*place).is_some()).collect()
    }
}

impl ItemColumns<'_> {
    /// Reads a row's answers, one value per item of the definition.
    ///
    /// # Errors
    /// At the first cell that is not an answer.
    pub(super) fn read(&self, row: &ByteRecord, at: Place, values: &mut [Option<f64>]) -> Result<(), TableError> {
        for (column, cell) in self.columns.iter().zip(row) {
            let Column::Item { place, item, allowed } = column else { continue };
            let value = if cell.is_empty() { None } else { allowed.read(cell) };
            if value.is_none() && !cell.is_empty() {
                return Err(at.wrong_value(item.code.as_str(), self.definition.allowed_in_words(item)));
            }
            if let Some(slot) = values.get_mut(*place) {
                *slot = value;
            }
        }
        Ok(())
    }
}

/// Reads the header.
///
/// # Errors
/// When it does not fit the instrument, with what to do.
pub(super) fn read_header(definition: &Definition, header: Vec<String>) -> Result<Columns<'_>, TableError> {
    if definition.scales.is_empty() {
        let what = format!("{} has no scales", definition.instrument);
        return Err(refused(what, "there is nothing to score; its answers are exported as they are"));
    }
    if header.iter().all(String::is_empty) {
        let hint = format!("the first line names the columns, such as {}", wanted(definition).join(","));
        return Err(refused("the table is empty".to_owned(), hint));
    }
    refuse_twice(&header)?;
    if let Some(symptoms) = Symptoms::find(definition, &header) {
        return Ok(Columns::Symptoms(symptoms));
    }
    refuse_missing(definition, &header)?;
    let columns = header.into_iter().map(|name| find_column(definition, name)).collect::<Result<_, _>>()?;
    Ok(Columns::Items(ItemColumns { definition, columns }))
}

fn refuse_twice(header: &[String]) -> Result<(), TableError> {
    let twice = header.iter().enumerate().find(|(place, name)| header.iter().take(*place).any(|other| other == *name));
    twice.map_or(Ok(()), |(_, name)| {
        Err(refused(format!("column {name} stands twice"), "give every column a name of its own"))
    })
}

/// Refuses a header without the items that scales use, most often because it is separated by something else.
fn refuse_missing(definition: &Definition, header: &[String]) -> Result<(), TableError> {
    let is_missing = |code: &&str| !header.iter().any(|name| name == code);
    let missing: Vec<&str> = wanted(definition).into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for (separator, name) in [(';', "semicolons"), ('\t', "tabs")] {
        if matches!(header, [names] if names.contains(separator)) {
            return Err(refused(format!("the columns are separated by {name}"), "save the table with commas"));
        }
    }
    let what = format!("{} needs columns that are not there: {}", definition.instrument, missing.join(", "));
    Err(refused(what, "name columns by item code; leave a column empty for what was not asked"))
}

/// The codes of the items that scales use, in the definition's order.
fn wanted(definition: &Definition) -> Vec<&str> {
    let uses = |code: &ItemCode| {
        definition.scales.iter().any(|scale| match &scale.of {
            Inputs::Items(items) => items.iter().any(|input| input.code == *code),
            Inputs::Scales(_) => false,
        })
    };
    definition.items.iter().map(|item| &item.code).filter(|code| uses(code)).map(ItemCode::as_str).collect()
}

fn find_column(definition: &Definition, name: String) -> Result<Column<'_>, TableError> {
    let mut items = definition.items.iter().enumerate();
    let found = items.find(|(_, item)| item.code.as_str() == name);
    if let Some((place, item, allowed)) =
        found.and_then(|(place, item)| Some((place, item, Allowed::of(definition, item)?)))
    {
        return Ok(Column::Item { place, item, allowed });
    }
    if definition.scales.iter().any(|scale| scale.code.as_str() == name) {
        let what = format!("column {name} has the name of a scale");
        return Err(refused(what, "rename it: the score goes there"));
    }
    Ok(Column::Carried(name))
}

fn refused(what: String, hint: impl Into<String>) -> TableError {
    TableError::Header { what, hint: hint.into() }
}
