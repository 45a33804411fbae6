//! Cutting an expression into tokens.

use super::moment::Moment;

/// A token of the language.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or a word of the language.
    Name(String),
    /// A name in backquotes, never a word of the language.
    Quoted(String),
    /// `%name`
    Variable(String),
    /// `$this` and its kind, without the sign.
    Dollar(String),
    Text(String),
    Integer(i64),
    Decimal(f64),
    Moment(Moment),
    /// An operator or bracket.
    Sign(&'static str),
}

/// Longer signs first.
const SIGNS: [&str; 25] = [
    "!=", "!~", "<=", ">=", "=", "~", "<", ">", "|", "+", "-", "&", "*", "/", "(", ")", "[", "]", "{", "}", ",", ".",
    "@", "%", "$",
];

/// The tokens of an expression.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut rest = Cursor { rest: text };
    let mut tokens = Vec::new();
    while let Some(token) = rest.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Takes characters as long as they fit.
    fn take(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|character| !fits(character)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) -> Result<(), String> {
        loop {
            self.take(|character| character.is_whitespace() || character == '\u{feff}');
            if self.rest.starts_with("//") {
                self.take(|character| character != '\n');
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                let (_, rest) = comment.split_once("*/").ok_or("a comment /* has no end")?;
                self.rest = rest;
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Option<Token>, String> {
        self.skip_space()?;
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let token = match first {
            '\'' | '"' => Token::Text(self.quoted(first)?),
            '`' => Token::Quoted(self.quoted(first)?),
            '0'..='9' => self.number()?,
            '_' | 'a'..='z' | 'A'..='Z' => Token::Name(self.name().to_owned()),
            '@' => self.moment()?,
            _ => self.sign(first)?,
        };
        Ok(Some(token))
    }

    fn name(&mut self) -> &'a str {
        self.take(|character| character.is_ascii_alphanumeric() || character == '_')
    }

    fn sign(&mut self, first: char) -> Result<Token, String> {
        let sign = SIGNS.iter().find(|sign| self.rest.starts_with(**sign));
        let sign = *sign.ok_or_else(|| format!("the character {first} has no meaning here"))?;
        self.rest = self.rest.strip_prefix(sign).unwrap_or_default();
        match sign {
            "%" => Ok(Token::Variable(match self.rest.chars().next() {
                Some(quote @ ('`' | '\'' | '"')) => self.quoted(quote)?,
                _ => self.name().to_owned(),
            })),
            "$" => Ok(Token::Dollar(self.name().to_owned())),
            _ => Ok(Token::Sign(sign)),
        }
    }

    /// A text in quotes, its escapes resolved.
    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((place, character)) = characters.next() {
            if character == quote {
                self.rest = self.rest.get(place + quote.len_utf8()..).unwrap_or_default();
                return Ok(text);
            }
            if character != '\\' {
                text.push(character);
                continue;
            }
            match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                Some((_, 'f')) => text.push('\u{c}'),
                Some((_, 'u')) => {
                    let code: String = characters.by_ref().take(4).map(|(_, digit)| digit).collect();
                    let code = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    text.push(code.ok_or("an escape \\u needs four hexadecimal digits")?);
                }
                Some((_, kept @ ('\\' | '/' | '\'' | '"' | '`'))) => text.push(kept),
                // regular expressions written with a single backslash are common; the backslash stays
                Some((_, other)) => text.extend(['\\', other]),
                None => break,
            }
        }
        Err(format!("a text that begins with {quote} has no end"))
    }

    fn number(&mut self) -> Result<Token, String> {
        let start = self.rest;
        let whole = self.take(|character| character.is_ascii_digit());
        let fraction = self.rest.strip_prefix('.').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let Some(fraction) = fraction else {
            return whole.parse().map(Token::Integer).map_err(|_| format!("the number {whole} is too large"));
        };
        self.rest = fraction;
        let digits = self.take(|character| character.is_ascii_digit());
        let text = start.get(..whole.len() + 1 + digits.len()).unwrap_or_default();
        text.parse().map(Token::Decimal).map_err(|_| format!("{text} is not a number"))
    }

    fn moment(&mut self) -> Result<Token, String> {
        self.rest = self.rest.strip_prefix('@').unwrap_or(self.rest);
        let start = self.rest;
        self.take(|character| character.is_ascii_digit() || matches!(character, '-' | 'T' | ':' | '+' | 'Z'));
        // a point belongs to it when digits follow, else it begins a call such as `@2020.toString()`
        let has_fraction = |rest: &str| rest.starts_with(|character: char| character.is_ascii_digit());
        if self.rest.strip_prefix('.').is_some_and(has_fraction) {
            self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
            self.take(|character| character.is_ascii_digit() || matches!(character, '-' | ':' | '+' | 'Z'));
        }
        let text = start.get(..start.len() - self.rest.len()).unwrap_or_default();
        let moment = text.strip_prefix('T').map_or_else(|| Moment::parse_date_time(text), Moment::parse_time);
        moment.map(Token::Moment).ok_or_else(|| format!("@{text} is not a date or time"))
    }
}
