//! What others need for the same: Python's harborapi and a naive Rust client.

use std::path::Path;

use super::Bench;
use crate::AnyResult;
use crate::load::Load;
use crate::order::{Figures, Task};
use crate::process::Server;
use crate::row::{Row, Unit, median, processor, seconds};
use crate::server_statistics::Statistician;

/// How many requests the naive client sends at once, as many as harborapi in `benches/harborapi_peer.py`.
const CONNECTIONS: usize = 8;

/// The two ways of harborapi, by the names that `benches/harborapi_peer.py` knows.
const BY_HAND: &str = "hand";
const DOCUMENTED: &str = "ext";

/// Measures all of them on one server, by turns.
pub(crate) fn measure(bench: &Bench, python: Option<&Path>, artifacts: u32) -> AnyResult<Vec<Row>> {
    let server = bench.cores.serve(&Load::images(10, artifacts as usize / 100, 10, 150))?;
    let number = match (artifacts / 1000, artifacts % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    };
    let load = format!("{number} artifacts × 150 findings, 5,000 distinct");
    let (mut ours, mut naive, mut by_hand, mut documented) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for run in 1..=bench.runs {
        eprintln!("run {run} of {}: ours and naive …", bench.runs);
        ours.push(bench.measure(&server, Task::Collect { connections: None })?);
        naive.push(bench.measure(&server, Task::Naive { connections: CONNECTIONS })?);
        if let Some(python) = python {
            eprintln!("run {run} of {}: harborapi …", bench.runs);
            by_hand.extend(harborapi(bench, &server, python, BY_HAND));
            documented.extend(harborapi(bench, &server, python, DOCUMENTED));
        }
    }
    let mut rows = vec![
        row(&load, "harbor-ext", &ours, &ours),
        row(&load, "naive Rust client", &naive, &ours),
        row(&load, "harborapi by hand", &by_hand, &ours),
        row(&load, "harborapi.ext as documented", &documented, &ours),
    ];
    let ratio = (!by_hand.is_empty()).then(|| seconds(&by_hand) / seconds(&ours));
    rows.push(Row::at_least(&load, "harborapi by hand ÷ ours", Unit::Times, 50.0, ratio));
    Ok(rows)
}

/// One peer: its time, and everything else in words.
fn row(load: &str, name: &str, runs: &[Figures], ours: &[Figures]) -> Row {
    let Some(first) = runs.first() else {
        return Row::not_measured(load, &format!("time of {name}"), "", "no python3 with a harborapi that works");
    };
    let peak = median(runs, |run| Some(run.memory.peak? as f64));
    let peak = peak.map_or_else(|| "not measured".to_owned(), |peak| Unit::Memory.write(peak));
    let note = format!(
        "{} of ours; {}, {} requests, peak RSS {peak}, {} findings in {} reports, {} failures",
        Unit::Times.write(seconds(runs) / seconds(ours)),
        processor(runs),
        first.server.requests,
        first.findings,
        first.reported,
        first.failures
    );
    Row::without_target(load, &format!("time of {name}"), Unit::Seconds, Some(seconds(runs))).note(note).figures(runs)
}

/// One run of harborapi. One that fails is said to, so that what others took is not lost.
fn harborapi(bench: &Bench, server: &Server, python: &Path, way: &str) -> Option<Figures> {
    let figures = try_harborapi(bench, server, python, way);
    figures.inspect_err(|error| eprintln!("harborapi ({way}) is not measured: {error}")).ok()
}

fn try_harborapi(bench: &Bench, server: &Server, python: &Path, way: &str) -> AnyResult<Figures> {
    let statistician = Statistician::new(server.url())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(statistician.reset())?;
    let mut figures = bench.cores.measure_python(python, server, way)?;
    figures.server = runtime.block_on(statistician.look())?;
    Ok(figures)
}
