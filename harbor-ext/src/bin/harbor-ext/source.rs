//! Gets what is asked about: from archives, or from the registry itself.

mod live;
mod selected;

use std::path::Path;

use harbor_ext::archive;
use harbor_ext::model::FindingPool;
use harbor_ext::{Inventory, Snapshot};

pub(crate) use self::live::{announce, identify, query, snapshot};
use self::selected::Selected;
use crate::arguments::{Selection, Subjects};
use crate::connect;
use crate::ending::Problem;
use crate::output::messages::Messages;

/// Reads the archives that were named, or else the registry, and tells on standard error what is missing.
pub(crate) async fn inventory(subjects: &Subjects, messages: Messages) -> Result<Inventory, Problem> {
    subjects.connection.check()?;
    if !subjects.archives.is_empty() {
        return from_archives(subjects, messages);
    }
    let harbor = connect::harbor(&subjects.connection, messages)?;
    Ok(Inventory::new([snapshot(&harbor, &subjects.selection, messages).await?]))
}

/// One archive, with what was selected of it.
pub(crate) fn archive(path: &Path, selection: &Selection, pool: &FindingPool) -> Result<Snapshot, Problem> {
    let selected = Selected::new(selection)?;
    let snapshot = read(path, pool)?;
    Ok(selected.of(snapshot))
}

fn from_archives(subjects: &Subjects, messages: Messages) -> Result<Inventory, Problem> {
    let selected = Selected::new(&subjects.selection)?;
    let pool = FindingPool::new();
    let mut inventory = Inventory::builder();
    let mut others = Vec::new();
    for path in &subjects.archives {
        let snapshot = read(path, &pool)?;
        let registry = snapshot.source.registry.to_string();
        if subjects.registries.is_empty() || subjects.registries.contains(&registry) {
            inventory.add(selected.of(snapshot));
        } else {
            others.push(registry);
        }
    }
    let inventory = inventory.build();
    if inventory.current().is_empty() {
        let what = format!("no archive is of {}: they are of {}", subjects.registries.join(", "), others.join(", "));
        return Err(Problem::usage(what));
    }
    if inventory.report().is_empty() && !selected.is_everything() {
        messages.warn("the archives have no image that fulfils what was asked for");
    }
    Ok(inventory)
}

fn read(path: &Path, pool: &FindingPool) -> Result<Snapshot, Problem> {
    archive::read(path, pool).map_err(|error| {
        Problem::from_error(format!("{} cannot be read", path.display()), &error)
            .help("archives are written by `harbor-ext crawl --output FILE`")
    })
}
