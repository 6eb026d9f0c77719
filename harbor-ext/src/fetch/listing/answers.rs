//! What the answers to the requests of a walk mean.

use std::mem;
use std::sync::Arc;

use super::families::Families;
use super::{Goal, Identity, ListAnswer, ListJob, Listed, Listing, Place, Stage};
use crate::failure::{FailureKind, Phase, Target};
use crate::fetch::cause::Cause;
use crate::fetch::convert::ListedProject;
use crate::fetch::pages::{Cursor, Page};
use crate::model::{Artifact, Repository};
use crate::name::{ProjectName, RepositoryName};

impl Listing {
    pub(super) fn sort_out(&mut self, answer: ListAnswer, listed: &mut Listed) {
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
                self.announced = self.announced.saturating_add(1);
                listed.artifacts.push(*artifact);
            }
            ListAnswer::Artifact(reference, None) => listed.jobs.push(ListJob::HiddenArtifact(reference)),
            ListAnswer::Children(family, page) => {
                self.announced = self.announced.saturating_add(page.announced());
                Families::take(family, page, listed);
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
            // A name is found even where a pattern leaves the repository out.
            let is_wanted = self.naming.finds(&repository.name)
                && self.selection.repository_globs.allow_repository(&repository.name)
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
                self.announced = self.announced.saturating_add(1);
                match self.selection.repository_globs.allow_repository(&name) {
                    true => listed.repositories.push(repository),
                    false => self.sieve.leave_out(),
                }
            }
            // It exists and has no artifacts, or none that match, or a pattern leaves it out.
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
                Ok(artifact) => {
                    let target = Target { digest: Some(artifact.digest.clone()), ..artifact.repository.clone().into() };
                    let wanted = self.sift(artifact);
                    if cursor.is_bare() && wanted.is_some() {
                        listed.fail(&(Phase::ListingArtifacts, target), too_slow());
                    }
                    listed.artifacts.extend(wanted);
                }
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
    pub(super) fn end_list(&mut self, job: &ListJob, listed: &mut Listed) {
        match job {
            ListJob::ArtifactsOfProject(project, _) => listed.artifacts.extend(self.sieve.end_project(project)),
            ListJob::ArtifactsOfRepository(name, _) => listed.artifacts.extend(self.sieve.end_repository(name)),
            _ => {}
        }
    }
}

/// Why an artifact comes without its overviews.
fn too_slow() -> Cause {
    let message = "the server takes too long to tell the overviews of the artifact, which is listed without them";
    Cause::new(FailureKind::Timeout, message)
}
