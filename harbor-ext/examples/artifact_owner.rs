//! Tells who the artifacts belong to.

use std::error::Error;

use harbor_ext::Concurrency;

mod registry;

use registry::Registry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let registry = Registry::open(None, Concurrency::Adaptive).await?;
    let harbor = registry.harbor();
    println!("{}", registry.description());

    let collected = harbor.artifacts().collect().await;
    for note in collected.notes() {
        println!("not listed: {note}");
    }
    let artifacts = &collected.items;
    let first = artifacts.first().ok_or("there are no artifacts to be seen")?;
    let owner = harbor.owner(first).await?;
    println!("{first} belongs to {owner}");
    match (&owner.user, &owner.failure) {
        (Some(user), _) => println!("whose mail address is {}", user.email),
        // Robots seldom may read accounts. The name is told all the same.
        (None, Some(failure)) => println!("more is not told: {failure}"),
        (None, None) => {}
    }

    // All of them cost one request for twenty projects, and one for each owner.
    let owners = harbor.owners(artifacts).await;
    for (project, owner) in &owners {
        match owner {
            Ok(owner) => println!("project {project}: {owner}"),
            Err(failure) => println!("project {project}: {failure}"),
        }
    }
    Ok(())
}
