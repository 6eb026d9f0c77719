//! Which family of Linux distributions an image was made of, by its packages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Scheme;
use super::guess::shape::{self, Origin};

/// A family of Linux distributions: those whose packages have the same kind of version.
///
/// Serialised as `debian`, `redhat` or `alpine`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Distribution {
    /// Debian, Ubuntu and others with dpkg.
    Debian,
    /// Red Hat, CentOS, Fedora, Amazon, SUSE, Azure Linux and others with rpm.
    RedHat,
    /// Alpine, Wolfi, Chainguard and others with apk.
    Alpine,
}

impl Distribution {
    /// Finds the distribution of an image from the packages and versions of its findings.
    ///
    /// Each version that bears the mark of a family (`-r0`, `.el8`, `+deb12u1` …) is a vote for it, and where no version
    /// has one, plain revisions (`5.0-4`) are votes for Debian, and dotted ones alone (`3.1.4-9.1`) for SUSE. `None`
    /// where there is no vote, or where the votes do not clearly go one way: no guess is better than a wrong one. The
    /// order of the pairs does not matter.
    #[must_use]
    pub fn of<'a>(packages: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let mut marked = [0_usize; 3];
        let (mut plain_revisions, mut dotted_revisions) = (0, 0);
        for (package, version) in packages {
            match shape::origin(package, version) {
                Some(Origin::Marked(distribution)) => marked[distribution as usize] += 1,
                Some(Origin::PlainRevision) => plain_revisions += 1,
                Some(Origin::DottedRevision) => dotted_revisions += 1,
                None => {}
            }
        }
        let total: usize = marked.iter().sum();
        let all = [Self::Debian, Self::RedHat, Self::Alpine];
        match total {
            0 if plain_revisions > 0 => Some(Self::Debian),
            // One or two could be Debian's, too; there are no images of Debian that have nothing else.
            0 => (dotted_revisions >= 3).then_some(Self::RedHat),
            // Nine in ten: a stray package must not outvote an image, and two halves are no distribution.
            _ => all.into_iter().find(|distribution| marked[*distribution as usize] * 10 >= total * 9),
        }
    }

    /// The scheme of the distribution's own packages.
    #[must_use]
    pub fn scheme(self) -> Scheme {
        match self {
            Self::Debian => Scheme::Dpkg,
            Self::RedHat => Scheme::Rpm,
            Self::Alpine => Scheme::Apk,
        }
    }
}
