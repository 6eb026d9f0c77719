//! Walking projects, repositories and artifacts: which list is asked for next.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::details::Details;
use super::labels::Labels;
use super::naming::Naming;
use super::pages::Cursor;
use super::selection::Selection;
use super::sieve::Sieve;
use super::single;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::name::ProjectName;
use crate::outcome::Summary;
use crate::session::Session;

pub(crate) use jobs::{Goal, ListAnswer, ListJob, Listed};

use families::Families;
use jobs::Place;
use stages::Stage;

mod answers;
mod families;
mod jobs;
mod lister;
mod stages;

/// The walk through the selected part of a registry.
#[derive(Debug)]
pub(crate) struct Listing {
    session: Arc<Session>,
    selection: Selection,
    goal: Goal,
    /// How sure it is who the server takes the caller for.
    identity: Identity,
    stage: Stage,
    /// Requests whose outcome is not known yet.
    pending: usize,
    naming: Naming,
    labels: Arc<Labels>,
    /// What is to be asked about a project once its labels are known.
    parked: HashMap<ProjectName, Vec<ListJob>>,
    sieve: Sieve,
    /// How many projects the first page of their list announced, and how many of it came.
    projects_announced: u64,
    projects_listed: u64,
    /// Projects whose content was asked for.
    projects: BTreeSet<ProjectName>,
    /// Lists that could be read, so that what is not in them can be said not to be there.
    lists_read: u64,
    /// A list could not be read for another reason than that it is not there or forbidden.
    is_cut_short: bool,
    has_seen_tag: bool,
    /// What could not be seen into while a name was looked for that was no full name.
    unseen: Vec<Failure>,
    listed: u64,
    announced: u64,
    failures: u64,
    /// Where the images of indexes are wanted.
    families: Option<Families>,
}

/// How sure a walk is who the server takes the caller for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    Unknown,
    Known,
    /// Asked again, because a request was refused for want of credentials.
    Doubted,
}

impl Listing {
    pub(crate) fn new(session: &Session, selection: Selection, goal: Goal) -> Self {
        let identity = if session.credentials.is_anonymous() { Identity::Known } else { Identity::Unknown };
        let families = selection.with_children.then(Families::default);
        let naming = Naming::new(&selection);
        let labels = Arc::new(Labels::new(selection.labels.clone()));
        let sieve = Sieve::new(selection.is_for_latest);
        Self {
            session: Arc::new(session.for_one_query()),
            selection,
            goal,
            identity,
            families,
            stage: Stage::Main,
            pending: 0,
            naming,
            labels,
            parked: HashMap::new(),
            sieve,
            projects_announced: 0,
            projects_listed: 0,
            projects: BTreeSet::new(),
            lists_read: 0,
            is_cut_short: false,
            has_seen_tag: false,
            unseen: Vec::new(),
            listed: 0,
            announced: 0,
            failures: 0,
        }
    }

    /// How the walk begins: with the question who the server takes the caller for. Harbor takes wrong credentials for
    /// none and goes on with what is public, which would look like a small registry. It is asked in every query, because
    /// a robot can expire while a program runs.
    pub(crate) fn begin(&mut self) -> Listed {
        let failures = self.selection.failures();
        let jobs = match self.identity {
            _ if self.selection.is_impossible => Vec::new(),
            Identity::Known => self.first_jobs(),
            Identity::Unknown | Identity::Doubted => vec![ListJob::Identify],
        };
        if jobs.is_empty() {
            self.stage = Stage::Done;
        }
        self.settle(Listed { jobs, failures, ..Listed::default() })
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    pub(crate) fn describe(&self, job: &ListJob) -> (Phase, Target) {
        match job {
            ListJob::Identify => (Phase::Identifying, Target::default()),
            ListJob::GlobalLabels(_) => (Phase::ReadingLabels, Target::default()),
            ListJob::Projects(_) => (Phase::ListingProjects, Target::default()),
            ListJob::ProjectNumber(project) | ListJob::ProjectLabels(project, ..) => {
                (Phase::ReadingLabels, project.clone().into())
            }
            ListJob::Repositories(project, _) => (Phase::ListingRepositories, project.clone().into()),
            ListJob::Repository(repository) => (Phase::ListingRepositories, repository.clone().into()),
            ListJob::ArtifactsOfProject(project, _) => (Phase::ListingArtifacts, project.clone().into()),
            ListJob::ArtifactsOfRepository(repository, _) => (Phase::ListingArtifacts, repository.clone().into()),
            ListJob::Artifact(reference) => (Phase::ListingArtifacts, reference.clone().into()),
            ListJob::HiddenArtifact(reference) => (Phase::ReadingArtifact, reference.clone().into()),
            ListJob::Children(family) => (Phase::ListingArtifacts, family.target()),
        }
    }

    /// The same with less to do at once, for a page that took the server too long.
    pub(crate) fn lighten(&self, job: &ListJob) -> Option<ListJob> {
        let details = match job {
            ListJob::ArtifactsOfProject(..) | ListJob::ArtifactsOfRepository(..) => self.selection.details_to_ask(),
            _ => Details::default(),
        };
        job.with_smaller_page(details)
    }

    /// Takes an answer and says what follows.
    pub(crate) fn take_answer(&mut self, answer: ListAnswer) -> Listed {
        self.pending = self.pending.saturating_sub(1);
        let mut listed = Listed::default();
        self.sort_out(answer, &mut listed);
        self.settle(listed)
    }

    /// Takes the failure of a job and says what follows. It ends a list, with few exceptions: a server before 2.11.1 has
    /// no list of a whole project, labels can be told by their names, and a name can be read in two ways.
    pub(crate) fn take_failure(&mut self, job: ListJob, mut failure: Failure) -> Listed {
        self.pending = self.pending.saturating_sub(1);
        let mut listed = Listed::default();
        if let Some(key) = job.last_key() {
            failure.message.push_str(&format!("; what follows number {key} of the list is missing"));
        }
        let is_absence = matches!(failure.kind, FailureKind::NotFound | FailureKind::Forbidden);
        match job {
            ListJob::ArtifactsOfProject(project, cursor) if cursor.is_first() && failure.status == Some(404) => {
                // If it is the project that does not exist, the list of its repositories says so, too.
                listed.jobs.push(ListJob::Repositories(project, Cursor::default()));
            }
            ListJob::Children(family) => {
                listed.jobs.extend(self.ask_again_who(&failure));
                listed.failures.push(failure);
                if let Some(families) = &mut self.families {
                    families.give_up(family, &mut listed);
                }
            }
            ListJob::GlobalLabels(_) => {
                Arc::make_mut(&mut self.labels).give_up_global();
                listed.jobs = self.select_jobs();
                listed.jobs.extend(self.ask_again_who(&failure));
            }
            ListJob::ProjectNumber(project) | ListJob::ProjectLabels(project, ..) => {
                Arc::make_mut(&mut self.labels).give_up(&project);
                listed.jobs = self.unpark(&project);
                listed.jobs.extend(self.ask_again_who(&failure));
            }
            ListJob::Repository(name) if is_absence && self.may_be_path(&name) => {
                self.naming.defer(name, Some(failure));
            }
            ListJob::ArtifactsOfRepository(name, cursor)
                if cursor.is_first() && is_absence && self.may_be_path(&name) =>
            {
                self.naming.defer(name, Some(failure));
            }
            job => {
                self.is_cut_short |= !is_absence;
                listed.jobs.extend(self.ask_again_who(&failure));
                self.end_list(&job, &mut listed);
                let failure = match job {
                    ListJob::HiddenArtifact(_) => single::explain(failure),
                    _ => failure,
                };
                match self.stage {
                    Stage::OtherNames if is_absence => self.unseen.push(failure),
                    // It was told when the same was asked for before.
                    Stage::TagAlone if is_absence => {}
                    _ => listed.failures.push(failure),
                }
            }
        }
        self.settle(listed)
    }

    /// What to ask when a request was refused for want of credentials: whether the server knows the caller any more.
    pub(crate) fn doubt(&mut self, failure: &Failure) -> Vec<ListJob> {
        let jobs = self.ask_again_who(failure);
        self.pending += jobs.len();
        jobs
    }

    /// Asks who the caller is, once: some credentials are good for lists but not for reports.
    fn ask_again_who(&mut self, failure: &Failure) -> Vec<ListJob> {
        let is_in_doubt = failure.status == Some(401) && self.identity == Identity::Known;
        if !is_in_doubt || self.session.credentials.is_anonymous() {
            return Vec::new();
        }
        self.identity = Identity::Doubted;
        vec![ListJob::Identify]
    }

    /// How many items were listed.
    pub(crate) fn listed(&self) -> u64 {
        self.listed
    }

    pub(crate) fn tally(&self, summary: &mut Summary) {
        summary.projects = self.projects.len() as u64;
        summary.listed = self.listed;
        summary.left_out = self.sieve.left_out();
        summary.announced = self.announced;
        summary.failures = self.failures;
        summary.requests += self.session.client.extra_requests();
        summary.advice.extend(self.session.client.advice(summary.requests));
    }
}
