//! The rows of the rankings.

use comfy_table::Cell;
use harbor_ext::analysis::{ArtifactSummary, CveSummary, Distribution, PackageSummary, PlaceSummary};
use harbor_ext::model::Severity;

use crate::output::listing::Shown;
use crate::output::row::row;
use crate::output::table;

/// A registry, and the name of a project or a repository in it.
type Place<'a> = (Option<&'a str>, &'a str);

row! {
    /// A vulnerability.
    struct CveRow<'a> {
        cve: &'a str,
        severity: Severity,
        cvss_score: Option<f64>,
        images: usize,
        repositories: usize,
        projects: usize,
        findings: usize,
        fixable: bool,
        packages: Vec<&'a str>,
    }
}

row! {
    /// An image.
    struct ImageRow<'a> {
        registry: Option<&'a str>,
        repository: &'a str,
        digest: &'a str,
        tags: Vec<&'a str>,
        findings: usize,
        critical: usize,
        high: usize,
        medium: usize,
        low: usize,
        cvss_max: Option<f64>,
    }
}

row! {
    /// A package.
    struct PackageRow<'a> {
        package: &'a str,
        images: usize,
        repositories: usize,
        projects: usize,
        findings: usize,
        critical: usize,
        high: usize,
        medium: usize,
        low: usize,
        fixable: usize,
        versions: Vec<&'a str>,
    }
}

row! {
    /// A project or a repository.
    struct PlaceRow<'a> {
        registry: Option<&'a str>,
        name: &'a str,
        images: usize,
        reported: usize,
        findings: usize,
        critical: usize,
        high: usize,
        medium: usize,
        low: usize,
        fixable: usize,
        unique_cves: usize,
    }
}

/// How many findings there are of the severities that have a column.
fn by_severity(findings: &Distribution) -> [usize; 4] {
    Severity::COLUMNS.map(|severity| findings.get(severity))
}

impl<'a> From<&'a CveSummary<'a>> for CveRow<'a> {
    fn from(cve: &'a CveSummary<'a>) -> Self {
        Self {
            cve: cve.id,
            severity: cve.severity,
            cvss_score: cve.cvss_score,
            images: cve.artifacts,
            repositories: cve.repositories,
            projects: cve.projects.len(),
            findings: cve.findings,
            fixable: cve.fixable,
            packages: cve.packages.iter().copied().collect(),
        }
    }
}

impl<'a> From<&'a ArtifactSummary<'a>> for ImageRow<'a> {
    fn from(image: &'a ArtifactSummary<'a>) -> Self {
        let artifact = &image.artifact.artifact;
        let [critical, high, medium, low] = by_severity(&image.findings);
        Self {
            registry: artifact.registry.as_deref(),
            repository: artifact.repository.full(),
            digest: artifact.digest.as_str(),
            tags: artifact.tag_names().collect(),
            findings: image.findings.total(),
            critical,
            high,
            medium,
            low,
            cvss_max: image.artifact.cvss_max(),
        }
    }
}

impl<'a> From<&'a PackageSummary<'a>> for PackageRow<'a> {
    fn from(package: &'a PackageSummary<'a>) -> Self {
        let [critical, high, medium, low] = by_severity(&package.severities);
        Self {
            package: package.name,
            images: package.artifacts,
            repositories: package.repositories,
            projects: package.projects.len(),
            findings: package.findings,
            critical,
            high,
            medium,
            low,
            fixable: package.fixable,
            versions: package.versions.iter().copied().collect(),
        }
    }
}

impl<'a> From<&'a PlaceSummary<'a, Place<'a>>> for PlaceRow<'a> {
    fn from(place: &'a PlaceSummary<'a, Place<'a>>) -> Self {
        let [critical, high, medium, low] = by_severity(&place.severities);
        let (registry, name) = place.key;
        Self {
            registry,
            name,
            images: place.counts.artifacts,
            reported: place.counts.reported,
            findings: place.counts.findings,
            critical,
            high,
            medium,
            low,
            fixable: place.counts.fixable,
            unique_cves: place.counts.unique_cves,
        }
    }
}

impl Shown for CveRow<'_> {
    const HEADERS: &'static [&'static str] = &["CVE", "SEVERITY", "CVSS", "IMAGES", "PROJECTS", "FIXABLE", "PACKAGES"];

    fn shown(&self) -> Vec<Cell> {
        vec![
            table::text(self.cve),
            table::severity(self.severity),
            table::known(self.cvss_score, 1),
            table::number(self.images),
            table::number(self.projects),
            table::text(if self.fixable { "yes" } else { "no" }),
            table::names(&self.packages),
        ]
    }
}

impl Shown for ImageRow<'_> {
    const HEADERS: &'static [&'static str] = &["IMAGE", "CRITICAL", "HIGH", "MEDIUM", "LOW", "ALL", "CVSS"];

    fn shown(&self) -> Vec<Cell> {
        let mut cells = vec![table::text(table::image(self.registry, self.repository, &self.tags, self.digest))];
        cells.extend([self.critical, self.high, self.medium, self.low, self.findings].map(table::number));
        cells.push(table::known(self.cvss_max, 1));
        cells
    }
}

impl Shown for PackageRow<'_> {
    const HEADERS: &'static [&'static str] =
        &["PACKAGE", "CRITICAL", "HIGH", "MEDIUM", "LOW", "ALL", "IMAGES", "VERSIONS"];

    fn shown(&self) -> Vec<Cell> {
        let mut cells = vec![table::text(self.package)];
        let numbers = [self.critical, self.high, self.medium, self.low, self.findings, self.images];
        cells.extend(numbers.map(table::number));
        cells.push(table::names(&self.versions));
        cells
    }
}

impl Shown for PlaceRow<'_> {
    const HEADERS: &'static [&'static str] =
        &["NAME", "CRITICAL", "HIGH", "MEDIUM", "LOW", "ALL", "CVES", "IMAGES", "WITH REPORT"];

    fn shown(&self) -> Vec<Cell> {
        let registry = self.registry.map(|registry| format!("{registry}/")).unwrap_or_default();
        let mut cells = vec![table::text(format!("{registry}{}", self.name))];
        let numbers = [self.critical, self.high, self.medium, self.low, self.findings, self.unique_cves];
        cells.extend(numbers.map(table::number));
        cells.extend([self.images, self.reported].map(table::number));
        cells
    }
}
