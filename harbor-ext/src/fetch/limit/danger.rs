//! Where the server was overloaded, and how long to stay away from there.

use std::time::Duration;

use tokio::time::Instant;

/// How long to stay away from where the server was overloaded; each further time doubles it. A refusal with
/// `Retry-After: 1` may cost everybody a second, so that it has to be rare.
const FIRST_ABSENCE: Duration = Duration::from_secs(10);
const LONGEST_ABSENCE: Duration = Duration::from_secs(900);

/// A second overload within so many answers for each place is no chance.
const ANSWERS_BETWEEN: usize = 1;

/// Where the server was overloaded.
#[derive(Debug, Default)]
pub(super) struct Danger {
    latest: Option<Overload>,
    /// What was too much, how often, and until when it is not tried again.
    avoided: Option<Avoided>,
}

/// An answer that says so, and others of the same moment.
#[derive(Debug)]
struct Overload {
    at: Instant,
    /// The limit that led to it.
    limit: usize,
    has_cost_half: bool,
    /// Answers since then that say nothing of the kind.
    answers: usize,
}

#[derive(Clone, Copy, Debug)]
struct Avoided {
    limit: usize,
    times: u32,
    until: Instant,
}

impl Danger {
    /// The highest limit that is safe for now, if that is known: well below what was too much.
    pub(super) fn ceiling(&self, now: Instant) -> Option<usize> {
        let avoided = self.avoided.filter(|avoided| now < avoided.until)?;
        Some((avoided.limit * 3 / 4).max(1))
    }

    /// An answer came that was none of an overload.
    pub(super) fn pass(&mut self) {
        if let Some(latest) = &mut self.latest {
            latest.answers += 1;
        }
    }

    /// An overload of a request that started at some time, while the limit is `current`. Returns the limit that is too
    /// much; nothing where it may be chance, or where the limit went down for it already.
    pub(super) fn meet(&mut self, started: Instant, current: usize, now: Instant) -> Option<usize> {
        let previous = self.latest.take().filter(|latest| latest.answers <= current * ANSWERS_BETWEEN);
        let is_same = previous.as_ref().is_some_and(|previous| started <= previous.at);
        let limit = previous.as_ref().filter(|_| is_same).map_or(current, |previous| previous.limit);
        if is_same && previous.as_ref().is_some_and(|previous| previous.has_cost_half) {
            self.latest = previous;
            return None;
        }
        let has_cost_half = previous.is_some();
        self.latest = Some(Overload { at: now, limit, has_cost_half, answers: 0 });
        has_cost_half.then(|| self.avoid(limit, now))
    }

    /// Stays away from a limit for a while.
    fn avoid(&mut self, limit: usize, now: Instant) -> usize {
        // Where it happens below the ceiling as well, the limit is not what it depends on.
        let is_elsewhere = self.ceiling(now).is_some_and(|ceiling| limit <= ceiling);
        let times = self.avoided.map_or(0, |avoided| avoided.times + 1);
        let absence = (FIRST_ABSENCE * 2_u32.pow(times.min(8))).min(LONGEST_ABSENCE);
        self.avoided = (!is_elsewhere).then_some(Avoided { limit, times, until: now + absence });
        limit
    }

    /// A limit turned out to be good.
    pub(super) fn survived(&mut self, limit: usize) {
        self.avoided = self.avoided.filter(|avoided| limit < avoided.limit);
    }
}
