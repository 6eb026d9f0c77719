//! How much is asked.

use super::{Bench, check_complete};
use crate::AnyResult;
use crate::load::Load;
use crate::order::Task;
use crate::row::{Row, Unit};

const COLLECT: Task = Task::Collect { connections: None };

pub(super) fn listing(bench: &Bench) -> AnyResult<Vec<Row>> {
    let images = Load::images(20, 100, 10, 0);
    let figures = bench.measure(&bench.cores.serve(&images)?, COLLECT)?;
    check_complete(&images, std::slice::from_ref(&figures))?;
    let load = "20 projects × 100 repositories × 10 artifacts";
    let lists = figures.server.lists() as f64;
    let note = format!("{} artifacts reported; all requests: {}", figures.reported, figures.server.requests);
    Ok(vec![Row::at_most(load, "listing requests", Unit::Count, 220.0, Some(lists)).note(note).figures([&figures])])
}

pub(super) fn one_digest(bench: &Bench) -> AnyResult<Vec<Row>> {
    let copies = Load::one_digest(5);
    let figures = bench.measure(&bench.cores.serve(&copies)?, COLLECT)?;
    check_complete(&copies, std::slice::from_ref(&figures))?;
    let load = "the same digest in five repositories";
    let reports = figures.server.of("reports") as f64;
    let note = format!("{} artifacts reported", figures.reported);
    Ok(vec![Row::at_most(load, "report requests", Unit::Count, 1.0, Some(reports)).note(note).figures([&figures])])
}
