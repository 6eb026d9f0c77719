//! Names of things in a registry, checked once and encoded in one place.
//!
//! A repository name takes a perilous way to the server: Harbor's router decodes it twice, a proxy
//! in between may decode it once more, and URL libraries resolve `..` on their own. A plain string
//! makes each call site think of all that. The types here are checked when they are made, so that
//! whatever holds one can be sent, and [`RepositoryName::encoded_path`] is the only place that
//! encodes.
//!
//! The rules are as wide as the wire allows: old registries hold names that today's Harbor would
//! refuse to create (upper case, odd punctuation), and a name that cannot be read would be an
//! artifact that is lost. What is refused would reach another place than the one that was named.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::error::{NameError, NameKind};
pub use self::reference::{ArtifactReference, NamesArtifact};

mod error;
mod reference;
mod schema;

/// The name of a project, such as `library`.
///
/// Refused: the empty text, `.` and `..`, more than 255 bytes, white space, control characters, and
/// any of `/ \ % ? # : @`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectName(Arc<str>);

/// The full name of a repository: a project, a slash, and a path that may hold more slashes.
///
/// Parsed from and displayed as `project/path`. The part before the first slash is the project.
/// Ordered by project, then by path.
///
/// Refused: a name without a slash, an empty segment (a slash at the start, at the end, or two in a
/// row), a segment `.` or `..`, a project or a path of more than 255 bytes, white space, control
/// characters, and any of `\ % ? # : @`.
///
/// ```
/// # use harbor_ext::name::RepositoryName;
/// let name: RepositoryName = "library/base/nginx".parse()?;
/// assert_eq!(name.project().as_str(), "library");
/// assert_eq!(name.path(), "base/nginx");
/// assert_eq!(name.to_string(), "library/base/nginx");
/// # Ok::<(), harbor_ext::name::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryName {
    project: ProjectName,
    full: Arc<str>,
}

/// A tag of an artifact, such as `latest` or `v1.2`.
///
/// Exactly what the registry protocol allows: 1 to 128 ASCII letters, digits, `_`, `.` and `-`, of
/// which the first is not `.` or `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(Arc<str>);

/// The digest of an artifact: `sha256:` and 64, or `sha512:` and 128, lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(Arc<str>);

/// What names one artifact inside a repository: a tag or a digest.
///
/// A text with a colon is read as a digest, any other as a tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// A tag, which may point to another artifact tomorrow.
    Tag(Tag),
    /// A digest, which always means the same content.
    Digest(Digest),
}

impl ProjectName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |why| NameError::new(NameKind::Project, text, why);
        check_segment(text).map_err(refuse)?;
        check_length(text, "the name").map_err(refuse)?;
        Ok(Self(text.into()))
    }
}

impl RepositoryName {
    /// The project that the repository belongs to.
    #[must_use]
    pub fn project(&self) -> &ProjectName {
        &self.project
    }

    /// The name inside the project: everything after the first slash, such as `base/nginx`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.full[self.project.0.len() + 1..]
    }

    /// The whole name, such as `library/base/nginx`.
    #[must_use]
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The path, percent-encoded **once**: everything but ASCII letters, digits and `-._~`.
    ///
    /// This is what the generated client takes as the name of a repository. The client encodes each
    /// argument again when it builds the URL, so that `a/b` is `a%2Fb` here and leaves as
    /// `a%252Fb`, which is the form that Harbor understands both behind its proxy and without it.
    /// Nothing else in this crate encodes a repository name.
    #[must_use]
    pub fn encoded_path(&self) -> String {
        utf8_percent_encode(self.path(), ALL_BUT_UNRESERVED).to_string()
    }

    /// The same name, whose project is held together with `project` where that is the same.
    pub(crate) fn sharing(mut self, project: &ProjectName) -> Self {
        if self.project == *project {
            self.project = project.clone();
        }
        self
    }

    fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |why| NameError::new(NameKind::Repository, text, why);
        let Some((project, path)) = text.split_once('/') else {
            return Err(refuse("there is no slash after the project".into()));
        };
        for segment in text.split('/') {
            check_segment(segment).map_err(refuse)?;
        }
        check_length(project, "the project").map_err(refuse)?;
        check_length(path, "the path").map_err(refuse)?;
        Ok(Self { project: ProjectName(project.into()), full: text.into() })
    }
}

impl Tag {
    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |why| NameError::new(NameKind::Tag, text, why);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if text.is_empty() {
            return Err(refuse("it is empty".into()));
        }
        if text.len() > MAX_TAG {
            return Err(refuse(format!("it has {} bytes, of {MAX_TAG} at most", text.len())));
        }
        if let Some(c) = text.chars().find(|c| !allowed(*c)) {
            return Err(refuse(format!("it contains {}", describe(c))));
        }
        if text.starts_with(['.', '-']) {
            return Err(refuse("it starts with a dot or a hyphen".into()));
        }
        Ok(Self(text.into()))
    }
}

impl Digest {
    /// The whole digest as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The algorithm: the part before the colon.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.split().0
    }

    /// The hexadecimal digits after the colon.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.split().1
    }

    /// The algorithm and the first 8 digits, such as `sha256:0123abcd`: for people to read, not to
    /// look anything up with.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..self.algorithm().len() + 1 + SHORT_DIGITS]
    }

    fn split(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or((&self.0, ""))
    }

    fn parse(text: &str) -> Result<Self, NameError> {
        let refuse = |why| NameError::new(NameKind::Digest, text, why);
        let Some((algorithm, hex)) = text.split_once(':') else {
            return Err(refuse("there is no colon after the algorithm".into()));
        };
        let digits = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => return Err(refuse("the algorithm is neither sha256 nor sha512".into())),
        };
        let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        if let Some(c) = hex.chars().find(|c| !is_hex(*c)) {
            return Err(refuse(format!("it contains {}", describe(c))));
        }
        if hex.len() != digits {
            return Err(refuse(format!("it has {} digits instead of {digits}", hex.len())));
        }
        Ok(Self(text.into()))
    }
}

impl Reference {
    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tag(tag) => tag.as_str(),
            Self::Digest(digest) => digest.as_str(),
        }
    }

    fn parse(text: &str) -> Result<Self, NameError> {
        match text.contains(':') {
            true => Digest::parse(text).map(Self::Digest),
            false => Tag::parse(text).map(Self::Tag),
        }
    }
}

impl From<Tag> for Reference {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

impl From<Digest> for Reference {
    fn from(digest: Digest) -> Self {
        Self::Digest(digest)
    }
}

/// Maps by project can be asked with text. It is ordered and hashed as its text.
impl Borrow<str> for ProjectName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<RepositoryName> for RepositoryName {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// What every kind of name offers alike: it is read from text, shown as text, and serialised as
/// text that is checked again when it comes back.
macro_rules! textual {
    ($($name:ident: $as_str:ident),+ $(,)?) => {$(
        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = NameError;

            fn try_from(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.$as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.$as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

textual!(
    ProjectName: as_str,
    RepositoryName: full,
    Tag: as_str,
    Digest: as_str,
    Reference: as_str,
    ArtifactReference: as_str,
);

/// Harbor's database holds no longer project name; a path gets the same room.
const MAX_NAME: usize = 255;
/// The longest tag of the registry protocol.
const MAX_TAG: usize = 128;
/// As many digits as people are used to from other tools.
const SHORT_DIGITS: usize = 8;

/// What must be encoded: all but the characters that a URL never gives a meaning to.
const ALL_BUT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Tells what is wrong with one part of a name, which is a part of a URL's path.
fn check_segment(segment: &str) -> Result<(), String> {
    match segment {
        "" => return Err("it, or a segment of it, is empty".into()),
        "." | ".." => return Err(format!("a segment \"{segment}\" would name another place")),
        _ => {}
    }
    let refused = |c: char| c.is_control() || c.is_whitespace() || "/\\%?#:@".contains(c);
    match segment.chars().find(|c| refused(*c)) {
        Some(c) => Err(format!("it contains {}", describe(c))),
        None => Ok(()),
    }
}

fn check_length(text: &str, what: &str) -> Result<(), String> {
    match text.len() {
        0..=MAX_NAME => Ok(()),
        length => Err(format!("{what} has {length} bytes, of {MAX_NAME} at most")),
    }
}

fn describe(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        '"' => "a quotation mark".into(),
        c => format!("\"{}\"", c.escape_debug()),
    }
}

#[cfg(test)]
mod tests;
