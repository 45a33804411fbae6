//! The expressions of questionnaires (`FHIRPath`): parsed when a questionnaire is read, evaluated by pure code.
//!
//! About 80 functions, every operator, three-valued logic, dates only as precise as they are. What is outside is
//! refused by name when parsed. Evaluation counts its steps and gives up, so that no expression runs for ever.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "eighty functions and a dozen tokens: each family names its own and passes the others on"
)]

mod ast;
mod collections;
mod convert;
mod engine;
mod lexer;
mod moment;
mod node;
mod operators;
mod parser;
mod strings;
#[cfg(test)]
mod tests;

pub(crate) use ast::Operator;
pub use engine::Now;
pub(crate) use engine::{Engine, Scope, Trouble};
pub(crate) use moment::{Moment, MomentKind};
pub(crate) use node::{Node, Quantity};
pub(crate) use operators::{compare, holds, same};
pub(crate) use parser::ParseError;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path(ast::Expr);

impl Path {
    /// Reads an expression.
    ///
    /// # Errors
    /// It is not of the language, not of the subset, or nested too deep.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        parser::parse(text).map(Self)
    }
}
