//! Findings in groups, for formats that say something once for all artifacts that it is true of.

use std::collections::BTreeMap;

use super::Document;
use crate::judge::Assessed;

/// Findings by a key, in its order. Takes 8 bytes for each finding.
pub(super) struct Groups<'b, 'a, K> {
    document: &'b Document<'a>,
    places: BTreeMap<K, Vec<(u32, u32)>>,
}

impl<'b, 'a, K: Ord> Groups<'b, 'a, K> {
    pub(super) fn new(document: &'b Document<'a>, key: impl Fn(&Assessed<'a>) -> K) -> Self {
        let mut places = BTreeMap::<K, Vec<(u32, u32)>>::new();
        for (artifact, info) in (0_u32..).zip(document.assessment.inventory().report()) {
            for (finding, assessed) in (0_u32..).zip(document.assessment.findings_of(info)) {
                places.entry(key(&assessed)).or_default().push((artifact, finding));
            }
        }
        Self { document, places }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, Group<'_, 'a>)> {
        self.places.iter().map(|(key, places)| (key, Group { document: self.document, places }))
    }
}

/// The findings of one group.
#[derive(Clone, Copy)]
pub(super) struct Group<'b, 'a> {
    document: &'b Document<'a>,
    places: &'b [(u32, u32)],
}

impl<'a> Group<'_, 'a> {
    /// Its findings, in the order of the report.
    pub(super) fn findings(&self) -> impl Iterator<Item = Assessed<'a>> {
        let assessment = self.document.assessment;
        let artifacts = assessment.inventory().report().artifacts();
        self.places.iter().filter_map(move |(artifact, finding)| {
            let info = artifacts.get(*artifact as usize)?;
            let finding = info.state.report()?.finding(*finding as usize)?;
            Some(assessment.assess(info, finding))
        })
    }

    /// The first of them, which every group has.
    pub(super) fn first(&self) -> Option<Assessed<'a>> {
        self.findings().next()
    }
}
