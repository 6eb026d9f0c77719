//! For each finding the places where it is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Arc;

use crate::analysis::address::AddressMap;
use crate::model::{Finding, Report};

/// One place of a finding: the number of the report, and its position in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    pub(super) report: u32,
    pub(super) position: u32,
}

/// For each finding, by its number, the places where it is, sorted. All of them lie in one list, one finding after
/// another, so that they take 8 bytes each.
#[derive(Debug)]
pub(super) struct Postings {
    postings: Box<[Posting]>,
    /// Where the places of each finding begin, and where the last ones end.
    starts: Box<[usize]>,
}

/// The places of several findings together, sorted.
#[derive(Clone, Debug)]
pub(super) struct Merge<'i> {
    /// What is left of the places of each finding that has any left, by the first of them.
    lists: BinaryHeap<Reverse<(Posting, &'i [Posting])>>,
}

impl Postings {
    /// Notes the places of all findings of the reports, of which it is known how many there are of each number.
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
        let mut postings = vec![Posting::default(); end].into_boxed_slice();
        let mut free = starts.clone();
        starts.push(end);
        for (report, findings) in (0..).zip(reports) {
            for (position, finding) in (0..).zip(findings.findings()) {
                let place = &mut free[numbers[&Arc::as_ptr(finding.shared())] as usize];
                postings[*place] = Posting { report, position };
                *place += 1;
            }
        }
        Self { postings, starts: starts.into() }
    }

    /// How many places there are altogether.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.postings.len()
    }

    /// The places of the findings with these numbers.
    pub(super) fn merged(&self, numbers: &[u32]) -> Merge<'_> {
        let places = |number: &u32| &self.postings[self.starts[*number as usize]..self.starts[*number as usize + 1]];
        Merge { lists: numbers.iter().filter_map(|number| split(places(number))).collect() }
    }
}

impl Merge<'_> {
    /// The next place.
    pub(super) fn peek(&self) -> Option<Posting> {
        self.lists.peek().map(|Reverse((first, _))| *first)
    }

    /// The next place, if it is such a one.
    pub(super) fn next_if(&mut self, is_such: impl FnOnce(Posting) -> bool) -> Option<Posting> {
        self.peek().filter(|place| is_such(*place)).and_then(|_| self.next())
    }
}

impl Iterator for Merge<'_> {
    type Item = Posting;

    fn next(&mut self) -> Option<Posting> {
        let mut list = self.lists.peek_mut()?;
        let Reverse((first, rest)) = *list;
        match split(rest) {
            Some(rest) => *list = rest,
            None => {
                PeekMut::pop(list);
            }
        }
        Some(first)
    }
}

fn split(places: &[Posting]) -> Option<Reverse<(Posting, &[Posting])>> {
    places.split_first().map(|(first, rest)| Reverse((*first, rest)))
}
