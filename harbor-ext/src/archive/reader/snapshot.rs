//! A whole archive.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::sync::Arc;

use super::{Reader, Record};
use crate::model::{Artifact, ArtifactInfo, Report, ReportState};
use crate::name::{Digest, RepositoryName};
use crate::outcome::{Collected, Summary};
use crate::snapshot::Snapshot;

impl<R: Read> Reader<'_, R> {
    /// Reads the rest as a snapshot, sorted as [`Collected`] is.
    ///
    /// Its summary is that of the crawl. Where the end of the archive is missing, it counts what was read.
    #[must_use]
    pub fn into_snapshot(mut self) -> Snapshot {
        let (mut items, mut failures, mut allowlists) = (Vec::new(), Vec::new(), Default::default());
        let (mut summary, mut shared) = (None, Shared::default());
        for record in self.by_ref() {
            match record {
                Record::Artifact(info) => {
                    failures.extend(info.state.failure().cloned());
                    items.push(shared.share(info));
                }
                Record::Failure(failure) => failures.push(failure),
                Record::Allowlists(read) => allowlists = read,
                Record::End { summary: read, .. } => summary = Some(read),
            }
        }
        let summary = summary.unwrap_or_else(|| count(&items, failures.len()));
        items.shrink_to_fit();
        items.sort();
        failures.sort_by(|one, other| (&one.target, one.phase).cmp(&(&other.target, other.phase)));
        let mut snapshot = Snapshot::new(self.source, Collected { items, failures, summary });
        snapshot.allowlists = allowlists;
        snapshot
    }
}

/// What can be counted of a crawl that has not ended.
fn count(items: &[ArtifactInfo], failures: usize) -> Summary {
    let mut projects: Vec<_> = items.iter().map(|info| info.artifact.repository.project()).collect();
    projects.sort();
    projects.dedup();
    let mut summary = Summary {
        projects: projects.len() as u64,
        listed: items.len() as u64,
        announced: items.len() as u64,
        failures: failures as u64,
        ..Summary::default()
    };
    items.iter().for_each(|info| summary.states.count(&info.state));
    summary
}

/// What artifacts have in common, held once as a crawl does.
#[derive(Default)]
struct Shared {
    texts: HashSet<Arc<str>>,
    repositories: HashSet<RepositoryName>,
    reports: HashMap<Digest, Arc<Report>>,
}

impl Shared {
    fn share(&mut self, info: ArtifactInfo) -> ArtifactInfo {
        let ArtifactInfo { mut artifact, mut state } = info;
        if let Some(artifact) = Arc::get_mut(&mut artifact) {
            self.share_texts(artifact);
        }
        if let ReportState::Reported(report) = &mut state {
            match self.reports.get(&artifact.digest) {
                Some(known) if known == report => *report = Arc::clone(known),
                Some(_) => {}
                None => drop(self.reports.insert(artifact.digest.clone(), Arc::clone(report))),
            }
        }
        ArtifactInfo::new(artifact, state)
    }

    fn share_texts(&mut self, artifact: &mut Artifact) {
        match self.repositories.get(&artifact.repository) {
            Some(known) => artifact.repository = known.clone(),
            None => drop(self.repositories.insert(artifact.repository.clone())),
        }
        let platforms = artifact.children.iter_mut().map(|child| &mut child.platform);
        let platforms = platforms.chain([&mut artifact.platform]);
        let of_platforms = platforms.flat_map(|platform| [&mut platform.architecture, &mut platform.os]);
        let optional = [&mut artifact.registry, &mut artifact.artifact_type].into_iter().chain(of_platforms).flatten();
        for text in optional.chain([&mut artifact.kind, &mut artifact.media_type, &mut artifact.manifest_media_type]) {
            match self.texts.get(text) {
                Some(known) => *text = Arc::clone(known),
                None => drop(self.texts.insert(Arc::clone(text))),
            }
        }
    }
}
