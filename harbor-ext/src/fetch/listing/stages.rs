//! Where a walk begins, and where it goes on when nothing is left to ask.

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use super::{Goal, ListJob, Listed, Listing};
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::fetch::cause::Cause;
use crate::fetch::labels::Resolution;
use crate::fetch::pages::Cursor;
use crate::fetch::single;
use crate::name::{ProjectName, RepositoryName};

/// What a walk is about. Most walks end with the first stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// What was asked for.
    Main,
    /// Names that were no full names, as names inside of projects.
    OtherNames,
    /// Whether there is a tag at all that nothing has together with the other conditions.
    TagAlone,
    Done,
}

impl Listing {
    /// Counts what an answer or a failure brought, and goes on to the next stage where nothing is left of this one.
    pub(super) fn settle(&mut self, mut listed: Listed) -> Listed {
        if let Some(families) = &mut self.families {
            self.announced = self.announced.saturating_sub(families.expand(&mut listed));
        }
        while self.pending == 0 && listed.jobs.is_empty() && self.stage != Stage::Done {
            self.end_stage(&mut listed);
        }
        self.pending += listed.jobs.len();
        self.failures += listed.failures.len() as u64;
        self.listed += match self.goal {
            Goal::Repositories => listed.repositories.len(),
            Goal::Artifacts => listed.artifacts.len() + listed.indexes.len(),
        } as u64;
        listed
    }

    fn end_stage(&mut self, listed: &mut Listed) {
        if listed.abandon.is_some() {
            self.stage = Stage::Done;
            return;
        }
        match self.stage {
            Stage::Main => {
                listed.failures.extend(self.naming.not_found(self.is_cut_short));
                self.stage = Stage::OtherNames;
                if self.naming.look_further() {
                    listed.jobs = self.open_projects();
                }
            }
            Stage::OtherNames => {
                // Where the name is found nowhere, its own failure says all there is to say.
                let unseen = mem::take(&mut self.unseen);
                listed.failures.extend(unseen.into_iter().filter(|_| self.naming.has_found()));
                listed.failures.extend(self.naming.not_found(self.is_cut_short));
                self.stage = Stage::TagAlone;
                let is_alone = self.selection.conditions.tag_alone().as_ref() == Some(&self.selection.conditions);
                if self.misses_tag(listed) && !(is_alone && self.labels.is_empty()) {
                    listed.jobs = self.reopen();
                }
            }
            Stage::TagAlone => {
                self.stage = Stage::Done;
                listed.failures.extend(self.unknown_filters(listed));
            }
            Stage::Done => {}
        }
    }

    /// Whether nothing has the tag that was named, as far as the lists tell.
    fn misses_tag(&self, listed: &Listed) -> bool {
        let comes = listed.artifacts.len() + listed.indexes.len();
        let is_empty = self.listed + self.sieve.left_out() == 0 && comes == 0;
        let is_named = self.goal == Goal::Artifacts && self.selection.conditions.tag().is_some();
        is_named && is_empty && !self.has_seen_tag && self.lists_read > 0 && !self.is_cut_short
    }

    /// What was named and does not exist: the tag, and labels.
    fn unknown_filters(&self, listed: &Listed) -> Vec<Failure> {
        let fail =
            |phase, message| Cause::new(FailureKind::NotFound, message).into_failure(phase, Target::default(), 1);
        let tag = self.selection.conditions.tag().filter(|_| self.misses_tag(listed));
        let tag =
            tag.map(|tag| fail(Phase::ListingArtifacts, format!("no artifact that could be listed has the tag {tag}")));
        let labels = if self.is_cut_short { None } else { Some(self.labels.unknown()) };
        let label = |name: &String| {
            fail(Phase::ReadingLabels, format!("no label that could be seen is named \"{}\"", name.escape_debug()))
        };
        tag.into_iter().chain(labels.into_iter().flatten().map(label)).collect()
    }

    pub(super) fn first_jobs(&mut self) -> Vec<ListJob> {
        match self.labels.is_empty() || self.goal == Goal::Repositories {
            true => self.select_jobs(),
            false => vec![ListJob::GlobalLabels(Cursor::default())],
        }
    }

    /// The first jobs for what was selected.
    pub(super) fn select_jobs(&mut self) -> Vec<ListJob> {
        if let Some(reference) = self.selection.artifact.clone() {
            self.projects.insert(reference.repository().project().clone());
            return vec![match single::is_hidden(&reference) {
                true => ListJob::HiddenArtifact(reference),
                false => ListJob::Artifact(reference),
            }];
        }
        let Some(named) = self.selection.repositories.clone() else {
            return self.open_projects();
        };
        let direct = named.exact.into_iter().chain(named.full_or_path).collect::<BTreeSet<_>>().into_iter();
        let direct: Vec<_> = direct.filter(|name| self.selection.is_in_projects(name)).collect();
        let mut jobs: Vec<ListJob> = direct.into_iter().filter_map(|name| self.open_repository(name)).collect();
        if !self.naming.sought().is_empty() {
            jobs.extend(self.open_projects());
        }
        jobs
    }

    /// The jobs that ask again for everything that was listed.
    fn reopen(&mut self) -> Vec<ListJob> {
        if self.selection.repositories.is_none() {
            return self.open_projects();
        }
        self.naming.opened().map(|name| ListJob::ArtifactsOfRepository(name.clone(), Cursor::default())).collect()
    }

    fn open_projects(&mut self) -> Vec<ListJob> {
        match self.selection.projects.clone() {
            Some(projects) => projects.into_iter().filter_map(|project| self.open_project(project, None)).collect(),
            None => vec![ListJob::Projects(Cursor::default())],
        }
    }

    /// The first job for the content of a project, whose number may be known.
    pub(super) fn open_project(&mut self, project: ProjectName, number: Option<i64>) -> Option<ListJob> {
        self.projects.insert(project.clone());
        self.naming.search(&project);
        // Harbor refuses the list of a whole project to anonymous callers, even where it is public.
        let is_per_repository = self.goal == Goal::Repositories
            || self.session.credentials.is_anonymous()
            || !self.naming.sought().is_empty();
        if is_per_repository {
            return Some(ListJob::Repositories(project, Cursor::default()));
        }
        let job = ListJob::ArtifactsOfProject(project.clone(), Cursor::default());
        self.after_labels(&project, number, job)
    }

    /// The first job for a repository, unless there was one.
    fn open_repository(&mut self, name: RepositoryName) -> Option<ListJob> {
        if !self.naming.open(&name) {
            return None;
        }
        self.projects.insert(name.project().clone());
        // One that a pattern leaves out is looked at all the same: it may not be there, or not be what is meant.
        match self.goal {
            Goal::Artifacts if self.selection.repository_globs.allow_repository(&name) => self.open_artifacts(name),
            _ => Some(ListJob::Repository(name)),
        }
    }

    pub(super) fn open_artifacts(&mut self, name: RepositoryName) -> Option<ListJob> {
        let project = name.project().clone();
        self.after_labels(&project, None, ListJob::ArtifactsOfRepository(name, Cursor::default()))
    }

    /// The job, once the labels of its project are known: until then, what finds them out.
    fn after_labels(&mut self, project: &ProjectName, number: Option<i64>, job: ListJob) -> Option<ListJob> {
        if self.labels.is_empty() || self.stage == Stage::TagAlone {
            return Some(job);
        }
        if self.labels.resolution(project).is_some() {
            return self.with_labels(job);
        }
        self.parked.entry(project.clone()).or_default().push(job);
        let is_new = Arc::make_mut(&mut self.labels).ask(project);
        is_new.then(|| match number {
            Some(number) => ListJob::ProjectLabels(project.clone(), number, Cursor::default()),
            None => ListJob::ProjectNumber(project.clone()),
        })
    }

    /// What waited for the labels of a project.
    pub(super) fn unpark(&mut self, project: &ProjectName) -> Vec<ListJob> {
        let parked = self.parked.remove(project).unwrap_or_default();
        parked.into_iter().filter_map(|job| self.with_labels(job)).collect()
    }

    /// The job as the labels of its project have it: where nothing can have them, only what was named is looked at, to
    /// see whether it exists.
    fn with_labels(&self, job: ListJob) -> Option<ListJob> {
        let project = match &job {
            ListJob::ArtifactsOfProject(project, _) => project,
            ListJob::ArtifactsOfRepository(repository, _) => repository.project(),
            _ => return Some(job),
        };
        if self.labels.resolution(project) != Some(&Resolution::Impossible) {
            return Some(job);
        }
        match job {
            ListJob::ArtifactsOfRepository(repository, _) if self.selection.repositories.is_some() => {
                Some(ListJob::Repository(repository))
            }
            _ => None,
        }
    }

    /// Whether a name that is no full name may be the part after the project. What was looked for in projects before is
    /// not looked for again.
    pub(super) fn may_be_path(&self, name: &RepositoryName) -> bool {
        let named = self.selection.repositories.as_ref();
        self.stage == Stage::Main && named.is_some_and(|named| named.full_or_path.contains(name))
    }
}
