//! Several conditions at once, and their encoding.

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Condition, ConditionError, NumberKey, TagPattern, Test, refuse};
use crate::model::Artifact;
use crate::name::Tag;

/// Several conditions that an artifact must all fulfil; at most one for each key.
///
/// Displayed as the server reads them after decoding, joined by commas; the order is that of adding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    conditions: Vec<Condition>,
}

impl Conditions {
    /// Adds a condition.
    ///
    /// Ranges of one key become the range that lies in both; labels add up; a condition that is there already changes
    /// nothing.
    ///
    /// # Errors
    ///
    /// There is another condition on the same key, of which Harbor would heed only the last; nothing can fulfil both; or
    /// all together are too long to be sent.
    pub fn add(&mut self, condition: Condition) -> Result<(), ConditionError> {
        let known = self.conditions.iter().position(|known| known.key() == condition.key());
        let mut conditions = self.conditions.clone();
        match known {
            Some(place) => conditions[place] = both(&conditions[place], condition)?,
            None => conditions.push(condition),
        }
        let combined = Self { conditions };
        combined.check_length()?;
        *self = combined;
        Ok(())
    }

    /// The value of `q`: each value encoded once, because Harbor decodes `q` once more than any other parameter. What
    /// builds the URL encodes it again.
    #[must_use]
    pub fn encode(&self) -> String {
        let encode = |condition: &Condition| {
            format!("{}={}", condition.key(), utf8_percent_encode(&condition.value(), NON_ALPHANUMERIC))
        };
        self.conditions.iter().map(encode).collect::<Vec<_>>().join(",")
    }

    /// Whether an artifact fulfils all of them, as far as it tells; see [`Condition::matches`].
    #[must_use]
    pub fn matches(&self, artifact: &Artifact) -> bool {
        self.conditions.iter().all(|condition| condition.matches(artifact))
    }

    /// Whether there are no conditions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    #[cfg(test)]
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter()
    }

    /// The same for artifacts whose number is not below this one, for paging.
    pub(crate) fn starting_at(mut self, id: i64) -> Self {
        for condition in &mut self.conditions {
            if let Test::Number(NumberKey::Id, span) = &mut condition.0 {
                *span = span.from(id);
                return self;
            }
        }
        self.conditions.extend(Condition::number(NumberKey::Id, id..));
        self
    }

    /// The condition that names a tag, without the others.
    pub(crate) fn tag_alone(&self) -> Option<Self> {
        let names_tag = |condition: &&Condition| matches!(condition.0, Test::Tags(TagPattern::Is(_)));
        let tag = self.conditions.iter().find(names_tag)?.clone();
        Some(Self { conditions: vec![tag] })
    }

    /// The tag that is named, if one is.
    pub(crate) fn tag(&self) -> Option<&Tag> {
        self.conditions.iter().find_map(|condition| match &condition.0 {
            Test::Tags(TagPattern::Is(tag)) => Some(tag),
            _ => None,
        })
    }

    fn check_length(&self) -> Result<(), ConditionError> {
        // Harbor repeats the decoded text in a header, for which its proxy has 4 KiB, and it is encoded twice in the
        // first line of a request, for which the proxy has 8 KiB.
        const LONGEST: usize = 1_500;
        const LONGEST_ENCODED: usize = 4_000;
        let encoded = utf8_percent_encode(&self.encode(), NON_ALPHANUMERIC).to_string().len();
        if self.to_string().len() > LONGEST || encoded > LONGEST_ENCODED {
            return Err(ConditionError("the conditions together are too long to be sent to Harbor".to_owned()));
        }
        Ok(())
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.conditions.iter().map(Condition::to_string).collect();
        formatter.write_str(&texts.join(","))
    }
}

/// One condition that holds where both hold.
fn both(known: &Condition, new: Condition) -> Result<Condition, ConditionError> {
    let key = new.key();
    let nothing = |why| refuse(key, why);
    match (&known.0, new.0) {
        (known, new) if *known == new => Ok(Condition(new)),
        (Test::Number(_, one), Test::Number(key, two)) => {
            Ok(Condition(Test::Number(key, one.and(two).map_err(nothing)?)))
        }
        (Test::Time(_, one), Test::Time(key, two)) => Ok(Condition(Test::Time(key, one.and(two).map_err(nothing)?))),
        (Test::Labels(one), Test::Labels(two)) => Condition::labels(one.union(&two).copied()),
        (_, new) => {
            let new = Condition(new);
            Err(ConditionError(format!(
                "Harbor cannot be asked for both {known} and {new}: it heeds only the last one"
            )))
        }
    }
}
