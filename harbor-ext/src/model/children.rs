//! Which children of an index a finding is in.
//!
//! The report of an index is that of all its children together: a finding that is in two of them is one finding of the
//! index, and says in [`artifact_digests`](FindingRef::artifact_digests) where it is. Nothing here counts it twice; what
//! is grouped by child names it in each.

use super::{ArtifactInfo, Child, FindingRef, Platform};
use crate::name::Digest;

/// The findings of one child of an index, see [`ArtifactInfo::findings_by_child`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChildFindings<'a> {
    /// The child; `None` for findings that are in no child that the index lists.
    pub child: Option<&'a Child>,
    /// Its findings, in the order of the report; empty where it is clean.
    pub findings: Vec<FindingRef<'a>>,
}

/// Which children of an index a finding is in.
impl ArtifactInfo {
    /// The children of the index that a finding of it is in, in the order of the index. None for an image, and for a
    /// finding that names none.
    pub fn children_of<'a>(&'a self, finding: FindingRef<'a>) -> impl Iterator<Item = &'a Child> {
        self.artifact.children.iter().filter(move |child| is_in(finding, &child.digest))
    }

    /// The platforms that a finding is found on, each once: those of the [children](Self::children_of) of an index that
    /// have it, or the platform of an image itself. None where that is not known.
    #[must_use]
    pub fn platforms_of<'a>(&'a self, finding: FindingRef<'a>) -> Vec<&'a Platform> {
        let own = self.artifact.children.is_empty().then_some(&self.artifact.platform);
        let all = own.into_iter().chain(self.children_of(finding).map(|child| &child.platform));
        let mut platforms: Vec<&Platform> = Vec::new();
        for platform in all.filter(|platform| **platform != Platform::default()) {
            if !platforms.contains(&platform) {
                platforms.push(platform);
            }
        }
        platforms
    }

    /// The findings that are on a platform, by [`platforms_of`](Self::platforms_of), in the order of the report.
    pub fn findings_on<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = FindingRef<'a>> {
        self.findings().filter(move |finding| self.platforms_of(*finding).contains(&platform))
    }

    /// The findings of each child of an index, in the order of the index, also of those that have none. What is in no
    /// child that the index lists comes last, under no child, so that no finding is missing; so do all findings of an
    /// image.
    ///
    /// A finding that is in two children is in both groups. To count findings, count those of the index. Without a report
    /// there are no groups, so that no child seems to be clean.
    #[must_use]
    pub fn findings_by_child(&self) -> Vec<ChildFindings<'_>> {
        if self.state.report().is_none() {
            return Vec::new();
        }
        let children = &self.artifact.children;
        let mut groups: Vec<_> = children
            .iter()
            .map(|child| ChildFindings {
                child: Some(child),
                findings: self.findings().filter(|finding| is_in(*finding, &child.digest)).collect(),
            })
            .collect();
        let rest: Vec<_> = self.findings().filter(|finding| self.children_of(*finding).next().is_none()).collect();
        if !rest.is_empty() {
            groups.push(ChildFindings { child: None, findings: rest });
        }
        groups
    }
}

fn is_in(finding: FindingRef<'_>, digest: &Digest) -> bool {
    finding.artifact_digests().any(|known| known == digest.as_str())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::model::{Artifact, Report, ReportState};

    fn digest(number: u8) -> Digest {
        format!("sha256:{number:064x}").parse().unwrap()
    }

    fn platform(architecture: &str) -> Platform {
        Platform { architecture: Some(architecture.into()), os: Some("linux".into()) }
    }

    fn info(platform: Platform, children: Vec<Child>, findings: Value) -> ArtifactInfo {
        let mut artifact = Artifact::new("p/a".parse().unwrap(), digest(0));
        artifact.platform = platform;
        artifact.children = children;
        let report: Report = serde_json::from_value(json!({ "vulnerabilities": findings })).unwrap();
        ArtifactInfo::new(Arc::new(artifact), ReportState::Reported(Arc::new(report)))
    }

    /// An index of two children for one platform and one for another; the last one is clean.
    fn index() -> ArtifactInfo {
        let platforms = [(1, "amd64"), (2, "arm64"), (3, "arm64"), (4, "s390x")];
        let children = platforms.map(|(number, architecture)| Child::new(digest(number), platform(architecture)));
        let findings = json!([
            { "id": "both", "artifact_digests": [digest(2), digest(1), digest(1)] },
            { "id": "arm", "artifact_digests": [digest(2), digest(3)] },
            { "id": "amd", "artifact_digests": [digest(1)] },
            { "id": "nowhere", "artifact_digests": null },
            { "id": "elsewhere", "artifact_digests": [digest(9)] },
        ]);
        info(Platform::default(), children.into(), findings)
    }

    fn find<'a>(info: &'a ArtifactInfo, id: &str) -> FindingRef<'a> {
        info.findings().find(|finding| finding.has_id(id)).unwrap()
    }

    fn ids<'a>(findings: impl IntoIterator<Item = FindingRef<'a>>) -> Vec<&'a str> {
        findings.into_iter().map(|finding| finding.get().id()).collect()
    }

    /// W2: a finding that is in two children is one finding of the index, and knows both.
    #[test]
    fn a_finding_of_an_index_knows_its_children_and_counts_once() {
        let index = index();
        let both = find(&index, "both");
        assert_eq!(index.findings().filter(|finding| finding.has_id("both")).count(), 1);
        let children: Vec<_> = index.children_of(both).map(|child| &child.digest).collect();
        assert_eq!(children, [&digest(1), &digest(2)]);
        assert_eq!(index.platforms_of(both), [&platform("amd64"), &platform("arm64")]);
        assert_eq!(index.platforms_of(find(&index, "arm")), [&platform("arm64")]);
        for id in ["nowhere", "elsewhere"] {
            assert_eq!(index.children_of(find(&index, id)).count(), 0, "{id}");
            assert!(index.platforms_of(find(&index, id)).is_empty(), "{id}");
        }
    }

    #[test]
    fn findings_are_those_of_a_platform() {
        let index = index();
        assert_eq!(ids(index.findings_on(&platform("amd64"))), ["both", "amd"]);
        assert_eq!(ids(index.findings_on(&platform("arm64"))), ["both", "arm"]);
        assert_eq!(index.findings_on(&platform("s390x")).count(), 0);
        assert_eq!(index.findings_on(&Platform::default()).count(), 0);
    }

    #[test]
    fn every_finding_is_in_a_group() {
        let index = index();
        let groups: Vec<_> = index
            .findings_by_child()
            .into_iter()
            .map(|group| (group.child.map(|child| child.digest.clone()), ids(group.findings)))
            .collect();
        let expected = [
            (Some(digest(1)), vec!["both", "amd"]),
            (Some(digest(2)), vec!["both", "arm"]),
            (Some(digest(3)), vec!["arm"]),
            (Some(digest(4)), vec![]),
            (None, vec!["nowhere", "elsewhere"]),
        ];
        assert_eq!(groups, expected);
    }

    #[test]
    fn an_image_is_its_own_platform() {
        let image = info(platform("amd64"), Vec::new(), json!([{ "id": "one", "artifact_digests": null }]));
        assert_eq!(image.platforms_of(find(&image, "one")), [&platform("amd64")]);
        assert_eq!(ids(image.findings_on(&platform("amd64"))), ["one"]);
        let groups = image.findings_by_child();
        assert_eq!(groups.len(), 1);
        assert!(groups[0].child.is_none() && groups[0].findings.len() == 1);
    }

    #[test]
    fn no_child_of_an_unscanned_index_is_clean() {
        let unscanned = ArtifactInfo::new(index().artifact, ReportState::NotScanned);
        assert!(unscanned.findings_by_child().is_empty());
    }
}
