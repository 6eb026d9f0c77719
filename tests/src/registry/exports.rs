//! Exports of findings: asked for, looked at, downloaded once, and gone.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::Registry;

/// The exports that were started and not yet downloaded.
#[derive(Clone, Debug)]
pub(crate) struct Exports {
    exports: Vec<Export>,
    last_id: i64,
    polls: usize,
}

/// An export that somebody started.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) id: i64,
    pub(crate) user_id: i64,
    pub(crate) user: String,
    pub(crate) project_id: i64,
    pub(crate) started: DateTime<Utc>,
    pub(crate) content: ExportContent,
    /// How often the status has still to be told before it is known that the job has ended.
    polls_left: usize,
}

/// What the job of an export wrote, which is there long before the status says so.
#[derive(Clone, Debug)]
pub(crate) enum ExportContent {
    File(Bytes),
    /// There was nothing to write.
    Nothing,
    /// One of the patterns is malformed, so that the job failed.
    Failed,
}

impl Default for Exports {
    fn default() -> Self {
        Self { exports: Vec::new(), last_id: 0, polls: 2 }
    }
}

impl Export {
    /// The word in `status`.
    pub(crate) fn status(&self) -> &'static str {
        match self.content {
            _ if self.polls_left > 0 => "Running",
            ExportContent::Failed => "Error",
            ExportContent::File(_) | ExportContent::Nothing => "Success",
        }
    }

    /// When the job ended, once the status says that it did.
    pub(crate) fn ended(&self) -> Option<DateTime<Utc>> {
        (self.polls_left == 0).then(|| self.started + TimeDelta::seconds(1))
    }
}

impl Registry {
    /// Sets which look at a CVE export is the first that sees the end of it.
    ///
    /// A real Harbor says `Running` for up to half a minute after the file is written. The simulator counts how often the
    /// status was told instead, in lists too, so that nothing depends on time: with 1 an export has succeeded at once,
    /// and with 2, which is the default, it is seen running once.
    #[must_use]
    pub fn with_export_polls(mut self, polls: usize) -> Self {
        self.exports.polls = polls;
        self
    }

    /// Starts an export with what its job writes, and answers its number.
    pub(crate) fn start_export(&mut self, user: (i64, String), project_id: i64, content: ExportContent) -> i64 {
        let Self { exports, ids, .. } = self;
        exports.last_id += 1;
        let (user_id, user) = user;
        let (id, started, polls_left) = (exports.last_id, ids.now(), exports.polls);
        exports.exports.push(Export { id, user_id, user, project_id, started, content, polls_left });
        id
    }

    /// The exports, in the order in which they were started.
    pub(crate) fn exports(&self) -> &[Export] {
        &self.exports.exports
    }

    /// An export by its number.
    pub(crate) fn export(&self, id: i64) -> Option<&Export> {
        self.exports().iter().find(|export| export.id == id)
    }

    /// Notes that the status of some exports is told.
    pub(crate) fn poll_exports(&mut self, told: impl Fn(&Export) -> bool) {
        for export in self.exports.exports.iter_mut().filter(|export| told(export)) {
            export.polls_left = export.polls_left.saturating_sub(1);
        }
    }

    /// Removes an export with its file.
    pub(crate) fn delete_export(&mut self, id: i64) {
        self.exports.exports.retain(|export| export.id != id);
    }
}
