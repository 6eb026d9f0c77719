//! Which findings an archive has already.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::model::Finding;

/// The numbers of the findings of an archive, in the order in which they were written.
///
/// They are told by where they are in memory: reports of one crawl share them. Two that are equal and not shared are written
/// twice, which costs room and nothing else.
#[derive(Default)]
pub(super) struct Numbers {
    numbers: HashMap<usize, u32, RandomState>,
    /// Held, so that no other finding comes to stand in their place.
    findings: Vec<Arc<Finding>>,
}

impl Numbers {
    pub(super) fn number(&self, finding: &Arc<Finding>) -> Option<u32> {
        self.numbers.get(&Arc::as_ptr(finding).addr()).copied()
    }

    /// Gives a finding the next number.
    pub(super) fn add(&mut self, finding: &Arc<Finding>) {
        let number = self.findings.len() as u32;
        self.numbers.insert(Arc::as_ptr(finding).addr(), number);
        self.findings.push(Arc::clone(finding));
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Numbers").field("len", &self.findings.len()).finish_non_exhaustive()
    }
}
