//! The queue against work that is only make-believe, on a clock that jumps: no sockets, no waiting.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use tokio::time::sleep;

use super::deadline::LONGEST_REQUEST;
use super::*;
use crate::failure::{FailureKind, Phase, Target};
use crate::settings::{Concurrency, RetryPolicy, Settings};

/// How long a make-believe request takes.
const REQUEST: Duration = Duration::from_millis(10);

/// A tree of jobs: a job of depth `d` brings `width` jobs of depth `d - 1`, and one of depth 0 an item.
#[derive(Clone)]
struct Tree {
    width: usize,
    server: Arc<FakeServer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    depth: usize,
    path: Vec<usize>,
}

type Reply = dyn Fn(&Node, Instant) -> Result<(), Cause> + Send + Sync;

/// What happens to each request, and what was seen.
struct FakeServer {
    reply: Box<Reply>,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
    finished: AtomicUsize,
    order: Mutex<Vec<Node>>,
    /// A path whose requests take their time.
    slow: Mutex<Option<(Vec<usize>, Duration)>>,
}

/// Counts a request as over even where its task is aborted.
struct InFlight(Arc<FakeServer>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

impl FakeServer {
    fn new(reply: impl Fn(&Node, Instant) -> Result<(), Cause> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            reply: Box::new(reply),
            in_flight: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            order: Mutex::new(Vec::new()),
            slow: Mutex::new(None),
        })
    }

    fn make_slow(&self, path: Vec<usize>, time: Duration) {
        *self.slow.lock().unwrap() = Some((path, time));
    }

    fn time_for(&self, node: &Node) -> Duration {
        let slow = self.slow.lock().unwrap();
        slow.as_ref().filter(|(path, _)| *path == node.path).map_or(REQUEST, |(_, time)| *time)
    }

    async fn request(self: Arc<Self>, node: Node) -> Result<Node, Cause> {
        let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        let _over = InFlight(Arc::clone(&self));
        self.peak.fetch_max(in_flight, Ordering::SeqCst);
        self.order.lock().unwrap().push(node.clone());
        sleep(self.time_for(&node)).await;
        self.finished.fetch_add(1, Ordering::SeqCst);
        (self.reply)(&node, Instant::now()).map(|()| node)
    }
}

impl Work for Tree {
    type Job = Node;
    type Answer = Node;
    type Item = Vec<usize>;

    fn describe(&self, _job: &Node) -> (Phase, Target) {
        (Phase::FetchingReport, Target::default())
    }

    fn run(&self, job: Node) -> impl Future<Output = Result<Node, Cause>> + Send + 'static {
        Arc::clone(&self.server).request(job)
    }

    fn take_answer(&mut self, node: Node, next: &mut Next<Node, Vec<usize>>) {
        if node.depth == 0 {
            next.items.push_back(Ok(node.path));
            return;
        }
        let child = |place| Node { depth: node.depth - 1, path: [&node.path[..], &[place]].concat() };
        next.jobs.extend((0..self.width).rev().map(child));
    }

    fn take_failure(&mut self, _job: Node, failure: Failure, next: &mut Next<Node, Vec<usize>>) {
        next.items.push_back(Err(failure));
    }

    fn finished(&self) -> u64 {
        0
    }

    fn tally(&self, _summary: &mut Summary) {}
}

fn queue(width: usize, depth: usize, concurrency: Concurrency, server: &Arc<FakeServer>) -> Queue<Tree> {
    let terms = Terms { settings: Settings { retry: RetryPolicy::default(), concurrency }, ..Terms::default() };
    let first = Next { jobs: vec![Node { depth, path: Vec::new() }], ..Next::default() };
    seeded(Queue::new(Tree { width, server: Arc::clone(server) }, first, terms), 1)
}

/// Draws the same in every run.
fn seeded<W: Work>(mut queue: Queue<W>, seed: u64) -> Queue<W> {
    queue.random = fastrand::Rng::with_seed(seed);
    queue
}

fn status(status: u16) -> Cause {
    Cause { status: Some(status), ..Cause::new(FailureKind::Overloaded, "x") }
}

fn fine(_: &Node, _: Instant) -> Result<(), Cause> {
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn everything_arrives_within_one_limit_for_all_kinds_of_job() {
    let server = FakeServer::new(fine);
    let mut queue = queue(10, 2, Concurrency::Fixed(7), &server);
    let mut items: Vec<_> = queue.by_ref().map(Result::unwrap).collect().await;
    items.sort();
    assert_eq!(items.len(), 100);
    items.dedup();
    assert_eq!(items.len(), 100);
    assert_eq!(server.peak.load(Ordering::SeqCst), 7);
    let summary = queue.summary();
    assert_eq!((summary.requests, summary.retries, summary.peak_in_flight), (111, 0, 7));
    assert!(summary.elapsed >= REQUEST * 111 / 7);
}

#[tokio::test(start_paused = true)]
async fn the_newest_jobs_run_first() {
    let server = FakeServer::new(fine);
    queue(3, 2, Concurrency::Fixed(1), &server).count().await;
    let depths: Vec<_> = server.order.lock().unwrap().iter().map(|node| node.depth).collect();
    assert_eq!(depths, [2, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn no_job_starts_while_finished_items_wait() {
    let server = FakeServer::new(fine);
    let mut queue = queue(100, 1, Concurrency::Fixed(4), &server);
    queue.next().await.unwrap().unwrap();
    sleep(REQUEST * 1000).await;
    // Those that were under way have finished, and none has begun since.
    let begun = server.order.lock().unwrap().len();
    assert!(begun <= 1 + 2 * 4, "{begun} requests for one item");
    assert_eq!(queue.count().await, 99);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_queue_ends_what_is_under_way() {
    let server = FakeServer::new(fine);
    let mut queue = queue(100, 1, Concurrency::Fixed(8), &server);
    queue.next().await.unwrap().unwrap();
    drop(queue);
    let finished = server.finished.load(Ordering::SeqCst);
    sleep(REQUEST * 10).await;
    assert_eq!(server.in_flight.load(Ordering::SeqCst), 0);
    assert_eq!(server.finished.load(Ordering::SeqCst), finished);
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_runs_a_query_of_its_own_stalls_nothing() {
    let server = FakeServer::new(fine);
    let mut outer = queue(5, 1, Concurrency::Fixed(2), &server);
    let mut count = 0;
    while let Some(item) = outer.next().await {
        item.unwrap();
        count += queue(5, 1, Concurrency::Fixed(2), &server).count().await;
    }
    assert_eq!(count, 25);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "make-believe bug")]
async fn a_panic_in_a_job_reaches_the_consumer() {
    let server = FakeServer::new(|_, _| panic!("make-believe bug"));
    queue(1, 0, Concurrency::Adaptive, &server).count().await;
}

#[tokio::test(start_paused = true)]
async fn an_item_is_tried_as_often_as_the_policy_says() {
    for (code, requests) in [(500, 4), (503, 4), (404, 1), (403, 1)] {
        let server = FakeServer::new(move |node, _| if node.path == [3] { Err(status(code)) } else { Ok(()) });
        let mut queue = queue(100, 1, Concurrency::Fixed(4), &server);
        let results: Vec<_> = queue.by_ref().collect().await;
        let failures: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
        assert_eq!((results.len(), failures.len()), (100, 1), "{code}");
        assert_eq!((failures[0].status, failures[0].attempts), (Some(code), requests));
        assert_eq!(queue.summary().retries, u64::from(requests) - 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_restart_of_the_server_costs_few_requests_and_no_data() {
    // Refused and reset connections look alike.
    for away in [status(502), status(503), Cause::new(FailureKind::Connection, "refused")] {
        for limit in [Concurrency::Fixed(8), Concurrency::Adaptive] {
            restart(&away, limit).await;
        }
    }
}

async fn restart(away: &Cause, limit: Concurrency) {
    let started = Instant::now();
    let is_away = move |now: Instant| {
        let elapsed = now - started;
        elapsed > Duration::from_millis(300) && elapsed < Duration::from_millis(5300)
    };
    let vain = Arc::new(AtomicUsize::new(0));
    let (counter, cause) = (Arc::clone(&vain), away.clone());
    let server = FakeServer::new(move |_, now| {
        if is_away(now) {
            counter.fetch_add(1, Ordering::SeqCst);
            return Err(cause.clone());
        }
        Ok(())
    });
    let mut queue = queue(3000, 1, limit, &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3000, "{away:?}");
    let vain = vain.load(Ordering::SeqCst);
    // Those that were under way, and a dozen to see whether it is back: 20 for a limit of 8.
    let most = queue.summary().peak_in_flight as usize + 12;
    assert!((4..=most).contains(&vain), "{vain} requests into the void: {away:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_away_ends_the_query_with_a_failure_for_everything_left() {
    let started = Instant::now();
    let server = FakeServer::new(
        move |_, now| {
            if now - started > Duration::from_millis(300) { Err(status(502)) } else { Ok(()) }
        },
    );
    let mut queue = queue(500, 1, Concurrency::Fixed(8), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(results.len(), 500);
    let patience = RetryPolicy::default().patience;
    let elapsed = queue.summary().elapsed;
    assert!(elapsed > patience && elapsed < 2 * patience, "{elapsed:?}");
    assert!(queue.summary().requests < 300);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_ends_the_query_soon() {
    let server = FakeServer::new(|_, _| Err(Cause::new(FailureKind::Connection, "refused")));
    let mut queue = queue(10, 1, Concurrency::Adaptive, &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(results.len(), 1);
    assert_eq!(queue.summary().requests, 4);
    assert!(queue.summary().elapsed < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_makes_everybody_wait() {
    let wait = Duration::from_secs(7);
    let first = Mutex::new(None);
    let server = FakeServer::new(move |node, now| {
        let mut first = first.lock().unwrap();
        if node.depth == 0 && now - *first.get_or_insert(now) < wait {
            return Err(Cause { retry_after: Some(wait), ..status(429) });
        }
        Ok(())
    });
    let mut queue = queue(50, 1, Concurrency::Fixed(4), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(queue.summary().requests, 1 + 50 + 4, "only what was under way was sent in vain");
    assert!(queue.summary().elapsed >= wait);
}

#[tokio::test(start_paused = true)]
async fn progress_tells_the_newest_state() {
    let server = FakeServer::new(fine);
    let mut queue = queue(20, 1, Concurrency::Fixed(4), &server);
    let progress = queue.progress();
    assert_eq!(*progress.borrow(), Progress::default());
    queue.by_ref().count().await;
    let progress = *progress.borrow();
    assert_eq!((progress.requests, progress.in_flight, progress.limit), (21, 0, 4));
}

#[tokio::test(start_paused = true)]
async fn a_restart_is_survived_by_a_single_job() {
    let started = Instant::now();
    let server = FakeServer::new(move |node, now| {
        let elapsed = now - started;
        let is_away = node.depth == 0 && elapsed > Duration::from_millis(300) && elapsed < Duration::from_secs(5);
        if is_away { Err(status(502)) } else { Ok(()) }
    });
    // One job after another, as the pages of one list.
    let results: Vec<_> = queue(40, 1, Concurrency::Fixed(1), &server).collect().await;
    assert!(results.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn items_that_fail_for_ever_do_not_take_the_others_with_them() {
    let is_bad = |node: &Node| node.depth == 0 && node.path[0] < 6;
    let server = FakeServer::new(move |node, _| if is_bad(node) { Err(status(503)) } else { Ok(()) });
    let mut queue = queue(100, 1, Concurrency::Fixed(4), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    let failures: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!((results.len(), failures.len()), (100, 6));
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_does_not_keep_the_queue_from_noticing_that_the_server_is_back() {
    let started = Instant::now();
    let silence = Duration::from_secs(75);
    let server = FakeServer::new(move |node, now| {
        let is_silent = node.path == [0] && now - started < Duration::from_secs(1);
        let is_away = node.depth == 0 && now - started > Duration::from_millis(20);
        match now - started {
            _ if is_silent => Err(Cause::new(FailureKind::Timeout, "silence")),
            elapsed if is_away && elapsed < Duration::from_secs(3) => Err(status(502)),
            _ => Ok(()),
        }
    });
    server.make_slow(vec![0], silence);
    let mut queue = queue(60, 1, Concurrency::Fixed(4), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert!(queue.summary().elapsed < 2 * silence, "{:?}", queue.summary().elapsed);
}

#[tokio::test(start_paused = true)]
async fn no_wish_of_a_server_is_longer_than_the_longest_delay() {
    for wish in [Duration::from_secs(3600), Duration::MAX] {
        let first = Mutex::new(true);
        let server = FakeServer::new(move |node, _| {
            let is_refused = node.depth == 0 && std::mem::take(&mut *first.lock().unwrap());
            if is_refused { Err(Cause { retry_after: Some(wish), ..status(429) }) } else { Ok(()) }
        });
        let mut queue = queue(10, 1, Concurrency::Fixed(2), &server);
        let results: Vec<_> = queue.by_ref().collect().await;
        assert!(results.iter().all(Result::is_ok));
        let longest = RetryPolicy::default().longest_delay;
        assert!(queue.summary().elapsed < longest + Duration::from_secs(1), "{:?}", queue.summary().elapsed);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_never_asked_says_so() {
    let started = Instant::now();
    let server = FakeServer::new(move |_, now| {
        if now - started > Duration::from_millis(50) {
            return Err(Cause { request_id: Some("of another".to_owned()), ..status(502) });
        }
        Ok(())
    });
    let results: Vec<_> = queue(50, 1, Concurrency::Fixed(4), &server).collect().await;
    let never_asked: Vec<_> =
        results.iter().filter_map(|result| result.as_ref().err()).filter(|failure| failure.attempts == 0).collect();
    assert!(!never_asked.is_empty());
    for failure in never_asked {
        assert_eq!((failure.status, &failure.request_id), (None, &None));
        assert!(failure.message.starts_with("not asked any more: the server stayed away"), "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_ends_is_given_up() {
    let server = FakeServer::new(fine);
    server.make_slow(vec![1], Duration::from_secs(100_000));
    let mut queue = queue(3, 1, Concurrency::Fixed(2), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1);
    assert!(queue.summary().elapsed < 5 * LONGEST_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn who_watches_the_progress_ends_with_the_stream() {
    let server = FakeServer::new(fine);
    let mut queue = queue(3, 1, Concurrency::Fixed(2), &server);
    let mut progress = queue.progress();
    let watching = tokio::spawn(async move { while progress.changed().await.is_ok() {} });
    while queue.next().await.is_some() {}
    watching.await.unwrap();
    assert_eq!(queue.progress().borrow().requests, 4);
}

#[test]
fn a_queue_that_outlives_its_runtime_ends_with_a_failure() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let server = FakeServer::new(fine);
    server.make_slow(vec![1], Duration::from_secs(100_000));
    let mut queue = queue(20, 1, Concurrency::Fixed(3), &server);
    let first = runtime();
    first.block_on(queue.next()).unwrap().unwrap();
    drop(first);
    let rest: Vec<_> = runtime().block_on(queue.collect());
    assert!(rest.iter().any(|result| result.as_ref().is_err_and(|failure| failure.message.contains("shut down"))));
}

/// Requests that would take longer than the caller has.
fn with_deadline(width: usize, time: Duration, server: &Arc<FakeServer>) -> Queue<Tree> {
    let settings = Settings { retry: RetryPolicy::default(), concurrency: Concurrency::Fixed(4) };
    let terms = Terms { settings, deadline: Some(time), ..Terms::default() };
    let first = Next { jobs: vec![Node { depth: 1, path: Vec::new() }], ..Next::default() };
    seeded(Queue::new(Tree { width, server: Arc::clone(server) }, first, terms), 1)
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_everything_that_is_left_fails_for_that_reason() {
    let time = REQUEST * 10 + REQUEST / 2;
    let server = FakeServer::new(fine);
    let mut queue = with_deadline(100, time, &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(queue.summary().elapsed, time);
    assert_eq!(server.in_flight.load(Ordering::SeqCst), 0, "the requests under way are ended");
    let failures: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!((results.len(), failures.len()), (100, 100 - 9 * 4));
    assert!(failures.iter().all(|failure| failure.kind == FailureKind::DeadlineExceeded));
    assert_eq!(failures.iter().filter(|failure| failure.attempts == 1).count(), 4, "those under way");
    assert!(failures.iter().filter(|failure| failure.attempts == 0).all(|failure| failure.message.contains("105ms")));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_waiting_for_a_server_and_for_repeats() {
    let time = Duration::from_secs(5);
    for code in [502, 500] {
        let server = FakeServer::new(move |node, _| if node.depth == 0 { Err(status(code)) } else { Ok(()) });
        let mut queue = with_deadline(100, time, &server);
        let results: Vec<_> = queue.by_ref().collect().await;
        assert_eq!((results.len(), queue.summary().elapsed), (100, time));
        assert!(results.iter().all(Result::is_err));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_is_met_or_has_no_end_changes_nothing() {
    for time in [Duration::from_secs(60), Duration::MAX] {
        let server = FakeServer::new(fine);
        let results: Vec<_> = with_deadline(100, time, &server).collect().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 100);
    }
    let server = FakeServer::new(fine);
    let results: Vec<_> = with_deadline(100, Duration::ZERO, &server).collect().await;
    assert!(matches!(&results[..], [Err(failure)] if failure.kind == FailureKind::DeadlineExceeded));
    assert!(server.order.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_stopped_ends_at_once_and_fails_what_is_left() {
    let server = FakeServer::new(fine);
    let mut queue = with_deadline(100, Duration::MAX, &server);
    let stopper = queue.stopper();
    let time = REQUEST * 10 + REQUEST / 2;
    tokio::spawn({
        let stopper = stopper.clone();
        async move {
            sleep(time).await;
            stopper.stop();
        }
    });
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(queue.summary().elapsed, time, "not even the requests under way are waited for");
    assert_eq!(server.in_flight.load(Ordering::SeqCst), 0);
    let failures: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!((results.len(), failures.len()), (100, 100 - 9 * 4));
    assert!(failures.iter().all(|failure| failure.kind == FailureKind::Stopped));
    assert_eq!(failures.iter().filter(|failure| failure.attempts == 1).count(), 4, "those under way");
    assert!(stopper.is_stopped());
}

#[tokio::test(start_paused = true)]
async fn a_queue_can_be_stopped_while_it_waits_before_it_begins_and_after_it_has_ended() {
    // Nothing runs between the repeats: only the stop itself can wake the queue.
    let server = FakeServer::new(|node, _| if node.depth == 0 { Err(status(500)) } else { Ok(()) });
    let mut queue = with_deadline(100, Duration::MAX, &server);
    let stopper = queue.stopper();
    let time = Duration::from_millis(5555);
    tokio::spawn(async move {
        sleep(time).await;
        stopper.stop();
    });
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!((results.len(), queue.summary().elapsed), (100, time));
    assert!(results.iter().all(|result| matches!(result, Err(failure) if failure.kind == FailureKind::Stopped)));

    let server = FakeServer::new(fine);
    let queue = with_deadline(100, Duration::MAX, &server);
    queue.stopper().stop();
    let results: Vec<_> = queue.collect().await;
    assert!(matches!(&results[..], [Err(failure)] if failure.kind == FailureKind::Stopped));
    assert!(server.order.lock().unwrap().is_empty());

    let mut queue = with_deadline(100, Duration::MAX, &server);
    assert!(queue.by_ref().all(|result| async move { result.is_ok() }).await);
    queue.stopper().stop();
    assert!(queue.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn where_everything_fails_repeats_are_paced_and_none_is_given_up() {
    // Each thing is had at the third attempt.
    let asked = Mutex::new(std::collections::HashMap::<Vec<usize>, u32>::new());
    let server = FakeServer::new(move |node, _| {
        let mut asked = asked.lock().unwrap();
        let times = asked.entry(node.path.clone()).or_default();
        *times += 1;
        if node.depth == 0 && *times < 3 { Err(status(500)) } else { Ok(()) }
    });
    let mut queue = queue(100, 1, Concurrency::Fixed(4), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 100);
    let summary = queue.summary();
    assert_eq!(summary.retries, 200);
    assert!(summary.paced_retries >= 20, "{}", summary.paced_retries);
    // Five a second at the worst, beyond the reserve.
    assert!(summary.elapsed < Duration::from_secs(40), "{:?}", summary.elapsed);
}

/// As while the database is away: every request is answered, and none as it should be.
#[tokio::test(start_paused = true)]
async fn after_an_outage_everything_is_asked_again_at_full_speed_and_nothing_is_lost() {
    let started = Instant::now();
    let server = FakeServer::new(move |node, now| {
        let elapsed = now - started;
        let is_ill = elapsed > Duration::from_millis(100) && elapsed < Duration::from_secs(5);
        if node.depth == 0 && is_ill { Err(status(500)) } else { Ok(()) }
    });
    let mut queue = queue(3000, 1, Concurrency::Fixed(8), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3000);
    let summary = queue.summary();
    // All but a few of the repeats in vain are those of the reserve.
    assert!(summary.requests < 2 * 3000 + 60, "{}", summary.requests);
    assert!(summary.elapsed < Duration::from_secs(20), "{:?}", summary.elapsed);
}

/// Whatever is drawn, the few repeats of an outage must not use up the attempts of a few jobs.
#[tokio::test(start_paused = true)]
async fn no_job_uses_up_its_attempts_in_a_short_outage() {
    for seed in 0..20 {
        let started = Instant::now();
        let is_ill = move |now| now - started < Duration::from_secs(5);
        let server = FakeServer::new(move |node, now| match node.depth {
            0 if is_ill(now) => Err(status(500)),
            _ => Ok(()),
        });
        let results: Vec<_> = seeded(queue(300, 1, Concurrency::Fixed(8), &server), seed).collect().await;
        assert_eq!(results.iter().filter(|result| result.is_err()).count(), 0, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn repeats_that_are_all_in_vain_end_with_the_patience_of_the_caller() {
    let server = FakeServer::new(|node, _| if node.depth == 0 { Err(status(500)) } else { Ok(()) });
    let mut queue = queue(40_000, 1, Concurrency::Fixed(8), &server);
    let results: Vec<_> = queue.by_ref().collect().await;
    let failures: Vec<_> = results.into_iter().map(Result::unwrap_err).collect();
    assert_eq!(failures.len(), 40_000);
    assert!(failures.iter().all(|failure| failure.status == Some(500)));
    assert_eq!(failures.iter().map(|failure| u64::from(failure.attempts)).sum::<u64>(), queue.summary().requests - 1);
    let given_up: Vec<_> = failures.iter().filter(|failure| failure.attempts < 4).collect();
    assert!(given_up.len() > 39_000 && given_up.iter().all(|failure| failure.message.contains("in vain")));
    let elapsed = queue.summary().elapsed;
    let once = 40_000 / 8 * REQUEST;
    assert!(elapsed < once + RetryPolicy::default().patience + Duration::from_secs(5), "{elapsed:?}");
}

/// Only then the server is asked whether it knows the caller any more, and everything else is in vain if it does not.
#[tokio::test(start_paused = true)]
async fn it_shows_soon_that_credentials_are_refused_for_good() {
    let refusal = |node: &Node| {
        let cause = Cause { status: Some(401), ..Cause::new(FailureKind::NotAuthenticated, "who?") };
        let retry_after = Some(Duration::from_millis(1600));
        if node.depth == 0 { Err(Cause { retry_after, ..cause }) } else { Ok(()) }
    };
    let server = FakeServer::new(move |node, _| refusal(node));
    let mut queue = queue(5000, 1, Concurrency::Fixed(8), &server);
    let failure = queue.next().await.unwrap().unwrap_err();
    let elapsed = queue.summary().elapsed;
    assert!(failure.attempts == 4 && elapsed < Duration::from_secs(7), "{failure} after {elapsed:?}");
}

/// What follows hours later is not judged by it.
#[tokio::test(start_paused = true)]
async fn repeats_in_vain_are_forgotten() {
    let ill = FakeServer::new(|node, _| if node.depth == 0 { Err(status(500)) } else { Ok(()) });
    let mut first = queue(500, 1, Concurrency::Fixed(8), &ill);
    first.by_ref().count().await;
    sleep(Duration::from_secs(3600)).await;
    let started = Instant::now();
    let is_ill = move |now: Instant| now - started < Duration::from_secs(1);
    let well = FakeServer::new(move |node, now| if node.depth == 0 && is_ill(now) { Err(status(500)) } else { Ok(()) });
    let mut second = queue(100, 1, Concurrency::Fixed(8), &well);
    second.terms.budget = Arc::clone(&first.terms.budget);
    assert_eq!(second.filter_map(|result| async { result.ok() }).count().await, 100);
}

#[tokio::test(start_paused = true)]
async fn delays_without_an_end_are_no_reason_to_fail() {
    let endless = RetryPolicy { first_delay: Duration::MAX, longest_delay: Duration::MAX, ..RetryPolicy::default() };
    for (code, wish) in [(429, u64::MAX), (503, u64::MAX), (500, 0)] {
        let cause = Cause { retry_after: Some(Duration::from_secs(wish)), ..status(code) };
        let server = FakeServer::new(move |node, _| if node.depth == 0 { Err(cause.clone()) } else { Ok(()) });
        let mut queue = with_deadline(100, Duration::from_secs(60), &server);
        queue.terms.settings.retry = endless.clone();
        let results: Vec<_> = queue.collect().await;
        assert_eq!(results.iter().filter(|result| result.is_err()).count(), 100, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn queries_of_one_harbor_share_the_budget() {
    let server = FakeServer::new(|node, _| if node.depth == 0 { Err(status(500)) } else { Ok(()) });
    let mut first = queue(60, 1, Concurrency::Fixed(4), &server);
    let mut second = queue(10, 1, Concurrency::Fixed(4), &server);
    second.terms.budget = Arc::clone(&first.terms.budget);
    first.by_ref().count().await;
    second.by_ref().count().await;
    let summary = second.summary();
    assert_eq!(summary.retries, 30);
    // A few may come at just the moment when the next one is due.
    assert!(summary.paced_retries >= 20, "{}", summary.paced_retries);
}

/// A tree whose jobs are as wide as their path is deep: too wide ones time out, and can be made narrower.
#[derive(Clone)]
struct Wide(Tree);

impl Work for Wide {
    type Job = Node;
    type Answer = Node;
    type Item = Vec<usize>;

    fn describe(&self, job: &Node) -> (Phase, Target) {
        self.0.describe(job)
    }

    fn run(&self, job: Node) -> impl Future<Output = Result<Node, Cause>> + Send + 'static {
        self.0.run(job)
    }

    fn lighten(&self, job: &Node) -> Option<Node> {
        let [.., width] = job.path[..] else { return None };
        (width > 1).then(|| Node { depth: job.depth, path: vec![width / 2] })
    }

    fn take_answer(&mut self, node: Node, next: &mut Next<Node, Vec<usize>>) {
        self.0.take_answer(node, next);
    }

    fn take_failure(&mut self, job: Node, failure: Failure, next: &mut Next<Node, Vec<usize>>) {
        self.0.take_failure(job, failure, next);
    }

    fn finished(&self) -> u64 {
        0
    }

    fn tally(&self, _summary: &mut Summary) {}
}

fn wide(width: usize, server: &Arc<FakeServer>) -> Queue<Wide> {
    let first = Next { jobs: vec![Node { depth: 0, path: vec![width] }], ..Next::default() };
    seeded(Queue::new(Wide(Tree { width: 1, server: Arc::clone(server) }), first, Terms::default()), 1)
}

#[tokio::test(start_paused = true)]
async fn a_job_that_times_out_is_made_lighter_at_once() {
    let gateway_timeout = || Cause { status: Some(504), ..Cause::new(FailureKind::Timeout, "too slow") };
    let server = FakeServer::new(move |node, _| if node.path[0] > 12 { Err(gateway_timeout()) } else { Ok(()) });
    let mut queue = wide(100, &server);
    assert_eq!(queue.next().await.unwrap().unwrap(), [12]);
    assert_eq!((queue.summary().requests, queue.summary().retries), (4, 3));

    // What fails at any size fails in the end, and says how often it was asked for.
    let server = FakeServer::new(move |_, _| Err(gateway_timeout()));
    let failure = wide(4, &server).next().await.unwrap().unwrap_err();
    let widths: Vec<_> = server.order.lock().unwrap().iter().map(|node| node.path[0]).collect();
    assert_eq!(widths, [4, 2, 1, 1, 1]);
    assert_eq!((failure.kind, failure.attempts), (FailureKind::Timeout, 5));
}

/// Where nothing in front of the server ends what takes too long, there is no answer at all.
#[tokio::test(start_paused = true)]
async fn a_job_that_is_too_much_does_not_make_a_server_absent() {
    let silence = || Cause::new(FailureKind::Timeout, "the server sends nothing");
    let server = FakeServer::new(move |node, _| if node.path[0] > 3 { Err(silence()) } else { Ok(()) });
    let retry = RetryPolicy { patience: Duration::from_millis(5), ..RetryPolicy::default() };
    let terms = Terms { settings: Settings { retry, ..Settings::default() }, ..Terms::default() };
    let jobs = [100, 1].map(|width| Node { depth: 0, path: vec![width] });
    let first = Next { jobs: jobs.into(), ..Next::default() };
    let queue = Queue::new(Wide(Tree { width: 1, server: Arc::clone(&server) }), first, terms);
    let widths: Vec<_> = queue.map(|result| result.map(|path| path[0])).collect().await;
    assert_eq!(widths, [Ok(1), Ok(3)]);
}

#[tokio::test(start_paused = true)]
async fn one_answer_that_breaks_off_is_chance_and_a_second_one_is_size() {
    let server =
        FakeServer::new(
            |node, _| {
                if node.path[0] > 25 { Err(Cause::new(FailureKind::Interrupted, "cut")) } else { Ok(()) }
            },
        );
    wide(50, &server).next().await.unwrap().unwrap();
    let widths: Vec<_> = server.order.lock().unwrap().iter().map(|node| node.path[0]).collect();
    assert_eq!(widths, [50, 50, 25]);
}
