//! 2,000 artifacts with 150 findings each, drawn from 5,000: against a raw download of the same bytes, and against a
//! client as anybody would write it.

use super::{Bench, check_complete};
use crate::AnyResult;
use crate::load::Load;
use crate::order::{Figures, Runtime, Task};
use crate::process::Server;
use crate::row::{Row, Unit, median, processor, seconds};

const LOAD: &str = "2,000 artifacts × 150 findings, 5,000 distinct";

/// How many requests a program sends at once that does not know better.
const NAIVE_CONNECTIONS: usize = 8;

const COLLECT: Task = Task::Collect { connections: None };

pub(super) fn against_raw(bench: &Bench) -> AnyResult<Vec<Row>> {
    let server = bench.cores.serve(&Load::main())?;
    let runtimes = [(Runtime::MultiThread, "multi-thread"), (Runtime::CurrentThread, "current-thread")];
    let mut rows = Vec::new();
    for (runtime, name) in runtimes {
        let (ours, raws) = alternate(bench, &server, runtime)?;
        check_complete(&Load::main(), &ours)?;
        let best =
            raws.iter().min_by(|left, right| seconds(left).total_cmp(&seconds(right))).ok_or("no raw download")?;
        let ratio = seconds(&ours) / seconds(best);
        rows.push(
            Row::at_most(LOAD, &format!("time ÷ raw download, {name}"), Unit::Times, 1.5, Some(ratio))
                .note(in_words(&ours, best))
                .figures(ours.iter().chain(raws.iter().flatten())),
        );
        let peak = median(&ours, |figures| Some(figures.memory.peak? as f64));
        let limit = 48.0 * f64::from(1 << 20);
        rows.push(
            Row::at_most(LOAD, &format!("peak RSS, collected, {name}"), Unit::Memory, limit, peak)
                .note(format!("{} findings in {} reports", ours[0].findings, ours[0].reported)),
        );
    }
    rows.push(Row::not_measured(LOAD, "harborapi by hand ÷ ours", "≥ 50×", "by benches/peers.sh"));
    Ok(rows)
}

pub(super) fn against_naive(bench: &Bench) -> AnyResult<Vec<Row>> {
    let server = bench.cores.serve(&Load::main())?;
    let (mut ours, mut naive) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs {
        ours.push(bench.measure(&server, COLLECT)?);
        naive.push(bench.measure(&server, Task::Naive { connections: NAIVE_CONNECTIONS })?);
    }
    check_complete(&Load::main(), &ours)?;
    check_complete(&Load::main(), &naive)?;
    let ratio = seconds(&naive) / seconds(&ours);
    let peak = median(&naive, |figures| Some(figures.memory.peak? as f64));
    let requests = format!("{} requests, ours {}", naive[0].server.requests, ours[0].server.requests);
    let time = format!("{:.3} s, ours {:.3} s; {requests}", seconds(&naive), seconds(&ours));
    Ok(vec![
        Row::without_target(LOAD, "naive Rust client ÷ ours", Unit::Times, Some(ratio))
            .note(time)
            .figures(ours.iter().chain(&naive)),
        Row::without_target(LOAD, "naive Rust client, peak RSS", Unit::Memory, peak),
    ])
}

/// Ours and raw downloads over several numbers of connections by turns, so that all have the same weather.
fn alternate(bench: &Bench, server: &Server, runtime: Runtime) -> AnyResult<(Vec<Figures>, Vec<Vec<Figures>>)> {
    let mut ours = vec![bench.measure_on(server, runtime, COLLECT)?];
    let as_ours = ours[0].peak_in_flight as usize;
    let mut connections = vec![2, 4, 8, as_ours.max(1)];
    connections.sort_unstable();
    connections.dedup();
    let mut raws = vec![Vec::new(); connections.len()];
    for run in 0..bench.runs {
        if run > 0 {
            ours.push(bench.measure_on(server, runtime, COLLECT)?);
        }
        for (raw, connections) in raws.iter_mut().zip(&connections) {
            raw.push(bench.measure_on(server, runtime, Task::Raw { connections: *connections })?);
        }
    }
    Ok((ours, raws))
}

fn in_words(ours: &[Figures], best: &[Figures]) -> String {
    format!(
        "{:.3} s ({}) at up to {} at once; raw {:.3} s ({}) over {}; {} MB",
        seconds(ours),
        processor(ours),
        ours[0].peak_in_flight,
        seconds(best),
        processor(best),
        best[0].peak_in_flight,
        best[0].bytes / 1_000_000
    )
}
