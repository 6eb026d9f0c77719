//! Registries drawn at random.

use super::*;

/// The scan of the image of a content, and the names of its findings.
fn scan_of(content: u64) -> (Scan, Option<BTreeSet<String>>) {
    match content % 8 {
        0 => (Scan::Never, None),
        1 => (Scan::Failed, None),
        count => {
            let names: BTreeSet<String> = (2..count).map(|place| format!("CVE-2026-{:04}", content + place)).collect();
            let findings: Vec<Finding> = names.iter().map(|name| Finding::new(name, "package", "1.0")).collect();
            (Scan::Success(std::sync::Arc::new(Report::new().with_findings(&findings))), Some(names))
        }
    }
}

fn draw_image(content: u64) -> (Artifact, Held) {
    let (scan, report) = scan_of(content);
    let image = Artifact::image().with_content(format!("image {content}")).with_scan(scan);
    (image, Held { kind: "IMAGE", report, ..Held::default() })
}

/// An index of some images, perhaps with an index or an attestation among them. Its images may be those of other indexes.
fn draw_index(random: &mut Random, depth: u64, held: &mut BTreeMap<String, Held>) -> (Artifact, Held) {
    let mut index = Artifact::index().with_content(format!("index {}", random.below(1 << 30)));
    let mut report = Some(BTreeSet::new());
    let mut children = Vec::new();
    for place in 0..1 + random.below(3) {
        let (child, its) = match random.below(8) {
            0 if depth == 0 => draw_index(random, 1, held),
            _ => {
                let content = 1000 + random.below(12);
                let (image, its) = draw_image(content);
                (if content.is_multiple_of(3) { image.with_tag(format!("child-{}", content % 4)) } else { image }, its)
            }
        };
        let digest = child.digest().to_owned();
        if children.contains(&digest) {
            continue;
        }
        report = report.zip(its.report.clone()).map(|(all, its)| all.union(&its).cloned().collect());
        children.push(digest.clone());
        held.insert(digest, its);
        index = index.with_child(Platform::linux(format!("cpu{place}")), child);
    }
    if random.is_one_of(3) {
        let attestation = Artifact::image().with_content(format!("attestation {}", random.below(1 << 30)));
        children.push(attestation.digest().to_owned());
        held.insert(attestation.digest().to_owned(), Held { kind: "IMAGE", ..Held::default() });
        index = index.with_child(Platform::unknown(), attestation);
    }
    (index, Held { kind: "IMAGE", children, report, ..Held::default() })
}

pub(super) fn draw_registry(random: &mut Random) -> (Registry, Holdings) {
    let numbers = PROJECTS.iter().fold(Registry::new(), |registry, name| registry.with_project(Project::new(*name)));
    let own = |name: &str, id: i64| {
        let number = numbers.project(name).unwrap().id();
        [Label::new(id, "own").in_project(number), Label::new(id + 1, "both").in_project(number)]
    };
    let mut registry = Registry::new()
        .with_robot(Robot::new("reader", "secret"))
        .with_user(User::new("eve", "Secret123"))
        .with_label(Label::new(1, "global"))
        .with_label(Label::new(2, "both"))
        .with_label(Label::new(3, "unused"));
    let mut holdings = Holdings::new();
    for (number, name) in PROJECTS.into_iter().enumerate() {
        let mut project = match name {
            "open" => Project::new(name).public(),
            "team" => Project::new(name).with_member("eve"),
            _ => Project::new(name).denying("robot$reader"),
        };
        let labels =
            [&[Label::new(1, "global"), Label::new(2, "both")][..], &own(name, 10 + 10 * number as i64)].concat();
        registry = labels.iter().cloned().fold(registry, Registry::with_label);
        let names: [&'static str; 4] = ["global", "both", "own", "both"];
        for path in PATHS {
            if random.is_one_of(3) {
                continue;
            }
            let mut repository = Repository::new(path);
            for place in 0..random.below(5) {
                let mut inside = BTreeMap::new();
                let (mut artifact, mut held) = match random.below(5) {
                    0 => {
                        let chart = Artifact::chart("chart", "1.0.0").with_content(format!("chart {place}"));
                        (chart, Held { kind: "CHART", ..Held::default() })
                    }
                    1 | 2 => draw_index(random, 0, &mut inside),
                    _ => draw_image(place * 20 + random.below(20)),
                };
                for tag in random.some(&TAGS).into_iter().filter(|_| random.is_one_of(2)) {
                    artifact = artifact.with_tag(tag);
                }
                if random.is_one_of(2) {
                    let which = random.below(4) as usize;
                    artifact = artifact.with_label(labels[which].clone());
                    held.labels.insert(names[which]);
                }
                inside.insert(artifact.digest().to_owned(), held);
                for (digest, held) in inside {
                    holdings.insert((format!("{name}/{path}"), digest), held);
                }
                repository = repository.with_artifact(artifact);
            }
            project = project.with_repository(repository);
        }
        registry = registry.with_project(project);
    }
    for project in registry.projects() {
        for repository in project.repositories() {
            let listed: BTreeSet<&str> = repository.listed().map(Artifact::digest).collect();
            for artifact in repository.artifacts() {
                let key = (format!("{}/{}", project.name(), repository.name()), artifact.digest().to_owned());
                let held = holdings.get_mut(&key).unwrap();
                held.project = project.name().to_owned();
                held.path = repository.name().to_owned();
                held.id = artifact.id();
                held.tags = artifact.tags().map(str::to_owned).collect();
                held.is_listed = listed.contains(artifact.digest());
            }
        }
    }
    (registry, holdings)
}
