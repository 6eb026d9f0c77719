//! What the figures were measured on.

use std::fs;
use std::process::Command;

use harbor_ext::chrono::Utc;
use serde::Serialize;

use crate::scenarios::Bench;

/// When, with what, and on what it was measured. What the system does not tell is absent.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) version: &'static str,
    pub(crate) commit: Option<String>,
    pub(crate) compiler: Option<String>,
    pub(crate) system: String,
    pub(crate) processor: Option<String>,
    pub(crate) cores: usize,
    pub(crate) memory_gib: Option<u64>,
    /// How busy the machine was before anything was measured.
    pub(crate) load_before: Option<f64>,
    /// How busy it was at the end, what was measured included.
    pub(crate) load_after: Option<f64>,
    pub(crate) pinning: String,
    pub(crate) runs: u16,
}

impl Machine {
    pub(crate) fn look(bench: &Bench) -> Self {
        let memory = fs::read_to_string("/proc/meminfo").ok();
        Self {
            date: Utc::now().format("%Y-%m-%d %H:%M UTC").to_string(),
            version: env!("CARGO_PKG_VERSION"),
            commit: output_of("git", &["describe", "--always", "--dirty", "--exclude=*"]),
            compiler: output_of("rustc", &["--version"]),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor: fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| value_of(&text, "model name")),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gib: memory.and_then(|text| kibibytes(&text, "MemTotal")).map(|kibibytes| kibibytes >> 20),
            load_before: load(),
            load_after: None,
            pinning: bench.cores.words(),
            runs: bench.runs,
        }
    }

    /// Looks again at the end.
    pub(crate) fn look_again(&mut self) {
        self.load_after = load();
    }

    /// Everything in one line.
    pub(crate) fn words(&self) -> String {
        let told = [
            Some(self.date.clone()),
            Some(format!("harbor-ext {}", self.version)),
            self.commit.as_ref().map(|commit| format!("commit {commit}")),
            self.compiler.clone(),
            Some(self.system.clone()),
            Some(format!("{} cores", self.cores)),
            self.processor.clone(),
            self.memory_gib.map(|memory| format!("{memory} GiB")),
            self.load_before.map(|load| format!("load {load} before")),
            self.load_after.map(|load| format!("{load} after")),
            Some(self.pinning.clone()),
            Some(format!("median of {}", self.runs)),
        ];
        told.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// The cores that this process may use, where the system tells.
pub(crate) fn allowed_cores() -> Vec<usize> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = value_of(&status, "Cpus_allowed_list").unwrap_or_default();
    let spans = list.split(',').filter_map(|span| {
        let (first, last) = span.split_once('-').unwrap_or((span, span));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    });
    spans.flatten().collect()
}

/// A number of kibibytes in what the system tells, such as `VmHWM:  1234 kB`.
pub(crate) fn kibibytes(text: &str, name: &str) -> Option<u64> {
    value_of(text, name)?.split(' ').next()?.parse().ok()
}

fn value_of(text: &str, name: &str) -> Option<String> {
    let values = text.lines().filter_map(|line| line.split_once(':'));
    values.into_iter().find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}

fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
