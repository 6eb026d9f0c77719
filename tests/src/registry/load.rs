//! A registry of the reports in a folder.

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use super::{Artifact, Duplicates, Project, Registry, Report, ReportError, Repository};

/// A file or a folder that cannot be loaded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The folder or a file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The folder or the file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is not the JSON that it should be.
    #[error("cannot load {}:{line}:{column}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// The folder holds no `*.json`.
    #[error("there is no *.json in {}", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// An index refers to itself, or to what was pushed after it.
    #[error("cannot load {}: {digest} refers to itself, or to an artifact with a higher id", path.display())]
    Circle {
        /// The file.
        path: PathBuf,
        /// The digest of the index.
        digest: String,
    },
    /// A file holds no report.
    #[error("cannot load {}: there is no member `vulnerabilities`", path.display())]
    NotAReport {
        /// The file.
        path: PathBuf,
    },
}

impl LoadError {
    pub(crate) fn from_parser(path: &Path, source: serde_json::Error) -> Self {
        Self::Json { path: path.to_owned(), line: source.line(), column: source.column(), source }
    }

    pub(crate) fn from_report(path: &Path, error: ReportError) -> Self {
        match error {
            ReportError::Json { source, .. } => Self::from_parser(path, source),
            ReportError::NotAReport => Self::NotAReport { path: path.to_owned() },
        }
    }
}

impl Registry {
    /// Loads every `*.json` of a folder, in the order of their names, into the project `real`.
    ///
    /// Each file is a report, bare or under its media type, and becomes the image `latest` of a repository that is named
    /// after the file: without its ending, in lower case, with `-` for what no name may hold. The reports are taken for
    /// what a Harbor serves, so that a finding that stands twice is served twice ([`Duplicates::Served`]).
    ///
    /// # Errors
    ///
    /// Fails where there is no such file, and at the first one that cannot be read, with its path, and the line and
    /// column where it is not a report.
    pub fn from_reports(folder: impl AsRef<Path>) -> Result<Self, LoadError> {
        let mut project = Project::new("real");
        for path in report_files(folder.as_ref())? {
            let read = |source| LoadError::Read { path: path.clone(), source };
            let text = fs::read_to_string(&path).map_err(read)?;
            let report = Report::from_json(&text).map_err(|error| LoadError::from_report(&path, error))?;
            let is_used = |name: &str| project.repositories().iter().any(|repository| repository.name() == name);
            let name = unused(repository_name(&path), is_used);
            let image = Artifact::image().with_content(format!("real/{name}")).with_tag("latest");
            let repository = Repository::new(name).with_artifact(image.with_report(report));
            project = project.with_repository(repository);
        }
        Ok(Self::new().with_duplicates(Duplicates::Served).with_project(project))
    }
}

/// The name of a file as one that a repository can have.
fn repository_name(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    let name: String = stem.chars().map(|character| if is_allowed(character) { character } else { '-' }).collect();
    // What begins with a punctuation mark may be `.` or `..`.
    if name.starts_with(|first: char| first.is_ascii_alphanumeric()) { name } else { format!("report{name}") }
}

/// The name, or the name with the first number that makes it one that is not used.
fn unused(name: String, is_used: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !is_used(name)).unwrap_or(name)
}

fn report_files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let read = |source| LoadError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(LoadError::Empty { path: folder.to_owned() });
    }
    files.sort();
    Ok(files)
}
