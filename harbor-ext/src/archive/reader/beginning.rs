//! Telling an archive from everything else.

use std::path::Path;

use crate::archive::ArchiveError;
use crate::archive::format::{AnyHeader, FORMAT, Header, VERSION};
use crate::snapshot::Source;

/// Where an archive with this first readable part comes from.
pub(super) fn source(text: &[u8], path: &Path) -> Result<Source, ArchiveError> {
    let other = |why: &str| ArchiveError::NotAnArchive { path: path.into(), why: why.to_owned() };
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let any: AnyHeader<'_> = serde_json::from_slice(line).map_err(|_| other("it is zstd with something else in it"))?;
    if any.format != FORMAT {
        return Err(other("it is zstd with something else in it"));
    }
    if any.version > VERSION {
        return Err(ArchiveError::TooNew { path: path.into(), version: any.version });
    }
    let header: Header<'_> =
        serde_json::from_slice(line).map_err(|error| other(&format!("its header cannot be understood: {error}")))?;
    Ok(header.source.into_owned())
}

/// What a file without a readable part is, by its first bytes.
pub(super) fn describe(beginning: &[u8]) -> &'static str {
    match beginning {
        [] => "it is empty",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "it begins as zstd, but no part of it can be read",
        [0x1f, 0x8b, ..] => "it is gzip",
        [b'{' | b'[', ..] => "it is JSON, perhaps a report that was exported",
        [b'P', b'K', ..] => "it is a zip file",
        _ => "it does not begin as one",
    }
}
