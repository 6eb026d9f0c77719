//! What is remembered of one digest, in little memory.

use std::sync::Arc;

use crate::model::{Artifact, Packed, Packer, Report};
use crate::name::{Digest, ProjectName};

/// A digest in 32 bytes, if it is one of today's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Sha256([u8; 32]),
    Other(Digest),
}

/// The reports of one digest, nearly always one: another one is of another scanner.
#[derive(Debug, Default)]
pub(super) enum Candidates {
    #[default]
    None,
    One(Shared),
    Many(Vec<Shared>),
}

/// One report and who shares it.
#[derive(Debug)]
pub(super) struct Shared {
    /// The project of the artifact that was asked about first.
    pub(super) project: ProjectName,
    pub(super) stage: Stage,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// It is being fetched, and these artifacts wait for it.
    Fetching(Vec<Arc<Artifact>>),
    Known(Kept),
}

impl Default for Stage {
    fn default() -> Self {
        Self::Fetching(Vec::new())
    }
}

/// A report that may be wanted again.
#[derive(Debug)]
pub(super) enum Kept {
    Whole(Arc<Report>),
    Packed(Box<Packed>),
}

const SHA256: &str = "sha256:";

impl Key {
    pub(super) fn of(digest: &Digest) -> Self {
        let bytes = digest.as_str().strip_prefix(SHA256).and_then(|hexadecimal| {
            let mut bytes = [0; 32];
            let pairs = hexadecimal.as_bytes().chunks(2);
            for (byte, pair) in bytes.iter_mut().zip(pairs) {
                *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
            }
            Some(bytes)
        });
        bytes.map_or_else(|| Self::Other(digest.clone()), Self::Sha256)
    }

    /// The digest as text.
    fn text(&self) -> String {
        match self {
            Self::Sha256(bytes) => bytes.iter().fold(SHA256.to_owned(), |text, byte| text + &format!("{byte:02x}")),
            Self::Other(digest) => digest.to_string(),
        }
    }
}

impl Candidates {
    pub(super) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Shared> {
        match self {
            Self::None => &[],
            Self::One(shared) => std::slice::from_ref(shared),
            Self::Many(shared) => &shared[..],
        }
        .iter()
    }

    pub(super) fn find(&mut self, is_meant: impl Fn(&Shared) -> bool) -> Option<&mut Shared> {
        let shared = match self {
            Self::None => &mut [],
            Self::One(shared) => std::slice::from_mut(shared),
            Self::Many(shared) => &mut shared[..],
        };
        shared.iter_mut().find(|shared| is_meant(shared))
    }

    pub(super) fn push(&mut self, new: Shared) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(new),
            Self::One(first) => Self::Many(vec![first, new]),
            Self::Many(mut shared) => {
                shared.push(new);
                Self::Many(shared)
            }
        };
    }

    pub(super) fn remove(&mut self, project: &ProjectName) {
        match self {
            Self::One(shared) if shared.project == *project => *self = Self::None,
            Self::None | Self::One(_) => {}
            Self::Many(shared) => shared.retain(|shared| shared.project != *project),
        }
    }
}

impl Kept {
    /// The report, for an artifact of its digest.
    pub(super) fn report(&self, packer: &Packer, digest: &Digest) -> Arc<Report> {
        match self {
            Self::Whole(report) => Arc::clone(report),
            Self::Packed(packed) => Arc::new(packer.unpack(packed, digest.as_str())),
        }
    }

    /// Packs the report if nobody else holds it.
    pub(super) fn pack(self, packer: &mut Packer, key: &Key) -> Self {
        match self {
            Self::Whole(report) => match Arc::try_unwrap(report) {
                Ok(report) => Self::Packed(Box::new(packer.pack(report, &key.text()))),
                Err(report) => Self::Whole(report),
            },
            Self::Packed(_) => self,
        }
    }
}
