//! What people and programs get to see.

pub(crate) mod file;
pub(crate) mod json;
pub(crate) mod listing;
pub(crate) mod messages;
pub(crate) mod row;
pub(crate) mod table;

use std::io::{self, BufWriter, Write};

use harbor_ext::text;

use crate::ending::Problem;

/// A text on one line that is not too long to be looked at: longer than any name that a registry takes, and so short that
/// one package with a name of a megabyte does not hide all others.
pub(crate) fn short_line(text: &str) -> String {
    const LONGEST: usize = 1000;
    text::line(&text::cut(text, LONGEST)).into_owned()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_hides_all_others() {
        assert_eq!(short_line("a\u{7}"), "a⟨U+0007⟩");
        assert_eq!(short_line(&"ä".repeat(1000)), "ä".repeat(1000));
        assert!(short_line(&"ä".repeat(1_000_000)).chars().count() < 1010);
    }
}
