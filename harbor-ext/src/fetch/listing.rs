//! Walking projects, repositories and artifacts: which list is asked for next.

use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::sync::Arc;

use super::cause::Cause;
use super::convert::{self, ListedProject};
use super::details::Details;
use super::families::{Families, Family};
use super::labels::{Labels, Resolution};
use super::naming::{Naming, Sought};
use super::pages::{Cursor, Page};
use super::requests;
use super::selection::Selection;
use super::sieve::Sieve;
use super::single;
use crate::condition::{self, Conditions};
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::model::{Artifact, Label, Repository};
use crate::name::{ArtifactReference, ProjectName, RepositoryName};
use crate::outcome::Summary;
use crate::session::Session;

/// What a bulk query wants to have listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    Repositories,
    Artifacts,
}

/// One request of the walk.
#[derive(Clone, Debug)]
pub(crate) enum ListJob {
    Identify,
    /// Labels of the whole registry.
    GlobalLabels(Cursor),
    Projects(Cursor),
    /// Harbor's number for a project.
    ProjectNumber(ProjectName),
    /// Labels of the project of this number.
    ProjectLabels(ProjectName, i64, Cursor),
    Repositories(ProjectName, Cursor),
    /// The one repository of this name, to see whether it exists.
    Repository(RepositoryName),
    ArtifactsOfProject(ProjectName, Cursor),
    ArtifactsOfRepository(RepositoryName, Cursor),
    /// The one artifact of this reference, in the list of its repository.
    Artifact(ArtifactReference),
    /// The artifact itself, which the list did not show.
    HiddenArtifact(ArtifactReference),
    /// The images of an index.
    Children(Family),
}

/// The answer to one request of the walk, with what it answers.
#[derive(Debug)]
pub(crate) enum ListAnswer {
    /// Whether the server knows the caller.
    Identity(bool),
    GlobalLabels(Cursor, Page<Label>),
    Projects(Cursor, Page<ListedProject>),
    ProjectNumber(ProjectName, Option<i64>),
    ProjectLabels(ProjectName, i64, Cursor, Page<Label>),
    Repositories(ProjectName, Cursor, Page<Repository>),
    Repository(RepositoryName, Page<Repository>),
    ArtifactsOfProject(ProjectName, Cursor, Page<Artifact>),
    ArtifactsOfRepository(RepositoryName, Cursor, Page<Artifact>),
    Artifact(ArtifactReference, Option<Box<Artifact>>),
    Children(Family, Page<Artifact>),
}

/// What an answer brought.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) jobs: Vec<ListJob>,
    pub(crate) repositories: Vec<Repository>,
    pub(crate) artifacts: Vec<Artifact>,
    /// Indexes whose images are listed as well.
    pub(crate) indexes: Vec<Artifact>,
    pub(crate) failures: Vec<Failure>,
    /// Why nothing more can be asked, if so.
    pub(crate) abandon: Option<Cause>,
}

/// What was being done, and to what.
type Place = (Phase, Target);

impl Listed {
    pub(crate) fn fail(&mut self, place: &Place, cause: Cause) {
        let (phase, target) = place.clone();
        self.failures.push(cause.into_failure(phase, target, 1));
    }

    pub(crate) fn fail_if(&mut self, place: &Place, cause: Option<Cause>) {
        if let Some(cause) = cause {
            self.fail(place, cause);
        }
    }
}

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
    listed: u64,
    announced: u64,
    failures: u64,
    /// Where the images of indexes are wanted.
    families: Option<Families>,
}

/// What sends the requests of a walk.
#[derive(Debug)]
pub(crate) struct Lister {
    session: Arc<Session>,
    /// What artifacts must fulfil.
    conditions: Conditions,
    labels: Arc<Labels>,
    sought: Sought,
    details: Details,
}

/// What a walk is about. Most walks end with the first stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// What was asked for.
    Main,
    /// Names that were no full names, as names inside of projects.
    OtherNames,
    /// Whether there is a tag at all that nothing has together with the other conditions.
    TagAlone,
    Done,
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
    pub(crate) fn new(session: Arc<Session>, selection: Selection, goal: Goal) -> Self {
        let identity = if session.credentials.is_anonymous() { Identity::Known } else { Identity::Unknown };
        let families = selection.with_children.then(Families::default);
        let naming = Naming::new(&selection);
        let labels = Arc::new(Labels::new(selection.labels.clone()));
        let sieve = Sieve::new(selection.is_for_latest);
        Self {
            session,
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

    /// Takes an answer and says what follows.
    pub(crate) fn take_answer(&mut self, answer: ListAnswer) -> Listed {
        self.pending = self.pending.saturating_sub(1);
        let mut listed = Listed::default();
        self.sort_out(answer, &mut listed);
        self.settle(listed)
    }

    /// Takes the failure of a job and says what follows. It ends a list, with few exceptions: a server before 2.11.1 has
    /// no list of a whole project, labels can be told by their names, and a name can be read in two ways.
    pub(crate) fn take_failure(&mut self, job: ListJob, failure: Failure) -> Listed {
        self.pending = self.pending.saturating_sub(1);
        let mut listed = Listed::default();
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
                // What cannot be seen into while a name is looked for elsewhere is said by the failure of the name.
                let is_noise = is_absence && matches!(self.stage, Stage::OtherNames | Stage::TagAlone);
                if !is_noise {
                    listed.failures.push(match job {
                        ListJob::HiddenArtifact(_) => single::explain(failure),
                        _ => failure,
                    });
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
    }

    /// Counts what an answer or a failure brought, and goes on to the next stage where nothing is left of this one.
    fn settle(&mut self, mut listed: Listed) -> Listed {
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
        let label =
            |name: &String| fail(Phase::ReadingLabels, format!("there is no label \"{}\"", name.escape_debug()));
        tag.into_iter().chain(labels.into_iter().flatten().map(label)).collect()
    }

    fn first_jobs(&mut self) -> Vec<ListJob> {
        match self.labels.is_empty() || self.goal == Goal::Repositories {
            true => self.select_jobs(),
            false => vec![ListJob::GlobalLabels(Cursor::default())],
        }
    }

    /// The first jobs for what was selected.
    fn select_jobs(&mut self) -> Vec<ListJob> {
        if let Some(reference) = self.selection.artifact.clone() {
            self.projects.insert(reference.repository().project().clone());
            return vec![single::first_job(reference)];
        }
        let Some(named) = self.selection.repositories.clone() else {
            return self.open_projects();
        };
        let direct = named.exact.into_iter().chain(named.full_or_path).collect::<BTreeSet<_>>().into_iter();
        let direct = direct.filter(|name| self.selection.is_in_projects(name));
        let wanted: Vec<_> = direct.filter(|name| self.selection.repository_globs.allow_repository(name)).collect();
        let mut jobs: Vec<ListJob> = wanted.into_iter().filter_map(|name| self.open_repository(name)).collect();
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
    fn open_project(&mut self, project: ProjectName, number: Option<i64>) -> Option<ListJob> {
        self.projects.insert(project.clone());
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
        match self.goal {
            Goal::Repositories => Some(ListJob::Repository(name)),
            Goal::Artifacts => self.open_artifacts(name),
        }
    }

    fn open_artifacts(&mut self, name: RepositoryName) -> Option<ListJob> {
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
    fn unpark(&mut self, project: &ProjectName) -> Vec<ListJob> {
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
    fn may_be_path(&self, name: &RepositoryName) -> bool {
        let named = self.selection.repositories.as_ref();
        self.stage == Stage::Main && named.is_some_and(|named| named.full_or_path.contains(name))
    }

    fn sort_out(&mut self, answer: ListAnswer, listed: &mut Listed) {
        match answer {
            ListAnswer::Identity(is_known) => self.take_identity(is_known, listed),
            ListAnswer::GlobalLabels(cursor, page) => {
                let labels = Arc::make_mut(&mut self.labels);
                let turn = cursor.turn(page);
                labels.add_global(turn.rows.into_iter().flatten());
                if turn.complaint.is_some() {
                    labels.give_up_global();
                }
                listed.jobs = match turn.next {
                    Some(cursor) => vec![ListJob::GlobalLabels(cursor)],
                    None => self.select_jobs(),
                };
            }
            ListAnswer::ProjectNumber(project, number) => match number {
                Some(number) => listed.jobs.push(ListJob::ProjectLabels(project, number, Cursor::default())),
                None => {
                    // The list itself says why it is not there.
                    Arc::make_mut(&mut self.labels).give_up(&project);
                    listed.jobs = self.unpark(&project);
                }
            },
            ListAnswer::ProjectLabels(project, number, cursor, page) => {
                let labels = Arc::make_mut(&mut self.labels);
                let turn = cursor.turn(page);
                labels.add(&project, turn.rows.into_iter().flatten());
                match (turn.next, turn.complaint) {
                    (Some(cursor), _) => listed.jobs.push(ListJob::ProjectLabels(project, number, cursor)),
                    (None, None) => {
                        labels.resolve(&project);
                        listed.jobs = self.unpark(&project);
                    }
                    (None, Some(_)) => {
                        labels.give_up(&project);
                        listed.jobs = self.unpark(&project);
                    }
                }
            }
            ListAnswer::Projects(cursor, page) => self.take_projects(cursor, page, listed),
            ListAnswer::Repositories(project, cursor, page) => self.take_repositories(project, cursor, page, listed),
            ListAnswer::Repository(repository, page) => self.take_repository(repository, page, listed),
            ListAnswer::ArtifactsOfProject(project, cursor, page) => {
                let place = (Phase::ListingArtifacts, project.clone().into());
                let go_on = |cursor| ListJob::ArtifactsOfProject(project.clone(), cursor);
                self.take_artifacts(&place, cursor, page, go_on, listed);
            }
            ListAnswer::ArtifactsOfRepository(repository, cursor, page) => {
                // Harbor has an empty list for a repository that does not exist, too.
                let is_named = self.selection.repositories.is_some() && self.stage != Stage::TagAlone;
                if is_named && cursor.is_first() && page.announced() == 0 {
                    listed.jobs.push(ListJob::Repository(repository.clone()));
                }
                let place = (Phase::ListingArtifacts, repository.clone().into());
                let go_on = |cursor| ListJob::ArtifactsOfRepository(repository.clone(), cursor);
                self.take_artifacts(&place, cursor, page, go_on, listed);
            }
            ListAnswer::Artifact(_, Some(artifact)) => {
                self.announced += 1;
                listed.artifacts.push(*artifact);
            }
            ListAnswer::Artifact(reference, None) => listed.jobs.push(ListJob::HiddenArtifact(reference)),
            ListAnswer::Children(family, page) => {
                self.announced = self.announced.saturating_add(page.announced());
                family.take(page, listed);
                if !self.selection.details.labels {
                    listed.artifacts.iter_mut().for_each(|artifact| artifact.labels = None);
                }
            }
        }
    }

    fn take_identity(&mut self, is_known: bool, listed: &mut Listed) {
        let before = mem::replace(&mut self.identity, Identity::Known);
        match (before, is_known) {
            (Identity::Unknown, true) => listed.jobs = self.first_jobs(),
            // The identity stays in doubt, so that it is not asked for again.
            (Identity::Known | Identity::Doubted, true) => self.identity = Identity::Doubted,
            (_, false) => {
                let cause = Cause::of_unknown_caller();
                listed.fail(&(Phase::Identifying, Target::default()), cause.clone());
                listed.abandon = Some(cause);
            }
        }
    }

    fn take_projects(&mut self, cursor: Cursor, page: Page<ListedProject>, listed: &mut Listed) {
        let place = (Phase::ListingProjects, Target::default());
        if cursor.is_first() {
            self.projects_announced = page.announced();
            self.projects_listed = 0;
        }
        let turn = cursor.turn(page);
        let is_end = turn.next.is_none() && turn.complaint.is_none();
        listed.fail_if(&place, turn.complaint);
        // The list goes on only after the projects found so far: the newest jobs run first.
        listed.jobs.extend(turn.next.map(ListJob::Projects));
        for project in turn.rows.into_iter().rev() {
            self.projects_listed += 1;
            match project {
                Ok(project) => listed.jobs.extend(self.open_project(project.name, project.id)),
                Err(cause) => listed.fail(&place, cause),
            }
        }
        // A page that was answered as to an anonymous caller would end the list early, and look like its end.
        if is_end && self.projects_listed < self.projects_announced {
            let message = format!(
                "{} projects were announced and {} came: some were deleted meanwhile, or the server did not know the \
                 caller for a moment",
                self.projects_announced, self.projects_listed
            );
            listed.fail(&place, Cause::new(FailureKind::Incomplete, message));
        }
    }

    fn take_repositories(&mut self, project: ProjectName, cursor: Cursor, page: Page<Repository>, listed: &mut Listed) {
        self.lists_read += 1;
        if cursor.is_first() && self.goal == Goal::Repositories {
            self.announced = self.announced.saturating_add(page.announced());
        }
        let place = (Phase::ListingRepositories, project.clone().into());
        let turn = cursor.turn(page);
        listed.fail_if(&place, turn.complaint);
        listed.jobs.extend(turn.next.map(|cursor| ListJob::Repositories(project, cursor)));
        let has_names = self.selection.repositories.is_some();
        for row in turn.rows.into_iter().rev() {
            let repository = match row {
                Ok(repository) => repository,
                Err(cause) => {
                    listed.fail(&place, cause);
                    continue;
                }
            };
            let is_wanted = self.selection.repository_globs.allow_repository(&repository.name)
                && self.naming.finds(&repository.name)
                && (!has_names || self.naming.open(&repository.name));
            match (is_wanted, self.goal) {
                (true, Goal::Repositories) => listed.repositories.push(repository),
                (true, Goal::Artifacts) => listed.jobs.extend(self.open_artifacts(repository.name)),
                (false, Goal::Repositories) => self.sieve.leave_out(),
                (false, Goal::Artifacts) => {}
            }
        }
    }

    fn take_repository(&mut self, name: RepositoryName, page: Page<Repository>, listed: &mut Listed) {
        self.lists_read += 1;
        let mut rows = Cursor::default().turn(page).rows.into_iter();
        match rows.find_map(|row| row.ok().filter(|repository| repository.name == name)) {
            Some(repository) if self.goal == Goal::Repositories => {
                self.announced += 1;
                listed.repositories.push(repository);
            }
            // It exists and has no artifacts, or none that match.
            Some(_) => {}
            None if self.may_be_path(&name) => self.naming.defer(name, None),
            None => {
                let cause = Cause::new(FailureKind::NotFound, "there is no such repository");
                listed.fail(&(Phase::ListingRepositories, name.into()), cause);
            }
        }
    }

    fn take_artifacts(
        &mut self,
        place: &Place,
        cursor: Cursor,
        page: Page<Artifact>,
        go_on: impl Fn(Cursor) -> ListJob,
        listed: &mut Listed,
    ) {
        self.lists_read += 1;
        if self.stage == Stage::TagAlone {
            return self.look_for_tag(cursor, page, go_on, listed);
        }
        if cursor.is_first() {
            self.announced = self.announced.saturating_add(page.announced());
        }
        let turn = cursor.turn(page);
        listed.fail_if(place, turn.complaint);
        let mut ignored = 0;
        for row in turn.rows {
            match row {
                Ok(artifact) if !self.selection.conditions.matches(&artifact) => ignored += 1,
                Ok(artifact) => listed.artifacts.extend(self.sift(artifact)),
                Err(cause) => listed.fail(place, cause),
            }
        }
        if ignored > 0 {
            let conditions = &self.selection.conditions;
            let message = format!("{ignored} artifacts were sent although they do not fulfil {conditions}");
            listed.fail(place, Cause::new(FailureKind::Undecodable, message));
        }
        match turn.next {
            Some(next) => listed.jobs.push(go_on(next)),
            None => self.end_list(&go_on(cursor), listed),
        }
    }

    /// Looks whether anything has the tag, when nothing has it together with the other conditions.
    fn look_for_tag(
        &mut self,
        cursor: Cursor,
        page: Page<Artifact>,
        go_on: impl Fn(Cursor) -> ListJob,
        listed: &mut Listed,
    ) {
        let turn = cursor.turn(page);
        let tag = self.selection.conditions.tag_alone().unwrap_or_default();
        self.has_seen_tag |= turn.rows.iter().flatten().any(|artifact| tag.matches(artifact));
        if !self.has_seen_tag {
            listed.jobs.extend(turn.next.map(go_on));
        }
    }

    /// Gives back what the filters want that are decided here, and counts what they do not want.
    fn sift(&mut self, mut artifact: Artifact) -> Option<Artifact> {
        let selection = &self.selection;
        let mut is_wanted = selection.repository_globs.allow_repository(&artifact.repository)
            && selection.tag_globs.allow_tags_of(&artifact);
        if !self.labels.is_empty() {
            if self.labels.has_news(&artifact) {
                Arc::make_mut(&mut self.labels).note(&artifact);
            }
            is_wanted &= self.labels.are_on(&artifact);
        }
        if !is_wanted {
            self.sieve.leave_out();
            return None;
        }
        if !selection.details.labels {
            // They were only asked for to decide.
            artifact.labels = None;
        }
        self.sieve.take(artifact)
    }

    /// Gives what was held back until the end of a list.
    fn end_list(&mut self, job: &ListJob, listed: &mut Listed) {
        match job {
            ListJob::ArtifactsOfProject(project, _) => listed.artifacts.extend(self.sieve.end_project(project)),
            ListJob::ArtifactsOfRepository(name, _) => listed.artifacts.extend(self.sieve.end_repository(name)),
            _ => {}
        }
    }

    /// What sends the requests of this walk.
    pub(crate) fn lister(&self) -> Lister {
        let is_about_tag = self.stage == Stage::TagAlone;
        let conditions = &self.selection.conditions;
        Lister {
            session: Arc::clone(&self.session),
            conditions: if is_about_tag { conditions.tag_alone().unwrap_or_default() } else { conditions.clone() },
            labels: if is_about_tag { Arc::default() } else { Arc::clone(&self.labels) },
            sought: self.naming.sought().clone(),
            details: self.selection.details_to_ask(),
        }
    }
}

impl Lister {
    /// Sends the request of a job.
    pub(crate) async fn run(self, job: ListJob) -> Result<ListAnswer, Cause> {
        self.send(&self.session.client, job).await.map_err(|cause| cause.seen_by(&self.session))
    }

    /// What artifacts of a project must fulfil, from a place in their list on.
    fn query(&self, project: &ProjectName, cursor: Cursor) -> String {
        let mut conditions = self.conditions.clone();
        if let Some(labels) = self.labels.condition(project) {
            // Where it cannot be sent as well, the names decide.
            let _ = conditions.add(labels);
        }
        conditions.starting_at(cursor.first_key()).encode()
    }

    async fn send(&self, client: &harbor_api::Client, job: ListJob) -> Result<ListAnswer, Cause> {
        let details = self.details;
        let label_names = || condition::encode_any_of(self.labels.names()).map(|names| format!("name={names}"));
        Ok(match job {
            ListJob::Identify => ListAnswer::Identity(requests::identify(client).await?),
            ListJob::GlobalLabels(cursor) => {
                let page = requests::labels(client, None, cursor, label_names()).await?;
                ListAnswer::GlobalLabels(cursor, page)
            }
            ListJob::Projects(cursor) => ListAnswer::Projects(cursor, requests::projects(client, cursor, None).await?),
            ListJob::ProjectNumber(project) => {
                let condition = condition::encode_any_of([project.as_str()]).map(|name| format!("name={name}"));
                let page = requests::projects(client, Cursor::default(), condition).await?;
                let mut rows = Cursor::default().turn(page).rows.into_iter().flatten();
                let number = rows.find(|row| row.name == project).and_then(|row| row.id);
                ListAnswer::ProjectNumber(project, number)
            }
            ListJob::ProjectLabels(project, number, cursor) => {
                let page = requests::labels(client, Some(number), cursor, label_names()).await?;
                ListAnswer::ProjectLabels(project, number, cursor, page)
            }
            ListJob::Repositories(project, cursor) => {
                let names: Vec<String> = self.sought.condition(&project).into_iter().collect();
                let query = cursor.query("repository_id", &names);
                let page = requests::repositories(client, &project, &query).await?;
                ListAnswer::Repositories(project, cursor, page)
            }
            ListJob::Repository(repository) => {
                let query = format!("name={}", convert::query_value(repository.full()));
                let page = requests::repositories(client, repository.project(), &query).await?;
                ListAnswer::Repository(repository, page)
            }
            ListJob::ArtifactsOfProject(project, cursor) => {
                let query = self.query(&project, cursor);
                let page = requests::artifacts_of_project(client, &project, &query, details).await?;
                ListAnswer::ArtifactsOfProject(project, cursor, page)
            }
            ListJob::ArtifactsOfRepository(repository, cursor) => {
                let query = self.query(repository.project(), cursor);
                let page = requests::artifacts_of_repository(client, &repository, &query, details).await?;
                ListAnswer::ArtifactsOfRepository(repository, cursor, page)
            }
            ListJob::Artifact(reference) => {
                let found = single::listed(client, &reference, details).await?;
                ListAnswer::Artifact(reference, found.map(Box::new))
            }
            ListJob::HiddenArtifact(reference) => {
                let artifact = single::hidden(client, &reference, details).await?;
                ListAnswer::Artifact(reference, Some(Box::new(artifact)))
            }
            ListJob::Children(family) => {
                let page = family.list(client, details).await?;
                ListAnswer::Children(family, page)
            }
        })
    }
}
