//! Maven's order, as Maven 3.9 and 4 have it: by the "Version Order Specification" of the POM reference, and by the code
//! where the two disagree, which is whether `ga` and `final` count in front of something else (they do).

use crate::version::number::{Number, split_digits, split_while};

/// The tokens in the order of the text, closed by an `End`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::version) struct Key(Vec<Token>);

/// Numbers behind a dot come after numbers behind a hyphen, and both after qualifiers.
///
/// Where one version ends, Maven goes on with zeros or empty qualifiers. `End` has the place that they have: zeros that
/// nothing greater follows have been removed, and a release is told apart by what follows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token {
    Before(Before),
    /// A release, and after it something that comes before a release: `1-final-alpha`.
    ReleaseBefore,
    End,
    /// A release, and after it something that comes after a release: `1.0.Final-redhat-1`.
    ReleaseAfter,
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
    close(&mut tokens);
    Key(tokens)
}

/// Adds the tokens of what stands between separators. Where digits and letters meet, a hyphen is thought.
fn add(part: &str, mut behind_hyphen: bool, tokens: &mut Vec<Token>) {
    let mut rest = part;
    loop {
        let (digits, after) = split_digits(rest);
        if !digits.is_empty() || part.is_empty() {
            if behind_hyphen {
                remove_zeros(tokens);
                tokens.push(Token::HyphenNumber(Number::new(digits)));
            } else {
                tokens.push(Token::DotNumber(Number::new(digits)));
            }
        }
        let (word, after) = split_while(after, |character| !character.is_ascii_digit());
        if !word.is_empty() {
            remove_zeros(tokens);
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
        "ga" | "final" | "release" => Token::ReleaseAfter,
        "sp" => Token::ServicePack,
        _ => Token::Qualifier(word.into()),
    }
}

/// Removes zeros at the end: they count for nothing before a hyphen, so that `1.0-alpha` and `1-alpha` are the same.
fn remove_zeros(tokens: &mut Vec<Token>) {
    while tokens.last().is_some_and(|token| match token {
        Token::HyphenNumber(number) | Token::DotNumber(number) => number.is_zero(),
        _ => false,
    }) {
        tokens.pop();
    }
}

/// Removes what counts for nothing at the end, such that `1.0.0`, `1-ga` and `1` are the same, and ends the list.
fn close(tokens: &mut Vec<Token>) {
    remove_zeros(tokens);
    while tokens.pop_if(|token| *token == Token::ReleaseAfter).is_some() {
        remove_zeros(tokens);
    }
    let mut is_before = false;
    for token in tokens.iter_mut().rev() {
        match token {
            Token::ReleaseAfter if is_before => *token = Token::ReleaseBefore,
            Token::ReleaseAfter => {}
            _ => is_before = matches!(token, Token::Before(_)),
        }
    }
    tokens.push(Token::End);
}
