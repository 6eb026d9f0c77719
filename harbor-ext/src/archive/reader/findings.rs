//! The findings of an archive, by their numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::Finding;

/// The findings that were read, by their numbers: runs of numbers without a gap, each by its first one. There is one run,
/// unless something was lost.
#[derive(Debug, Default)]
pub(super) struct Findings {
    runs: BTreeMap<u64, Vec<Arc<Finding>>>,
}

impl Findings {
    /// The finding of this number, if it was read.
    pub(super) fn get(&self, number: u64) -> Option<Arc<Finding>> {
        let (first, run) = self.runs.range(..=number).next_back()?;
        run.get(usize::try_from(number - first).ok()?).cloned()
    }

    /// Adds the finding of a number that is larger than all before.
    pub(super) fn push(&mut self, number: u64, finding: Arc<Finding>) {
        if let Some((first, run)) = self.runs.iter_mut().next_back()
            && number.checked_sub(*first) == Some(run.len() as u64)
        {
            run.push(finding);
            return;
        }
        self.runs.insert(number, vec![finding]);
    }
}
