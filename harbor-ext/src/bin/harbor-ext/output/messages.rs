//! What is said on standard error.

use std::io::{self, IsTerminal, Write};

use harbor_ext::text;

use crate::arguments::{Manner, When};
use crate::ending::Problem;

/// Says things on standard error, unless it is to be quiet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Messages {
    is_quiet: bool,
    is_colored: bool,
    is_terminal: bool,
}

impl Messages {
    pub(crate) fn new(manner: &Manner) -> Self {
        let is_terminal = io::stderr().is_terminal();
        Self { is_quiet: manner.quiet, is_colored: is_colored(manner.color, is_terminal), is_terminal }
    }

    /// Whether somebody watches, so that progress can be drawn.
    pub(crate) fn is_terminal(self) -> bool {
        self.is_terminal && !self.is_quiet
    }

    /// Something to know.
    pub(crate) fn say(self, text: &str) {
        if !self.is_quiet {
            write_line("", text);
        }
    }

    /// Something to mind.
    pub(crate) fn warn(self, text: &str) {
        if !self.is_quiet {
            let label = if self.is_colored { "\u{1b}[33mwarning:\u{1b}[0m " } else { "warning: " };
            write_line(label, text);
        }
    }
}

/// Why the program could not do its work, and what to do next.
pub(crate) fn error(problem: &Problem) {
    write_line("error: ", &problem.to_string());
    if let Some(next_step) = problem.next_step() {
        write_line("  help: ", next_step);
    }
}

/// Whether colour is wanted on a stream.
pub(crate) fn is_colored(when: When, is_terminal: bool) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value: std::ffi::OsString| !value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Nobody can be told that standard error is gone.
fn write_line(label: &str, text: &str) {
    let mut output = io::stderr().lock();
    for (number, line) in text.lines().enumerate() {
        let label = if number == 0 { label } else { "  " };
        let _ = writeln!(output, "{label}{}", text::line(line));
    }
}
