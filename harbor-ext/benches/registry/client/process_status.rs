//! What this process takes up, where the system tells it.

use std::fs;

use crate::machine;

/// The memory that it has now, in bytes.
pub(super) fn resident() -> Option<u64> {
    of("VmRSS")
}

/// The most memory that it ever had, in bytes.
pub(super) fn peak() -> Option<u64> {
    of("VmHWM")
}

/// The processor time of all its threads so far, in seconds; Linux counts it in hundredths.
pub(super) fn processor_time() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold spaces and brackets; behind it, the times are the 12th and the 13th.
    let (_, fields) = text.rsplit_once(')')?;
    let times = fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().ok());
    Some(times.sum::<Option<f64>>()? / 100.0)
}

fn of(name: &str) -> Option<u64> {
    machine::kibibytes(&fs::read_to_string("/proc/self/status").ok()?, name).map(|kibibytes| kibibytes * 1024)
}
