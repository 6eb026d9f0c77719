//! How bad a finding is.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// How bad a finding is, in Harbor's words.
///
/// Ordered from harmless to worst: `None < Unknown < Negligible < Low < Medium < High < Critical`.
/// `Unknown` is above `None` because nobody has said that it is harmless, and below all the others
/// because a list sorted by severity should start with what is known to be bad. The most severe of several is their
/// `max`, and `.max().unwrap_or_default()` is `Unknown` where there are none.
///
/// There are two ways to read one. What a scanner wrote is read by [`parse`](Self::parse), and so is JSON: an unknown
/// word is [`Unknown`](Self::Unknown), and the finding keeps it
/// ([`Finding::severity_text`](super::Finding::severity_text)). What a person typed is read by [`FromStr`]: an unknown
/// word is an error, since a filter by a misspelt severity would otherwise be one by another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub enum Severity {
    /// Rated as harmless.
    None,
    /// Not rated, or rated with a word that has no known meaning.
    #[default]
    Unknown,
    /// Of no practical importance.
    Negligible,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

/// A word that names no severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSeverity {
    word: String,
}

impl Severity {
    /// All severities, from harmless to worst.
    pub const ALL: [Self; 7] =
        [Self::None, Self::Unknown, Self::Negligible, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The severities that have a column of their own where findings are counted, the worst first.
    pub const COLUMNS: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// Reads a severity from a scanner's word, whatever its capitals.
    ///
    /// `Moderate` is [`Medium`](Self::Medium) and `Important` is [`High`](Self::High), as some
    /// vendors call them. Any other unknown word, and no word at all, is
    /// [`Unknown`](Self::Unknown): this never fails.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::known(word).unwrap_or(Self::Unknown)
    }

    /// Harbor's word for it, such as `High`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Unknown => "Unknown",
            Self::Negligible => "Negligible",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }

    fn known(word: &str) -> Option<Self> {
        const ALIASES: [(&str, Severity); 2] = [("Moderate", Severity::Medium), ("Important", Severity::High)];
        let word = word.trim();
        let names = Self::ALL.into_iter().map(|severity| (severity.as_str(), severity));
        names.chain(ALIASES).find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, severity)| severity)
    }
}

/// As [`Severity::parse`], but an unknown word is an error.
impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(word: &str) -> Result<Self, UnknownSeverity> {
        Self::known(word).ok_or_else(|| UnknownSeverity { word: word.to_owned() })
    }
}

/// Reads any word, and `null`, as [`Severity::parse`] does.
impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Option::<String>::deserialize(deserializer)?;
        Ok(Self::parse(&word.unwrap_or_default()))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for UnknownSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Severity::ALL.map(Severity::as_str).join(", ");
        write!(f, "\"{}\" is no severity; they are {names}", self.word.escape_debug())
    }
}

impl std::error::Error for UnknownSeverity {}

#[cfg(test)]
mod tests {
    use super::*;

    /// S1: words are read whatever their capitals, and none fails.
    #[test]
    fn words_are_read_whatever_their_capitals() {
        for severity in Severity::ALL {
            assert_eq!(Severity::parse(severity.as_str()), severity);
            assert_eq!(Severity::parse(&severity.to_string().to_uppercase()), severity);
        }
        for (word, severity) in [
            ("moderate", Severity::Medium),
            ("IMPORTANT", Severity::High),
            (" low ", Severity::Low),
            ("", Severity::Unknown),
            ("n/a", Severity::Unknown),
            ("Highest", Severity::Unknown),
        ] {
            assert_eq!(Severity::parse(word), severity, "{word:?}");
            assert_eq!(serde_json::from_value::<Severity>(word.into()).unwrap(), severity, "{word:?}");
        }
    }

    #[test]
    fn what_a_person_types_must_be_known() {
        assert_eq!("hIgh".parse(), Ok(Severity::High));
        assert_eq!("important".parse(), Ok(Severity::High));
        let error = "hihg".parse::<Severity>().unwrap_err();
        assert!(error.to_string().starts_with("\"hihg\" is no severity; they are None, Unknown, "), "{error}");
        assert!("".parse::<Severity>().is_err());
    }

    #[test]
    fn severities_are_words_in_json() {
        for severity in Severity::ALL {
            let json = serde_json::to_value(severity).unwrap();
            assert_eq!(json, severity.as_str());
            assert_eq!(serde_json::from_value::<Severity>(json).unwrap(), severity);
        }
        assert_eq!(serde_json::from_str::<Severity>("null").unwrap(), Severity::Unknown);
        assert!(serde_json::from_str::<Severity>("7").is_err());
    }

    /// S2: the most severe is the maximum; of none, the unknown one.
    #[test]
    fn the_most_severe_is_the_maximum() {
        let severities = [Severity::Low, Severity::Critical, Severity::None];
        assert_eq!(severities.into_iter().max(), Some(Severity::Critical));
        assert_eq!(std::iter::empty::<Severity>().max().unwrap_or_default(), Severity::Unknown);
    }

    /// S1: the order is total, and from harmless to worst. S3: so a sorted list of severities is one by harm.
    #[test]
    fn the_order_is_from_harmless_to_worst() {
        assert!(Severity::ALL.is_sorted());
        assert!(Severity::None < Severity::Unknown);
        assert!(Severity::Unknown < Severity::Negligible);
        assert_eq!(Severity::ALL.into_iter().max(), Some(Severity::Critical));
    }
}
