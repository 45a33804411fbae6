//! `codebook.csv`: what every column, code, item, scale and timepoint of an export means.

use std::{collections::BTreeSet, io::Write};

use super::{Column, NO_VALUE, answers, assessments, cell, closed, context, milestones, scores};
use crate::{
    id::InstrumentVersion,
    instrument::{Definition, Direction, Item, ItemKind, Scale, WordingPack, catalog::Catalog},
    study::{Labels, Study, Timepoint},
};

const HEADER: [&str; 9] =
    ["kind", "name", "instrument", "instrument_version", "meaning", "type", "values", "range", "asked"];

const ASKED: Column = closed(
    "asked",
    "Whether the study asks an item, or what a scale is made of; what it does not ask has no rows, unless somebody \
     answered it before it was left out",
    "yes; no=never asked, which is not missing",
);

/// Writes the codebook of a study: the columns of every table, then all that their cells can name.
///
/// Instruments appear at every version the catalog has. Option labels are those of an English pack, else of the
/// first pack there is; a set without a pack shows its codes alone. Returns how many rows are below the header.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_codebook<W: Write>(out: W, study: &Study, catalog: &Catalog) -> csv::Result<u64> {
    let mut rows = Rows { csv: csv::Writer::from_writer(out), n_rows: 0 };
    rows.csv.write_record(HEADER)?;
    rows.columns("column of answers.csv", context::COLUMNS.iter().chain(&answers::COLUMNS))?;
    rows.columns("column of scores.csv", context::COLUMNS.iter().chain(&scores::COLUMNS))?;
    rows.columns("column of assessments.csv", assessments::COLUMNS.iter())?;
    rows.columns("column of milestones.csv", milestones::COLUMNS.iter())?;
    rows.columns("column of codebook.csv", [&ASKED].into_iter())?;
    for site in &study.sites {
        rows.label("site", site.key.as_str(), &site.label)?;
    }
    for pathway in &study.pathways {
        rows.label("pathway", pathway.key.as_str(), &pathway.label)?;
    }
    for hemopathy in &study.hemopathies {
        rows.label("hemopathy", hemopathy.key.as_str(), &hemopathy.label)?;
    }
    for timepoint in &study.timepoints {
        rows.timepoint(timepoint)?;
    }
    let versions: BTreeSet<&InstrumentVersion> =
        study.batteries.values().flat_map(|battery| &battery.instruments).map(|entry| &entry.instrument).collect();
    for definition in catalog.definitions() {
        let asked = versions.get(&definition.instrument).and_then(|version| catalog.find_asked(version));
        let packs: Vec<&WordingPack> = catalog.packs(&definition.instrument).collect();
        let pack = packs.iter().find(|pack| pack.language.as_str() == "en").or_else(|| packs.first()).copied();
        for item in &definition.items {
            let is_asked = asked.is_some_and(|asked| asked.find_item(&item.code).is_some());
            rows.item(definition, item, pack, is_asked)?;
        }
        for scale in &definition.scales {
            let is_asked = asked.is_some_and(|asked| asked.find_scale(&scale.code).is_some());
            rows.scale(definition, scale, is_asked)?;
        }
    }
    rows.csv.flush()?;
    Ok(rows.n_rows)
}

struct Rows<W: Write> {
    csv: csv::Writer<W>,
    n_rows: u64,
}

/// One row: what is not given is not there to be told, and says so.
#[derive(Default)]
struct Entry<'a> {
    kind: &'a str,
    name: &'a str,
    of: Option<&'a Definition>,
    meaning: &'a str,
    value_type: &'a str,
    values: &'a str,
    range: &'a str,
    asked: &'a str,
}

impl<W: Write> Rows<W> {
    fn add(&mut self, entry: &Entry<'_>) -> csv::Result<()> {
        let instrument = entry.of.map_or("", |of| of.instrument.key.as_str());
        let version = entry.of.map_or("", |of| of.instrument.version.as_str());
        let of_all = [entry.kind, entry.name, instrument, version, entry.meaning];
        let cells = of_all.into_iter().chain([entry.value_type, entry.values, entry.range, entry.asked]);
        let told = cells.map(|told| if told.is_empty() { NO_VALUE.into() } else { cell::text(told) });
        self.csv.write_record(told.map(std::borrow::Cow::into_owned))?;
        self.n_rows += 1;
        Ok(())
    }

    fn columns<'a>(&mut self, kind: &str, columns: impl Iterator<Item = &'a Column>) -> csv::Result<()> {
        for Column { name, meaning, values } in columns {
            self.add(&Entry { kind, name, meaning, values, ..Entry::default() })?;
        }
        Ok(())
    }

    fn label(&mut self, kind: &str, name: &str, labels: &Labels) -> csv::Result<()> {
        let label = labels.get("en").or_else(|| labels.values().next()).map_or("", String::as_str);
        self.add(&Entry { kind, name, meaning: label, ..Entry::default() })
    }

    fn timepoint(&mut self, timepoint: &Timepoint) -> csv::Result<()> {
        let label = timepoint.label.get("en").or_else(|| timepoint.label.values().next());
        let [first, last] = timepoint.days();
        let anchor = cell::word(&timepoint.anchor);
        self.add(&Entry {
            kind: "timepoint",
            name: timepoint.key.as_str(),
            meaning: label.map_or("", String::as_str),
            value_type: &format!("days from {anchor}, target {}", timepoint.target_day),
            range: &format!("{first} to {last}"),
            ..Entry::default()
        })
    }

    fn item(
        &mut self,
        definition: &Definition,
        item: &Item,
        pack: Option<&WordingPack>,
        is_asked: bool,
    ) -> csv::Result<()> {
        let (value_type, values, range) = match &item.kind {
            ItemKind::Choice(set) => ("one code", options(definition, set, pack), String::new()),
            ItemKind::Choices(set) => ("codes with ; between", options(definition, set, pack), String::new()),
            ItemKind::Analogue { min, max } => ("position on an analogue scale", String::new(), span(min, max)),
            ItemKind::Integer { min, max } => ("whole number", String::new(), span(min, max)),
            ItemKind::Decimal { min, max } => ("decimal number", String::new(), span(min, max)),
            ItemKind::Date => ("civil date", String::new(), String::new()),
            ItemKind::Text { max_length } => ("text", String::new(), format!("at most {max_length} characters")),
        };
        self.add(&Entry {
            kind: "item",
            name: item.code.as_str(),
            of: Some(definition),
            meaning: &item.topic,
            value_type,
            values: &values,
            range: &range,
            asked: yes_or_no(is_asked),
        })
    }

    fn scale(&mut self, definition: &Definition, scale: &Scale, is_asked: bool) -> csv::Result<()> {
        let [lowest, highest] = scale.range.map(cell::number);
        let higher = match scale.higher {
            Direction::Better => "score, higher is better",
            Direction::Worse => "score, higher is worse",
            Direction::Neither => "class or count",
        };
        self.add(&Entry {
            kind: "scale",
            name: scale.code.as_str(),
            of: Some(definition),
            meaning: &scale.label,
            value_type: higher,
            range: &span(lowest, highest),
            asked: yes_or_no(is_asked),
            ..Entry::default()
        })
    }
}

const fn yes_or_no(it: bool) -> &'static str {
    if it { "yes" } else { "no" }
}

fn span(lowest: impl std::fmt::Display, highest: impl std::fmt::Display) -> String {
    format!("{lowest} to {highest}")
}

/// `1=Not at all; 2=A little`, in the order the options are shown.
fn options(definition: &Definition, set: &crate::id::OptionSetKey, pack: Option<&WordingPack>) -> String {
    let codes = definition.options.get(set).map_or(&[][..], |set| &set.codes);
    let told = codes.iter().map(|code| match pack.and_then(|pack| pack.find_option(set, *code)) {
        Some(label) => format!("{code}={label}"),
        None => code.to_string(),
    });
    told.collect::<Vec<_>>().join("; ")
}
