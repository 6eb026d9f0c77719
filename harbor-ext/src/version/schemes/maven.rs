//! Maven's order, by the "Version Order Specification" of its POM reference, which Maven 3.9 and later follow.

use crate::version::number::{Number, split_digits, split_while};

/// The tokens in the order of the text, closed by an `End`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::version) struct Key(Vec<Token>);

/// Numbers behind a dot come after numbers behind a hyphen, and both after qualifiers.
///
/// Where one version ends, Maven goes on with zeros or empty qualifiers. `End` has the place that they have: `trim` has
/// removed all of them that nothing greater follows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token {
    Before(Before),
    End,
    /// `ga`, `final` or `release`.
    Release,
    ServicePack,
    Qualifier(Box<str>),
    HyphenNumber(Number),
    DotNumber(Number),
}

/// The qualifiers that come before the release.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Before {
    Alpha,
    Beta,
    Milestone,
    ReleaseCandidate,
    Snapshot,
}

pub(super) fn key(text: &str) -> Key {
    let text = text.to_lowercase();
    let mut tokens = Vec::new();
    for (section_index, section) in text.split('-').enumerate() {
        for (part_index, part) in section.split('.').enumerate() {
            add(part, section_index > 0 && part_index == 0, &mut tokens);
        }
    }
    trim(&mut tokens);
    tokens.push(Token::End);
    Key(tokens)
}

/// Adds the tokens of what stands between separators. Where digits and letters meet, a hyphen is thought.
fn add(part: &str, behind_hyphen: bool, tokens: &mut Vec<Token>) {
    let mut behind_hyphen = behind_hyphen;
    let mut rest = part;
    loop {
        let (digits, after) = split_digits(rest);
        if !digits.is_empty() || part.is_empty() {
            if behind_hyphen {
                trim(tokens);
                tokens.push(Token::HyphenNumber(Number::new(digits)));
            } else {
                tokens.push(Token::DotNumber(Number::new(digits)));
            }
        }
        let (word, after) = split_while(after, |character| !character.is_ascii_digit());
        if !word.is_empty() {
            trim(tokens);
            tokens.push(qualifier(word, !after.is_empty()));
        }
        if after.is_empty() {
            return;
        }
        behind_hyphen = true;
        rest = after;
    }
}

fn qualifier(word: &str, before_digit: bool) -> Token {
    match word {
        "alpha" => Token::Before(Before::Alpha),
        "a" if before_digit => Token::Before(Before::Alpha),
        "beta" => Token::Before(Before::Beta),
        "b" if before_digit => Token::Before(Before::Beta),
        "milestone" => Token::Before(Before::Milestone),
        "m" if before_digit => Token::Before(Before::Milestone),
        "rc" | "cr" => Token::Before(Before::ReleaseCandidate),
        "snapshot" => Token::Before(Before::Snapshot),
        "ga" | "final" | "release" => Token::Release,
        "sp" => Token::ServicePack,
        _ => Token::Qualifier(word.into()),
    }
}

/// Removes what counts as nothing: `1.0-alpha` and `1-alpha` are the same, and so are `1.0.0`, `1-ga` and `1`.
fn trim(tokens: &mut Vec<Token>) {
    while tokens.last().is_some_and(|token| match token {
        Token::HyphenNumber(number) | Token::DotNumber(number) => number.is_zero(),
        token => *token == Token::Release,
    }) {
        tokens.pop();
    }
}
