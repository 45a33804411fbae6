//! What codebooks say of an instrument beyond its codes: rules, directions and allowed answers, in English words.

use std::fmt::{Display, Write as _};

use super::{
    Definition, Direction, Input, Inputs, Item, ItemKind, Needs, Norm, OptionSet, Rule, Scale, Step, ValueSet,
};

impl Scale {
    /// How the scale is scored, in words for a codebook.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let catalog = Catalog::shipped()?;
    /// let qlq_c30 = catalog.find_latest(&"qlq-c30".parse()?).ok_or("not shipped")?;
    /// let role = qlq_c30.find_scale(&"RF".parse()?).ok_or("no such scale")?;
    /// assert_eq!(role.rule_in_words(), "mean of q6, q7; needs 1 of 2; rescaled: 1 becomes 100, 4 becomes 0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn rule_in_words(&self) -> String {
        let mut words = rule(&self.rule, &inputs(&self.of));
        for (item, values) in &self.recode {
            let _ = write!(words, "; the codes of {item} count as {}", list(values));
        }
        let _ = write!(words, "; needs {} of {}", self.required(), self.of.len());
        match self.needs {
            Needs::AllAndMoreThanPercentOfItems(percent) => {
                let _ = write!(words, " and more than {percent} % of their items");
            }
            Needs::AllOrFirstAtLowest => words += ", or the first alone at its lowest code",
            Needs::All | Needs::Half | Needs::MoreThanHalf | Needs::AtLeast(_) => {}
        }
        for step in self.steps.iter().map(step) {
            let _ = write!(words, "; {step}");
        }
        words
    }
}

impl Direction {
    /// What a higher value means, in words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Better => "higher is better",
            Self::Worse => "higher is worse",
            Self::Neither => "higher is neither better nor worse",
        }
    }
}

impl Definition {
    /// What an answer to an item may be, in words.
    ///
    /// ```
    /// use shared::instrument::catalog::Catalog;
    /// let catalog = Catalog::shipped()?;
    /// let eq_5d_5l = catalog.find_latest(&"eq-5d-5l".parse()?).ok_or("not shipped")?;
    /// let told: Vec<String> = eq_5d_5l.items.iter().map(|item| eq_5d_5l.allowed_in_words(item)).collect();
    /// assert_eq!(told[4..6], ["one of 1, 2, 3, 4, 5", "a whole number from 0 to 100"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn allowed_in_words(&self, item: &Item) -> String {
        match &item.kind {
            ItemKind::Choice(set) => self.options.get(set).map_or_else(unknown_set, one),
            ItemKind::Choices(set) => self.options.get(set).map_or_else(unknown_set, several),
            ItemKind::Analogue { min, max } => format!("a whole number from {min} to {max}"),
            ItemKind::Integer { min, max } => format!("a whole number from {min} to {max}"),
            ItemKind::Decimal { min, max } => format!("a number from {min} to {max}"),
            ItemKind::Date => "a civil date".to_owned(),
            ItemKind::Text { max_length } => {
                format!("1 to {max_length} characters of text, not only spaces, without control characters")
            }
        }
    }
}

fn unknown_set() -> String {
    "nothing: its option set is unknown".to_owned()
}

fn one(options: &OptionSet) -> String {
    format!("one of {}", list(&options.codes))
}

fn several(options: &OptionSet) -> String {
    let together = format!("one or more of {}, each once and ascending", list(&options.codes));
    options.exclusive.iter().fold(together, |words, code| words + &format!(", {code} only alone"))
}

fn inputs(of: &Inputs) -> Vec<String> {
    match of {
        Inputs::Items(items) => items.iter().map(input).collect(),
        Inputs::Scales(scales) => scales.iter().map(input).collect(),
    }
}

fn input<K: Display>(input: &Input<K>) -> String {
    if input.reversed { format!("reversed {}", input.code) } else { input.code.to_string() }
}

fn rule(rule: &Rule, inputs: &[String]) -> String {
    match (rule, inputs) {
        (Rule::Sum | Rule::Mean | Rule::Prorated, [only]) => only.clone(),
        (Rule::Sum, _) => format!("sum of {}", list(inputs)),
        (Rule::Mean, _) => format!("mean of {}", list(inputs)),
        (Rule::Prorated, _) => format!("sum of {}, times {} / how many are there", list(inputs), inputs.len()),
        (Rule::Count { codes }, _) => format!("how many of {} are {}", list(inputs), or(codes)),
        (Rule::Weighted { constant, weights }, _) => {
            let terms = weights.iter().zip(inputs).map(|(weight, input)| format!("{} × {input}", signed(*weight)));
            terms.fold(constant.to_string(), |words, term| words + " " + &term)
        }
        (Rule::NormBased(norms), _) => {
            let terms = norms.iter().zip(inputs).map(norm);
            format!("50 + 10 × ({})", terms.collect::<Vec<_>>().join(" "))
        }
        (Rule::ValueSet(set), _) => value_set(set, inputs),
        (Rule::Table(key), _) => format!("the value that table {key} gives to {}", list(inputs)),
    }
}

fn norm((Norm { mean, sd, weight }, input): (&Norm, &String)) -> String {
    format!("{} × ({input} {}) / {sd}", signed(*weight), signed(-mean))
}

fn value_set(set: &ValueSet, inputs: &[String]) -> String {
    let mut words = format!("{} + the weight of the level of each of {}", set.start, list(inputs));
    if let Some(extra) = set.any_above_first {
        let _ = write!(words, " {} if any is above the first level", signed(extra));
    }
    if let Some(severe) = &set.severe {
        let _ = write!(words, " + a weight for each from level {} on", severe.from);
        let _ = write!(words, " {} × (how many of them - 1)²", signed(severe.squared));
    }
    words
}

fn step(step: &Step) -> String {
    match step {
        Step::Rescale { from: [a, b], to: [c, d] } => format!("rescaled: {a} becomes {c}, {b} becomes {d}"),
        Step::Round(decimals) => format!("rounded to {decimals} decimals"),
        Step::Lookup { first, values } => format!("looked up from {first} on: {}", list(values)),
        Step::Bands { from, labels, codes } => {
            let bands = labels.iter().zip(0..).enumerate().map(|(place, (label, band))| {
                let code = codes.get(place).copied().unwrap_or(band);
                let limit = place.checked_sub(1).and_then(|place| from.get(place));
                limit.map_or_else(|| format!("{code} = {label}"), |limit| format!("{code} = {label} from {limit}"))
            });
            format!("in bands: {}", list(bands))
        }
    }
}

fn signed(number: f64) -> String {
    if number < 0.0 { format!("- {}", -number) } else { format!("+ {number}") }
}

fn or(codes: &[i32]) -> String {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

fn list<T: Display>(things: impl IntoIterator<Item = T>) -> String {
    things.into_iter().map(|thing| thing.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::instrument::{Direction, catalog::Catalog};

    #[test]
    fn every_rule_and_step_is_told_in_words() {
        let catalog = Catalog::shipped().unwrap();
        let cases = [
            (
                "qlq-c30",
                "SUMMARY",
                "mean of PF, RF, EF, CF, SF, reversed FA, reversed NV, reversed PA, reversed DY, reversed SL, \
                 reversed AP, reversed CO, reversed DI; needs 13 of 13",
            ),
            (
                "epices",
                "EPICES",
                "75.14 + 10.06 × e1 - 11.83 × e2 - 8.28 × e3 - 8.28 × e4 + 14.8 × e5 - 6.51 × e6 - 7.1 × e7 \
                 - 7.1 × e8 - 9.47 × e9 - 9.47 × e10 - 7.1 × e11; needs 11 of 11; rounded to 2 decimals",
            ),
            ("epices", "DEPRIVED", "EPICES; needs 1 of 1; in bands: 0 = not deprived, 1 = deprived from 30.17"),
            ("eq-5d-5l", "LSS", "sum of MO, SC, UA, PD, AD; needs 5 of 5"),
            (
                "eq-5d-5l",
                "VT_Netherlands",
                "1 + the weight of the level of each of MO, SC, UA, PD, AD - 0.047 if any is above the first level; \
                 needs 5 of 5",
            ),
            ("eq-5d-5l", "CW_France", "the value that table CW_France gives to MO, SC, UA, PD, AD; needs 5 of 5"),
            (
                "fact-g",
                "EWB",
                "sum of reversed GE1, GE2, reversed GE3, reversed GE4, reversed GE5, reversed GE6, \
                 times 6 / how many are there; needs 4 of 6",
            ),
            ("fact-g", "FACTG", "sum of PWB, SWB, EWB, FWB; needs 4 of 4 and more than 80 % of their items"),
            (
                "pro-ctcae",
                "COMP_IMPUTED_9",
                "the value that table rank_4 gives to 9A, 9B; needs 2 of 2, or the first alone at its lowest code",
            ),
            (
                "sf-36",
                "GH",
                "mean of q1, q33, reversed q34, q35, reversed q36; the codes of q1 count as 5, 4.4, 3.4, 2, 1; \
                 needs 3 of 5; rescaled: 1 becomes 0, 5 becomes 100",
            ),
            (
                "cost",
                "GRADE",
                "COST; needs 1 of 1; in bands: 3 = severe, 2 = moderate from 1, 1 = mild from 14, 0 = none from 26",
            ),
            (
                "eq-5d-5l",
                "VT_Canada",
                "1.1351 + the weight of the level of each of MO, SC, UA, PD, AD + a weight for each from level 4 on \
                 + 0.0085 × (how many of them - 1)²; needs 5 of 5",
            ),
        ];
        for (instrument, scale, words) in cases {
            let definition = catalog.find_latest(&instrument.parse().unwrap()).unwrap();
            assert_eq!(definition.find_scale(&scale.parse().unwrap()).unwrap().rule_in_words(), words);
        }
        assert_eq!(Direction::Worse.in_words(), "higher is worse");
    }
}
