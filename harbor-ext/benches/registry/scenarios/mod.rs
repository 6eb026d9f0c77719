//! What is measured: one file for what belongs together, one function for each name of `--only`.

mod large;
mod main_load;
pub(crate) mod peers;
mod real;
mod requests;
mod slow;
mod trouble;

use crate::AnyResult;
use crate::load::Load;
use crate::order::{Figures, Order, Runtime, Task};
use crate::process::{Cores, Server};
use crate::row::Row;

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bench {
    pub(crate) cores: Cores,
    pub(crate) runs: u16,
    pub(crate) runtime: Runtime,
}

type Scenario = fn(&Bench) -> AnyResult<Vec<Row>>;

/// Everything that there is to measure, in the order of the table.
pub(crate) const ALL: [(&str, Scenario); 13] = [
    ("main", main_load::against_raw),
    ("naive", main_load::against_naive),
    ("listing", requests::listing),
    ("digest", requests::one_digest),
    ("room", slow::room_for_8),
    ("degrading", slow::degrading),
    ("large", large::streamed),
    ("index", large::collected_and_indexed),
    ("report", large::one_report),
    ("failures", trouble::failures),
    ("restart", trouble::restart),
    ("drop", trouble::dropped),
    ("real", real::against_raw),
];

pub(crate) fn names() -> Vec<&'static str> {
    ALL.map(|(name, _)| name).to_vec()
}

impl Bench {
    /// Lets a client do something on the simulated server, in the runtime that was asked for.
    fn measure(&self, server: &Server, task: Task) -> AnyResult<Figures> {
        self.measure_on(server, self.runtime, task)
    }

    fn measure_on(&self, server: &Server, runtime: Runtime, task: Task) -> AnyResult<Figures> {
        self.cores.measure(&Order { server: server.address(), runtime, task })
    }

    /// Does the same on a new server each time, so that what its faults draw is the same each time.
    fn repeat(&self, load: &Load, task: Task) -> AnyResult<Vec<Figures>> {
        let run = |_| self.measure(&self.cores.serve(load)?, task);
        (0..self.runs).map(run).collect()
    }
}

/// Refuses runs in which something was lost: their times are worth nothing.
fn check_complete(load: &Load, runs: &[Figures]) -> AnyResult<()> {
    let wanted = load.artifacts() as u64;
    match runs.iter().find(|run| run.reported != wanted) {
        Some(run) => Err(format!("{} of {wanted} reports came", run.reported).into()),
        None => Ok(()),
    }
}
