//! The bulk query for artifacts with their reports.

use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, TryFutureExt};

use super::cause::Cause;
use super::children::{Insight, Inspection};
use super::explain::{self, Explanation};
use super::listing::{Goal, ListAnswer, ListJob, Listed, Listing};
use super::queue::{Next, Queue, Work};
use super::selection::Selection;
use super::sharing::{Admission, Scanner, Sharing};
use super::stream::Fetching;
use super::terms::Terms;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::model::{Artifact, ArtifactInfo, FindingPool, Report, ReportState, decode};
use crate::name::ProjectName;
use crate::outcome::{StateCounts, Summary};
use crate::session::Session;

pub(super) use download::{open_report, read_scanner};

mod download;

/// The next page is asked for when no more than this many reports of the page before it are left, so that neither
/// waits for the other and the lists do not run ahead.
const REPORTS_LEFT_AT_NEXT_PAGE: usize = 32;

/// One request for reports.
#[derive(Clone, Debug)]
enum Job {
    List(ListJob),
    Report(Arc<Artifact>, Look),
    /// The artifact with its overview, to see why there is no report.
    Explain(Arc<Artifact>),
    /// The images of an index, to see which of them have no report.
    Children(Inspection, Look),
    /// Which scanner a project uses.
    Scanner(ProjectName),
}

/// Whether a report is asked for because a scan seems to have ended after the first time.
#[derive(Clone, Copy, Debug)]
enum Look {
    First,
    Second,
}

enum Answer {
    Listed(ListAnswer),
    /// The body of a report and its length in bytes.
    Report(Arc<Artifact>, Look, decode::Body, u64),
    /// Why there is no report.
    Explained(Arc<Artifact>, Explanation),
    /// Which images of an index have no report.
    Inspected(Insight, Look),
    /// The artifact is no longer there.
    Gone(Arc<Artifact>),
    Scanner(ProjectName, Scanner),
}

/// A walk whose artifacts get their reports.
struct Reports {
    listing: Listing,
    sharing: Sharing,
    pool: Arc<FindingPool>,
    states: StateCounts,
    incomplete: u64,
    shared: u64,
    bytes: u64,
}

type Outbox = Next<Job, ArtifactInfo>;

pub(super) fn start(session: Arc<Session>, selection: Selection, deadline: Option<Duration>) -> Fetching<ArtifactInfo> {
    let terms = Terms::of(&session, deadline);
    let mut work = Reports {
        listing: Listing::new(&session, selection, Goal::Artifacts),
        sharing: Sharing::default(),
        pool: Arc::new(FindingPool::new()),
        states: StateCounts::default(),
        incomplete: 0,
        shared: 0,
        bytes: 0,
    };
    let mut next = Next::default();
    let listed = work.listing.begin();
    work.forward(listed, &mut next);
    Fetching::new(Queue::new(work, next, terms))
}

impl Work for Reports {
    type Job = Job;
    type Answer = Answer;
    type Item = ArtifactInfo;

    fn describe(&self, job: &Job) -> (Phase, Target) {
        match job {
            Job::List(job) => self.listing.describe(job),
            Job::Report(artifact, _) => (Phase::FetchingReport, target_of(artifact)),
            Job::Explain(artifact) => (Phase::ExplainingReport, target_of(artifact)),
            Job::Children(inspection, _) => (Phase::ExplainingReport, target_of(&inspection.index)),
            Job::Scanner(project) => (Phase::ReadingScanner, project.clone().into()),
        }
    }

    fn run(&self, job: Job) -> impl Future<Output = Result<Answer, Cause>> + Send + 'static {
        let session = Arc::clone(self.listing.session());
        let (asking, pool) = (Arc::clone(&session), Arc::clone(&self.pool));
        let answer = match job {
            // A lister has much to clone, and nothing else needs one.
            Job::List(job) => self.listing.lister().run(job).map_ok(Answer::Listed).boxed(),
            Job::Report(artifact, look) => {
                let fetched = async move {
                    let (body, length) = download::fetch_report(&asking.client, &artifact, &pool).await?;
                    Ok(Answer::Report(artifact, look, body, length))
                };
                fetched.boxed()
            }
            Job::Explain(artifact) => {
                let explained = async move {
                    let explanation = download::fetch_explanation(&asking.client, &artifact).await?;
                    Ok(match explanation {
                        Some(explanation) => Answer::Explained(artifact, explanation),
                        None => Answer::Gone(artifact),
                    })
                };
                explained.boxed()
            }
            Job::Children(inspection, look) => {
                let inspected = async move { inspection.go_on(&asking.client).await };
                inspected.map_ok(move |insight| Answer::Inspected(insight, look)).boxed()
            }
            Job::Scanner(project) => {
                let read = async move {
                    let scanner = read_scanner(&asking.client, &project).await?;
                    Ok(Answer::Scanner(project, scanner))
                };
                read.boxed()
            }
        };
        answer.map_err(move |cause| cause.seen_by(&session))
    }

    fn lighten(&self, job: &Job) -> Option<Job> {
        match job {
            Job::List(job) => self.listing.lighten(job).map(Job::List),
            _ => None,
        }
    }

    fn take_answer(&mut self, answer: Answer, next: &mut Outbox) {
        match answer {
            Answer::Listed(answer) => {
                let listed = self.listing.take_answer(answer);
                self.forward(listed, next);
            }
            Answer::Report(artifact, look, body, bytes) => {
                self.bytes += bytes;
                match (body, look) {
                    (decode::Body::Report(report), _) => self.share(artifact, Arc::new(report), next),
                    (decode::Body::Empty, Look::First) => next.jobs.push(Job::Explain(artifact)),
                    (decode::Body::Empty, Look::Second) => {
                        self.inspect(artifact, Look::Second, ReportState::Unavailable, next);
                    }
                }
            }
            Answer::Explained(artifact, Explanation::State(ReportState::NotScanned)) => {
                self.inspect(artifact, Look::First, ReportState::NotScanned, next);
            }
            Answer::Explained(artifact, Explanation::State(state)) => self.finish_without_report(artifact, state, next),
            Answer::Inspected(Insight::GoOn(inspection), look) => next.jobs.push(Job::Children(inspection, look)),
            Answer::Inspected(Insight::State(index, state), _) => self.finish_without_report(index, state, next),
            Answer::Inspected(Insight::AllScanned(index), Look::First) => {
                next.jobs.push(Job::Report(index, Look::Second));
            }
            Answer::Inspected(Insight::AllScanned(index), Look::Second) => {
                self.finish_without_report(index, ReportState::Unavailable, next);
            }
            Answer::Explained(artifact, Explanation::Scanned) => next.jobs.push(Job::Report(artifact, Look::Second)),
            Answer::Gone(artifact) => {
                let cause = Cause::new(FailureKind::NotFound, "the artifact was deleted after it had been listed");
                let failure = cause.into_failure(Phase::ExplainingReport, target_of(&artifact), 1);
                self.finish_without_report(artifact, ReportState::Failed(Arc::new(failure)), next);
            }
            Answer::Scanner(project, scanner) => self.know_scanner(project, scanner, next),
        }
    }

    fn take_failure(&mut self, job: Job, failure: Failure, next: &mut Outbox) {
        match job {
            Job::List(job) => {
                let listed = self.listing.take_failure(job, failure);
                self.forward(listed, next);
            }
            Job::Report(artifact, _)
            | Job::Explain(artifact)
            | Job::Children(Inspection { index: artifact, .. }, _) => {
                next.jobs.extend(self.listing.doubt(&failure).into_iter().map(Job::List));
                let state = explain::state_of_failure(&artifact, failure);
                self.finish_without_report(artifact, state, next);
            }
            // Not a loss: without knowing the scanner, each project gets a report of its own.
            Job::Scanner(project) => self.know_scanner(project, Scanner::Unreadable, next),
        }
    }

    fn finished(&self) -> u64 {
        self.states.total()
    }

    fn tally(&self, summary: &mut Summary) {
        self.listing.tally(summary);
        summary.states = self.states;
        summary.failures += self.incomplete;
        summary.shared_reports = self.shared;
        summary.report_bytes = self.bytes;
    }
}

impl Reports {
    /// Hands on what was listed: failures to the caller, artifacts to be reported on, and the further lists.
    fn forward(&mut self, listed: Listed, next: &mut Outbox) {
        next.items.extend(listed.failures.into_iter().map(Err));
        let before = next.jobs.len();
        // The last job is done first, and reports are to be fetched in the order of the list.
        for artifact in listed.artifacts.into_iter().rev() {
            self.want(Arc::new(artifact), next);
        }
        for index in listed.indexes {
            self.finish(Arc::new(index), ReportState::InChildren, next);
        }
        let place = next.jobs.len().min(before + REPORTS_LEFT_AT_NEXT_PAGE);
        next.jobs.splice(place..place, listed.jobs.into_iter().map(Job::List));
        next.abandon = listed.abandon;
    }

    /// Sees to the report of an artifact.
    fn want(&mut self, artifact: Arc<Artifact>, next: &mut Outbox) {
        match self.sharing.admit(&artifact) {
            Admission::Fetch => next.jobs.push(Job::Report(artifact, Look::First)),
            Admission::Known(report) => {
                self.shared += 1;
                self.finish(artifact, ReportState::Reported(report), next);
            }
            Admission::Wait => {}
            Admission::AskScanners(projects) => next.jobs.extend(projects.into_iter().map(Job::Scanner)),
        }
    }

    fn share(&mut self, artifact: Arc<Artifact>, report: Arc<Report>, next: &mut Outbox) {
        for sharer in self.sharing.reported(&artifact, &report) {
            self.shared += 1;
            self.finish(sharer, ReportState::Reported(Arc::clone(&report)), next);
        }
        self.finish(artifact, ReportState::Reported(report), next);
    }

    /// Looks at the images of an index that has no report; anything else has the state.
    fn inspect(&mut self, artifact: Arc<Artifact>, look: Look, state: ReportState, next: &mut Outbox) {
        match Inspection::of(&artifact) {
            Some(inspection) => next.jobs.push(Job::Children(inspection, look)),
            None => self.finish_without_report(artifact, state, next),
        }
    }

    fn finish_without_report(&mut self, artifact: Arc<Artifact>, state: ReportState, next: &mut Outbox) {
        if let Some(other) = self.sharing.not_reported(&artifact) {
            next.jobs.push(Job::Report(other, Look::First));
        }
        self.finish(artifact, state, next);
    }

    fn finish(&mut self, artifact: Arc<Artifact>, state: ReportState, next: &mut Outbox) {
        self.states.count(&state);
        self.incomplete += u64::from(state.failure().is_some());
        next.items.push_back(Ok(ArtifactInfo::new(artifact, state)));
    }

    fn know_scanner(&mut self, project: ProjectName, scanner: Scanner, next: &mut Outbox) {
        for artifact in self.sharing.know_scanner(project, scanner) {
            self.want(artifact, next);
        }
    }
}

pub(super) fn target_of(artifact: &Artifact) -> Target {
    Target { digest: Some(artifact.digest.clone()), ..artifact.repository.clone().into() }
}
