//! Reads what others know.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use harbor_ext::judge::{Epss, Kev, Knowledge, Vex};

use crate::arguments::KnowledgeFiles;
use crate::ending::Problem;

/// Reads the files that were named. One that cannot be read ends the command: without it nobody knows what it says.
pub(super) fn read(files: &KnowledgeFiles) -> Result<Knowledge, Problem> {
    let mut knowledge = Knowledge::default();
    knowledge.kev = files.kev_file.as_deref().map(|path| read_one(path, Kev::parse)).transpose()?;
    knowledge.epss = files.epss_file.as_deref().map(|path| read_one(path, Epss::parse)).transpose()?;
    for path in &files.vex_files {
        knowledge.vex.push(read_one(path, Vex::parse)?);
    }
    Ok(knowledge)
}

fn read_one<T, E: Error>(path: &Path, parse: impl FnOnce(BufReader<File>) -> Result<T, E>) -> Result<T, Problem> {
    let file = File::open(path).map_err(|error| {
        Problem::usage(format!("{} cannot be read: {error}", path.display()))
            .help("leave the option out to go on without what this file knows")
    })?;
    parse(BufReader::new(file)).map_err(|error| Problem::from_error(path.display(), &error).into_usage())
}
