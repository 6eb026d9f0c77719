//! Gets what is asked about: from archives, or from the registry itself.

mod live;
mod selected;

use std::collections::BTreeSet;
use std::path::Path;

use harbor_ext::archive;
use harbor_ext::model::FindingPool;
use harbor_ext::{Inventory, Snapshot};

pub(crate) use self::live::{Estimate, announce, identify, query, snapshot};
use self::selected::Selected;
use crate::arguments::{Selection, Subjects};
use crate::connect;
use crate::ending::Problem;
use crate::output::messages::Messages;

/// Reads the archives that were named, or else the registry.
pub(crate) async fn inventory(subjects: &Subjects, messages: Messages) -> Result<Inventory, Problem> {
    subjects.connection.check()?;
    if !subjects.archives.is_empty() {
        return from_archives(subjects);
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

fn from_archives(subjects: &Subjects) -> Result<Inventory, Problem> {
    let selected = Selected::new(&subjects.selection)?;
    let pool = FindingPool::new();
    let mut inventory = Inventory::builder();
    let mut registries = BTreeSet::new();
    let mut unknown_projects: BTreeSet<&str> = subjects.selection.projects.iter().map(String::as_str).collect();
    for path in &subjects.archives {
        let snapshot = read(path, &pool)?;
        registries.insert(snapshot.source.registry.to_string());
        if subjects.registries.is_empty() || subjects.registries.iter().any(|name| **name == *snapshot.source.registry)
        {
            unknown_projects.retain(|name| !selected::knows_project(&snapshot, name));
            inventory.add(selected.of(snapshot));
        }
    }
    if let Some(name) = subjects.registries.iter().find(|name| !registries.contains(*name)) {
        let of: Vec<String> = registries.into_iter().collect();
        return Err(Problem::usage(format!("no archive is of {name}: they are of {}", of.join(", "))));
    }
    if let Some(name) = unknown_projects.first() {
        return Err(Problem::usage(format!("the archives have nothing of a project {name}"))
            .help("check the name, and whether the account that crawled may read it"));
    }
    Ok(inventory.build())
}

fn read(path: &Path, pool: &FindingPool) -> Result<Snapshot, Problem> {
    archive::read(path, pool).map_err(|error| {
        Problem::from_error(format!("{} cannot be read", path.display()), &error)
            .help("archives are written by `harbor-ext crawl --output FILE`")
    })
}
