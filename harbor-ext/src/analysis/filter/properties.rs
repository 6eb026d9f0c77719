//! What holds for any filter and any artifacts: filters agree with a naive evaluation, which knows neither sharing nor
//! order nor anything once found out.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::*;
use crate::analysis::samples::{finding, reported, unscanned};
use crate::analysis::{ArtifactReport, Partition};
use crate::model::{ArtifactInfo, ArtifactTag, Child, FindingRef, Platform, Severity};
use crate::version::{Containment, Distribution, Scheme, VersionRange};

const CVES: [&str; 4] = ["CVE-1", "CVE-12", "cve-1", ""];
const PACKAGES: [&str; 3] = ["a", "A", "ab"];
const VERSIONS: [&str; 4] = ["1.0.0", "2.0.0", "", "?"];
const SEVERITIES: [&str; 4] = ["Low", "High", "None", "odd"];
const REPOSITORIES: [&str; 3] = ["p/a", "p/b/a", "q/a"];
const REGISTRIES: [&str; 2] = ["one.example.com", "two.example.com:8443"];
const TAGS: [&[&str]; 3] = [&[], &["v1"], &["V1", "x"]];
const ARCHITECTURES: [&str; 3] = ["amd64", "arm64", ""];

/// A filter of findings, to be built and to be evaluated by hand.
#[derive(Clone, Debug)]
enum Of {
    Cve(&'static str),
    Cves(Vec<&'static str>),
    CvePattern(&'static str),
    Package(&'static str),
    Version(&'static str, bool),
    Severity(Severity),
    AtLeast(Severity),
    Score(f64),
    Fixable,
    Status(&'static str),
    Description(&'static str),
    Architecture(&'static str),
    In(Box<Where>),
    All(Vec<Of>),
    Any(Vec<Of>),
    Not(Box<Of>),
}

/// A filter of artifacts, to be built and to be evaluated by hand.
#[derive(Clone, Debug)]
enum Where {
    Has(Of),
    Registry(&'static str),
    Repository(&'static str),
    Project(&'static str),
    Tag(&'static str),
    Reported,
    Overall(Severity),
    Architecture(&'static str),
    All(Vec<Where>),
    Any(Vec<Where>),
    Not(Box<Where>),
}

impl Of {
    fn build(&self) -> FindingFilter {
        match self {
            Self::Cve(id) => FindingFilter::cve(id),
            Self::Cves(ids) => FindingFilter::cves(ids),
            Self::CvePattern(pattern) => FindingFilter::cve_matching(Pattern::regex(pattern).unwrap()),
            Self::Package(name) => FindingFilter::package(name),
            Self::Version(text, is_given) => FindingFilter::version(range(text, *is_given)),
            Self::Severity(severity) => FindingFilter::severity(*severity),
            Self::AtLeast(severity) => FindingFilter::severity_at_least(*severity),
            Self::Score(score) => FindingFilter::cvss_score(*score..),
            Self::Fixable => FindingFilter::fixable(),
            Self::Status(status) => FindingFilter::status(status),
            Self::Description(text) => FindingFilter::description_contains(*text),
            Self::Architecture(name) => FindingFilter::architecture(name),
            Self::In(filter) => FindingFilter::in_artifact(filter.build()),
            Self::All(filters) => match &filters[..] {
                [one, other] => one.build() & other.build(),
                filters => FindingFilter::all(filters.iter().map(Self::build)),
            },
            Self::Any(filters) => match &filters[..] {
                [one, other] => one.build() | other.build(),
                filters => FindingFilter::any(filters.iter().map(Self::build)),
            },
            Self::Not(filter) => !filter.build(),
        }
    }

    /// `None` is "unknown".
    fn naive(&self, info: &ArtifactInfo, finding: FindingRef<'_>) -> Option<bool> {
        let is_id = |id: &str| finding.id().to_lowercase() == id.to_lowercase();
        match self {
            Self::Cve(id) => Some(is_id(id)),
            Self::Cves(ids) => Some(ids.iter().any(|id| is_id(id))),
            Self::CvePattern(pattern) => {
                let id = finding.id().to_uppercase();
                let prefix = pattern.strip_suffix(".*");
                Some(!id.is_empty() && prefix.map_or(id == *pattern, |prefix| id.starts_with(prefix)))
            }
            Self::Package(name) => Some(finding.package().to_lowercase() == name.to_lowercase()),
            Self::Version(text, is_given) => {
                let report = info.state.report()?;
                let distribution =
                    Distribution::of(report.findings().map(|it| (it.get().package(), it.get().version())));
                match range(text, *is_given).contains(finding.package(), finding.version(), distribution) {
                    Containment::Inside(_) => Some(true),
                    Containment::Outside(_) => Some(false),
                    Containment::NotComparable(_) => None,
                }
            }
            Self::Severity(severity) => Some(finding.severity() == *severity),
            Self::AtLeast(severity) => Some(finding.severity() >= *severity),
            Self::Score(score) => finding.cvss_score().map(|known| known >= *score),
            Self::Fixable => Some(finding.fixable()),
            Self::Status(status) => {
                Some(finding.status()).filter(|known| !known.is_empty()).map(|known| known == *status)
            }
            Self::Description(text) => Some(finding.description().contains(text)),
            Self::Architecture(name) => {
                let children = &info.artifact.children;
                if children.is_empty() {
                    return info.artifact.platform.architecture.as_deref().map(|known| known == *name);
                }
                let of = |child: &Child| child.platform.architecture.as_deref().map(|known| known == *name);
                let digests: Vec<_> = finding.artifact_digests().collect();
                if digests.is_empty() {
                    let all: Vec<_> = children.iter().map(of).collect();
                    return if all.iter().all(|answer| *answer == all[0]) { all[0] } else { None };
                }
                let in_child =
                    |digest: &&str| children.iter().find(|child| child.digest.as_str() == *digest).and_then(of);
                any(digests.iter().map(in_child))
            }
            Self::In(filter) => filter.naive(info),
            Self::All(filters) => all(filters.iter().map(|filter| filter.naive(info, finding))),
            Self::Any(filters) => any(filters.iter().map(|filter| filter.naive(info, finding))),
            Self::Not(filter) => filter.naive(info, finding).map(|answer| !answer),
        }
    }
}

impl Where {
    fn build(&self) -> ArtifactFilter {
        match self {
            Self::Has(filter) => ArtifactFilter::has(filter.build()),
            Self::Registry(name) => ArtifactFilter::registry(name),
            Self::Repository(name) => ArtifactFilter::repository(name),
            Self::Project(name) => ArtifactFilter::project(name),
            Self::Tag(name) => ArtifactFilter::tag(name),
            Self::Reported => ArtifactFilter::reported(),
            Self::Overall(severity) => ArtifactFilter::overall_severity(*severity),
            Self::Architecture(name) => ArtifactFilter::architecture(name),
            Self::All(filters) => match &filters[..] {
                [one, other] => one.build() & other.build(),
                filters => ArtifactFilter::all(filters.iter().map(Self::build)),
            },
            Self::Any(filters) => match &filters[..] {
                [one, other] => one.build() | other.build(),
                filters => ArtifactFilter::any(filters.iter().map(Self::build)),
            },
            Self::Not(filter) => !filter.build(),
        }
    }

    fn naive(&self, info: &ArtifactInfo) -> Option<bool> {
        let artifact = &info.artifact;
        match self {
            Self::Has(filter) => any(info.state.report()?.findings().map(|finding| filter.naive(info, finding))),
            Self::Registry(name) => Some(artifact.registry.as_deref()? == *name),
            Self::Repository(name) => Some(artifact.repository.full() == *name || artifact.repository.path() == *name),
            Self::Project(name) => Some(artifact.repository.project().as_str() == *name),
            Self::Tag(name) => Some(artifact.tags.iter().any(|tag| &*tag.name == *name)),
            Self::Reported => Some(info.state.report().is_some()),
            Self::Overall(severity) => {
                let worst = info.state.report()?.findings().map(|finding| finding.severity()).max();
                Some(worst == Some(*severity))
            }
            Self::Architecture(name) => {
                let platforms: Vec<_> = match &artifact.children[..] {
                    [] => vec![&artifact.platform],
                    children => children.iter().map(|child| &child.platform).collect(),
                };
                any(platforms.iter().map(|platform| platform.architecture.as_deref().map(|known| known == *name)))
            }
            Self::All(filters) => all(filters.iter().map(|filter| filter.naive(info))),
            Self::Any(filters) => any(filters.iter().map(|filter| filter.naive(info))),
            Self::Not(filter) => filter.naive(info).map(|answer| !answer),
        }
    }
}

fn range(text: &str, is_given: bool) -> VersionRange {
    let range = VersionRange::parse(text).unwrap();
    if is_given { range.scheme(Scheme::SemVer).unwrap() } else { range }
}

fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let answers: Vec<_> = answers.collect();
    if answers.contains(&Some(true)) {
        return Some(true);
    }
    if answers.contains(&None) { None } else { Some(false) }
}

fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(answers.map(|answer| answer.map(|answer| !answer))).map(|answer| !answer)
}

fn answer(naive: Option<bool>) -> Answer {
    naive.map_or(Answer::Unknown, Answer::from)
}

fn severities() -> impl Strategy<Value = Severity> {
    select(&Severity::ALL[..])
}

fn simple_of() -> impl Strategy<Value = Of> {
    prop_oneof![
        select(&CVES[..]).prop_map(Of::Cve),
        vec(select(&CVES[..]), 0..3).prop_map(Of::Cves),
        select(&["CVE-1", "CVE-1.*", "CVE.*"][..]).prop_map(Of::CvePattern),
        select(&PACKAGES[..]).prop_map(Of::Package),
        (select(&["<2.0.0", ">=1.0.0", "*"][..]), any_bool()).prop_map(|(text, given)| Of::Version(text, given)),
        severities().prop_map(Of::Severity),
        severities().prop_map(Of::AtLeast),
        select(&[0.0, 5.0, 9.0][..]).prop_map(Of::Score),
        Just(Of::Fixable),
        Just(Of::Status("fixed")),
        Just(Of::Description("x")),
        select(&ARCHITECTURES[..2]).prop_map(Of::Architecture),
    ]
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::bool::ANY
}

fn simple_where() -> impl Strategy<Value = Where> {
    prop_oneof![
        simple_of().prop_map(Where::Has),
        select(&REGISTRIES[..]).prop_map(Where::Registry),
        select(&["p/a", "b/a", "a", "q"][..]).prop_map(Where::Repository),
        select(&["p", "q"][..]).prop_map(Where::Project),
        select(&["v1", "V1"][..]).prop_map(Where::Tag),
        Just(Where::Reported),
        severities().prop_map(Where::Overall),
        select(&ARCHITECTURES[..2]).prop_map(Where::Architecture),
    ]
}

fn filters_of_findings() -> impl Strategy<Value = Of> {
    let leaf = prop_oneof![4 => simple_of(), 1 => simple_where().prop_map(|filter| Of::In(Box::new(filter)))];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Of::All),
            vec(inner.clone(), 0..4).prop_map(Of::Any),
            inner.prop_map(|filter| Of::Not(Box::new(filter))),
        ]
    })
}

fn filters_of_artifacts() -> impl Strategy<Value = Where> {
    let leaf = prop_oneof![1 => simple_where(), 1 => filters_of_findings().prop_map(Where::Has)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Where::All),
            vec(inner.clone(), 0..4).prop_map(Where::Any),
            inner.prop_map(|filter| Where::Not(Box::new(filter))),
        ]
    })
}

fn findings() -> impl Strategy<Value = Value> {
    let name = (select(&CVES[..]), select(&PACKAGES[..]), select(&VERSIONS[..]), select(&SEVERITIES[..]));
    let rest = (select(&["", "2.0.0"][..]), select(&["", "fixed", "affected"][..]), select(&["", "x", "y\nx"][..]));
    let more = (select(&[0.0, 5.0, 9.8][..]), vec(0_u8..3, 0..3));
    (name, rest, more).prop_map(|((id, package, version, severity), (fix, status, description), (score, children))| {
        let mut finding = finding(id, package, version, fix, severity);
        finding["status"] = status.into();
        finding["description"] = description.into();
        finding["preferred_cvss"] = json!({ "score_v3": score });
        finding["artifact_digests"] = children.into_iter().map(digest).collect();
        finding
    })
}

fn digest(number: u8) -> String {
    format!("sha256:{number:064x}")
}

fn platform(architecture: &str) -> Platform {
    Platform { architecture: Some(architecture).filter(|name| !name.is_empty()).map(Into::into), os: None }
}

/// Artifacts, of which some share a report.
fn reports() -> impl Strategy<Value = ArtifactReport> {
    let report = proptest::option::weighted(0.8, vec(findings(), 0..5));
    let place = (proptest::option::of(select(&REGISTRIES[..])), select(&REPOSITORIES[..]), select(&TAGS[..]));
    let platforms = (select(&ARCHITECTURES[..]), vec(select(&ARCHITECTURES[..]), 0..3));
    vec((report, place, platforms, any_bool()), 0..6).prop_map(|rows| {
        let mut artifacts: Vec<ArtifactInfo> = Vec::new();
        for (id, (report, (registry, repository, tags), (own, children), shares)) in (1..).zip(rows) {
            let mut info = match report {
                Some(findings) => reported(repository, id, &findings),
                None => unscanned(repository, id),
            };
            if let (true, Some(earlier)) = (shares, artifacts.last()) {
                info.state = earlier.state.clone();
            }
            let artifact = Arc::make_mut(&mut info.artifact);
            artifact.registry = registry.map(Arc::from);
            artifact.tags = tags.iter().map(|tag| ArtifactTag::new(*tag)).collect();
            artifact.platform = platform(own);
            let child = |(number, architecture): (u8, &&str)| {
                Child::new(digest(number).parse().unwrap(), platform(architecture))
            };
            artifact.children = (0..).zip(&children).map(child).collect();
            artifacts.push(info);
        }
        artifacts.into()
    })
}

/// Where a finding is, to compare what two ways have found.
fn place(info: &ArtifactInfo, finding: FindingRef<'_>) -> (i64, usize) {
    let findings = info.state.report().unwrap();
    let is_it = |other: FindingRef<'_>| std::ptr::eq(other.shared(), finding.shared());
    (info.artifact.id, findings.findings().position(is_it).unwrap())
}

proptest! {
    #[test]
    fn findings_are_those_of_a_naive_search(filter in filters_of_findings(), report in reports()) {
        let built = filter.build();
        let mut expected = [const { Vec::new() }; 3];
        for info in &report {
            for finding in info.findings() {
                let answer = answer(filter.naive(info, finding));
                prop_assert_eq!(built.answer(info, finding), answer, "{}", built);
                expected[answer as usize].push(place(info, finding));
            }
        }
        let found = |findings: crate::analysis::Findings<'_>| -> Vec<_> {
            findings.map(|(info, finding)| place(info, finding)).collect()
        };
        prop_assert_eq!(&found(report.findings().matching(&built)), &expected[Answer::Yes as usize]);
        prop_assert_eq!(&found(report.findings().undecided(&built)), &expected[Answer::Unknown as usize]);
        prop_assert_eq!(&found(report.findings().matching(&!built)), &expected[Answer::No as usize]);
    }

    #[test]
    fn every_artifact_is_in_exactly_one_part_and_in_the_right_one(filter in filters_of_artifacts(), report in reports()) {
        let built = filter.build();
        let Partition { matching, undecided, others } = report.partition(&built);
        let mut parts = [others.artifacts().iter(), undecided.artifacts().iter(), matching.artifacts().iter()];
        for info in &report {
            let answer = answer(filter.naive(info));
            prop_assert_eq!(built.answer(info), answer, "{}", built);
            prop_assert_eq!(parts[answer as usize].next(), Some(info));
        }
        prop_assert_eq!(parts.map(|mut part| part.next()), [None; 3]);
        for (view, part) in [(report.matching(&built), &matching), (report.undecided(&built), &undecided)] {
            prop_assert_eq!(view.artifacts(), part.artifacts());
        }
        let worst = matching.iter().map(|_| Answer::Yes).chain(undecided.iter().map(|_| Answer::Unknown)).max();
        prop_assert_eq!(report.has(&built), worst.unwrap_or(Answer::No));
    }

    #[test]
    fn de_morgan_and_double_negation_hold(
        [a, b] in [filters_of_artifacts(), filters_of_artifacts()],
        [c, d] in [filters_of_findings(), filters_of_findings()],
        report in reports(),
    ) {
        let ([a, b], [c, d]) = ([a, b].map(|filter| filter.build()), [c, d].map(|filter| filter.build()));
        for info in &report {
            let say = |filter: ArtifactFilter| filter.answer(info);
            prop_assert_eq!(say(!(a.clone() & b.clone())), say(!a.clone() | !b.clone()));
            prop_assert_eq!(say(!(a.clone() | b.clone())), say(!a.clone() & !b.clone()));
            prop_assert_eq!(say(!!a.clone()), say(a.clone()));
            prop_assert_eq!(say(a.clone()), !say(!a.clone()));
            prop_assert_eq!(say(a.clone() & b.clone()), say(a.clone()) & say(b.clone()));
            // What has one or the other has one, or has the other.
            let has = ArtifactFilter::has;
            prop_assert_eq!(say(has(c.clone() | d.clone())), say(has(c.clone()) | has(d.clone())));
            for finding in info.findings() {
                let say = |filter: FindingFilter| filter.answer(info, finding);
                prop_assert_eq!(say(!(c.clone() & d.clone())), say(!c.clone() | !d.clone()));
                prop_assert_eq!(say(FindingFilter::in_artifact(a.clone())), a.answer(info));
            }
        }
    }

    #[test]
    fn both_views_show_the_same(
        filter in filters_of_findings(),
        id in select(&CVES[..]),
        name in select(&PACKAGES[..]),
        report in reports(),
    ) {
        let of_findings = |findings: crate::analysis::Findings<'_>| {
            let mut ids: Vec<_> = findings.map(|(info, _)| info.artifact.id).collect();
            ids.dedup();
            ids
        };
        let of_artifacts = |view: ArtifactReport| view.iter().map(|info| info.artifact.id).collect::<Vec<_>>();
        prop_assert_eq!(of_findings(report.findings().with_cve(id)), of_artifacts(report.with_cve(id)));
        prop_assert_eq!(of_findings(report.findings().with_package(name)), of_artifacts(report.with_package(name)));
        let filter = filter.build();
        let has = ArtifactFilter::has(filter.clone());
        prop_assert_eq!(of_findings(report.findings().matching(&filter)), of_artifacts(report.matching(&has)));
        let together = report.findings().matching(&(filter.clone() & FindingFilter::cve(id)));
        prop_assert_eq!(report.findings().with_cve(id).matching(&filter).count(), together.count());
    }
}
