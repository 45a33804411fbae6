//! Evaluation: an expression over a node gives a collection, or says why not.

use std::{borrow::Cow, cell::Cell};

use jiff::{Timestamp, civil::Date};

use super::{
    Path,
    ast::{Expr, Function},
    collections, convert,
    moment::Moment,
    node::Node,
    operators, strings,
};

/// A result: no, one or several elements.
pub(crate) type Collection<'a> = Vec<Node<'a>>;

/// How many steps one reading of a form may take; the largest real ones take under a tenth.
const MOST_STEPS: u32 = 2_000_000;

/// How deep evaluation may descend, through variables too: a thread's stack has an end.
const DEEPEST: u32 = 320;

/// Why an expression has no result.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Trouble {
    /// It needs what is not there: a patient, a query's answer.
    #[error("%{0} is not known here")]
    Missing(String),
    /// It does what its values do not allow.
    #[error("{0}")]
    Wrong(String),
    /// It took too many steps.
    #[error("evaluation was stopped after {MOST_STEPS} steps")]
    Endless,
}

/// The instant and day at which a form is read.
#[derive(Clone, Debug)]
pub struct Now {
    today: Moment,
    now: Moment,
}

impl Now {
    /// The instant, and the civil date where the form is filled in.
    ///
    /// ```
    /// let now = shared::fhir::Now::at("2026-11-22T17:24:24Z".parse()?, "2026-11-22".parse()?);
    /// # Ok::<(), jiff::Error>(())
    /// ```
    #[must_use]
    pub fn at(instant: Timestamp, today: Date) -> Self {
        let day = Moment::parse_date(&today.to_string());
        let now = Moment::parse_date_time(&instant.to_string());
        let epoch = || Moment::default();
        Self { today: day.unwrap_or_else(epoch), now: now.unwrap_or_else(epoch) }
    }
}

/// What names stand for around an expression.
pub(crate) trait Scope<'a> {
    /// What `%name` stands for.
    fn variable(&self, name: &str) -> Result<Collection<'a>, Trouble>;

    /// The score of an answer: an ordinal value or item weight of the option chosen.
    fn weight(&self, node: &Node<'a>) -> Option<f64>;
}

/// Evaluates expressions within one reading of a form.
pub(crate) struct Engine<'s> {
    pub(crate) now: &'s Now,
    /// Steps taken so far, by all expressions together.
    pub(crate) steps: &'s Cell<u32>,
    /// How deep it is now.
    pub(crate) depth: &'s Cell<u32>,
}

/// Where an expression stands.
pub(super) struct Focus<'a, 'f> {
    pub(super) this: &'f [Node<'a>],
    pub(super) index: usize,
    pub(super) total: &'f [Node<'a>],
    pub(super) scope: &'f dyn Scope<'a>,
}

impl Engine<'_> {
    /// Evaluates an expression at a node.
    pub(crate) fn evaluate<'a>(
        &self,
        path: &Path,
        context: Node<'a>,
        scope: &dyn Scope<'a>,
    ) -> Result<Collection<'a>, Trouble> {
        self.eval(&path.0, &Focus { this: &[context], index: 0, total: &[], scope })
    }

    /// Counts steps, and stops when they are too many.
    pub(super) fn step(&self, n: usize) -> Result<(), Trouble> {
        let steps = self.steps.get().saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
        self.steps.set(steps);
        if steps > MOST_STEPS { Err(Trouble::Endless) } else { Ok(()) }
    }

    pub(super) fn eval<'a>(&self, expr: &Expr, focus: &Focus<'a, '_>) -> Result<Collection<'a>, Trouble> {
        self.step(1)?;
        self.depth.set(self.depth.get() + 1);
        let result = if self.depth.get() > DEEPEST {
            Err(Trouble::Wrong(format!("it descends deeper than {DEEPEST} levels")))
        } else {
            self.descend(expr, focus)
        };
        self.depth.set(self.depth.get() - 1);
        result
    }

    fn descend<'a>(&self, expr: &Expr, focus: &Focus<'a, '_>) -> Result<Collection<'a>, Trouble> {
        Ok(match expr {
            Expr::Empty => Vec::new(),
            Expr::Boolean(truth) => vec![Node::Boolean(*truth)],
            Expr::Integer(number) => vec![Node::Integer(*number)],
            Expr::Decimal(number) => vec![Node::Decimal(*number)],
            Expr::Text(text) => vec![Node::Text(Cow::Owned(text.clone()))],
            Expr::Moment(moment) => vec![Node::Moment(moment.clone())],
            Expr::Quantity(value, unit) => {
                vec![Node::Quantity(super::Quantity { value: *value, unit: unit.clone() })]
            }
            Expr::This => focus.this.to_vec(),
            Expr::Index => vec![Node::Integer(i64::try_from(focus.index).unwrap_or(i64::MAX))],
            Expr::Total => focus.total.to_vec(),
            Expr::Variable(name) => {
                let found = focus.scope.variable(name)?;
                self.step(found.len())?;
                found
            }
            Expr::Member(before, name) => self.member(before.as_deref(), name, focus)?,
            Expr::Call(before, function, arguments) => {
                let input = self.before(before.as_deref(), focus)?;
                self.call(*function, input, arguments, focus)?
            }
            Expr::At(list, place) => {
                let list = self.eval(list, focus)?;
                let place = self.eval(place, focus)?;
                let place = convert::integer(&place)?.and_then(|place| usize::try_from(place).ok());
                place.and_then(|place| list.into_iter().nth(place)).into_iter().collect()
            }
            Expr::Negate(operand) => operators::negate(&self.eval(operand, focus)?)?,
            Expr::Binary(operator, left, right) => operators::binary(self, *operator, left, right, focus)?,
            Expr::Typed(operand, is, wanted) => {
                let found = self.eval(operand, focus)?;
                let fits = |node: &Node<'_>| convert::is_of_type(node, wanted);
                if *is {
                    found.first().map(|node| Node::Boolean(fits(node))).into_iter().collect()
                } else {
                    found.into_iter().filter(fits).collect()
                }
            }
        })
    }

    fn before<'a>(&self, before: Option<&Expr>, focus: &Focus<'a, '_>) -> Result<Collection<'a>, Trouble> {
        before.map_or_else(|| Ok(focus.this.to_vec()), |before| self.eval(before, focus))
    }

    fn member<'a>(&self, before: Option<&Expr>, name: &str, focus: &Focus<'a, '_>) -> Result<Collection<'a>, Trouble> {
        let input = self.before(before, focus)?;
        // a path may begin with the type of what it stands on, as in `Patient.name`
        if before.is_none() && input.iter().all(|node| node.type_name() == name) {
            return Ok(input);
        }
        if before.is_none() && name == "QuestionnaireResponse" {
            return focus.scope.variable("resource");
        }
        let found: Vec<_> = input.iter().flat_map(|node| node.field(name)).collect();
        self.step(found.len())?;
        Ok(found)
    }

    fn call<'a>(
        &self,
        function: Function,
        input: Collection<'a>,
        arguments: &[Expr],
        focus: &Focus<'a, '_>,
    ) -> Result<Collection<'a>, Trouble> {
        match function {
            Function::Now => Ok(vec![Node::Moment(self.now.now.clone())]),
            Function::Today => Ok(vec![Node::Moment(self.now.today.clone())]),
            Function::Weight | Function::Ordinal => {
                let weights = input.iter().filter_map(|node| focus.scope.weight(node));
                Ok(weights.map(Node::Decimal).collect())
            }
            Function::Where
            | Function::Select
            | Function::Repeat
            | Function::All
            | Function::Any
            | Function::Exists
            | Function::Aggregate
            | Function::Iif
            | Function::Trace => collections::with_expression(self, function, input, arguments, focus),
            _ => {
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.eval(argument, focus)?);
                }
                self.plain(function, &input, &values)
            }
        }
    }

    /// Functions that only need their input and the values of their arguments.
    fn plain<'a>(
        &self,
        function: Function,
        input: &[Node<'a>],
        arguments: &[Collection<'a>],
    ) -> Result<Collection<'a>, Trouble> {
        if let Some(result) = collections::plain(self, function, input, arguments)? {
            return Ok(result);
        }
        if let Some(result) = convert::plain(function, input, arguments)? {
            return Ok(result);
        }
        strings::plain(self, function, input, arguments)?
            .ok_or_else(|| Trouble::Wrong(format!("{}() cannot be used there", function.name())))
    }
}
