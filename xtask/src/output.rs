//! Writing several files, all or none.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::Error;

/// A file and what is to be in it.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// Writes every file, or leaves all as they were.
pub(crate) fn write_all(outputs: &[Output]) -> Result<(), Error> {
    let written = stage(outputs);
    let result = written.and_then(|()| replace(outputs));
    if result.is_err() {
        for output in outputs {
            // What is not there need not be removed.
            let _ = fs::remove_file(staged(&output.path));
        }
    }
    result
}

/// Writes the new texts beside their targets, where a full disk does no harm yet.
fn stage(outputs: &[Output]) -> Result<(), Error> {
    for output in outputs {
        let failed = |error| cannot_write(&output.path, &error);
        if let Some(folder) = output.path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        if output.path.is_dir() {
            return Err(cannot_write(&output.path, &io::Error::from(io::ErrorKind::IsADirectory)));
        }
        fs::write(staged(&output.path), &output.text).map_err(failed)?;
    }
    Ok(())
}

fn replace(outputs: &[Output]) -> Result<(), Error> {
    let mut replaced: Vec<(&Path, Option<Vec<u8>>)> = Vec::new();
    for output in outputs {
        let old = fs::read(&output.path).ok();
        if let Err(error) = fs::rename(staged(&output.path), &output.path) {
            for (path, old) in replaced {
                // The first error is the one to report.
                let _ = match old {
                    Some(old) => fs::write(path, old),
                    None => fs::remove_file(path),
                };
            }
            return Err(cannot_write(&output.path, &error));
        }
        replaced.push((&output.path, old));
    }
    Ok(())
}

fn staged(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::new(format!("cannot write {}: {error}", path.display()))
}
