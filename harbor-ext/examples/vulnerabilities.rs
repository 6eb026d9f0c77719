//! Fetches the vulnerability reports of all artifacts, and tells why some have none.

use std::error::Error;

use harbor_ext::Concurrency;

mod registry;

use registry::Registry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let registry = Registry::open(None, Concurrency::Adaptive).await?;
    println!("{}", registry.description());

    let collected = registry.harbor().reports().collect().await;
    for info in &collected.items {
        // Only a report says anything: "never scanned" is not "clean".
        match info.state.report() {
            Some(report) => println!("{}: {} findings", info.artifact, report.len()),
            None => println!("{}: {}", info.artifact, info.state.name()),
        }
    }
    // Each thing once, however many artifacts it concerns; `collected.failures` has them all.
    for note in collected.notes() {
        println!("not read: {note}");
    }
    println!("{}", collected.summary);
    registry::anything_read(&collected.summary)
}
