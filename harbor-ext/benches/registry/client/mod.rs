//! The process of a client: does one thing and says what it cost.

mod memory;
mod naive;
mod ours;
mod questions;
mod raw;

use harbor_ext::{Concurrency, Credentials, Harbor};

use crate::AnyResult;
use crate::order::{Figures, Order, ROBOT, Runtime, SECRET, Task};
use crate::server_statistics::Statistician;

/// Does what it is told and prints the figures.
pub(crate) fn measure(order: &str) -> AnyResult<()> {
    let order: Order = serde_json::from_str(order)?;
    let mut runtime = match order.runtime {
        Runtime::CurrentThread => tokio::runtime::Builder::new_current_thread(),
        Runtime::MultiThread => tokio::runtime::Builder::new_multi_thread(),
    };
    let figures = runtime.enable_all().build()?.block_on(run(&order))?;
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

async fn run(order: &Order) -> AnyResult<Figures> {
    if !order.projects.is_empty() {
        return real(order).await;
    }
    let harbor = |limit| simulated(&order.url, limit);
    let statistician = Statistician::new(&order.url)?;
    // What is asked before it counts nothing.
    let prepared = match order.task {
        Task::Raw { .. } => Some(raw::addresses(&harbor(Concurrency::Adaptive)?, &[]).await?),
        _ => None,
    };
    statistician.reset().await?;
    let before = memory::resident();
    let mut figures = match order.task {
        Task::Raw { connections } => raw::download(prepared.unwrap_or_default(), login(), connections).await?,
        Task::Collect { connections } => ours::collect(&harbor(concurrency(connections))?, &[]).await,
        Task::Index => ours::index(&harbor(Concurrency::Adaptive)?).await,
        Task::Aggregate => ours::aggregate(&harbor(Concurrency::Adaptive)?).await,
        Task::Settle { half } => ours::settle(&harbor(Concurrency::Adaptive)?, half, &statistician).await?,
        Task::Stop { after } => ours::stop(&harbor(Concurrency::Adaptive)?, after, &statistician).await?,
        Task::Naive { connections } => naive::collect(&harbor(Concurrency::Adaptive)?, connections).await?,
    };
    figures.memory.before = before;
    figures.memory.peak = memory::peak();
    // The tasks that look twice have looked themselves.
    match &mut figures.server_later {
        Some(_) => {}
        None => figures.server = statistician.look().await?,
    }
    Ok(figures)
}

/// Reads a real server, which is asked for nothing else.
async fn real(order: &Order) -> AnyResult<Figures> {
    let harbor = Harbor::from_env()?.build()?;
    match order.task {
        Task::Raw { connections } => {
            let addresses = raw::addresses(&harbor, &order.projects).await?;
            let variable = |name| std::env::var(name);
            let login = (variable(Credentials::USERNAME_VARIABLE)?, variable(Credentials::SECRET_VARIABLE)?);
            raw::download(addresses, login, connections).await
        }
        _ => Ok(ours::collect(&harbor, &order.projects).await),
    }
}

fn simulated(url: &str, concurrency: Concurrency) -> AnyResult<Harbor> {
    // A proxy in the environment cannot reach a server of this machine.
    let http_client = harbor_ext::http_client().no_proxy();
    let credentials = Credentials::robot(ROBOT, SECRET);
    Ok(Harbor::builder(url).credentials(credentials).concurrency(concurrency).http_client(http_client).build()?)
}

fn login() -> (String, String) {
    (format!("robot${ROBOT}"), SECRET.to_owned())
}

fn concurrency(connections: Option<usize>) -> Concurrency {
    connections.map_or(Concurrency::Adaptive, Concurrency::Fixed)
}
