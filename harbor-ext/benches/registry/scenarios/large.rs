//! Registries of 10,000 and 100,000 artifacts, and one report as long as a registry.

use super::{Bench, check_complete};
use crate::AnyResult;
use crate::load::Load;
use crate::order::{Figures, Task};
use crate::row::{Row, Unit, median, seconds};

const LOAD: &str = "100,000 artifacts × 100 findings";

/// Projects of 1,000 artifacts: a server needs the same time for a page of either registry.
fn artifacts(projects: usize) -> Load {
    Load::images(projects, 10, 100, 100)
}

pub(super) fn streamed(bench: &Bench) -> AnyResult<Vec<Row>> {
    let (small, large) = (bench.cores.serve(&artifacts(10))?, bench.cores.serve(&artifacts(100))?);
    let (mut few, mut many) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs {
        few.push(bench.measure(&small, Task::Aggregate)?);
        many.push(bench.measure(&large, Task::Aggregate)?);
    }
    check_complete(&artifacts(10), &few)?;
    check_complete(&artifacts(100), &many)?;
    let each = |runs: &[Figures]| median(runs, |run| Some(run.seconds / run.reported as f64)).unwrap_or(f64::NAN);
    let peak = |runs: &[Figures]| median(runs, |run| Some(run.memory.peak? as f64));
    let limit = 256.0 * f64::from(1 << 20);
    let small_peak = peak(&few).map_or_else(String::new, |peak| format!("; 10,000: {}", Unit::Memory.write(peak)));
    let findings = format!("{} findings in {} reports{small_peak}", many[0].findings, many[0].reported);
    let times = format!("{:.2} s ({}); 10,000: {:.2} s ({})", seconds(&many), per(&many), seconds(&few), per(&few));
    Ok(vec![
        Row::at_most(LOAD, "peak RSS, streamed into counts", Unit::Memory, limit, peak(&many))
            .note(findings)
            .figures(few.iter().chain(&many)),
        Row::at_most(LOAD, "time per artifact ÷ that of 10,000", Unit::Times, 1.15, Some(each(&many) / each(&few)))
            .note(times),
    ])
}

pub(super) fn collected_and_indexed(bench: &Bench) -> AnyResult<Vec<Row>> {
    let server = bench.cores.serve(&artifacts(100))?;
    let runs: Vec<Figures> = (0..bench.runs).map(|_| bench.measure(&server, Task::Index)).collect::<AnyResult<_>>()?;
    check_complete(&artifacts(100), &runs)?;
    let held = |run: &Figures| Some((run.memory.after? - run.memory.before?) as f64 / run.findings as f64);
    let index = |of: fn(&crate::order::IndexFigures) -> f64| median(&runs, |run| run.index.as_ref().map(of));
    let load = "index over 10 million findings";
    let all = index(|index| index.go_through).map_or_else(String::new, |all| Unit::Microseconds.write(all));
    Ok(vec![
        Row::at_most(LOAD, "bytes per finding, collected", Unit::Bytes, 24.0, median(&runs, held))
            .note(format!("{} findings in {} reports", runs[0].findings, runs[0].reported))
            .figures(&runs),
        Row::at_most(load, "build", Unit::Seconds, 1.0, index(|index| index.build)),
        Row::at_most(load, "lookup of one CVE", Unit::Microseconds, 50e-6, index(|index| index.look_up))
            .note(format!("{all} to go through the artifacts that have it")),
    ])
}

pub(super) fn one_report(bench: &Bench) -> AnyResult<Vec<Row>> {
    let load = Load::images(1, 1, 1, 60_000);
    let runs = bench.repeat(&load, Task::Collect { connections: None })?;
    check_complete(&load, &runs)?;
    let over = |run: &Figures| Some((run.memory.peak? - run.memory.before?) as f64 / run.bytes as f64);
    let length = format!("{:.1} MB, {} findings", runs[0].bytes as f64 / 1e6, runs[0].findings);
    let before = runs[0].memory.before.map_or_else(String::new, |before| Unit::Memory.write(before as f64));
    Ok(vec![
        Row::at_most(
            "one report of 60,000 findings, all distinct",
            "peak RSS ÷ body",
            Unit::Times,
            2.0,
            median(&runs, over),
        )
        .note(format!("{length}; without the {before} before"))
        .figures(&runs),
    ])
}

fn per(runs: &[Figures]) -> String {
    let each = median(runs, |run| Some(run.seconds / run.reported as f64)).unwrap_or(f64::NAN);
    format!("{} each", Unit::Microseconds.write(each))
}
