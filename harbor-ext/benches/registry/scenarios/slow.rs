//! Servers with 50 ms of latency: one on which requests wait for a place, and one that suffers.

use super::{Bench, check_complete};
use crate::AnyResult;
use crate::load::Load;
use crate::order::{Figures, Task};
use crate::row::{Row, Unit, median, seconds};

const LATENCY: f64 = 0.05;

/// How many requests the servers are good for at once.
const ROOM: f64 = 8.0;

/// What is tried to find the best fixed number of requests at once.
const FIXED: [usize; 7] = [2, 4, 6, 8, 10, 12, 16];

/// 800 artifacts, whose reports have next to no weight.
fn artifacts() -> Load {
    Load::images(8, 10, 10, 10)
}

pub(super) fn room_for_8(bench: &Bench) -> AnyResult<Vec<Row>> {
    // A request has its place before its latency begins.
    let load = artifacts().with_fault("cap=8").with_fault("latency=50ms");
    let runs = bench.repeat(&load, Task::Settle { half: load.artifacts() / 2 })?;
    check_complete(&load, &runs)?;
    let ratio = median(&runs, |run| Some(run.seconds / (requests(run) * LATENCY / ROOM)));
    let note = format!("{:.2} s, {}", seconds(&runs), in_flight(&runs));
    let name = "50 ms latency, server with room for 8";
    Ok(vec![Row::at_most(name, "time ÷ (requests × latency ÷ 8)", Unit::Times, 1.2, ratio).note(note).figures(&runs)])
}

pub(super) fn degrading(bench: &Bench) -> AnyResult<Vec<Row>> {
    let load = artifacts().with_fault("cap=16,then=503,retry-after=1").with_fault("load-latency=50ms,knee=8,step=20ms");
    let fixed = FIXED.map(|connections| {
        let server = bench.cores.serve(&load)?;
        bench.measure(&server, Task::Collect { connections: Some(connections) })
    });
    let fixed: Vec<Figures> = fixed.into_iter().collect::<AnyResult<_>>()?;
    let (best, at) = fixed
        .iter()
        .zip(FIXED)
        .min_by(|(left, _), (right, _)| left.seconds.total_cmp(&right.seconds))
        .ok_or("nothing was tried")?;
    let runs = bench.repeat(&load, Task::Settle { half: load.artifacts() / 2 })?;
    check_complete(&load, &runs)?;
    let ratio = seconds(&runs) / best.seconds;
    let settled = median(&runs, |run| Some(run.server_later.as_ref()?.peak_in_flight as f64));
    let refused = runs.iter().map(refused).max().unwrap_or_default();
    let name = "server that degrades above 8, 503 above 16";
    let note = format!("{:.2} s; fixed at {at}: {:.2} s", seconds(&runs), best.seconds);
    Ok(vec![
        Row::at_most(name, "time ÷ best fixed limit", Unit::Times, 1.3, Some(ratio))
            .note(note)
            .figures(runs.iter().chain(&fixed)),
        Row::at_most(name, "peak in flight once settled", Unit::Count, 12.0, settled)
            .note(format!("{}; at most {refused} × 503", in_flight(&runs))),
    ])
}

fn requests(run: &Figures) -> f64 {
    (run.server.requests + run.server_later.as_ref().map_or(0, |later| later.requests)) as f64
}

fn refused(run: &Figures) -> u64 {
    let of = |statuses: &std::collections::BTreeMap<u16, u64>| statuses.get(&503).copied().unwrap_or(0);
    of(&run.server.statuses) + run.server_later.as_ref().map_or(0, |later| of(&later.statuses))
}

/// The most requests under way at the server, in both halves of each run.
fn in_flight(runs: &[Figures]) -> String {
    let of = |run: &Figures| {
        let later = run.server_later.as_ref().map_or(0, |later| later.peak_in_flight);
        format!("{} then {later}", run.server.peak_in_flight)
    };
    format!("in flight {}", runs.iter().map(of).collect::<Vec<_>>().join(", "))
}
