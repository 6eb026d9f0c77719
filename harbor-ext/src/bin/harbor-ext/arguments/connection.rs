//! How to reach a registry.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use crate::ending::Problem;

/// How to reach a registry. A secret comes from the environment, a file or standard input, never from the command line,
/// which everybody on a machine can read.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct Connection {
    /// The address of the Harbor, such as https://harbor.example.com.
    #[arg(long, value_name = "URL", env = "HARBOR_URL")]
    pub(crate) url: Option<String>,
    /// Whom to log in as, such as `robot$auditor`. The secret comes from HARBOR_SECRET or --secret-file.
    #[arg(long, value_name = "NAME", env = "HARBOR_USERNAME")]
    pub(crate) username: Option<String>,
    /// Read the secret from the first line of this file; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Log in as the robot in this JSON file, as Harbor's portal gives it when a robot is made.
    #[arg(long, value_name = "FILE", conflicts_with = "secret_file")]
    pub(crate) robot_file: Option<PathBuf>,
    /// Log in as nobody and read only what is public.
    #[arg(long, conflicts_with_all = ["secret_file", "robot_file"])]
    pub(crate) anonymous: bool,
    /// Log in once as a local user for reading reports, which spares the server the hashing of the password.
    #[arg(long)]
    pub(crate) session_login: bool,
    /// Trust the certificates in this PEM file, too; may be given several times.
    #[arg(long = "ca-file", value_name = "FILE")]
    pub(crate) ca_files: Vec<PathBuf>,
    /// Show the certificate in this PEM file, which also holds its private key.
    #[arg(long, value_name = "FILE")]
    pub(crate) client_certificate: Option<PathBuf>,
    /// Accept any certificate, so that anybody on the way can read the secret and change the answers.
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Always have this many requests under way, instead of as many as suit the server.
    #[arg(long, value_name = "N")]
    pub(crate) concurrency: Option<NonZeroUsize>,
    /// Not a way to give a secret, but a way to be told so.
    #[arg(long, hide = true, value_name = "SECRET", num_args = 0..=1, aliases = ["password", "token"])]
    secret: Option<Option<String>>,
}

impl Connection {
    /// Refuses a secret on the command line, without repeating it.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        match self.secret {
            Some(_) => Err(Problem::usage("a secret on the command line can be read by everybody on this machine")
                .help("set HARBOR_SECRET, or give a file by --secret-file (`-` for standard input)")),
            None => Ok(()),
        }
    }
}
