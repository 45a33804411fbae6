//! The engine: a definition's scales resolved once, then applied to any number of responses.

use super::{ScaleScore, rules};
use crate::instrument::{Definition, Inputs, Item, Scale};

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
}

#[derive(Debug)]
struct Prepared<'a> {
    scale: &'a Scale,
    required: u16,
    inputs: Vec<Wanted<'a>>,
}

/// Where an input comes from, and how to read it.
#[derive(Debug)]
struct Wanted<'a> {
    source: Source,
    /// Lowest + highest, of a reversed input.
    mirror: Option<f64>,
    codes: &'a [i32],
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
    /// The option codes of its item.
    pub(super) codes: &'a [i32],
}

impl Present<'_> {
    /// The place of its value among the option codes of its item.
    pub(super) fn level(&self) -> Option<usize> {
        self.codes.iter().position(|code| (f64::from(*code) - self.value).abs() < 0.5)
    }
}

impl<'a> Scorer<'a> {
    /// Prepares the scales of a definition.
    #[must_use]
    pub fn new(definition: &'a Definition) -> Self {
        let prepare = |scale: &'a Scale| Prepared {
            scale,
            required: scale.required(),
            inputs: match &scale.of {
                Inputs::Items(items) => {
                    items.iter().map(|input| Wanted::item(definition, input.code.as_str(), input.reversed)).collect()
                }
                Inputs::Scales(scales) => {
                    scales.iter().map(|input| Wanted::scale(definition, input.code.as_str(), input.reversed)).collect()
                }
            },
        };
        Self { scales: definition.scales.iter().map(prepare).collect() }
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
        let mut present = Vec::new();
        for prepared in &self.scales {
            present.clear();
            present.extend(prepared.inputs.iter().enumerate().filter_map(|(place, wanted)| {
                let value = wanted.read(values, scores)?;
                Some(Present { place, value, codes: wanted.codes })
            }));
            let score = prepared.score(&present);
            scores.push(score);
        }
    }
}

impl Prepared<'_> {
    fn score(&self, present: &[Present<'_>]) -> ScaleScore {
        let n_present = u16::try_from(present.len()).unwrap_or(u16::MAX);
        let missing = ScaleScore::NotScored { answered: n_present, required: self.required };
        if n_present < self.required || n_present == 0 {
            return missing;
        }
        let Some(raw) = rules::apply_rule(&self.scale.rule, present) else { return missing };
        let value = self.scale.steps.iter().fold(raw, rules::apply_step);
        ScaleScore::Scored { value, used: n_present, required: self.required }
    }
}

impl<'a> Wanted<'a> {
    fn item(definition: &'a Definition, code: &str, reversed: bool) -> Self {
        let Some((place, item)) = definition.items.iter().enumerate().find(|(_, item)| item.code.as_str() == code)
        else {
            return Self { source: Source::Nowhere, mirror: None, codes: &[] };
        };
        let codes = definition.find_options(item).map_or(&[][..], |options| &options.codes);
        Self { source: Source::Item(place), mirror: mirror(reversed, definition, item), codes }
    }

    fn scale(definition: &Definition, code: &str, reversed: bool) -> Self {
        let found = definition.scales.iter().enumerate().find(|(_, scale)| scale.code.as_str() == code);
        let mirror = found.filter(|_| reversed).map(|(_, scale)| scale.range.iter().sum());
        Self { source: found.map_or(Source::Nowhere, |(place, _)| Source::Scale(place)), mirror, codes: &[] }
    }

    fn read(&self, values: &[Option<f64>], scores: &[ScaleScore]) -> Option<f64> {
        let value = match self.source {
            Source::Item(place) => *values.get(place)?,
            Source::Scale(place) => scores.get(place)?.value(),
            Source::Nowhere => None,
        }?;
        Some(self.mirror.map_or(value, |mirror| mirror - value))
    }
}

fn mirror(reversed: bool, definition: &Definition, item: &Item) -> Option<f64> {
    reversed.then(|| definition.bounds_of(item))?.map(|[low, high]| low + high)
}
