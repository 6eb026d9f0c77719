//! How bad a finding is.

use std::fmt;

use serde::Serialize;

/// How bad a finding is, in Harbor's words.
///
/// Ordered from harmless to worst: `None < Unknown < Negligible < Low < Medium < High < Critical`.
/// `Unknown` is above `None` because nobody has said that it is harmless, and below all the others
/// because a list sorted by severity should start with what is known to be bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

impl Severity {
    /// All severities, from harmless to worst.
    pub const ALL: [Self; 7] =
        [Self::None, Self::Unknown, Self::Negligible, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Reads a severity from a scanner's word, whatever its capitals.
    ///
    /// `Moderate` is [`Medium`](Self::Medium) and `Important` is [`High`](Self::High), as some
    /// vendors call them. Any other unknown word, and no word at all, is
    /// [`Unknown`](Self::Unknown): this never fails.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        const ALIASES: [(&str, Severity); 2] = [("Moderate", Severity::Medium), ("Important", Severity::High)];
        let word = word.trim();
        Self::ALL
            .into_iter()
            .map(|severity| (severity.as_str(), severity))
            .chain(ALIASES)
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |(_, severity)| severity)
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
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        }
    }

    #[test]
    fn the_order_is_from_harmless_to_worst() {
        assert!(Severity::ALL.is_sorted());
        assert!(Severity::None < Severity::Unknown);
        assert!(Severity::Unknown < Severity::Negligible);
        assert_eq!(Severity::ALL.into_iter().max(), Some(Severity::Critical));
    }
}
