//! Reports put away small, for when they are wanted again.
//!
//! A crawl must be able to give the report of a digest once more, when the same image turns up in another repository. Of
//! a hundred thousand reports hardly one is wanted again, and whole ones take more than a kilobyte each. So findings are
//! numbered in the order in which they are first seen, and a report is the list of the distances between its numbers, of
//! which most fit into one byte or two.

use std::collections::HashMap;
use std::sync::Arc;

use super::findings::{Digests, Findings};
use super::{Head, Report};
use crate::model::Finding;

/// What packed reports have in common.
#[derive(Debug, Default)]
pub(crate) struct Packer {
    findings: Vec<Arc<Finding>>,
    /// The numbers of findings by their address, which stays theirs because they are held above.
    numbers: HashMap<usize, u32>,
}

/// A report that is put away.
#[derive(Debug)]
pub(crate) struct Packed {
    head: Head,
    /// Distances between numbers.
    findings: Box<[u8]>,
    /// `None` where all findings are said to be in the artifact itself.
    digest_sets: Option<Box<[Digests]>>,
    set_of: Box<[u32]>,
}

impl Packer {
    /// Puts the report of an artifact away.
    pub(crate) fn pack(&mut self, report: Report, digest: &str) -> Packed {
        let Report { head, findings: Findings { findings, digest_sets, set_of } } = report;
        let mut bytes = Vec::with_capacity(2 * findings.len());
        let mut before = 0;
        for finding in findings {
            let number = i64::from(self.number(finding));
            write(&mut bytes, number - before);
            before = number;
        }
        let is_own = matches!(&digest_sets[..], [set] if set.is_only(digest));
        let digest_sets = (!is_own).then_some(digest_sets);
        Packed { head, findings: bytes.into(), digest_sets, set_of }
    }

    /// Gives the report of the same artifact again.
    pub(crate) fn unpack(&self, packed: &Packed, digest: &str) -> Report {
        let head = packed.head.clone();
        let mut findings = Vec::new();
        let (mut number, mut bytes) = (0, packed.findings.iter());
        while let Some(distance) = read(&mut bytes) {
            number += distance;
            findings.extend(usize::try_from(number).ok().and_then(|number| self.findings.get(number).cloned()));
        }
        let digest_sets = packed.digest_sets.clone().unwrap_or_else(|| [Digests::of(digest)].into());
        Report { head, findings: Findings { findings: findings.into(), digest_sets, set_of: packed.set_of.clone() } }
    }

    fn number(&mut self, finding: Arc<Finding>) -> u32 {
        let findings = &mut self.findings;
        *self.numbers.entry(Arc::as_ptr(&finding).addr()).or_insert_with(|| {
            findings.push(finding);
            (findings.len() - 1) as u32
        })
    }
}

/// Writes a number in as few bytes as it needs, seven bits in each, small negative ones as small ones, too.
fn write(bytes: &mut Vec<u8>, number: i64) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

fn read<'a>(bytes: &mut impl Iterator<Item = &'a u8>) -> Option<i64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = *bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((number >> 1) as i64 ^ -((number & 1) as i64));
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{FindingPool, decode};

    const DIGEST: &str = "sha256:1";

    fn report(pool: &FindingPool, members: &str, vulnerabilities: &[String]) -> Report {
        let list = vulnerabilities.join(",");
        let body = format!(
            r#"{{"application/vnd.security.vulnerability.report; version=1.1":{{{members}"vulnerabilities":[{list}]}}}}"#
        );
        match decode::report(body.as_bytes(), pool).unwrap() {
            decode::Body::Report(report) => report,
            decode::Body::Empty => unreachable!(),
        }
    }

    /// A finding that is in the artifact itself, in two others, or nowhere.
    fn finding((number, place): (u16, u8)) -> String {
        let digests = match place {
            0 => "",
            1 => r#","artifact_digests":["sha256:1","sha256:2"]"#,
            _ => r#","artifact_digests":["sha256:1"]"#,
        };
        format!(r#"{{"id":"CVE-{number}","package":"p","version":"1"{digests}}}"#)
    }

    proptest! {
        #[test]
        fn a_report_comes_back_as_it_was(
            reports in prop::collection::vec((prop::collection::vec((0..500_u16, 0..9_u8), 0..30), 0..3_usize), 1..8)
        ) {
            let heads = [
                "",
                r#""generated_at":"2026-01-01T00:00:00Z","scanner":{"name":"Trivy","vendor":"Aqua","version":"v1"},"#,
                r#""severity":"High","scanner":{"name":"Trivy","vendor":"Aqua","version":"v2","more":1},"other":[1],"#,
            ];
            let pool = FindingPool::new();
            let of = |(findings, head): &(Vec<(u16, u8)>, usize)| {
                report(&pool, heads[*head], &findings.iter().copied().map(finding).collect::<Vec<_>>())
            };
            let mut packer = Packer::default();
            let packed: Vec<Packed> = reports.iter().map(|report| packer.pack(of(report), DIGEST)).collect();
            for (packed, wanted) in packed.iter().zip(&reports) {
                let (report, wanted) = (packer.unpack(packed, DIGEST), of(wanted));
                prop_assert!(report.findings().zip(wanted.findings()).all(|(one, other)| Arc::ptr_eq(one.shared(), other.shared())));
                prop_assert_eq!(report, wanted);
            }
        }

        #[test]
        fn numbers_come_back_as_they_were(numbers in prop::collection::vec(any::<i64>(), 0..20)) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| write(&mut bytes, *number));
            let mut bytes = bytes.iter();
            prop_assert_eq!(std::iter::from_fn(|| read(&mut bytes)).collect::<Vec<_>>(), numbers);
        }
    }

    #[test]
    fn a_report_of_an_image_is_small() {
        let pool = FindingPool::new();
        let findings: Vec<String> = (0..100).map(|number| finding((number, 2))).collect();
        let packed = Packer::default().pack(report(&pool, "", &findings), DIGEST);
        assert_eq!(packed.findings.len(), 100);
        assert!(packed.digest_sets.is_none() && packed.set_of.is_empty());
        assert!(size_of::<Packed>() <= 96, "{}", size_of::<Packed>());
    }
}
