//! Fetches all repositories: all or nothing first, then what can be had.

use std::error::Error;

use harbor_ext::Concurrency;

mod registry;

use registry::Registry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let registry = Registry::open(None, Concurrency::Adaptive).await?;
    println!("{}", registry.description());

    // Stops at the first thing that cannot be read, as an exception would.
    let query = registry.harbor().repositories();
    match query.clone().try_collect().await {
        Ok(repositories) => println!("all {} repositories could be read", repositories.len()),
        Err(failure) => println!("stopped: {failure}"),
    }

    // Goes on, and keeps what failed beside what was found.
    let collected = query.collect().await;
    for repository in &collected.items {
        println!("{}: {} artifacts, {} pulls", repository.name, repository.artifact_count, repository.pull_count);
    }
    for note in collected.notes() {
        println!("not read: {note}");
    }
    println!("{}", collected.summary);
    registry::anything_read(&collected.summary)
}
