//! Fetches all artifacts, several requests at a time, and tells at once what cannot be read.

use std::error::Error;

use futures::StreamExt;
use harbor_ext::{Concurrency, Summary};

mod registry;

use registry::Registry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let registry = Registry::open(None, Concurrency::Adaptive).await?;
    println!("{}", registry.description());

    // A stream is what a callback is in other languages: items and failures come as they are found.
    let mut stream = registry.harbor().artifacts().stream();
    while let Some(next) = stream.next().await {
        match next {
            Ok(artifact) => println!("{artifact}  {} bytes", artifact.size),
            Err(failure) => println!("not listed: {failure}"),
        }
    }
    let summary: Summary = stream.summary();
    println!("{summary}");
    registry::anything_read(&summary)
}
