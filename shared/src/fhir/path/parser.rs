//! From tokens to a tree, by the precedences of the language's grammar, no deeper than [`DEEPEST`].

use super::{
    ast::{Expr, Function, Operator},
    lexer::{Token, tokens},
    moment::Unit,
};

/// The longest expression that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// How deep a tree may be; every operator and every dot of a chain counts, as evaluation descends them all.
const DEEPEST: usize = 256;

/// Why an expression was not understood.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum ParseError {
    /// A function outside the subset.
    #[error("the function {0}() is not supported")]
    Unsupported(String),
    /// It is not of the language.
    #[error("{0}")]
    Wrong(String),
}

impl From<String> for ParseError {
    fn from(text: String) -> Self {
        Self::Wrong(text)
    }
}

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expr, ParseError> {
    if text.len() > LONGEST {
        return Err(ParseError::Wrong(format!("the expression is longer than {LONGEST} bytes")));
    }
    let mut tokens = tokens(text)?;
    tokens.reverse();
    let mut parser = Parser { tokens, depth: 0 };
    let tree = parser.expression(0)?;
    match parser.tokens.last() {
        None => Ok(tree.expr),
        Some(token) => Err(ParseError::Wrong(format!("{} is not expected there", name(token)))),
    }
}

/// What a token is called in a complaint.
fn name(token: &Token) -> String {
    match token {
        Token::Name(name) | Token::Quoted(name) => name.clone(),
        Token::Variable(name) => format!("%{name}"),
        Token::Dollar(name) => format!("${name}"),
        Token::Text(text) => format!("'{text}'"),
        Token::Integer(number) => number.to_string(),
        Token::Decimal(number) => number.to_string(),
        Token::Moment(moment) => format!("@{moment}"),
        Token::Sign(sign) => (*sign).to_owned(),
    }
}

/// A tree and its height.
struct Tree {
    expr: Expr,
    height: usize,
}

impl Tree {
    const fn leaf(expr: Expr) -> Self {
        Self { expr, height: 1 }
    }

    /// A node above the given heights.
    fn above(expr: Expr, heights: &[usize]) -> Result<Self, ParseError> {
        let height = heights.iter().max().copied().unwrap_or_default() + 1;
        if height > DEEPEST { Err(too_deep()) } else { Ok(Self { expr, height }) }
    }
}

fn too_deep() -> ParseError {
    ParseError::Wrong(format!("the expression is nested deeper than {DEEPEST} levels"))
}

/// The tokens left, the next one last, and how many brackets are open.
struct Parser {
    tokens: Vec<Token>,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.last()
    }

    /// Takes the sign if it comes next.
    fn take(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        if is_next {
            self.tokens.pop();
        }
        is_next
    }

    fn expect(&mut self, sign: &str) -> Result<(), ParseError> {
        if self.take(sign) {
            return Ok(());
        }
        let found = self.peek().map_or_else(|| "the end".to_owned(), name);
        Err(ParseError::Wrong(format!("{sign} is expected, not {found}")))
    }

    /// An expression whose operators bind more strongly than `above`.
    fn expression(&mut self, above: u8) -> Result<Tree, ParseError> {
        self.depth += 1;
        if self.depth > DEEPEST / 4 {
            return Err(too_deep());
        }
        let mut left = self.unary()?;
        while let Some(token) = self.peek() {
            let word = match token {
                Token::Name(word) => word.as_str(),
                Token::Sign(sign) => sign,
                _ => break,
            };
            if matches!(word, "is" | "as") && above < 8 {
                let is = word == "is";
                self.tokens.pop();
                let wanted = self.type_name()?;
                left = Tree::above(Expr::Typed(Box::new(left.expr), is, wanted), &[left.height])?;
                continue;
            }
            let Some(operator) = Operator::parse(word).filter(|operator| operator.strength() > above) else { break };
            self.tokens.pop();
            let right = self.expression(operator.strength())?;
            let heights = [left.height, right.height];
            left = Tree::above(Expr::Binary(operator, Box::new(left.expr), Box::new(right.expr)), &heights)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Tree, ParseError> {
        let mut is_negative = false;
        loop {
            if self.take("-") {
                is_negative = !is_negative;
            } else if !self.take("+") {
                break;
            }
        }
        let tree = self.chain()?;
        if is_negative { Tree::above(Expr::Negate(Box::new(tree.expr)), &[tree.height]) } else { Ok(tree) }
    }

    /// A term with the fields, calls and indexes after it.
    fn chain(&mut self) -> Result<Tree, ParseError> {
        let mut tree = self.term()?;
        loop {
            if self.take(".") {
                let height = tree.height;
                let focus = Some(Box::new(tree.expr));
                tree = match self.tokens.pop() {
                    Some(Token::Name(name)) => self.invocation(focus, name, height)?,
                    Some(Token::Quoted(name)) => Tree::above(Expr::Member(focus, name), &[height])?,
                    Some(Token::Dollar(name)) if name == "this" => {
                        Tree { expr: focus.map_or(Expr::This, |focus| *focus), height }
                    }
                    _ => return Err(ParseError::Wrong("a name is expected after a point".to_owned())),
                };
            } else if self.take("[") {
                let place = self.expression(0)?;
                self.expect("]")?;
                let heights = [tree.height, place.height];
                tree = Tree::above(Expr::At(Box::new(tree.expr), Box::new(place.expr)), &heights)?;
            } else {
                return Ok(tree);
            }
        }
    }

    /// A field, or a call if a bracket follows.
    fn invocation(&mut self, focus: Option<Box<Expr>>, name: String, height: usize) -> Result<Tree, ParseError> {
        if !self.take("(") {
            return Tree::above(Expr::Member(focus, name), &[height]);
        }
        let Some((function, least, most)) = Function::find(&name) else { return Err(ParseError::Unsupported(name)) };
        if matches!(function, Function::OfType | Function::As | Function::Is) {
            let wanted = self.type_name()?;
            self.expect(")")?;
            let focus = focus.unwrap_or_else(|| Box::new(Expr::This));
            return Tree::above(Expr::Typed(focus, function == Function::Is, wanted), &[height]);
        }
        let (mut arguments, mut heights) = (Vec::new(), vec![height]);
        while !self.take(")") {
            if !arguments.is_empty() {
                self.expect(",")?;
            }
            let argument = self.expression(0)?;
            heights.push(argument.height);
            arguments.push(argument.expr);
        }
        if !(least..=most).contains(&arguments.len()) {
            let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
            return Err(ParseError::Wrong(format!("{name}() takes {wanted} arguments, not {}", arguments.len())));
        }
        Tree::above(Expr::Call(focus, function, arguments), &heights)
    }

    /// The name of a type, its namespace left out.
    fn type_name(&mut self) -> Result<String, ParseError> {
        let mut name = self.plain_name()?;
        while self.take(".") {
            name = self.plain_name()?;
        }
        Ok(name)
    }

    fn plain_name(&mut self) -> Result<String, ParseError> {
        match self.tokens.pop() {
            Some(Token::Name(name) | Token::Quoted(name)) => Ok(name),
            _ => Err(ParseError::Wrong("the name of a type is expected".to_owned())),
        }
    }

    fn term(&mut self) -> Result<Tree, ParseError> {
        let Some(token) = self.tokens.pop() else {
            return Err(ParseError::Wrong("the expression ends too early".to_owned()));
        };
        Ok(Tree::leaf(match token {
            Token::Text(text) => Expr::Text(text),
            Token::Integer(number) => match self.unit() {
                // whole numbers in front of a unit are small
                Some(unit) => Expr::Quantity(crate::fhir::number::decimal(number), unit),
                None => Expr::Integer(number),
            },
            Token::Decimal(number) => match self.unit() {
                Some(unit) => Expr::Quantity(number, unit),
                None => Expr::Decimal(number),
            },
            Token::Moment(moment) => Expr::Moment(moment),
            Token::Variable(name) if !name.is_empty() => Expr::Variable(name),
            Token::Dollar(name) => match name.as_str() {
                "this" => Expr::This,
                "index" => Expr::Index,
                "total" => Expr::Total,
                _ => return Err(ParseError::Wrong(format!("${name} is not known"))),
            },
            Token::Quoted(name) => Expr::Member(None, name),
            Token::Name(name) if name == "true" => Expr::Boolean(true),
            Token::Name(name) if name == "false" => Expr::Boolean(false),
            Token::Name(name) => return self.invocation(None, name, 0),
            Token::Sign("(") => {
                let tree = self.expression(0)?;
                self.expect(")")?;
                return Ok(tree);
            }
            Token::Sign("{") => {
                self.expect("}")?;
                Expr::Empty
            }
            other => return Err(ParseError::Wrong(format!("{} is not expected there", name(&other)))),
        }))
    }

    /// A unit after a number: a word of the calendar, or a text.
    fn unit(&mut self) -> Option<String> {
        let unit = match self.peek() {
            Some(Token::Text(unit)) => unit.clone(),
            Some(Token::Name(word)) if Unit::parse_word(word).is_some() => word.clone(),
            _ => return None,
        };
        self.tokens.pop();
        Some(unit)
    }
}
