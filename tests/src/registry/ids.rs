//! The numbers and times that the database would give.

use chrono::{DateTime, TimeDelta, Utc};

/// The first moment of every registry; each thing added is a second younger, so that times are the
/// same in every run.
pub(super) const BEGINNING: DateTime<Utc> = match DateTime::from_timestamp(1_767_225_600, 0) {
    Some(time) => time,
    None => DateTime::UNIX_EPOCH,
};

/// The numbers that the database gave last, and the registry's own clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    pub(super) project: i64,
    pub(super) repository: i64,
    pub(super) artifact: i64,
    pub(super) accessory: i64,
    pub(super) tag: i64,
    pub(super) user: i64,
    pub(super) robot: i64,
    seconds: i64,
}

impl Ids {
    /// The next second of the registry's own clock.
    pub(crate) fn now(&mut self) -> DateTime<Utc> {
        self.seconds += 1;
        BEGINNING + TimeDelta::seconds(self.seconds)
    }

    /// Sets the clock behind a time that is past.
    pub(crate) fn pass(&mut self, time: DateTime<Utc>) {
        self.seconds = self.seconds.max((time - BEGINNING).num_seconds());
    }

    pub(super) fn next_project(&mut self) -> i64 {
        self.project += 1;
        self.project
    }

    pub(super) fn next_repository(&mut self) -> i64 {
        self.repository += 1;
        self.repository
    }

    pub(super) fn next_artifact(&mut self) -> i64 {
        self.artifact += 1;
        self.artifact
    }

    pub(super) fn next_accessory(&mut self) -> i64 {
        self.accessory += 1;
        self.accessory
    }

    pub(super) fn next_tag(&mut self) -> i64 {
        self.tag += 1;
        self.tag
    }

    pub(super) fn next_user(&mut self) -> i64 {
        self.user += 1;
        self.user
    }

    pub(super) fn next_robot(&mut self) -> i64 {
        self.robot += 1;
        self.robot
    }
}
