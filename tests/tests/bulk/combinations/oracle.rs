//! What a query has to answer, decided by looking at everything that the registry holds.

use super::*;

/// The repositories that are asked about, decided without regard to patterns; `None` where nothing narrows them.
fn named(
    narrowing: &Narrowing,
    caller: Caller,
    all: &BTreeSet<(String, String)>,
    wanted: &mut Wanted,
) -> BTreeSet<(String, String)> {
    let is_in_scope = |project: &str| match &narrowing.projects {
        Some(projects) => projects.contains(&project),
        None => caller.lists(project),
    };
    for project in narrowing.projects.iter().flatten() {
        if *project == "ghost" || !caller.reads(project) {
            wanted.unreadable.insert((*project).to_owned());
        }
    }
    if narrowing.projects.is_none() {
        let listed = PROJECTS.into_iter().filter(|project| caller.lists(project) && !caller.reads(project));
        wanted.unreadable.extend(listed.map(str::to_owned));
    }
    if let Some(exact) = &narrowing.exact {
        let mut chosen = BTreeSet::new();
        for name in exact {
            let (project, path) = name.split_once('/').unwrap();
            let key = (project.to_owned(), path.to_owned());
            let is_named = narrowing.projects.as_ref().is_none_or(|projects| projects.contains(&project));
            if is_named && all.contains(&key) && caller.reads(project) {
                chosen.insert(key);
            } else {
                wanted.missing.insert(name.clone());
            }
        }
        wanted.unreadable.clear();
        return chosen;
    }
    let Some(names) = &narrowing.repositories else {
        wanted.missing.extend(
            narrowing
                .projects
                .iter()
                .flatten()
                .filter(|name| !caller.reads(name) || **name == "ghost")
                .map(|name| (*name).to_owned()),
        );
        return all.iter().filter(|(project, _)| is_in_scope(project)).cloned().collect();
    };
    let mut chosen = BTreeSet::new();
    for name in names {
        let as_path: BTreeSet<_> =
            all.iter().filter(|(project, path)| path == name && is_in_scope(project)).cloned().collect();
        let full = name.split_once('/').map(|(project, path)| (project.to_owned(), path.to_owned()));
        let full = full
            .filter(|(project, _)| narrowing.projects.as_ref().is_none_or(|named| named.contains(&project.as_str())));
        let found = match full.filter(|key| all.contains(key)) {
            Some(key) if caller.reads(&key.0) => BTreeSet::from([key]),
            // It is there and cannot be read, which another repository of that name does not make good.
            Some(key) if is_in_scope(&key.0) => as_path.into_iter().chain([key]).collect(),
            _ => as_path,
        };
        if !found.iter().any(|(project, _)| caller.reads(project)) {
            wanted.missing.insert(name.clone());
        }
        chosen.extend(found);
    }
    chosen
}

/// What a look at every artifact finds.
pub(super) fn wanted(
    narrowing: &Narrowing,
    caller: Caller,
    registry: &Registry,
    holdings: &Holdings,
    times: &BTreeMap<i64, DateTime<Utc>>,
) -> Wanted {
    let mut wanted = Wanted::default();
    let all: BTreeSet<(String, String)> = registry
        .projects()
        .iter()
        .flat_map(|project| {
            project.repositories().iter().map(|repository| (project.name().to_owned(), repository.name().to_owned()))
        })
        .collect();
    let chosen = named(narrowing, caller, &all, &mut wanted);
    let is_chosen = |held: &Held| chosen.contains(&(held.project.clone(), held.path.clone()));
    let mut items: Vec<(&Key, &Held)> =
        holdings.iter().filter(|(_, held)| is_chosen(held) && narrowing.takes(held, times)).collect();
    wanted.covered =
        items.iter().filter(|(_, held)| !caller.reads(&held.project)).map(|(key, _)| (*key).clone()).collect();
    items.retain(|(_, held)| caller.reads(&held.project));
    if narrowing.latest {
        let mut latest: BTreeMap<&str, (&Key, &Held)> = BTreeMap::new();
        for (key, held) in items {
            let best = latest.entry(&key.0).or_insert((key, held));
            if (times[&held.id], held.id) > (times[&best.1.id], best.1.id) {
                *best = (key, held);
            }
        }
        items = latest.into_values().collect();
    }
    let mut open: Vec<Key> = items.into_iter().map(|(key, _)| key.clone()).collect();
    while let Some(key) = open.pop() {
        if narrowing.children {
            open.extend(holdings[&key].children.iter().map(|digest| (key.0.clone(), digest.clone())));
        }
        wanted.items.insert(key);
    }
    let has_tag = |held: &Held| {
        narrowing.tag.is_some_and(|tag| held.tags.contains(tag)) && caller.reads(&held.project) && held.is_listed
    };
    let labels = holdings
        .values()
        .filter(|held| is_chosen(held) && caller.reads(&held.project) && narrowing.takes_but_for_labels(held, times));
    wanted.labels = labels.flat_map(|held| held.labels.iter().copied()).chain(["global", "both", "unused"]).collect();
    let mut tagged = holdings.values().filter(|held| is_chosen(held) && has_tag(held));
    wanted.must_miss_tag = narrowing.tag.is_some() && tagged.clone().next().is_none();
    wanted.may_miss_tag = !tagged.any(|held| narrowing.allows_repository(&held.project, &held.path));
    wanted
}
