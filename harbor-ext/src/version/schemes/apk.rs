//! Alpine's order, as apk-tools 3 has it: `digits{.digits}[letter]{_suffix[digits]}[~hash][-rDIGITS]`.

use crate::version::error::Reason;
use crate::version::number::{Number, is_number, split_digits, split_while};

/// The tokens in the order of the text, closed by an `End`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::version) struct Key(Vec<Token>);

/// Where two versions differ in the kind of what follows, the kind decides: a pre-release comes before the end, all
/// else after it, and the rarer the later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token {
    PreRelease(PreRelease),
    End,
    Revision(Number),
    Hash(Box<str>),
    SuffixNumber(Number),
    PostRelease(PostRelease),
    Letter(char),
    /// A number behind a dot that begins with a zero compares as text, and so comes before those that do not.
    Fraction(Box<str>),
    Number(Number),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum PreRelease {
    Alpha,
    Beta,
    Pre,
    Rc,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum PostRelease {
    Cvs,
    Svn,
    Git,
    Hg,
    P,
}

pub(super) fn key(text: &str) -> Result<Key, Reason> {
    let mut tokens = Vec::new();
    let mut rest = numbers(text, &mut tokens)?;
    if let Some(letter) = rest.chars().next().filter(char::is_ascii_lowercase) {
        tokens.push(Token::Letter(letter));
        rest = &rest[1..];
    }
    while let Some(after) = rest.strip_prefix('_') {
        rest = suffix(after, &mut tokens)?;
    }
    if let Some(after) = rest.strip_prefix('~') {
        let (hash, after) = split_while(after, |character| character.is_ascii_hexdigit());
        if hash.is_empty() {
            return Err("there is no hash after the tilde".into());
        }
        tokens.push(Token::Hash(hash.into()));
        rest = after;
    }
    if let Some(revision) = rest.strip_prefix("-r") {
        if !is_number(revision) {
            return Err("what is after \"-r\" is not a number".into());
        }
        tokens.push(Token::Revision(Number::new(revision)));
        rest = "";
    }
    match rest.chars().next() {
        None => {
            tokens.push(Token::End);
            Ok(Key(tokens))
        }
        Some(odd) => Err(format!("{odd:?} is not expected where it is").into()),
    }
}

fn numbers<'a>(text: &'a str, tokens: &mut Vec<Token>) -> Result<&'a str, Reason> {
    let (first, mut rest) = split_digits(text);
    if first.is_empty() {
        return Err("it does not begin with a number".into());
    }
    tokens.push(Token::Number(Number::new(first)));
    while let Some(after) = rest.strip_prefix('.') {
        let (digits, after) = split_digits(after);
        tokens.push(match digits.bytes().next() {
            None => return Err("there is no number after a dot".into()),
            Some(b'0') => Token::Fraction(digits.into()),
            Some(_) => Token::Number(Number::new(digits)),
        });
        rest = after;
    }
    Ok(rest)
}

fn suffix<'a>(text: &'a str, tokens: &mut Vec<Token>) -> Result<&'a str, Reason> {
    let (word, rest) = split_while(text, |character| character.is_ascii_lowercase());
    tokens.push(match word {
        "alpha" => Token::PreRelease(PreRelease::Alpha),
        "beta" => Token::PreRelease(PreRelease::Beta),
        "pre" => Token::PreRelease(PreRelease::Pre),
        "rc" => Token::PreRelease(PreRelease::Rc),
        "cvs" => Token::PostRelease(PostRelease::Cvs),
        "svn" => Token::PostRelease(PostRelease::Svn),
        "git" => Token::PostRelease(PostRelease::Git),
        "hg" => Token::PostRelease(PostRelease::Hg),
        "p" => Token::PostRelease(PostRelease::P),
        _ => return Err("a suffix must be one of alpha, beta, pre, rc, cvs, svn, git, hg, p".into()),
    });
    let (digits, rest) = split_digits(rest);
    if !digits.is_empty() {
        tokens.push(Token::SuffixNumber(Number::new(digits)));
    }
    Ok(rest)
}
