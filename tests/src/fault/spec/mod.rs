//! The text form of faults, which `grammar.md` describes.

mod kinds;
mod quantity;
#[cfg(test)]
mod tests;

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::Fault;
use kinds::{KINDS, SpecKind};

/// A text that is no fault; its message says what would be right.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct FaultSpecError(String);

/// A text, taken apart; the keys that were read are gone from it.
struct Spec<'a> {
    text: &'a str,
    kind: &'static SpecKind,
    value: Option<&'a str>,
    keys: Vec<(&'a str, &'a str)>,
}

/// The keys of every kind.
const COMMON_KEYS: [&str; 7] = ["on", "project", "repository", "after", "times", "share", "seed"];

impl FromStr for Fault {
    type Err = FaultSpecError;

    /// Reads a fault as [`Fault::GRAMMAR`] describes it. Whether the server has the operation that
    /// it is restricted to shows when the server starts.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut spec = Spec::new(text)?;
        let fault = (spec.kind.read)(&mut spec)?;
        spec.restrict(fault)
    }
}

impl<'a> Spec<'a> {
    fn new(text: &'a str) -> Result<Self, FaultSpecError> {
        let mut parts = text.split(',');
        let first = parts.next().unwrap_or_default();
        let (name, value) = match first.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (first, None),
        };
        let kind = KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
            let names = list(KINDS.iter().map(|kind| kind.name));
            error(format!("there is no fault `{name}`; there are {names}"))
        })?;
        let mut spec = Self { text, kind, value, keys: Vec::new() };
        parts.try_for_each(|part| spec.add_key(part))?;
        Ok(spec)
    }

    fn add_key(&mut self, part: &'a str) -> Result<(), FaultSpecError> {
        let (text, kind) = (self.text, self.kind);
        let keys = || list(kind.keys.iter().copied().chain(COMMON_KEYS));
        let Some((key, value)) = part.split_once('=') else {
            let name = kind.name;
            return Err(error(format!("`{part}` in `{text}` is not KEY=VALUE; the keys of `{name}` are {}", keys())));
        };
        if !kind.keys.contains(&key) && !COMMON_KEYS.contains(&key) {
            let (name, of_another) = (kind.name, KINDS.iter().any(|kind| kind.keys.contains(&key)));
            return Err(error(match of_another {
                true => format!("the key `{key}` does not fit `{name}`, whose keys are {}", keys()),
                false => format!("there is no key `{key}`; the keys of `{name}` are {}", keys()),
            }));
        }
        if self.keys.iter().any(|(known, _)| *known == key) {
            return Err(error(format!("the key `{key}` is in `{text}` twice; write it once")));
        }
        if value.is_empty() {
            return Err(error(format!("the key `{key}` in `{text}` has no value; write one behind the `=`")));
        }
        self.keys.push((key, value));
        Ok(())
    }

    /// The keys that all kinds have.
    fn restrict(&mut self, mut fault: Fault) -> Result<Fault, FaultSpecError> {
        if let Some(operation) = self.take("on") {
            fault = fault.on(operation);
        }
        if let Some(project) = self.take("project") {
            fault = fault.in_project(project);
        }
        if let Some(repository) = self.take("repository") {
            fault = fault.in_repository(repository);
        }
        if let Some(number) = self.take_count("after")? {
            fault = fault.after(number);
        }
        if let Some(times) = self.take_count("times")? {
            fault = fault.times(times);
        }
        let seed = self.take_parsed("seed", "a whole number, such as `seed=7`", |text| text.parse().ok())?;
        let share = self.take_parsed("share", "a part of the requests from 0 to 1, such as `share=0.25`", |text| {
            text.parse().ok().filter(|share| (0.0..=1.0).contains(share))
        })?;
        if let Some(share) = share {
            fault = fault.share(share, 0);
        }
        match seed {
            Some(_) if !fault.draws() => {
                let name = self.kind.name;
                Err(error(format!("`seed` has nothing to draw in this `{name}`; add a share, such as `share=0.25`")))
            }
            Some(seed) => Ok(fault.seed(seed)),
            None => Ok(fault),
        }
    }

    fn has_value(&self) -> bool {
        self.value.is_some()
    }

    /// The value of the kind, which must be there.
    fn value<T>(&self, right: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, FaultSpecError> {
        let SpecKind { name, example, .. } = self.kind;
        match self.value {
            None | Some("") => Err(error(format!("`{name}` needs a value: {right}, such as `{example}`"))),
            Some(value) => read(value)
                .ok_or_else(|| error(format!("`{name}={value}` makes no sense; write {right}, such as `{example}`"))),
        }
    }

    /// The fault, if there is no value.
    fn without_value(&self, fault: Fault) -> Result<Fault, FaultSpecError> {
        let name = self.kind.name;
        match self.value {
            None => Ok(fault),
            Some(value) => Err(error(format!("`{name}={value}` makes no sense; write `{name}` without a value"))),
        }
    }

    fn lacks(&self, key: &str) -> FaultSpecError {
        let SpecKind { name, example, .. } = self.kind;
        error(format!("`{name}` needs the key `{key}`, such as in `{example}`"))
    }

    fn take(&mut self, key: &str) -> Option<&'a str> {
        let position = self.keys.iter().position(|(known, _)| *known == key)?;
        Some(self.keys.swap_remove(position).1)
    }

    fn take_parsed<T>(
        &mut self,
        key: &str,
        right: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, FaultSpecError> {
        let Some(text) = self.take(key) else {
            return Ok(None);
        };
        match read(text) {
            Some(value) => Ok(Some(value)),
            None => Err(error(format!("`{key}={text}` makes no sense; write {right}"))),
        }
    }

    fn take_duration(&mut self, key: &str) -> Result<Option<Duration>, FaultSpecError> {
        self.take_parsed(key, &format!("a duration, such as `{key}=50ms`, `1.5s` or `2m`"), quantity::duration)
    }

    fn take_count(&mut self, key: &str) -> Result<Option<usize>, FaultSpecError> {
        self.take_parsed(key, &format!("a number from 1 on, such as `{key}=2`"), quantity::count)
    }
}

fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn error(message: String) -> FaultSpecError {
    FaultSpecError(message)
}
