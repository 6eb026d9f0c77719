//! The process of a client: does one thing and says what it cost.

mod naive;
mod ours;
mod process_status;
mod questions;
mod raw;

use std::env;

use harbor_ext::{Concurrency, Credentials, Harbor};

use crate::AnyResult;
use crate::order::{Address, Figures, Order, ROBOT, Runtime, SECRET, Task};
use crate::server_statistics::Statistician;

/// Does what it is told and prints the figures.
pub(crate) fn measure(order: &str) -> AnyResult<()> {
    let order: Order = serde_json::from_str(order)?;
    let mut runtime = match order.runtime {
        Runtime::CurrentThread => tokio::runtime::Builder::new_current_thread(),
        Runtime::MultiThread => tokio::runtime::Builder::new_multi_thread(),
    };
    let work = async {
        match &order.server {
            Address::Simulated { url } => simulated(url, order.task).await,
            Address::Environment { projects } => real(projects, order.task).await,
        }
    };
    let figures = runtime.enable_all().build()?.block_on(work)?;
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

/// Reads a simulated server, and asks what it counted meanwhile.
async fn simulated(url: &str, task: Task) -> AnyResult<Figures> {
    let limit = match task {
        Task::Collect { connections: Some(connections) } => Concurrency::Fixed(connections),
        _ => Concurrency::Adaptive,
    };
    let harbor = Harbor::builder(url)
        .credentials(Credentials::robot(ROBOT, SECRET))
        .concurrency(limit)
        // A proxy in the environment cannot reach a server of this machine.
        .http_client(harbor_ext::http_client().no_proxy())
        .build()?;
    let addresses = match task {
        Task::Raw { .. } => raw::addresses(&harbor, &[]).await?,
        _ => Vec::new(),
    };
    // What was asked until now is not part of it.
    let statistician = Statistician::new(url)?;
    statistician.reset().await?;
    let (before, started) = (process_status::resident(), process_status::processor_time());
    let mut figures = match task {
        Task::Raw { connections } => raw::download(addresses, login(), connections).await?,
        Task::Collect { .. } => ours::collect(&harbor, &[]).await,
        Task::Index => ours::index(&harbor).await,
        Task::Aggregate => ours::aggregate(&harbor).await,
        Task::Settle { half } => ours::settle(&harbor, half, &statistician).await?,
        Task::Stop { after } => ours::stop(&harbor, after, &statistician).await?,
        Task::Naive { connections } => naive::collect(&harbor, connections).await?,
    };
    figures.memory.before = before;
    figures.memory.peak = process_status::peak();
    figures.processor_seconds = process_status::processor_time().zip(started).map(|(now, started)| now - started);
    if figures.server_later.is_none() {
        figures.server = statistician.look().await?;
    }
    Ok(figures)
}

/// Reads a real server, which is asked for nothing else.
async fn real(projects: &[String], task: Task) -> AnyResult<Figures> {
    let harbor = Harbor::from_env()?.build()?;
    match task {
        Task::Raw { connections } => {
            let addresses = raw::addresses(&harbor, projects).await?;
            let login = (env::var(Credentials::USERNAME_VARIABLE)?, env::var(Credentials::SECRET_VARIABLE)?);
            raw::download(addresses, login, connections).await
        }
        _ => Ok(ours::collect(&harbor, projects).await),
    }
}

fn login() -> (String, String) {
    (format!("robot${ROBOT}"), SECRET.to_owned())
}
