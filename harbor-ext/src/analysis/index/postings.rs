//! For each finding the reports that have it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use crate::analysis::address::AddressMap;
use crate::model::{Finding, Report};

/// For each finding, by its number, the numbers of the reports that have it, sorted. All of them lie in one list, one
/// finding after another, so that they take 4 bytes each.
#[derive(Debug)]
pub(super) struct Postings {
    reports: Box<[u32]>,
    /// Where the reports of each finding begin, and where the last ones end.
    starts: Box<[usize]>,
}

/// The reports that have one of several findings, sorted, each once.
#[derive(Clone, Debug)]
pub(super) struct Merge<'i> {
    /// What is left of the reports of each finding that has any left, by the first of them.
    lists: BinaryHeap<Reverse<(u32, &'i [u32])>>,
}

impl Postings {
    /// Notes who has the findings, of which it is known how many there are of each number.
    pub(super) fn new<'a>(
        counts: &[usize],
        reports: impl Iterator<Item = &'a Report>,
        numbers: &AddressMap<Finding, u32>,
    ) -> Self {
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut end = 0;
        for count in counts {
            starts.push(end);
            end += count;
        }
        let mut postings = vec![0; end].into_boxed_slice();
        let mut free = starts.clone();
        starts.push(end);
        for (number, report) in (0..).zip(reports) {
            for finding in report.findings() {
                let place = &mut free[numbers[&std::ptr::from_ref(finding.get())] as usize];
                postings[*place] = number;
                *place += 1;
            }
        }
        Self { reports: postings, starts: starts.into() }
    }

    /// How many there are altogether.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.reports.len()
    }

    /// The reports that have one of the findings with these numbers.
    pub(super) fn merged(&self, numbers: &[u32]) -> Merge<'_> {
        let reports = |number: &u32| &self.reports[self.starts[*number as usize]..self.starts[*number as usize + 1]];
        Merge { lists: numbers.iter().filter_map(|number| split(reports(number))).collect() }
    }
}

impl Iterator for Merge<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let Reverse((report, _)) = *self.lists.peek()?;
        while let Some(mut list) = self.lists.peek_mut() {
            let Reverse((first, rest)) = *list;
            if first != report {
                break;
            }
            match split(rest) {
                Some(rest) => *list = rest,
                None => {
                    PeekMut::pop(list);
                }
            }
        }
        Some(report)
    }
}

fn split(reports: &[u32]) -> Option<Reverse<(u32, &[u32])>> {
    reports.split_first().map(|(first, rest)| Reverse((*first, rest)))
}
