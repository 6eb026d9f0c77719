//! The process of the simulated Harbor.

use std::io;

use harbor_testkit::{Robot, SimulatedHarbor, SimulatedHarborBuilder};

use crate::AnyResult;
use crate::load::Load;
use crate::order::{ROBOT, SECRET};

/// Serves until nobody holds the other end of the standard input any more, so that no server outlives a benchmark.
pub(crate) fn serve(load: &str) -> AnyResult<()> {
    let load: Load = serde_json::from_str(load)?;
    let mut registry = load.registry();
    registry.add_robot(Robot::new(ROBOT, SECRET).with_read_permissions());
    let builder = SimulatedHarbor::builder().registry(registry).keep_requests(false);
    let harbor = load.faults()?.into_iter().fold(builder, SimulatedHarborBuilder::fault).start_blocking()?;
    println!("{}", harbor.url());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
