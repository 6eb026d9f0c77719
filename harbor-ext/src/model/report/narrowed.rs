//! A report with some of its findings only.

use super::{FindingRef, Findings, Report};

impl Report {
    /// The same report with only the findings that the caller wants to keep, in the same order.
    ///
    /// What else it says is that of the whole report, its own word for the [severity](Self::severity_text) too. From what
    /// the image was made of was seen from all findings, and is remembered, so that versions are compared alike.
    #[must_use]
    pub fn narrowed(&self, keep: impl FnMut(FindingRef<'_>) -> bool) -> Self {
        let mut head = self.head.clone();
        head.remember_distribution(self.distribution());
        Self { head, findings: self.findings.narrowed(keep) }
    }
}

impl Findings {
    fn narrowed(&self, mut keep: impl FnMut(FindingRef<'_>) -> bool) -> Self {
        let places = self.iter().enumerate().filter(|(_, finding)| keep(*finding)).map(|(place, _)| place);
        let places: Vec<usize> = places.collect();
        Self {
            findings: places.iter().filter_map(|place| self.findings.get(*place).cloned()).collect(),
            digest_sets: self.digest_sets.clone(),
            set_of: places.iter().filter_map(|place| self.set_of.get(*place).copied()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::version::Distribution;

    fn report(findings: &Value) -> Report {
        serde_json::from_value(json!({"severity": "High", "vulnerabilities": findings})).unwrap()
    }

    #[test]
    fn findings_stay_in_order_with_their_artifacts() {
        let digests = |name: &str| json!({"id": name, "artifact_digests": [name.to_lowercase()]});
        let report = report(&json!([digests("A"), digests("B"), digests("C"), digests("D")]));
        let narrowed = report.narrowed(|finding| ["B", "D"].contains(&finding.id()));
        let shown: Vec<_> =
            narrowed.findings().map(|finding| (finding.id().to_owned(), finding.artifact_digests().count())).collect();
        assert_eq!(shown, [("B".to_owned(), 1), ("D".to_owned(), 1)]);
        let digests: Vec<_> = narrowed.findings().flat_map(FindingRef::artifact_digests).collect();
        assert_eq!(digests, ["b", "d"]);
        assert_eq!(narrowed.severity_text(), "High");
        assert_eq!(report.len(), 4);
        assert!(report.narrowed(|_| false).is_empty());
        assert!(report.narrowed(|_| true).findings().eq(report.findings()));
    }

    #[test]
    fn what_an_image_is_made_of_is_remembered() {
        let package = |id: &str, version: &str| json!({"id": id, "package": "p", "version": version});
        let report = report(&json!([package("A", "1.2.3-r0"), package("B", "2.0-r1"), package("C", "1.0")]));
        assert_eq!(report.distribution(), Some(Distribution::Alpine));
        let narrowed = report.narrowed(|finding| finding.id() == "C");
        assert_eq!(narrowed.distribution(), Some(Distribution::Alpine));
        assert_eq!(narrowed.narrowed(|_| false).distribution(), Some(Distribution::Alpine));
    }
}
