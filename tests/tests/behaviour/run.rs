//! Running a behaviour on one of the two servers.

use std::io::{self, Write};
use std::sync::{Mutex, Once, OnceLock, PoisonError};

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
    if let Err(Skipped(reason)) = behaviour(&target) {
        panic!("{name}: the simulated registry must have what every behaviour needs: {reason}");
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

/// Writes a line past the test harness, which keeps back what tests that pass print.
fn say(line: &str) {
    // There is nobody to tell when standard output is closed.
    let _ = writeln!(io::stdout(), "{line}");
}
