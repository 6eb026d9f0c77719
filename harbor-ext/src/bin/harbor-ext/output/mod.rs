//! What people and programs get to see.

pub(crate) mod file;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod messages;
pub(crate) mod row;
pub(crate) mod table;

use std::io::{self, BufWriter, Write};

use crate::ending::Problem;

/// Writes to standard output. A reader that has seen enough, as `head` does, is no problem.
pub(crate) fn to_standard_output(
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(), Problem> {
    let mut output = BufWriter::new(io::stdout());
    let result = write(&mut output).and_then(|()| Ok(output.flush()?));
    match result {
        Err(error) if is_broken_pipe(error.as_ref()) => Ok(()),
        Err(error) => Err(Problem::from_error("standard output cannot be written", error.as_ref())),
        Ok(()) => Ok(()),
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        if error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind)
            == Some(io::ErrorKind::BrokenPipe)
        {
            return true;
        }
        next = error.source();
    }
    false
}
