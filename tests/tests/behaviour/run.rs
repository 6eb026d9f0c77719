//! Running a behaviour on one of the two servers.

use std::any::Any;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, Once, OnceLock, PoisonError};

use crate::ALL;
use crate::awaited::AWAITED;
use crate::target::{Outcome, Skipped, Target};

/// A behaviour of Harbor: it fails by panicking.
type Behaviour = fn(&Target) -> Outcome;

/// Asks the simulated Harbor itself.
pub(crate) fn simulated(name: &str, behaviour: Behaviour) {
    ask_simulated(name, behaviour, Target::simulated());
}

/// Asks the simulated Harbor behind its nginx.
pub(crate) fn proxied(name: &str, behaviour: Behaviour) {
    ask_simulated(name, behaviour, Target::proxied());
}

fn ask_simulated(name: &str, behaviour: Behaviour, target: impl Future<Output = Target>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let target = runtime.block_on(target);
    let result = catch_unwind(AssertUnwindSafe(|| behaviour(&target)));
    let awaited = AWAITED.iter().find(|(awaited, _)| *awaited == name);
    if let Err(problem) = judge(result, awaited.map(|(_, reason)| *reason)) {
        match problem {
            Problem::Told(text) => panic!("{name}: {text}"),
            Problem::Panicked(panic) => resume_unwind(panic),
        }
    }
}

/// Asks the live Harbor, if there is one. It is asked one question at a time.
pub(crate) fn live(name: &str, behaviour: Behaviour) {
    static TURN: Mutex<()> = Mutex::new(());
    static TARGET: OnceLock<Result<Target, Skipped>> = OnceLock::new();
    // A behaviour that failed leaves nothing behind that would disturb the next.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    match TARGET.get_or_init(Target::live) {
        Ok(target) => {
            if let Err(Skipped(reason)) = behaviour(target) {
                say(&format!("live::{name}: skipped: {reason}"));
            }
        }
        Err(Skipped(reason)) => {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| say(&format!("live: all skipped: {reason}")));
            println!("live::{name}: skipped: {reason}");
        }
    }
}

/// What is wrong with the result of a behaviour.
enum Problem {
    Told(&'static str),
    Panicked(Box<dyn Any + Send>),
}

/// A behaviour must hold, unless it is awaited: then it must not.
fn judge(result: Result<Outcome, Box<dyn Any + Send>>, awaited: Option<&str>) -> Result<(), Problem> {
    match (result, awaited) {
        (Ok(Ok(())), None) => Ok(()),
        (Ok(Ok(())), Some(_)) => Err(Problem::Told("it holds: take it from the list of what is awaited")),
        (_, Some(reason)) => {
            println!("awaited: {reason}");
            Ok(())
        }
        (Ok(Err(Skipped(reason))), None) => {
            println!("{reason}");
            Err(Problem::Told("the simulated registry must have what every behaviour needs"))
        }
        (Err(panic), None) => Err(Problem::Panicked(panic)),
    }
}

/// Writes a line past the test harness, which keeps back what tests that pass print.
fn say(line: &str) {
    // There is nobody to tell when standard output is closed.
    let _ = writeln!(io::stdout(), "{line}");
}

#[test]
fn what_is_awaited_is_known_and_listed_once() {
    for (index, (name, _)) in AWAITED.iter().enumerate() {
        assert!(ALL.contains(name), "{name} is no behaviour");
        assert!(AWAITED[..index].iter().all(|(other, _)| other != name), "{name} is listed twice");
    }
}

#[test]
fn an_awaited_behaviour_that_holds_fails() {
    let fails = |result, awaited| judge(result, awaited).is_err();
    let skipped = || Ok(Err(Skipped("no data".to_owned())));
    assert!(!fails(Ok(Ok(())), None));
    assert!(fails(skipped(), None));
    assert!(fails(Err(Box::new("failed")), None));
    assert!(fails(Ok(Ok(())), Some("reason")));
    assert!(!fails(skipped(), Some("reason")));
    assert!(!fails(Err(Box::new("failed")), Some("reason")));
}
