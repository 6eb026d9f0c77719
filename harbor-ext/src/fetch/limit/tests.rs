//! The limit against servers that are only make-believe; the bounds are those of the benchmark.

use std::time::Duration;

use super::simulation::{Run, Server, Speed};
use super::*;

/// Seeds of the noise.
const SEEDS: u64 = 10;

/// Requests a second of a Harbor on two cores, as measured.
const HARBOR: Speed =
    Speed::Shared(&[(1, 111.0), (2, 172.0), (3, 195.0), (4, 201.0), (8, 204.0), (16, 177.0), (32, 169.0)]);

/// The same with a small pool of connections to its database.
const SMALL_POOL: Speed = Speed::Shared(&[(1, 97.0), (2, 150.0), (3, 134.0), (4, 127.0), (8, 110.0), (32, 88.0)]);

/// A server far away that works on so many requests at once.
fn far(places: usize) -> Server {
    Server::new(Speed::Places { places, latency: 0.05 })
}

/// A server far away that is slower for each request above eight, and then refuses.
fn degrading(step: fn(f64) -> f64, refuses_above: usize) -> Server {
    Server { refuses_above: Some(refuses_above), ..Server::new(Speed::Latency(step)) }
}

/// Runs with several seeds; the times over that of the best fixed limit.
fn ratios(server: &Server, requests: usize) -> Vec<f64> {
    let ratio = |seed| {
        let run = |concurrency| Run::new(server, concurrency, seed).go(requests).elapsed;
        let best = [1, 2, 3, 4, 6, 8, 9, 10, 12, 16].map(|limit| run(Concurrency::Fixed(limit)));
        run(Concurrency::Adaptive) / best.into_iter().fold(f64::INFINITY, f64::min)
    };
    (0..SEEDS).map(ratio).collect()
}

fn mean(ratios: &[f64]) -> f64 {
    ratios.iter().sum::<f64>() / ratios.len() as f64
}

#[test]
fn a_server_with_room_for_eight_is_found_out_soon() {
    for requests in [400, 700, 1000] {
        let mut run = Run::new(&far(8), Concurrency::Adaptive, 0);
        let elapsed = run.go(requests).elapsed;
        let ideal = requests as f64 * 0.05 / 8.0;
        assert!(elapsed < 1.12 * ideal, "{requests} requests in {elapsed:.2} s instead of {ideal:.2}");
        assert!((8..=12).contains(&run.limit()), "{}", run.limit());
    }
}

#[test]
fn answers_of_different_size_do_not_lead_it_astray() {
    for (noise, bound) in [(0.3, 1.1), (0.6, 1.2)] {
        let server = Server { noise, ..far(8) };
        let ratios = ratios(&server, 1000);
        assert!(mean(&ratios) < bound, "{noise}: {ratios:?}");
    }
}

#[test]
fn a_server_that_degrades_is_kept_out_of_the_bad_region() {
    let gentle = |in_flight: f64| 0.05 + 0.005 * (in_flight - 8.0).max(0.0);
    let steep = |in_flight: f64| 0.05 + 0.025 * (in_flight - 8.0).max(0.0);
    for step in [gentle as fn(f64) -> f64, steep] {
        for refuses_above in [10, 12, 16] {
            let server = degrading(step, refuses_above);
            let ratios = ratios(&server, 1000);
            assert!(mean(&ratios) < 1.3, "above {refuses_above}: {ratios:?}");
            let mut run = Run::new(&server, Concurrency::Adaptive, 0);
            let outcome = run.go(4000);
            assert!(outcome.peak_once_settled <= 12, "above {refuses_above}: {outcome:?}");
            // A quarter of a minute.
            assert!(outcome.refused <= 8, "above {refuses_above}: {} refused", outcome.refused);
        }
    }
}

#[test]
fn a_harbor_on_two_cores_is_as_fast_as_with_the_best_limit() {
    for (speed, noise, bound) in
        [(HARBOR, 0.0, 1.05), (HARBOR, 0.5, 1.1), (SMALL_POOL, 0.0, 1.05), (SMALL_POOL, 0.5, 1.15)]
    {
        let server = Server { noise, ..Server::new(speed.clone()) };
        let ratios = ratios(&server, 1000);
        assert!(mean(&ratios) < bound, "{speed:?} with {noise}: {ratios:?}");
    }
    let mut run = Run::new(&Server::new(SMALL_POOL), Concurrency::Adaptive, 0);
    run.go(1000);
    assert_eq!(run.limit(), 2);
}

/// Nobody says anything: only the latency rises, and more requests at once bring nothing any more.
#[test]
fn it_comes_down_where_the_server_becomes_slower_and_goes_up_again_with_it() {
    let mut run = Run::new(&far(24), Concurrency::Adaptive, 0);
    run.go(4000);
    assert!(run.limit() >= 16, "{}", run.limit());
    run.change(&Server::new(SMALL_POOL));
    run.go(2000);
    assert!(run.limit() <= 4, "{}", run.limit());
    run.change(&far(24));
    run.go(4000);
    assert!(run.limit() >= 16, "{}", run.limit());
}

#[test]
fn once_settled_it_hardly_moves() {
    let mut run = Run::new(&far(8), Concurrency::Adaptive, 0);
    let outcome = run.go(20_000);
    let late = &outcome.limits[outcome.limits.len() / 2..];
    let at = |limit: &usize| late.iter().filter(|(_, of_it)| of_it == limit).count();
    let most = (1..=HIGHEST).map(|limit| at(&limit)).max().unwrap_or_default();
    assert!(late.iter().all(|(_, limit)| (6..=13).contains(limit)));
    assert!(most > late.len() * 7 / 10, "{most} of {}", late.len());
}

#[test]
fn refusals_for_no_reason_cost_little() {
    // A third of one per cent, as where one request in a hundred fails in one of three ways.
    let ratios = ratios(&Server { hiccups: 0.0033, ..far(8) }, 1000);
    assert!(mean(&ratios) < 1.2, "{ratios:?}");
}

#[test]
fn one_refusal_may_be_chance_and_those_of_one_moment_cost_half_once() {
    let mut limit = Limit::new(Concurrency::Adaptive);
    let now = Instant::now();
    let mut refuse = |at: Instant| {
        let ticket = limit.started(at);
        limit.overloaded(ticket, at);
        limit.current()
    };
    assert_eq!([refuse(now), refuse(now), refuse(now), refuse(now)], [FIRST, FIRST / 2, FIRST / 2, FIRST / 2]);
    assert_eq!(refuse(now + Duration::from_secs(1)), 1);
    assert_eq!(refuse(now + Duration::from_secs(2)), 1);
}

#[test]
fn answers_below_the_limit_teach_nothing() {
    let mut limit = Limit::new(Concurrency::Adaptive);
    let now = Instant::now();
    for answer in 0..10_000 {
        let ticket = limit.started(now + Duration::from_millis(answer));
        limit.succeeded(ticket, now + Duration::from_millis(answer + 1));
    }
    assert_eq!(limit.current(), FIRST);
}

#[test]
fn answers_that_take_no_time_are_no_reason_to_fail() {
    let mut limit = Limit::new(Concurrency::Adaptive);
    let now = Instant::now();
    for _ in 0..1000 {
        let tickets: Vec<_> = (0..limit.current()).map(|_| limit.started(now)).collect();
        tickets.into_iter().for_each(|ticket| limit.succeeded(ticket, now));
    }
    assert_eq!(limit.current(), FIRST);
}

#[test]
fn a_fixed_limit_never_moves() {
    let mut run = Run::new(&degrading(|_| 0.05, 5), Concurrency::Fixed(7), 0);
    run.go(400);
    assert_eq!(run.limit(), 7);
}
