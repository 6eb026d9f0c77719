//! Why a text is not a name.

use std::fmt;

/// Why a text is not a name of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    kind: NameKind,
    value: String,
    why: String,
}

/// The kinds of names of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameKind {
    /// A [`ProjectName`](super::ProjectName).
    Project,
    /// A [`RepositoryName`](super::RepositoryName).
    Repository,
    /// A [`Tag`](super::Tag).
    Tag,
    /// A [`Digest`](super::Digest).
    Digest,
    /// An [`ArtifactReference`](super::ArtifactReference).
    Artifact,
}

impl NameError {
    /// The kind of name that was wanted.
    #[must_use]
    pub fn kind(&self) -> NameKind {
        self.kind
    }

    /// The text that was refused, with unprintable characters escaped, cut after 80 characters.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    pub(super) fn new(kind: NameKind, text: &str, why: String) -> Self {
        let mut characters = text.chars();
        let mut value: String = characters.by_ref().take(SHOWN).flat_map(char::escape_debug).collect();
        if characters.next().is_some() {
            value.push('…');
        }
        Self { kind, value, why }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, value, why } = self;
        write!(f, "\"{value}\" is not {}: {why} ({})", kind.with_article(), kind.rule())
    }
}

impl std::error::Error for NameError {}

impl NameKind {
    fn with_article(self) -> &'static str {
        match self {
            Self::Project => "a project name",
            Self::Repository => "a repository name",
            Self::Tag => "a tag",
            Self::Digest => "a digest",
            Self::Artifact => "a reference of an artifact",
        }
    }

    fn rule(self) -> &'static str {
        match self {
            Self::Project => "allowed is any text without white space, control characters and / \\ % ? # : @",
            Self::Repository => {
                "allowed is project/path, without empty, \".\" or \"..\" segments, white space, \
                 control characters and \\ % ? # : @"
            }
            Self::Tag => "allowed are letters, digits, \"_\", \".\" and \"-\"",
            Self::Digest => "allowed are sha256: with 64 and sha512: with 128 of 0-9 and a-f",
            Self::Artifact => "allowed are project/path:tag and project/path@digest",
        }
    }
}

/// The number of characters of a refused text that an error shows.
const SHOWN: usize = 80;
