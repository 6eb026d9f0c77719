//! Where the time of the client goes, by Linux' perf.

use std::path::Path;
use std::process::Command;

use crate::AnyResult;
use crate::load::Load;
use crate::order::{Order, Task};
use crate::scenarios::Bench;

/// How many functions are shown.
const SHOWN: usize = 15;

/// Records one run of the first load into a file, and gives the functions that take most of it as Markdown.
pub(crate) fn record(bench: &Bench, file: &Path) -> AnyResult<String> {
    let server = bench.cores.serve(&Load::main())?;
    let task = Task::Collect { connections: None };
    let order = Order { server: server.address(), runtime: bench.runtime, task };
    let figures = bench.cores.measure_with_perf(&order, file)?;
    let mut perf = Command::new("perf");
    let report = perf.arg("report").arg("--input").arg(file);
    let output = report.args(["--stdio", "--no-children", "--call-graph=none", "--sort=dso,symbol"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).take(SHOWN);
    let rows: Vec<String> = lines.filter_map(row).collect();
    match rows.is_empty() {
        true => Err("perf has nothing to report".into()),
        false => Ok(format!(
            "{:.3} s\n\n| share | where | function |\n| --- | --- | --- |\n{}",
            figures.seconds,
            rows.join("\n")
        )),
    }
}

/// A line such as `12.34%  program  [.] function`, or `[k]` for one of the kernel.
fn row(line: &str) -> Option<String> {
    let (share, rest) = line.trim().split_once(char::is_whitespace)?;
    let (place, function) = rest.trim().split_once(char::is_whitespace)?;
    // Behind it are columns that have nothing to say without a call graph.
    let function = function.trim().trim_start_matches("[.] ").trim_start_matches("[k] ").trim_end_matches(['-', ' ']);
    // The program has a number of its build in its name.
    let place = if place.starts_with("registry-") { "program" } else { place };
    Some(format!("| {share} | {place} | `{function}` |"))
}
