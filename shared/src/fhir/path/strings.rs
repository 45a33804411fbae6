//! Functions on texts, by characters and not by bytes.

use std::borrow::Cow;

use regex_lite::Regex;

use super::{
    ast::Function,
    convert::{integer, one_text, text_of},
    engine::{Collection, Engine, Trouble},
    node::Node,
};

/// Functions on texts; none if the function is of another family.
pub(super) fn plain<'a>(
    engine: &Engine<'_>,
    function: Function,
    input: &[Node<'a>],
    arguments: &[Collection<'a>],
) -> Result<Option<Collection<'a>>, Trouble> {
    let argument = arguments.first().map(Vec::as_slice).unwrap_or_default();
    if function == Function::Join {
        let between = one_text(argument)?.unwrap_or_default();
        let texts: Vec<String> = input.iter().map(text_of).collect();
        engine.step(texts.iter().map(String::len).sum())?;
        let joined = texts.join(&between);
        return Ok(Some(if input.is_empty() { Vec::new() } else { vec![Node::Text(Cow::Owned(joined))] }));
    }
    let Some(text) = one_text(input)? else { return Ok(Some(Vec::new())) };
    engine.step(text.len())?;
    let owned = |text: String| vec![Node::Text(Cow::Owned(text))];
    Ok(Some(match function {
        Function::Lower => owned(text.to_lowercase()),
        Function::Upper => owned(text.to_uppercase()),
        Function::Trim => owned(text.trim().to_owned()),
        Function::Length => vec![Node::Integer(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))],
        Function::ToChars => text.chars().map(|it| Node::Text(Cow::Owned(it.to_string()))).collect(),
        Function::Substring => {
            let Some(start) = integer(argument)? else { return Ok(Some(Vec::new())) };
            let length = arguments.get(1).map(|length| integer(length)).transpose()?.flatten();
            substring(&text, start, length).map(owned).unwrap_or_default()
        }
        Function::Replace => {
            let (pattern, by) = (one_text(argument)?, one_text(arguments.get(1).map_or(&[], Vec::as_slice))?);
            let (Some(pattern), Some(by)) = (pattern, by) else { return Ok(Some(Vec::new())) };
            engine.step(text.len().saturating_mul(by.len().max(1)))?;
            owned(text.replace(pattern.as_ref(), &by))
        }
        Function::ReplaceMatches => {
            let (pattern, by) = (one_text(argument)?, one_text(arguments.get(1).map_or(&[], Vec::as_slice))?);
            let (Some(pattern), Some(by)) = (pattern, by) else { return Ok(Some(Vec::new())) };
            engine.step(text.len().saturating_mul(by.len().max(1)))?;
            owned(regex(&pattern)?.replace_all(&text, by.as_ref()).into_owned())
        }
        _ => {
            let Some(other) = one_text(argument)? else { return Ok(Some(Vec::new())) };
            return test(function, &text, &other);
        }
    }))
}

/// Functions of a text and another one.
fn test<'a>(function: Function, text: &str, other: &str) -> Result<Option<Collection<'a>>, Trouble> {
    let truth = match function {
        Function::StartsWith => text.starts_with(other),
        Function::EndsWith => text.ends_with(other),
        Function::Contains => text.contains(other),
        Function::Matches => regex(other)?.is_match(text),
        Function::IndexOf => {
            let place = text.find(other).and_then(|place| text.get(..place));
            let place = place.map_or(-1, |before| i64::try_from(before.chars().count()).unwrap_or(-1));
            return Ok(Some(vec![Node::Integer(place)]));
        }
        Function::Split => {
            let part = |part: &str| Node::Text(Cow::Owned(part.to_owned()));
            return Ok(Some(text.split(other).map(part).collect()));
        }
        _ => return Ok(None),
    };
    Ok(Some(vec![Node::Boolean(truth)]))
}

fn regex(pattern: &str) -> Result<Regex, Trouble> {
    Regex::new(pattern).map_err(|_| Trouble::Wrong(format!("the regular expression {pattern} is not supported")))
}

fn substring(text: &str, start: i64, length: Option<i64>) -> Option<String> {
    let start = usize::try_from(start).ok().filter(|start| *start < text.chars().count())?;
    let length = length.map_or(usize::MAX, |length| usize::try_from(length).unwrap_or_default());
    Some(text.chars().skip(start).take(length).collect())
}
