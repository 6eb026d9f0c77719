//! What can be said on the command line.

mod connection;
mod export;
mod knowledge;
mod listing;
mod selection;
mod subjects;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use self::connection::Connection;
pub(crate) use self::export::{Export, Format};
pub(crate) use self::knowledge::KnowledgeFiles;
pub(crate) use self::listing::{FindingChoice, ListingFormat, Quantity};
pub(crate) use self::selection::Selection;
pub(crate) use self::subjects::Subjects;

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and everything was read
  1  something is against the policy (gate)
  2  the command line or a file that it names makes no sense
  3  done, but something could not be read: the answer may lack something
  4  nothing could be done

Every command but `crawl`, `access` and `demo` reads archives (--from FILE …) or, without any, the registry itself.";

/// Ask questions of a whole Harbor registry: which images carry a vulnerability, what to upgrade, what is against a policy.
#[derive(Debug, Parser)]
#[command(name = "harbor-ext", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

/// How the program talks.
#[derive(Clone, Debug, Args)]
pub(crate) struct Manner {
    /// Whether to use colour; NO_COLOR counts, too.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Talking")]
    pub(crate) color: When,
    /// Say nothing on standard error but errors.
    #[arg(long, short, global = true, help_heading = "Talking")]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read a registry into an archive, a file that all other commands can be asked about.
    Crawl(Crawl),
    /// Give an overview: totals, severities, the worst images, the furthest CVEs, the best upgrades, what is missing.
    Report(Report),
    /// Find the images that have a CVE or a package.
    #[command(subcommand)]
    Find(Find),
    /// List the CVEs, images, packages, projects or repositories that are worst or reach furthest.
    Top(Top),
    /// List the upgrades of packages that remove most findings.
    Fixes(Fixes),
    /// Tell what changed between two archives.
    Diff(Diff),
    /// Judge by a policy; ends with 1 if something is against it.
    Gate(Gate),
    /// Write what other programs take, or a page to look at.
    Export(Export),
    /// Tell who the registry takes you for, what you may read, and what is missing.
    Access(Access),
    /// Report on a small sample registry that comes with the program, to see what it can do.
    Demo(Demo),
    /// Write the completions of a shell to standard output.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the JSON Schema of something that is written as JSON; without a name, list the names.
    Schema {
        /// The name, such as `Export` or `ArtifactInfo`.
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Crawl {
    /// The file to write. It appears when everything is in it; until then there is one beside it that ends in `.partial`.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Say what would be read and how many requests that takes, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Say how many requests will be sent if there are more images than this; 0 for always.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) announce_above: u64,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// How many of the worst are shown.
    #[arg(long, short = 'n', value_name = "N", default_value = "10")]
    pub(crate) number: NonZeroUsize,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Find {
    /// Find the images that have a vulnerability.
    Cve(FindCve),
    /// Find the images that have findings in a package.
    Package(FindPackage),
}

#[derive(Debug, Args)]
pub(crate) struct FindCve {
    /// The identifiers, such as CVE-2021-44228. Capitals do not count.
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) search: Search,
}

#[derive(Debug, Args)]
pub(crate) struct FindPackage {
    /// The name of the package. Capitals do not count; `*` and `?` stand for any text and any character.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Only these versions, such as `>=2.0,<2.17.1`; they are compared by the rules of the package's ecosystem.
    #[arg(value_name = "VERSIONS")]
    pub(crate) versions: Option<String>,
    /// The rules to compare versions by, where the guess from package and version is wrong: dpkg, rpm, apk, pep440, semver,
    /// npm, maven or go.
    #[arg(long, value_name = "NAME")]
    pub(crate) ecosystem: Option<String>,
    #[command(flatten)]
    pub(crate) search: Search,
}

/// Which findings are listed, how, and what they are found in.
#[derive(Debug, Args)]
pub(crate) struct Search {
    #[command(flatten)]
    pub(crate) choice: FindingChoice,
    #[command(flatten)]
    pub(crate) format: ListingFormat,
    #[command(flatten)]
    pub(crate) knowledge: KnowledgeFiles,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
}

#[derive(Debug, Args)]
pub(crate) struct Top {
    /// What to list.
    pub(crate) what: Ranked,
    #[command(flatten)]
    pub(crate) quantity: Quantity,
    #[command(flatten)]
    pub(crate) search: Search,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ranked {
    /// Those that touch most images.
    Cves,
    /// Those with the worst findings.
    Images,
    /// Those with the worst findings.
    Packages,
    /// Those with the worst findings.
    Projects,
    /// Those with the worst findings.
    Repositories,
}

#[derive(Debug, Args)]
pub(crate) struct Fixes {
    #[command(flatten)]
    pub(crate) quantity: Quantity,
    #[command(flatten)]
    pub(crate) search: Search,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier archive.
    pub(crate) old: PathBuf,
    /// The later archive.
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) format: ListingFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Gate {
    /// The policy, a TOML file; see docs/policy.md.
    #[arg(long, value_name = "FILE", required_unless_present = "severity", conflicts_with = "severity")]
    pub(crate) policy: Option<PathBuf>,
    /// In place of a file: every finding of this severity or a worse one is a violation.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<String>,
    /// With --severity: only what a newer version of the package fixes.
    #[arg(long, requires = "severity")]
    pub(crate) fixable: bool,
    #[command(flatten)]
    pub(crate) format: ListingFormat,
    #[command(flatten)]
    pub(crate) knowledge: KnowledgeFiles,
    #[command(flatten)]
    pub(crate) subjects: Subjects,
}

#[derive(Debug, Args)]
pub(crate) struct Access {
    /// Print one JSON object instead of text; see `harbor-ext schema Access`.
    #[arg(long)]
    pub(crate) json: bool,
    /// Only these projects; may be given several times.
    #[arg(long = "project", value_name = "NAME")]
    pub(crate) projects: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Keep the sample registry running on a free port of this machine until Ctrl-C, and say how to ask it.
    #[arg(long)]
    pub(crate) serve: bool,
    /// Write the archive of the sample registry to this file, to ask it further.
    #[arg(long, short, value_name = "FILE", conflicts_with = "serve")]
    pub(crate) output: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
