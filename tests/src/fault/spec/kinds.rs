//! The kinds of faults as texts: their values, and the keys of their own.

use std::time::Duration;

use super::{FaultSpecError, Spec, error, quantity};
use crate::fault::Fault;

/// A kind of faults.
pub(super) struct SpecKind {
    pub(super) name: &'static str,
    /// The keys of its own, beside those that every kind has.
    pub(super) keys: &'static [&'static str],
    /// What its shortest form looks like.
    pub(super) example: &'static str,
    pub(super) read: fn(&mut Spec<'_>) -> Result<Fault, FaultSpecError>,
}

const DURATION: &str = "a duration";
const STATUS: &str = "the status of an error, from 400 to 599";

/// All kinds, in the order of `grammar.md`.
pub(super) const KINDS: [SpecKind; 25] = [
    SpecKind { name: "status", keys: &["body", "retry-after", "retry-after-in"], example: "status=503", read: status },
    SpecKind { name: "latency", keys: &[], example: "latency=50ms", read: latency },
    SpecKind {
        name: "exponential-latency",
        keys: &["longest"],
        example: "exponential-latency=50ms",
        read: exponential_latency,
    },
    SpecKind {
        name: "load-latency",
        keys: &["knee", "step"],
        example: "load-latency=10ms,knee=8,step=20ms",
        read: load_latency,
    },
    SpecKind {
        name: "overview-latency",
        keys: &[],
        example: "overview-latency=40us",
        read: |spec| Ok(Fault::overview_latency(spec.value(DURATION, quantity::duration)?)),
    },
    SpecKind { name: "cap", keys: &["then", "body", "retry-after", "retry-after-in"], example: "cap=8", read: cap },
    SpecKind {
        name: "gateway-timeout",
        keys: &[],
        example: "gateway-timeout=60s",
        read: |spec| Ok(Fault::gateway_timeout(spec.value(DURATION, quantity::duration)?)),
    },
    SpecKind {
        name: "login-freeze",
        keys: &[],
        example: "login-freeze=1.5s",
        read: |spec| Ok(Fault::login_freeze(spec.value(DURATION, quantity::duration)?)),
    },
    SpecKind { name: "login-cost", keys: &["robots"], example: "login-cost=98ms,robots=1ms", read: login_cost },
    plain("anonymous", |spec| spec.without_value(Fault::anonymous())),
    plain("postgresql-down", |spec| spec.without_value(Fault::postgresql_down())),
    plain("redis-down", |spec| spec.without_value(Fault::redis_down())),
    plain("scanner-down", |spec| spec.without_value(Fault::scanner_down())),
    SpecKind { name: "restart", keys: &["grace"], example: "restart=2s", read: restart },
    plain("truncated", |spec| spec.without_value(Fault::truncated())),
    plain("reset", |spec| spec.without_value(Fault::reset())),
    plain("reset-reused", |spec| spec.without_value(Fault::reset_reused())),
    SpecKind { name: "drip", keys: &["every"], example: "drip=512B,every=10ms", read: drip },
    SpecKind { name: "empty", keys: &[], example: "empty=500", read: empty },
    plain("null", |spec| spec.without_value(Fault::null())),
    plain("html", |spec| spec.without_value(Fault::html())),
    plain("broken-json", |spec| spec.without_value(Fault::broken_json())),
    plain("wrong-shape", |spec| spec.without_value(Fault::wrong_shape())),
    plain("null-tags", |spec| spec.without_value(Fault::null_tags())),
    plain("odd-finding", |spec| spec.without_value(Fault::odd_finding())),
];

/// A kind that is nothing but its name.
const fn plain(name: &'static str, read: fn(&mut Spec<'_>) -> Result<Fault, FaultSpecError>) -> SpecKind {
    SpecKind { name, keys: &[], example: name, read }
}

fn status(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let fault = Fault::status(spec.value(STATUS, error_status)?);
    told(spec, fault)
}

fn latency(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let range = spec.value("a duration, bounds such as `20ms..200ms`, or several in turn such as `2s/1s`", |text| {
        let parts = |separator: &str| text.split(separator).map(quantity::duration).collect::<Option<Vec<Duration>>>();
        match text.contains("..") {
            true => {
                parts("..").filter(|bounds| bounds.len() == 2 && bounds[0] <= bounds[1]).map(|bounds| (true, bounds))
            }
            false => parts("/").map(|latencies| (false, latencies)),
        }
    })?;
    Ok(match range {
        (true, bounds) => Fault::latency_between(bounds[0], bounds[1]),
        (false, latencies) if latencies.len() == 1 => Fault::latency(latencies[0]),
        (false, latencies) => Fault::latencies(latencies),
    })
}

fn exponential_latency(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let mean = spec.value(DURATION, quantity::duration)?;
    let longest = spec.take_duration("longest")?.unwrap_or(mean.saturating_mul(10));
    Ok(Fault::exponential_latency(mean, longest))
}

fn load_latency(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let base = spec.value(DURATION, quantity::duration)?;
    let knee = spec.take_count("knee")?.ok_or_else(|| spec.lacks("knee"))?;
    let step = spec.take_duration("step")?.ok_or_else(|| spec.lacks("step"))?;
    Ok(Fault::load_latency(base, knee, step))
}

fn cap(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let places = spec.value("a number from 1 on", quantity::count)?;
    let right = format!("`then=queue`, or {STATUS}, such as `then=503`");
    let refusal = spec.take_parsed("then", &right, |text| match text {
        "queue" => Some(None),
        status => error_status(status).map(Some),
    })?;
    match refusal.flatten() {
        Some(status) => told(spec, Fault::cap_refusing(places, status)),
        None => match spec.keys.iter().find(|(key, _)| ["body", "retry-after", "retry-after-in"].contains(key)) {
            Some((key, _)) => {
                let problem =
                    format!("the key `{key}` does not fit a `cap` that queues; write a status, as in `then=503`");
                Err(error(problem))
            }
            None => Ok(Fault::cap(places)),
        },
    }
}

fn login_cost(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let users = spec.value(DURATION, quantity::duration)?;
    Ok(Fault::login_cost(users, spec.take_duration("robots")?.unwrap_or_default()))
}

fn restart(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let down_for = spec.value(DURATION, quantity::duration)?;
    Ok(Fault::graceful_restart(spec.take_duration("grace")?.unwrap_or_default(), down_for))
}

fn drip(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    let bytes = spec.value("a number of bytes", quantity::size)?;
    let every = spec.take_duration("every")?.ok_or_else(|| spec.lacks("every"))?;
    Ok(Fault::drip(bytes, every))
}

fn empty(spec: &mut Spec<'_>) -> Result<Fault, FaultSpecError> {
    if !spec.has_value() {
        return Ok(Fault::empty());
    }
    spec.value("200, 500 or nothing", |text| match text {
        "200" => Some(Fault::empty()),
        "500" => Some(Fault::empty_error()),
        _ => None,
    })
}

/// The keys about how an error is told.
fn told(spec: &mut Spec<'_>, mut fault: Fault) -> Result<Fault, FaultSpecError> {
    let body = spec.take_parsed("body", "`body=html` or `body=json`", |text| match text {
        "html" => Some(true),
        "json" => Some(false),
        _ => None,
    })?;
    fault = match body {
        Some(true) => fault.html_body(),
        Some(false) => fault.json_body(),
        None => fault,
    };
    let seconds =
        spec.take_parsed("retry-after", "whole seconds, such as `retry-after=2`", |text| text.parse().ok())?;
    let time = spec.take_duration("retry-after-in")?;
    match (seconds, time) {
        (Some(_), Some(_)) => Err(error("write `retry-after` or `retry-after-in`, not both".to_owned())),
        (Some(seconds), None) => Ok(fault.retry_after(seconds)),
        (None, Some(time)) => Ok(fault.retry_after_date_in(time)),
        (None, None) => Ok(fault),
    }
}

fn error_status(text: &str) -> Option<u16> {
    text.parse().ok().filter(|status| (400..=599).contains(status))
}
