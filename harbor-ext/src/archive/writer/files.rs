//! The file beside the target, and how its name comes to last.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Creates a file beside the target that nobody else has and nobody else may read.
pub(super) fn create_partial(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut options = OpenOptions::new();
    // Neither what is there nor what a link leads to is touched.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    const ATTEMPTS: usize = 10;
    let mut error = io::Error::from(io::ErrorKind::AlreadyExists);
    for _ in 0..ATTEMPTS {
        let mut partial = name.to_owned();
        partial.push(format!(".{:08x}.partial", fastrand::u32(..)));
        let path = target.with_file_name(partial);
        match options.open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => error = taken,
            Err(error) => return Err(error),
        }
    }
    Err(error)
}

/// Makes sure that the new name of a file is on the disk, where that can be done.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot, and a folder may be one that may be written and not read.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::PermissionDenied) => Ok(()),
        result => result,
    }
}
