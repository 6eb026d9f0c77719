//! Debian's order: Debian Policy 5.6.12, and dpkg's own reading where the policy leaves room.

use crate::version::error::Reason;
use crate::version::number::{Number, is_number, split_digits, split_while};

/// Epoch, upstream version, revision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::version) struct Key(Number, Vec<Token>, Vec<Token>);

/// A part is read as non-digits and a number in turn, each of which may be empty; an `End` closes the non-digits.
///
/// So `~` comes before the end of a part, letters after it, and everything else after the letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token {
    Tilde,
    End,
    Letter(char),
    Other(char),
    Number(Number),
}

/// As dpkg, this refuses what has no meaning (no upstream version, an epoch that is not a number), and takes what is
/// merely not allowed in the archive: an upstream version that begins with a letter, and `_`.
pub(super) fn key(text: &str) -> Result<Key, Reason> {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    if !is_number(epoch) {
        return Err("what is before the first colon is not a number".into());
    }
    let (upstream, revision) = match rest.rsplit_once('-') {
        Some((_, "")) => return Err("there is no revision after the last hyphen".into()),
        Some(parts) => parts,
        None => (rest, ""),
    };
    if upstream.is_empty() {
        return Err("there is no upstream version".into());
    }
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || ".+-~:_".contains(character);
    if let Some(odd) = rest.chars().find(|character| !is_allowed(*character)) {
        return Err(format!("{odd:?} is not allowed").into());
    }
    Ok(Key(Number::new(epoch), tokens(upstream), tokens(revision)))
}

fn tokens(mut part: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    // At least once: a missing revision is the same as "0".
    loop {
        let (other, rest) = split_while(part, |character| !character.is_ascii_digit());
        let (digits, rest) = split_digits(rest);
        tokens.extend(other.chars().map(|character| match character {
            '~' => Token::Tilde,
            _ if character.is_ascii_alphabetic() => Token::Letter(character),
            _ => Token::Other(character),
        }));
        tokens.extend([Token::End, Token::Number(Number::new(digits))]);
        part = rest;
        if part.is_empty() {
            // Closes the whole part, because what follows could begin with a tilde.
            tokens.push(Token::End);
            return tokens;
        }
    }
}
