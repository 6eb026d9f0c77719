//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{ArgGroup, Parser};
use harbor_testkit::{Fault, HarborVersion};

use crate::values::{self, Membership, NamedSecret, Synthetic};
use crate::{USAGE, complain};

/// A simulated Harbor on 127.0.0.1. It prints its address and its credentials as one line of JSON when it is ready,
/// and stops on Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "harbor-sim", disable_version_flag = true)]
#[command(group = ArgGroup::new("source").args(["demo", "reports", "registry", "synthetic"]))]
pub(crate) struct Arguments {
    /// The port to listen on; 0 means any that is free.
    #[arg(long, value_name = "N", default_value = "0", value_parser = values::port)]
    pub(crate) port: u16,

    /// Hold the sample registry, which is also what it holds without any of the next three.
    #[arg(long)]
    pub(crate) demo: bool,

    /// Hold the reports of a folder: every *.json in it becomes a repository of the project `real`.
    #[arg(long, value_name = "DIR")]
    pub(crate) reports: Option<PathBuf>,

    /// Hold what a real registry told of itself.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,

    /// Hold a registry of a size, such as projects=10,repositories=20,artifacts=10,findings=150,distinct=5000.
    ///
    /// The counts nest: repositories in a project, artifacts in a repository, findings in a report. The findings are
    /// drawn from `distinct` different ones, each with so many `words` in its description (60 otherwise). What is left
    /// out is as in the example.
    #[arg(long, value_name = "COUNTS")]
    pub(crate) synthetic: Option<Synthetic>,

    /// The version to pretend to be: 2.9, 2.11.1, 2.13, 2.14 or 2.15.2.
    #[arg(long, value_name = "V", default_value = "2.15.2")]
    pub(crate) version: HarborVersion,

    /// Answer as through the nginx that comes with Harbor.
    #[arg(long)]
    pub(crate) nginx: bool,

    /// Decides what is drawn for --synthetic.
    #[arg(long, value_name = "N", default_value = "1", value_parser = values::seed)]
    pub(crate) seed: u64,

    /// The password of the administrator, `admin`.
    #[arg(long, value_name = "P", default_value = "Harbor12345", value_parser = values::password)]
    pub(crate) admin_password: String,

    /// A user; one that the registry holds gets the password.
    #[arg(long = "user", value_name = "NAME:PASSWORD", value_parser = values::user)]
    pub(crate) users: Vec<NamedSecret>,

    /// A role of a user in a project: projectAdmin, maintainer, developer, guest, limitedGuest, or its number.
    #[arg(long = "member", value_name = "PROJECT:NAME:ROLE")]
    pub(crate) members: Vec<Membership>,

    /// A robot that may read everything, or, as PROJECT+NAME, everything in a project; one that the registry holds
    /// gets the secret and keeps its permissions.
    ///
    /// Its login name is robot$NAME or robot$PROJECT+NAME; it may be written like that here too.
    #[arg(long = "robot", value_name = "NAME:SECRET", value_parser = values::robot)]
    pub(crate) robots: Vec<NamedSecret>,

    /// A fault, such as status=503,on=reports,times=2,retry-after=1.
    #[arg(long = "fault", value_name = "SPEC", long_help = FAULT_HELP.as_str())]
    pub(crate) faults: Vec<Fault>,

    /// Log every request on standard error: method, target, status, operation, who, bytes, time.
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

/// The text form of all faults.
static FAULT_HELP: LazyLock<String> = LazyLock::new(|| {
    let first = "A fault, such as status=503,on=reports,times=2,retry-after=1";
    format!("{first}.\n\n{}", Fault::GRAMMAR)
});

/// Reads the command line, or says what is wrong with it in one sentence.
pub(crate) fn read() -> Result<Arguments, ExitCode> {
    Arguments::try_parse().map_err(|error| {
        if !error.use_stderr() {
            // The help goes to standard output; where nobody reads it, there is nobody to tell.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        complain(&sentence(&error.to_string()));
        ExitCode::from(USAGE)
    })
}

/// What clap says, without the usage behind it, in one line.
fn sentence(message: &str) -> String {
    let (first, _) = message.split_once("\n\n").unwrap_or((message, ""));
    let words: Vec<_> = first.trim_start_matches("error: ").split_whitespace().collect();
    words.join(" ")
}
