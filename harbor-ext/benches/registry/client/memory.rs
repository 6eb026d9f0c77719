//! The memory of this process in bytes, where the system tells it.

use std::fs;

use crate::machine;

/// What it has now.
pub(super) fn resident() -> Option<u64> {
    of("VmRSS")
}

/// The most that it ever had.
pub(super) fn peak() -> Option<u64> {
    of("VmHWM")
}

fn of(name: &str) -> Option<u64> {
    machine::kibibytes(&fs::read_to_string("/proc/self/status").ok()?, name).map(|kibibytes| kibibytes * 1024)
}
