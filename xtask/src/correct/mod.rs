//! Where Harbor's description and Harbor's answers disagree, and what is done about it.
//!
//! [`rules`] mend whole classes of disagreements, in any release. The few that concern one place
//! only are entries of `corrections.toml`. Each says why. Correcting twice changes nothing, so a
//! corrected description can be checked without its source.

mod answers;
mod naming;
mod places;
mod rules;
mod schemas;
#[cfg(test)]
mod tests;
mod walk;

use serde_json::Value;

pub(crate) use places::Corrections;
pub(crate) use walk::{operations, reachable};

/// How often each correction applied.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) name: String,
    pub(crate) times: usize,
}

/// Corrects an OpenAPI 3.0 description in place.
pub(crate) fn correct(document: &mut Value, corrections: &Corrections) -> Vec<Applied> {
    let mut applied = Vec::new();
    for rule in rules::FIRST {
        applied.push(Applied { name: rule.name.to_owned(), times: (rule.apply)(document) });
    }
    applied.extend(corrections.apply(document));
    for rule in rules::LAST {
        applied.push(Applied { name: rule.name.to_owned(), times: (rule.apply)(document) });
    }
    applied
}
