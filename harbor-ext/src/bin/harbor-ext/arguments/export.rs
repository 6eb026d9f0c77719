//! What other programs take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{KnowledgeFiles, Subjects};

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The format.
    #[arg(value_name = "FORMAT")]
    pub(crate) format: Format,
    /// The file to write, or the folder for `envelope`; `-` for standard output. Large SARIF takes several files, which are
    /// numbered.
    #[arg(long, short, value_name = "PATH", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Replace what is there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Judge by this policy, too, so that violations are in the export.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) knowledge: KnowledgeFiles,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Everything as one object.
    Json,
    /// One finding in an image on each line.
    Ndjson,
    /// One finding in an image in each row, for spreadsheets.
    Csv,
    /// A short report for a merge request or a wiki.
    Markdown,
    /// A page to look at, in one file.
    Html,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// CycloneDX 1.6 with vulnerabilities.
    Cyclonedx,
    /// OpenVEX.
    Openvex,
    /// JUnit, for test reports of pipelines.
    Junit,
    /// Prometheus' text format.
    Prometheus,
    /// Harbor's own report of each image, as DefectDojo imports it.
    Envelope,
    /// Findings as Parquet, for data frames and databases.
    Parquet,
}
