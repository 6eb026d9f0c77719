//! The command line.

use std::env;
use std::path::{Path, PathBuf};

use clap::Parser;
use clap::builder::PossibleValuesParser;

use crate::order::Runtime;
use crate::scenarios;

/// Measures what it costs to read a whole registry.
#[derive(Debug, Parser)]
#[command(name = "registry", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// Measure only this; may be given several times.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(scenarios::names()))]
    only: Vec<String>,

    /// How often each thing is measured; the median counts.
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) runs: u16,

    /// The runtime of the client. The first load is measured on both.
    #[arg(long, value_enum, default_value = "multi-thread")]
    pub(crate) runtime: Runtime,

    /// Print Markdown, as in docs/performance.md.
    #[arg(long)]
    pub(crate) markdown: bool,

    /// Write all figures of all runs into a file, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Measure this crate against others instead; benches/peers.sh does it.
    #[arg(long, conflicts_with = "only")]
    pub(crate) peers: bool,

    /// The interpreter that has harborapi.
    #[arg(long, value_name = "FILE", requires = "peers")]
    pub(crate) python: Option<PathBuf>,

    /// How many artifacts the peers have to read, in hundreds.
    #[arg(long, value_name = "N", requires = "peers", default_value = "2000", value_parser = hundreds)]
    pub(crate) artifacts: u32,

    /// Write a profile of one run of the first load for `perf report` instead, and print its top; needs perf.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "peers", "json"])]
    pub(crate) profile: Option<PathBuf>,

    /// What `cargo bench` says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Reads the command line, or ends the program with what is wrong with it.
pub(crate) fn read() -> Arguments {
    let mut arguments = Arguments::parse();
    arguments.json = arguments.json.map(|file| from_shell(&file));
    arguments.profile = arguments.profile.map(|file| from_shell(&file));
    arguments
}

impl Arguments {
    pub(crate) fn includes(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

fn hundreds(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| *number > 0 && number % 100 == 0);
    number.ok_or_else(|| "a number of whole hundreds is wanted".to_owned())
}

/// A path as the shell meant it: cargo starts benchmarks in the folder of their package, but leaves this variable.
fn from_shell(file: &Path) -> PathBuf {
    env::var_os("PWD").map_or_else(|| file.to_owned(), |folder| Path::new(&folder).join(file))
}
