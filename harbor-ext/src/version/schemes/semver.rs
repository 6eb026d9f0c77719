//! The order of semantic versions, which npm and Go share.
//!
//! The usual parsers take only what the specification allows. What scanners report is wider: numbers without end in
//! pre-releases, two or four numbers, leading zeros. The order of the specification goes on to hold for all of these.

use crate::version::error::Reason;
use crate::version::number::{Number, is_number, split_while};

/// The numbers without zeros at the end, then the pre-release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::version) struct Key(Vec<Number>, PreRelease);

/// A release comes after all of its pre-releases.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum PreRelease {
    Identifiers(Vec<Identifier>),
    None,
}

/// Numbers come before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Identifier {
    Number(Number),
    Text(Box<str>),
}

pub(super) fn key(text: &str) -> Result<Key, Reason> {
    let (version, build) = match text.split_once('+') {
        Some((version, build)) => (version, Some(build)),
        None => (text, None),
    };
    if let Some(build) = build {
        identifiers(build)?;
    }
    let (numbers, pre_release) = match version.split_once('-') {
        Some((numbers, pre_release)) => (numbers, PreRelease::Identifiers(identifiers(pre_release)?)),
        None => (version, PreRelease::None),
    };
    Ok(Key(release(without_prefix(numbers))?, pre_release))
}

pub(super) fn npm_key(text: &str) -> Result<Key, Reason> {
    at_most_three_numbers(key(text)?, text)
}

/// Pseudo-versions need no rules of their own: they are made such that the order of pre-releases is right for them.
pub(super) fn go_key(text: &str) -> Result<Key, Reason> {
    let bare = text.strip_prefix("go").unwrap_or(text);
    let (numbers, suffix) =
        split_while(without_prefix(bare), |character| character.is_ascii_digit() || character == '.');
    // Go's own releases have pre-releases without a hyphen: 1.21rc2.
    let (word, number) = split_while(suffix, |character| character.is_ascii_lowercase());
    if matches!(word, "beta" | "rc") && is_number(number) {
        let pre_release = vec![Identifier::Text(word.into()), Identifier::Number(Number::new(number))];
        return Ok(Key(release(numbers)?, PreRelease::Identifiers(pre_release)));
    }
    at_most_three_numbers(key(bare)?, bare)
}

fn without_prefix(text: &str) -> &str {
    text.strip_prefix(['v', 'V', '=']).unwrap_or(text)
}

fn at_most_three_numbers(key: Key, text: &str) -> Result<Key, Reason> {
    let (numbers, _) = split_while(text, |character| !matches!(character, '-' | '+'));
    match numbers.split('.').count() {
        0..=3 => Ok(key),
        _ => Err("there are more than three numbers".into()),
    }
}

fn release(text: &str) -> Result<Vec<Number>, Reason> {
    let mut numbers = Vec::new();
    for part in text.split('.') {
        if !is_number(part) {
            return Err("it does not begin with numbers that dots separate".into());
        }
        numbers.push(Number::new(part));
    }
    while numbers.last().is_some_and(Number::is_zero) {
        numbers.pop();
    }
    Ok(numbers)
}

fn identifiers(text: &str) -> Result<Vec<Identifier>, Reason> {
    text.split('.').map(identifier).collect()
}

fn identifier(text: &str) -> Result<Identifier, Reason> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err("a pre-release or build identifier may hold letters, digits and hyphens only, one at least".into());
    }
    Ok(match is_number(text) {
        true => Identifier::Number(Number::new(text)),
        false => Identifier::Text(text.into()),
    })
}
