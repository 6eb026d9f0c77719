//! What a process of a client is told to do, and what it answers.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::server_statistics::ServerStatistics;

/// The robot that reads the simulated Harbor.
pub(crate) const ROBOT: &str = "bench";
pub(crate) const SECRET: &str = "bench-secret";

/// What a client is to do on which server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) server: Address,
    pub(crate) runtime: Runtime,
    pub(crate) task: Task,
}

/// Where a server is, and what of it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Address {
    /// A simulated one, all of it.
    Simulated { url: String },
    /// The one of the environment, some projects of it.
    Environment { projects: Vec<String> },
}

/// The two kinds of runtime that tokio has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub(crate) enum Runtime {
    CurrentThread,
    MultiThread,
}

/// What there is to measure.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Download the bodies of all reports and drop them; what is listed is known beforehand.
    Raw { connections: usize },
    /// Read everything into one report, at a fixed number of requests at once if one is given.
    Collect { connections: Option<usize> },
    /// Read everything into one report and make an index of it.
    Index,
    /// Count the artifacts of each CVE, and keep nothing else.
    Aggregate,
    /// Read everything, and look at the server separately once this many artifacts have come.
    Settle { half: usize },
    /// Stop reading once this many artifacts have come.
    Stop { after: usize },
    /// Read everything as a program would that is written on the generated client in an hour.
    Naive { connections: usize },
}

/// What came of it. What a task does not measure is absent or 0.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Figures {
    pub(crate) seconds: f64,
    /// What the client took of its core, which says more than the time where others are at work, too.
    pub(crate) processor_seconds: Option<f64>,
    pub(crate) artifacts: u64,
    pub(crate) reported: u64,
    pub(crate) findings: u64,
    pub(crate) failures: u64,
    /// Of the bodies of reports.
    pub(crate) bytes: u64,
    /// The most requests at once, as the client saw it.
    pub(crate) peak_in_flight: u64,
    pub(crate) memory: Memory,
    pub(crate) index: Option<IndexFigures>,
    /// What the server counted; up to the middle of the run where it was looked at there.
    pub(crate) server: ServerStatistics,
    /// What the server counted from the middle of the run on, or after its end.
    pub(crate) server_later: Option<ServerStatistics>,
}

/// The resident memory of a process in bytes, where the system tells it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Memory {
    pub(crate) before: Option<u64>,
    pub(crate) after: Option<u64>,
    pub(crate) peak: Option<u64>,
}

/// Times in seconds; those of single questions are the median of many.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct IndexFigures {
    pub(crate) build: f64,
    /// To the first artifact that has a CVE.
    pub(crate) look_up: f64,
    /// To the last of them.
    pub(crate) go_through: f64,
}
