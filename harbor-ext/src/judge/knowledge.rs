//! What others know of vulnerabilities.

use std::io;

use super::{Epss, Kev, Vex};

/// What others know of vulnerabilities. What is not here is not known, which is not the same as harmless.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Knowledge {
    /// The catalogue of vulnerabilities that are known to be exploited.
    pub kev: Option<Kev>,
    /// How likely vulnerabilities are to be exploited.
    pub epss: Option<Epss>,
    /// What vendors and owners say of vulnerabilities in their products.
    pub vex: Vec<Vex>,
}

/// Why something could not be read as what it should be. Nothing of it is used: half a catalogue would read as if the
/// other half were harmless.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnowledgeError {
    /// It could not be read to its end.
    #[error("{what} could not be read to its end: get it again")]
    Read {
        /// What should have been read.
        what: &'static str,
        /// What went wrong.
        source: io::Error,
    },
    /// It is something else, or damaged.
    #[error("this is not {what}: {reason}")]
    Unfit {
        /// What it should be.
        what: &'static str,
        /// Why it is not, and what to do.
        reason: String,
    },
}

/// The most that is read of one file. The largest that there are have some tens of megabytes.
const MOST: u64 = 1 << 30;

/// Reads everything, but no more than any real file has.
pub(super) fn read(what: &'static str, from: impl io::Read) -> Result<Vec<u8>, KnowledgeError> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(from, MOST), &mut bytes)
        .map_err(|source| KnowledgeError::Read { what, source })?;
    match bytes.len() as u64 {
        MOST.. => Err(KnowledgeError::unfit(what, format!("it has more than {} MB", MOST >> 20))),
        _ => Ok(bytes),
    }
}

/// Reads JSON, and tells from its beginning what else it may be.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, KnowledgeError> {
    let beginning = bytes.trim_ascii_start();
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    let unfit = |reason: String| KnowledgeError::unfit(what, reason);
    match beginning.first() {
        None => Err(unfit("it is empty".into())),
        Some(b'<') => Err(unfit("it is HTML or XML; a proxy may have answered instead, or JSON is needed".into())),
        Some(0x1f) => Err(unfit("it is compressed: uncompress it first".into())),
        Some(b'{') => serde_json::from_slice(beginning).map_err(|error| match error.is_eof() {
            true => unfit(format!("it breaks off ({error}): get it again")),
            false => unfit(error.to_string()),
        }),
        Some(_) => Err(unfit("it is not a JSON object".into())),
    }
}

impl KnowledgeError {
    pub(super) fn unfit(what: &'static str, reason: impl Into<String>) -> Self {
        Self::Unfit { what, reason: reason.into() }
    }
}
