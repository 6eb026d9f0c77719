//! Filters as values: what is true of a finding, what is true of an artifact.
//!
//! There are two kinds, so that *not* is never ambiguous: "artifacts that have a finding that is not fixable" is
//! `has(!fixable)`, and "artifacts that have no fixable finding" is `!has(fixable)`. [`ArtifactFilter::has`] makes one of
//! the first kind one of the second, and [`FindingFilter::in_artifact`] the other way round.

mod answer;
mod artifact;
mod expression;
mod finding;
mod names;
mod operators;
mod pass;
mod pattern;
mod platform;
mod split;

pub use answer::Answer;
pub use artifact::ArtifactFilter;
pub use finding::FindingFilter;
pub use pattern::{Pattern, PatternError};

pub(super) use pass::{Answers, Pass};
pub(super) use split::Split;

#[cfg(test)]
mod properties;

/// Filters and views may go to another thread, and be held while a task waits.
const _: () = {
    const fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<(ArtifactFilter, FindingFilter, Pattern, super::Findings<'_>)>();
};
