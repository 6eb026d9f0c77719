//! rpm's order: rpmvercmp for each of epoch, version and release.

use crate::version::error::Reason;
use crate::version::number::{Number, is_number, split_digits, split_while};

/// Epoch, version, release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::version) struct Key(Number, Vec<Token>, Vec<Token>);

/// Runs of letters and of digits; everything else but `~` and `^` only separates them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token {
    Tilde,
    End,
    Caret,
    Letters(Box<str>),
    Number(Number),
}

/// A missing release is an empty one, so that the order is total; rpm's own matching of dependencies, by which it
/// equals every release, is not an order.
pub(super) fn key(text: &str) -> Result<Key, Reason> {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    // rpm takes an empty epoch for 0.
    if !epoch.is_empty() && !is_number(epoch) {
        return Err("what is before the first colon is not a number".into());
    }
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    if version.is_empty() {
        return Err("there is no version before the release".into());
    }
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "._+~^-".contains(character);
    if let Some(odd) = rest.chars().find(|character| !is_allowed(*character)) {
        return Err(format!("{odd:?} is not allowed").into());
    }
    Ok(Key(Number::new(epoch), tokens(version), tokens(release)))
}

fn tokens(part: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let (run, after) = match first {
            '0'..='9' => split_digits(rest),
            _ if first.is_ascii_alphabetic() => split_while(rest, |character| character.is_ascii_alphabetic()),
            _ => rest.split_at(first.len_utf8()),
        };
        match first {
            '~' => tokens.push(Token::Tilde),
            '^' => tokens.push(Token::Caret),
            '0'..='9' => tokens.push(Token::Number(Number::new(run))),
            _ if first.is_ascii_alphabetic() => tokens.push(Token::Letters(run.into())),
            _ => {}
        }
        rest = after;
    }
    tokens.push(Token::End);
    tokens
}
