//! What a command is about.

use std::path::PathBuf;

use clap::Args;

use super::{Connection, Selection};

/// What a command is about: archives, or else the registry itself.
#[derive(Clone, Debug, Args)]
pub(crate) struct Subjects {
    /// Ask these archives, as `crawl` writes them; of several of one registry the newest counts, and the others are its
    /// history. Without it, the registry is asked.
    #[arg(long = "from", short = 'f', value_name = "FILE", num_args = 1.., help_heading = "Archives")]
    pub(crate) archives: Vec<PathBuf>,
    /// Only what came from this registry, by host name; may be given several times.
    #[arg(long = "registry", value_name = "HOST", requires = "archives", help_heading = "Archives")]
    pub(crate) registries: Vec<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
