//! Small files that people write: secrets, certificates, policies.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::ending::Problem;

/// Such a file is small; anything longer is another file.
pub(crate) const LONGEST_FILE: u64 = 1 << 20;

/// Reads a whole file, which is called `what` where it cannot be read.
pub(crate) fn read(path: &Path, what: &str) -> Result<Vec<u8>, Problem> {
    let mut content = Vec::new();
    // A pipe or a device does not tell how much comes.
    let read = fs::File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_end(&mut content));
    match read {
        Ok(length) if length as u64 > LONGEST_FILE => {
            Err(unreadable(what, path, &io::Error::other("it is too long to be that")))
        }
        Ok(_) => Ok(content),
        Err(error) => Err(unreadable(what, path, &error)),
    }
}

/// A file that cannot be read.
pub(crate) fn unreadable(what: &str, path: &Path, error: &io::Error) -> Problem {
    Problem::usage(format!("{what} in {} cannot be read: {error}", path.display()))
}
