//! Conditions put together with *and*, *or* and *not*.

use std::fmt::{self, Display};

use super::Answer;

/// Conditions put together with *and*, *or* and *not*.
///
/// Chains of one operator are kept flat, so that a filter folded together out of thousands of parts is no deeper than
/// one of two.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression<C> {
    Condition(C),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

impl<C> Expression<C> {
    /// The answer, given how a single condition is answered. Conditions are asked from left to right, and only until it
    /// is decided.
    pub(super) fn answer(&self, ask: &mut impl FnMut(&C) -> Answer) -> Answer {
        match self {
            Self::Condition(condition) => ask(condition),
            Self::All(parts) => Answer::all(parts.iter().map(|part| part.answer(ask))),
            Self::Any(parts) => Answer::any(parts.iter().map(|part| part.answer(ask))),
            Self::Not(part) => !part.answer(ask),
        }
    }

    /// Whether any of the conditions is such.
    pub(super) fn any_condition(&self, is_such: &impl Fn(&C) -> bool) -> bool {
        match self {
            Self::Condition(condition) => is_such(condition),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.any_condition(is_such)),
            Self::Not(part) => part.any_condition(is_such),
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let mut parts = self.into_conjunction();
        parts.append(&mut other.into_conjunction());
        Self::All(parts)
    }

    pub(super) fn or(self, other: Self) -> Self {
        let mut parts = self.into_disjunction();
        parts.append(&mut other.into_disjunction());
        Self::Any(parts)
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Self::Not(part) => *part,
            part => Self::Not(Box::new(part)),
        }
    }

    fn into_conjunction(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts,
            part => vec![part],
        }
    }

    fn into_disjunction(self) -> Vec<Self> {
        match self {
            Self::Any(parts) => parts,
            part => vec![part],
        }
    }
}

/// The words that the documentation uses: `cve CVE-1 and not (fixable or status affected)`.
impl<C: Display> Display for Expression<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, operator, empty) = match self {
            Self::Condition(condition) => return condition.fmt(formatter),
            Self::Not(part) => {
                formatter.write_str("not ")?;
                return part.fmt_as_part(formatter);
            }
            Self::All(parts) => (parts, " and ", "everything"),
            Self::Any(parts) => (parts, " or ", "nothing"),
        };
        let Some((first, rest)) = parts.split_first() else {
            return formatter.write_str(empty);
        };
        first.fmt_as_part(formatter)?;
        for part in rest {
            formatter.write_str(operator)?;
            part.fmt_as_part(formatter)?;
        }
        Ok(())
    }
}

impl<C: Display> Expression<C> {
    /// In parentheses if it would be read differently without.
    fn fmt_as_part(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) | Self::Any(parts) if parts.len() > 1 => write!(formatter, "({self})"),
            _ => self.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &'static str) -> Expression<&'static str> {
        Expression::Condition(name)
    }

    #[test]
    fn chains_are_flat_and_double_negations_gone() {
        let many = (0..100_000).fold(leaf("a"), |sum, _| sum.or(leaf("b")));
        assert!(matches!(&many, Expression::Any(parts) if parts.len() == 100_001));
        let many = (0..1_000).fold(leaf("a"), |sum, _| leaf("b").and(sum));
        assert!(matches!(&many, Expression::All(parts) if parts.len() == 1_001));
        assert_eq!(leaf("a").negated().negated(), leaf("a"));
    }

    #[test]
    fn they_read_like_a_sentence() {
        let filter = leaf("a").and(leaf("b").or(leaf("c")).negated()).and(leaf("d"));
        assert_eq!(filter.to_string(), "a and not (b or c) and d");
        assert_eq!(leaf("a").and(leaf("b")).or(leaf("c")).to_string(), "(a and b) or c");
        assert_eq!(Expression::<&str>::All(Vec::new()).to_string(), "everything");
        assert_eq!(Expression::<&str>::Any(Vec::new()).negated().to_string(), "not nothing");
    }
}
