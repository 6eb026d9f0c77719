//! How the program ends: what it comes to, and the exit code that says so.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// How a command ended that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything was read, and nothing is against a policy.
    Fine,
    /// Something is against the policy.
    Violated,
    /// Something could not be read, so that the answer may lack something.
    Incomplete,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    what: String,
    /// What to do next.
    help: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What was asked for makes no sense.
    Usage,
    /// It could not be done.
    Failed,
}

impl Ending {
    /// Complete or not.
    pub(crate) fn of(complete: bool) -> Self {
        if complete { Self::Fine } else { Self::Incomplete }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Fine => Self::SUCCESS,
            Ending::Violated => Self::from(1),
            Ending::Incomplete => Self::from(3),
        }
    }
}

impl Problem {
    /// What was asked for makes no sense.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, what: what.into(), help: None }
    }

    /// Something could not be done.
    pub(crate) fn failed(what: impl Into<String>) -> Self {
        Self { kind: Kind::Failed, what: what.into(), help: None }
    }

    /// Something could not be done because of an error, whose sources are told too.
    pub(crate) fn from_error(what: impl fmt::Display, error: &dyn Error) -> Self {
        Self::failed(format!("{what}: {}", with_sources(error)))
    }

    /// The same as a fault of what was asked for.
    pub(crate) fn into_usage(mut self) -> Self {
        self.kind = Kind::Usage;
        self
    }

    /// Adds what to do next.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.kind {
            Kind::Usage => ExitCode::from(2),
            Kind::Failed => ExitCode::from(4),
        }
    }

    /// What to do next.
    pub(crate) fn next_step(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)
    }
}

/// An error and what it stems from, on one line.
pub(crate) fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        // Some errors repeat their source.
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}
