//! Files in which others tell what they know of vulnerabilities.

use std::path::PathBuf;

use clap::Args;

/// Files in which others tell what they know of vulnerabilities. Nothing is downloaded.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What others know")]
pub(crate) struct KnowledgeFiles {
    /// CISA's catalogue of known exploited vulnerabilities, a JSON file. Without it, nothing is known to be exploited or not.
    #[arg(long, value_name = "FILE", env = "HARBOR_EXT_KEV_FILE")]
    pub(crate) kev_file: Option<PathBuf>,
    /// FIRST's EPSS scores, a CSV file, compressed by gzip or not.
    #[arg(long, value_name = "FILE", env = "HARBOR_EXT_EPSS_FILE")]
    pub(crate) epss_file: Option<PathBuf>,
    /// An OpenVEX or CycloneDX VEX file that says which findings do not count; may be given several times.
    #[arg(long = "vex-file", value_name = "FILE")]
    pub(crate) vex_files: Vec<PathBuf>,
}
