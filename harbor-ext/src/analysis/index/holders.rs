//! For each report the artifacts whose report it is.

use crate::analysis::ArtifactReport;
use crate::analysis::address::AddressMap;
use crate::model::{ArtifactInfo, Report};

/// Reports in the order in which they appear, each once and with the artifacts whose report it is. All artifacts lie in
/// one list, those of one report after another.
#[derive(Debug)]
pub(super) struct Holders<'a> {
    artifacts: Box<[&'a ArtifactInfo]>,
    /// Where the artifacts of each report begin, and where the last ones end.
    starts: Box<[u32]>,
}

impl<'a> Holders<'a> {
    pub(super) fn of(report: &'a ArtifactReport) -> Self {
        let mut numbers: AddressMap<Report, u32> = AddressMap::default();
        let mut numbered: Vec<(u32, &ArtifactInfo)> = Vec::new();
        for info in report {
            if let Some(report) = info.state.report() {
                let next = numbers.len() as u32;
                numbered.push((*numbers.entry(std::ptr::from_ref(report)).or_insert(next), info));
            }
        }
        numbered.sort_by_key(|(number, _)| *number);
        let mut starts: Vec<u32> = Vec::with_capacity(numbers.len() + 1);
        let mut end = 0;
        for artifacts in numbered.chunk_by(|(number, _), (other, _)| number == other) {
            starts.push(end);
            end += artifacts.len() as u32;
        }
        starts.push(end);
        Self { artifacts: numbered.into_iter().map(|(_, info)| info).collect(), starts: starts.into() }
    }

    /// The artifacts whose report has a number.
    pub(super) fn artifacts(&self, number: u32) -> &[&'a ArtifactInfo] {
        let number = number as usize;
        &self.artifacts[self.starts[number] as usize..self.starts[number + 1] as usize]
    }

    /// The reports, by their number.
    pub(super) fn reports(&self) -> impl Iterator<Item = &'a Report> {
        let first = self.starts.iter().filter_map(|start| self.artifacts.get(*start as usize));
        first.filter_map(|info| info.state.report())
    }
}
