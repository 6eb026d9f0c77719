//! Scans that are started while the server runs, and how they get on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::rows::Rows;
use super::{Registry, Report, Scan};

/// How scans get on that clients start.
///
/// Each waits (`Pending`), then runs (`Running`), then ends as the registry says: see [`Registry::set_next_scan`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanPace {
    /// They stand still until the test calls [`Registry::advance_scans`]: the default, so that no test has to wait.
    #[default]
    Manual,
    /// They follow the clock: what is due is done when the next request arrives.
    Timed {
        /// How long a scan waits for the scanner.
        pending: Duration,
        /// How long the scanner takes.
        running: Duration,
    },
}

/// What is known of the scans of all digests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scans {
    pub(crate) rows: Rows,
    pub(super) pace: ScanPace,
    current: HashMap<Arc<str>, Scan>,
    /// What the scanner will say of a digest from now on, where that was decided.
    next: HashMap<Arc<str>, Scan>,
    /// How scans would have ended that were stopped.
    stopped: HashMap<Arc<str>, Scan>,
    /// The scans that were started after the registry was built.
    runs: HashMap<Arc<str>, Run>,
    /// What a real registry told of the scans before those.
    recorded: HashMap<Arc<str>, RecordedScan>,
    active: BTreeMap<Arc<str>, Active>,
    /// Where those scans stood that clients have started again since.
    before: HashMap<Arc<str>, Option<&'static str>>,
}

/// The latest scan of a digest that has been scanned more than once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    /// How many scans there were before.
    pub(crate) number: u32,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) ended: Option<DateTime<Utc>>,
}

/// What a real registry told of a scan, beside how it ended.
#[derive(Clone, Debug)]
pub(super) struct RecordedScan {
    pub(super) report_id: String,
    pub(super) started: Option<DateTime<Utc>>,
    pub(super) ended: Option<DateTime<Utc>>,
}

/// A scan that a client started and that has not ended.
#[derive(Clone, Debug)]
struct Active {
    outcome: Scan,
    since: Instant,
}

impl ScanPace {
    /// The pace of a small registry: half a second of waiting, and two seconds for the scan.
    #[must_use]
    pub fn timed() -> Self {
        Self::Timed { pending: Duration::from_millis(500), running: Duration::from_secs(2) }
    }

    /// How far a scan should be that was started some time ago: 0 for waiting, 1 for running, 2 for done.
    pub(super) fn step_after(self, age: Duration) -> u8 {
        match self {
            Self::Manual => 0,
            Self::Timed { pending, .. } if age < pending => 0,
            Self::Timed { pending, running } if age < pending.saturating_add(running) => 1,
            Self::Timed { .. } => 2,
        }
    }
}

impl Scans {
    pub(crate) fn of(&self, digest: &str) -> &Scan {
        self.current.get(digest).unwrap_or(&Scan::Never)
    }

    pub(crate) fn run(&self, digest: &str) -> Option<Run> {
        self.runs.get(digest).copied()
    }

    /// Notes what is known of the first scan of a digest.
    pub(super) fn record(&mut self, digest: Arc<str>, scan: RecordedScan) {
        self.recorded.insert(digest, scan);
    }

    /// What is known of the scan of a digest, unless it has been scanned again.
    pub(super) fn recorded(&self, digest: &str) -> Option<&RecordedScan> {
        let is_first = self.run(digest).is_none_or(|run| run.number == 0);
        self.recorded.get(digest).filter(|_| is_first)
    }

    /// Replaces a scan. What follows upon a scan that has ended is another one, with a report of its own.
    pub(super) fn set(&mut self, digest: Arc<str>, scan: Scan) {
        self.active.remove(&digest);
        self.stopped.remove(&digest);
        self.before.remove(&digest);
        if self.of(&digest).is_final() {
            let run = self.runs.entry(Arc::clone(&digest)).or_default();
            *run = Run { number: run.number + 1, ..Run::default() };
        }
        self.store(digest, scan);
    }

    pub(super) fn set_next(&mut self, digest: Arc<str>, scan: Scan) {
        self.next.insert(digest, scan);
    }

    /// Starts a scan, or answers where the one before stands that has not ended.
    pub(super) fn start(&mut self, digest: &Arc<str>) -> Result<(), &'static str> {
        let before = self.of(digest);
        if let (false, Some(status)) = (before.is_final(), before.status()) {
            return Err(status);
        }
        let outcome = self.next.get(digest).or_else(|| self.stopped.get(digest)).unwrap_or(before).clone();
        let outcome = match outcome {
            // A scan that was stopped before the server ran has told nothing, as if there had been none.
            Scan::Never | Scan::Stopped => Scan::Success(Arc::new(Report::new())),
            outcome => outcome,
        };
        let (scanned_before, status_before) = (before.is_final(), before.status());
        self.before.entry(Arc::clone(digest)).or_insert(status_before);
        let run = self.runs.entry(Arc::clone(digest)).or_default();
        *run = Run { number: run.number + u32::from(scanned_before), ..Run::default() };
        self.current.insert(Arc::clone(digest), Scan::Pending);
        self.active.insert(Arc::clone(digest), Active { outcome, since: Instant::now() });
        Ok(())
    }

    /// Stops a scan that has not ended. The next one ends as this one would have.
    pub(super) fn stop(&mut self, digest: &Arc<str>, now: DateTime<Utc>) {
        let current = self.of(digest).clone();
        if current.is_final() || current.status().is_none() {
            return;
        }
        let outcome = self.active.remove(digest).map_or(current, |active| active.outcome);
        self.stopped.insert(Arc::clone(digest), outcome);
        self.runs.entry(Arc::clone(digest)).or_default().ended = Some(now);
        self.current.insert(Arc::clone(digest), Scan::Stopped);
    }

    /// The scans for which it is time to go on.
    fn due(&self, now: Instant) -> impl Iterator<Item = (&Arc<str>, u8)> {
        let steps = self.active.iter().map(move |(digest, active)| {
            let wanted = self.pace.step_after(now.saturating_duration_since(active.since));
            (digest, wanted.saturating_sub(u8::from(matches!(self.of(digest), Scan::Running))))
        });
        steps.filter(|(_, steps)| *steps > 0)
    }

    /// Takes a scan one step further.
    fn advance(&mut self, digest: &Arc<str>, now: DateTime<Utc>) {
        let Some(active) = self.active.get(digest) else { return };
        match (self.of(digest), &active.outcome) {
            // The scanner never takes this one up, or never answers.
            (Scan::Pending, Scan::Pending) | (Scan::Running, Scan::Running) => {
                self.active.remove(digest);
            }
            (Scan::Pending, _) => {
                self.runs.entry(Arc::clone(digest)).or_default().started = Some(now);
                self.current.insert(Arc::clone(digest), Scan::Running);
            }
            (_, outcome) => {
                let outcome = outcome.clone();
                self.active.remove(digest);
                self.runs.entry(Arc::clone(digest)).or_default().ended = Some(now);
                self.store(Arc::clone(digest), outcome);
            }
        }
    }

    fn store(&mut self, digest: Arc<str>, scan: Scan) {
        if let Scan::Success(report) = &scan {
            self.rows.store(report);
        }
        self.current.insert(digest, scan);
    }
}

impl Registry {
    /// Chooses how scans get on that clients start.
    #[must_use]
    pub fn with_scan_pace(mut self, pace: ScanPace) -> Self {
        self.scans.pace = pace;
        self
    }

    /// The scan of a digest: reports belong to the content, not to the repositories that hold it.
    #[must_use]
    pub fn scan(&self, digest: &str) -> &Scan {
        self.scans.of(digest)
    }

    /// Where the scan of a digest stood before clients started others of single images.
    pub(crate) fn status_before_clients(&self, digest: &str) -> Option<&'static str> {
        self.scans.before.get(digest).copied().unwrap_or_else(|| self.scan(digest).status())
    }

    /// Replaces the scan of a digest, as a rescan does: a scan after one that has ended gets a new `report_id`.
    pub fn set_scan(&mut self, digest: &str, scan: Scan) {
        self.scans.set(Arc::from(digest), scan);
    }

    /// Decides how all scans of a digest end that clients start from now on.
    ///
    /// Otherwise a scan ends as the one before did, and the first one of an image with a clean report. A scan whose end
    /// is `Running` hangs.
    pub fn set_next_scan(&mut self, digest: &str, scan: Scan) {
        self.scans.set_next(Arc::from(digest), scan);
    }

    /// Takes every scan and every SBOM that a client started one step further, from waiting to running or from running
    /// to its end, and answers how many there were.
    pub fn advance_scans(&mut self) -> usize {
        let digests: Vec<_> = self.scans.active.keys().cloned().collect();
        for digest in &digests {
            let now = self.ids.now();
            self.scans.advance(digest, now);
        }
        digests.len() + self.advance_sboms(|_, _| true)
    }

    /// Whether it is time for a scan to go on.
    pub(crate) fn has_due_scans(&self, now: Instant) -> bool {
        self.scans.due(now).next().is_some() || self.has_due_sboms(now)
    }

    /// Does what is due.
    pub(crate) fn advance_due_scans(&mut self, now: Instant) {
        let due: Vec<_> = self.scans.due(now).map(|(digest, steps)| (Arc::clone(digest), steps)).collect();
        for (digest, steps) in due {
            for _ in 0..steps {
                let now = self.ids.now();
                self.scans.advance(&digest, now);
            }
        }
        let pace = self.scans.pace;
        while self
            .advance_sboms(|since, running| pace.step_after(now.saturating_duration_since(since)) > u8::from(running))
            > 0
        {}
    }

    /// Starts the scans of some images. An image that is being scanned is left alone, and where all are, the answer is
    /// where the first one stands.
    pub(crate) fn start_scans(&mut self, images: &[Arc<str>]) -> Result<(), &'static str> {
        let started: Vec<_> = images.iter().map(|digest| self.scans.start(digest)).collect();
        match started.iter().all(Result::is_err) {
            true => started.into_iter().next().unwrap_or(Ok(())),
            false => Ok(()),
        }
    }

    /// Stops the scans of some images that have not ended.
    pub(crate) fn stop_scans(&mut self, images: &[Arc<str>]) {
        for digest in images {
            let now = self.ids.now();
            self.scans.stop(digest, now);
        }
    }

    /// When a scan of an image started and ended, as far as it did.
    pub(crate) fn scan_times(
        &self,
        digest: &str,
        pushed: DateTime<Utc>,
    ) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let scan = self.scan(digest);
        let run = self.scans.run(digest);
        let recorded = self.scans.recorded(digest);
        // What was there from the beginning was scanned right after the push.
        let start = pushed + TimeDelta::seconds(1);
        let started =
            run.and_then(|run| run.started)
                .or_else(|| recorded?.started)
                .or((!matches!(scan, Scan::Pending)).then_some(start));
        let ended = run
            .and_then(|run| run.ended)
            .or_else(|| recorded?.ended)
            .or(started.map(|start| start + TimeDelta::seconds(2)));
        (started, ended.filter(|_| scan.is_final()))
    }
}
