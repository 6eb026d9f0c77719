//! Files that are there as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::ending::Problem;

/// Refuses to replace what is there, unless that is wanted and it is a file: a device or a pipe would not be written to but
/// be gone, with a file in its place.
pub(crate) fn check(path: &Path, force: bool) -> Result<(), Problem> {
    if let Ok(kind) = fs::metadata(path).as_ref().map(fs::Metadata::file_type)
        && !kind.is_file()
        && !kind.is_dir()
    {
        let what = format!("{} is no file: it would be replaced by one", path.display());
        return Err(Problem::usage(what).help("name a file; an export goes to standard output by `--output -`"));
    }
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(Problem::usage(format!("{} is a folder", path.display()))),
        Ok(_) if !force => {
            Err(Problem::usage(format!("{} is there already", path.display())).help("give --force to replace it"))
        }
        _ => Ok(()),
    }
}

/// Writes a file beside the one that is wanted, and puts it in its place when everything is in it. Only the owner may read
/// it: what is vulnerable is nobody else's business.
pub(crate) fn write(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(), Problem> {
    let problem =
        |error: &dyn std::error::Error| Problem::from_error(format!("{} cannot be written", path.display()), error);
    let (partial, file) = create_beside(path).map_err(|error| problem(&error))?;
    let mut output = BufWriter::new(file);
    let written = write(&mut output).and_then(|()| {
        output.flush()?;
        output.get_ref().sync_all()?;
        fs::rename(&partial, path)?;
        Ok(())
    });
    written.map_err(|error| {
        // What is half-written is of no use; should it stay, its name says what it is.
        let _ = fs::remove_file(&partial);
        problem(error.as_ref())
    })
}

/// A new file in the same folder, so that it can be renamed.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it is not the name of a file"))?;
    let mut number = std::process::id();
    loop {
        let mut partial = name.to_owned();
        partial.push(format!(".{number}.partial"));
        let partial = path.with_file_name(partial);
        match options().open(&partial) {
            Ok(file) => return Ok((partial, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number = number.wrapping_add(1),
            Err(error) => return Err(error),
        }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
