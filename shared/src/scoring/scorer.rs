//! The engine: a definition's scales resolved once, then applied to any number of responses.

use super::{ScaleScore, rules};
use crate::instrument::{Definition, Inputs, Item, ItemKind, Needs, Rule, Scale, Table};

/// An instrument's scales, ready to score: codes resolved to places, once for many responses.
///
/// ```
/// use shared::{instrument::catalog::Catalog, scoring::{ScaleScore, Scorer}};
/// let catalog = Catalog::shipped()?;
/// let epices = catalog.find_latest(&"epices".parse()?).ok_or("not shipped")?;
/// let mut scores = Vec::new();
/// Scorer::new(epices).score_into(&[Some(0.0); 11], &mut scores);
/// assert_eq!(scores[0], ScaleScore::Scored { value: 75.14, used: 11, required: 11 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scorer<'a> {
    scales: Vec<Prepared<'a>>,
    most_inputs: usize,
}

#[derive(Debug)]
struct Prepared<'a> {
    scale: &'a Scale,
    required: u16,
    inputs: Vec<Wanted<'a>>,
    /// Where the items beneath stand and how many of them must be there, for a scale that asks for a share of them.
    beneath: Option<(Vec<usize>, u16)>,
    table: Option<&'a Table>,
}

/// Where an input comes from, and how to read it.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    source: Source,
    /// Lowest + highest, of a reversed input.
    mirror: Option<f64>,
    /// What its codes count as, if not as themselves.
    recode: Option<&'a [f64]>,
    levels: Levels<'a>,
    /// How many levels it has.
    pub(super) n_levels: usize,
}

/// What the levels of an input are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Levels<'a> {
    /// The option codes of its item.
    Codes(&'a [i32]),
    /// Whole numbers from this one up.
    From(f64),
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Item(usize),
    Scale(usize),
    /// The definition names what it does not have, which the catalog refuses; never there.
    Nowhere,
}

/// An input that is there.
#[derive(Debug)]
pub(super) struct Present<'a> {
    /// Its place among the scale's inputs.
    pub(super) place: usize,
    /// Its value, reversed if the definition says so.
    pub(super) value: f64,
    pub(super) levels: Levels<'a>,
}

impl Present<'_> {
    /// The place of its value among the levels of its item.
    pub(super) fn level(&self) -> Option<usize> {
        self.levels.place_of(self.value)
    }

    /// Whether it is this code.
    pub(super) fn is(&self, code: i32) -> bool {
        rules::is(self.value, f64::from(code))
    }
}

impl Levels<'_> {
    fn place_of(self, value: f64) -> Option<usize> {
        match self {
            Self::Codes(codes) => codes.iter().position(|code| rules::is(value, f64::from(*code))),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::as_conversions,
                reason = "checked"
            )]
            Self::From(first) => (value >= first).then(|| (value - first).round() as usize),
        }
    }
}

impl<'a> Scorer<'a> {
    /// Prepares the scales of a definition.
    #[must_use]
    pub fn new(definition: &'a Definition) -> Self {
        Self::prepare(definition, definition.scales.iter())
    }

    /// Prepares some scales of a definition, which are made of items.
    #[cfg(feature = "catalog")]
    pub(super) fn of(definition: &'a Definition, scales: impl IntoIterator<Item = &'a Scale>) -> Self {
        Self::prepare(definition, scales.into_iter())
    }

    fn prepare(definition: &'a Definition, scales: impl Iterator<Item = &'a Scale>) -> Self {
        let scales: Vec<_> = scales.map(|scale| Prepared::new(definition, scale)).collect();
        let most_inputs = scales.iter().map(|prepared| prepared.inputs.len()).max().unwrap_or(0);
        Self { scales, most_inputs }
    }

    /// The scales, in the order that scores come in.
    pub fn scales(&self) -> impl Iterator<Item = &'a Scale> + '_ {
        self.scales.iter().map(|prepared| prepared.scale)
    }

    /// Scores one response into `scores`, one for each scale.
    ///
    /// `values` holds one number per item in the definition's order; `None`, and an item beyond its end, is missing.
    pub fn score_into(&self, values: &[Option<f64>], scores: &mut Vec<ScaleScore>) {
        scores.clear();
        let mut present = Vec::with_capacity(self.most_inputs);
        for prepared in &self.scales {
            present.clear();
            present.extend(prepared.inputs.iter().enumerate().filter_map(|(place, wanted)| {
                let value = wanted.read(values, scores)?;
                Some(Present { place, value, levels: wanted.levels })
            }));
            let score = prepared.score(&present, values);
            scores.push(score);
        }
    }
}

impl<'a> Prepared<'a> {
    fn new(definition: &'a Definition, scale: &'a Scale) -> Self {
        let inputs = match &scale.of {
            Inputs::Items(items) => {
                items.iter().map(|input| Wanted::item(definition, scale, input.code.as_str(), input.reversed)).collect()
            }
            Inputs::Scales(scales) => {
                scales.iter().map(|input| Wanted::scale(definition, input.code.as_str(), input.reversed)).collect()
            }
        };
        let beneath = match scale.needs {
            Needs::AllAndMoreThanPercentOfItems(percent) => {
                let places = items_beneath(definition, scale);
                let required = places.len() * usize::from(percent) / 100 + 1;
                Some((places, u16::try_from(required).unwrap_or(u16::MAX)))
            }
            Needs::All | Needs::Half | Needs::MoreThanHalf | Needs::AtLeast(_) | Needs::AllOrFirstAtLowest => None,
        };
        let table = match &scale.rule {
            Rule::Table(key) => definition.tables.get(key),
            Rule::Sum
            | Rule::Mean
            | Rule::Prorated
            | Rule::Count { .. }
            | Rule::Weighted { .. }
            | Rule::NormBased(_)
            | Rule::ValueSet(_) => None,
        };
        Self { scale, required: scale.required(), inputs, beneath, table }
    }

    fn score(&self, present: &[Present<'_>], values: &[Option<f64>]) -> ScaleScore {
        let n_present = u16::try_from(present.len()).unwrap_or(u16::MAX);
        let (there, required) = self.tally(n_present, present, values);
        let missing = ScaleScore::NotScored { answered: there, required };
        if there < required || there == 0 {
            return missing;
        }
        let raw = rules::apply_rule(&self.scale.rule, self.table, &self.inputs, present);
        let value = raw.and_then(|raw| self.scale.steps.iter().try_fold(raw, rules::apply_step));
        value.map_or(missing, |value| ScaleScore::Scored { value, used: there, required })
    }

    /// How much is there, and how much must be: of the inputs, then of the items beneath them where those count too.
    fn tally(&self, n_present: u16, present: &[Present<'_>], values: &[Option<f64>]) -> (u16, u16) {
        if let Some((beneath, required)) = self.beneath.as_ref().filter(|_| n_present >= self.required) {
            let there = beneath.iter().filter(|place| matches!(values.get(**place), Some(Some(_)))).count();
            return (u16::try_from(there).unwrap_or(u16::MAX), *required);
        }
        let first_at_lowest = self.scale.needs == Needs::AllOrFirstAtLowest
            && present.first().is_some_and(|first| first.place == 0 && first.level() == Some(0));
        (n_present, if first_at_lowest { 1 } else { self.required })
    }
}

/// The places of all items that a scale is made of, through the scales it builds on.
fn items_beneath(definition: &Definition, scale: &Scale) -> Vec<usize> {
    let place_of = |code: &str| definition.items.iter().position(|item| item.code.as_str() == code);
    let mut places: Vec<usize> = match &scale.of {
        Inputs::Items(items) => items.iter().filter_map(|input| place_of(input.code.as_str())).collect(),
        Inputs::Scales(scales) => {
            // a scale builds on earlier ones only, which the catalog sees to: this comes to an end
            let earlier = definition.scales.iter().take_while(|other| other.code != scale.code);
            let within = earlier.filter(|other| scales.iter().any(|input| input.code == other.code));
            within.flat_map(|inner| items_beneath(definition, inner)).collect()
        }
    };
    places.sort_unstable();
    places.dedup();
    places
}

impl<'a> Wanted<'a> {
    const NOWHERE: Self =
        Self { source: Source::Nowhere, mirror: None, recode: None, levels: Levels::Codes(&[]), n_levels: 0 };

    fn item(definition: &'a Definition, scale: &'a Scale, code: &str, reversed: bool) -> Self {
        let found = definition.items.iter().enumerate().find(|(_, item)| item.code.as_str() == code);
        let Some((place, item)) = found else { return Self::NOWHERE };
        Self {
            source: Source::Item(place),
            mirror: mirror(reversed, definition, item),
            recode: scale.recode.get(&item.code).map(Vec::as_slice),
            levels: levels(definition, item),
            n_levels: definition.levels_of(item).unwrap_or(0),
        }
    }

    fn scale(definition: &Definition, code: &str, reversed: bool) -> Self {
        let found = definition.scales.iter().enumerate().find(|(_, scale)| scale.code.as_str() == code);
        let mirror = found.filter(|_| reversed).map(|(_, scale)| scale.range.iter().sum());
        Self { source: found.map_or(Source::Nowhere, |(place, _)| Source::Scale(place)), mirror, ..Self::NOWHERE }
    }

    fn read(&self, values: &[Option<f64>], scores: &[ScaleScore]) -> Option<f64> {
        let value = match self.source {
            Source::Item(place) => *values.get(place)?,
            Source::Scale(place) => scores.get(place)?.value(),
            Source::Nowhere => None,
        }?;
        if let Some(recode) = self.recode {
            return recode.get(self.levels.place_of(value)?).copied();
        }
        Some(self.mirror.map_or(value, |mirror| mirror - value))
    }
}

fn mirror(reversed: bool, definition: &Definition, item: &Item) -> Option<f64> {
    reversed.then(|| definition.bounds_of(item))?.map(|[low, high]| low + high)
}

fn levels<'a>(definition: &'a Definition, item: &'a Item) -> Levels<'a> {
    match (&item.kind, definition.bounds_of(item)) {
        (ItemKind::Analogue { .. } | ItemKind::Integer { .. }, Some([low, _])) => Levels::From(low),
        _ => Levels::Codes(definition.find_options(item).map_or(&[], |options| &options.codes)),
    }
}
