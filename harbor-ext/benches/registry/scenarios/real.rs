//! A real Harbor, where the environment names one.

use std::collections::BTreeMap;
use std::env;

use harbor_ext::access::Caller;
use harbor_ext::{Credentials, Harbor};

use super::Bench;
use crate::AnyResult;
use crate::order::{Address, Figures, Order, Task};
use crate::row::{Row, Unit, seconds};

const LOAD: &str = "a real Harbor, 1,000 reports";
const MEASURE: &str = "time ÷ raw download at the best fixed limit";
const TARGET: f64 = 1.1;

/// How many reports are enough.
const REPORTS: usize = 1_000;

const FIXED: [usize; 5] = [1, 2, 3, 4, 8];

pub(super) fn against_raw(bench: &Bench) -> AnyResult<Vec<Row>> {
    let no = |why: &str| Ok(vec![Row::not_measured(LOAD, MEASURE, format!("≤ {}", Unit::Times.write(TARGET)), why)]);
    let is_set = |name: &str| env::var(name).is_ok_and(|value| !value.is_empty());
    if ![Harbor::URL_VARIABLE, Credentials::USERNAME_VARIABLE, Credentials::SECRET_VARIABLE].into_iter().all(is_set) {
        return no("no Harbor given");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (is_robot, projects) = runtime.block_on(look())?;
    if !is_robot {
        // Every request of a local user would cost the server 98 ms of processor time for the password alone.
        return no("a robot is wanted");
    }
    if projects.is_empty() {
        return no("no artifact to be seen");
    }
    let server = Address::Environment { projects };
    let order = |task| Order { server: server.clone(), runtime: bench.runtime, task };
    let (mut ours, mut raws) = (Vec::new(), vec![Vec::new(); FIXED.len()]);
    for _ in 0..bench.runs {
        ours.push(bench.cores.measure(&order(Task::Collect { connections: None }))?);
        for (raw, connections) in raws.iter_mut().zip(FIXED) {
            raw.push(bench.cores.measure(&order(Task::Raw { connections }))?);
        }
    }
    let best = raws.iter().min_by(|left, right| seconds(left).total_cmp(&seconds(right))).ok_or("nothing was tried")?;
    Ok(vec![row(&ours, best).figures(ours.iter().chain(raws.iter().flatten()))])
}

fn row(ours: &[Figures], best: &[Figures]) -> Row {
    let note = format!(
        "{:.2} s for {} reports of {} artifacts; raw {:.2} s over {}; {} failures",
        seconds(ours),
        ours[0].reported,
        ours[0].artifacts,
        seconds(best),
        best[0].peak_in_flight,
        ours[0].failures
    );
    Row::at_most(LOAD, MEASURE, Unit::Times, TARGET, Some(seconds(ours) / seconds(best))).note(note)
}

/// Whether a robot asks, and the projects that have enough artifacts together.
async fn look() -> AnyResult<(bool, Vec<String>)> {
    let harbor = Harbor::from_env()?.build()?;
    let access = harbor.check_access().await?;
    if !matches!(access.caller, Caller::Robot { .. }) {
        return Ok((false, Vec::new()));
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for artifact in harbor.artifacts().collect().await.items {
        *counts.entry(artifact.repository.project().to_string()).or_default() += 1;
    }
    let (mut projects, mut artifacts) = (Vec::new(), 0);
    for (project, count) in counts {
        if artifacts < REPORTS {
            projects.push(project);
            artifacts += count;
        }
    }
    Ok((true, projects))
}
