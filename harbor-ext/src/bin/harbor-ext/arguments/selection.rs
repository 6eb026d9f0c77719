//! Which images are meant.

use clap::Args;

/// Which images are meant: those that fulfil everything that is said; all, if nothing is.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which images")]
pub(crate) struct Selection {
    /// Only this project; may be given several times.
    #[arg(long = "project", value_name = "NAME")]
    pub(crate) projects: Vec<String>,
    /// Only repositories of this name, with or without the project; a pattern such as `library/*` or `**/nginx`; may be
    /// given several times.
    #[arg(long = "repository", value_name = "PATTERN")]
    pub(crate) repositories: Vec<String>,
    /// No repositories of this name or pattern; may be given several times.
    #[arg(long = "exclude-repository", value_name = "PATTERN")]
    pub(crate) excluded_repositories: Vec<String>,
    /// Only images with a tag of this name or pattern, such as `v1.*`; may be given several times.
    #[arg(long = "tag", value_name = "PATTERN")]
    pub(crate) tags: Vec<String>,
    /// Only the image of each repository that was pushed last, of those that fulfil everything else.
    #[arg(long)]
    pub(crate) latest: bool,
}
