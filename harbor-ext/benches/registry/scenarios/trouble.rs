//! Requests that fail, a server that restarts, and a caller who has had enough.

use super::Bench;
use crate::AnyResult;
use crate::load::Load;
use crate::order::{Figures, Task};
use crate::row::{Row, Unit, median, seconds};

const COLLECT: Task = Task::Collect { connections: None };

/// How long a server is away, in seconds.
const RESTART: u32 = 5;

pub(super) fn failures(bench: &Bench) -> AnyResult<Vec<Row>> {
    // The first fault that strikes is the one: together one request in a hundred.
    let faulty = Load::main()
        .with_fault("status=503,share=0.00334,seed=1")
        .with_fault("reset,share=0.00334,seed=2")
        .with_fault("truncated,share=0.00335,seed=3");
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs {
        without.push(bench.measure(&bench.cores.serve(&Load::main())?, COLLECT)?);
        with.push(bench.measure(&bench.cores.serve(&faulty)?, COLLECT)?);
    }
    let load = "1 % of requests fail (503, reset, truncated)";
    let requests = with[0].server.requests - without[0].server.requests.min(with[0].server.requests);
    let times = format!("{:.3} s, without {:.3} s; {requests} requests more", seconds(&with), seconds(&without));
    Ok(vec![
        Row::at_most(load, "reports lost", Unit::Count, 0.0, Some(lost(&faulty, &with))).figures(&with),
        Row::at_most(load, "time ÷ fault-free run", Unit::Times, 1.3, Some(seconds(&with) / seconds(&without)))
            .note(times)
            .figures(&without),
    ])
}

pub(super) fn restart(bench: &Bench) -> AnyResult<Vec<Row>> {
    let load = Load::main().with_fault(format!("restart={RESTART}s,after=1000"));
    let runs = bench.repeat(&load, COLLECT)?;
    let name = "502 at once for 5 s in mid-run";
    // A run that ended sooner did not see all of it.
    let saw_all = |run: &&Figures| run.seconds >= f64::from(RESTART);
    let meanwhile = median(&runs, |run| {
        Some(run).filter(saw_all).map(|run| run.server.statuses.get(&502).copied().unwrap_or(0) as f64)
    });
    Ok(vec![
        Row::at_most(name, "reports lost", Unit::Count, 0.0, Some(lost(&load, &runs)))
            .note(format!("{:.2} s in all", seconds(&runs)))
            .figures(&runs),
        Row::at_most(name, "requests sent meanwhile", Unit::Count, 20.0, meanwhile),
    ])
}

pub(super) fn dropped(bench: &Bench) -> AnyResult<Vec<Row>> {
    // From then on nothing is answered for longer than anybody waits here.
    let load = Load::main().with_fault("latency=30s,on=reports,after=501");
    let runs = bench.repeat(&load, Task::Stop { after: 100 })?;
    let before = runs.iter().map(|run| run.server.in_flight).min().unwrap_or_default();
    // With nothing under way at first, nothing would be shown.
    let left = median(&runs, |run| (before > 0).then_some(run.server_later.as_ref()?.in_flight as f64));
    Ok(vec![
        Row::at_most("dropping the stream in mid-run", "requests running 100 ms later", Unit::Count, 0.0, left)
            .note(format!("{before} when it was dropped"))
            .figures(&runs),
    ])
}

/// How much of what there is did not come, or came as a failure, in the worst run.
fn lost(load: &Load, runs: &[Figures]) -> f64 {
    let of = |run: &Figures| (load.artifacts() as u64 - run.reported.min(load.artifacts() as u64)).max(run.failures);
    runs.iter().map(of).max().unwrap_or_default() as f64
}
