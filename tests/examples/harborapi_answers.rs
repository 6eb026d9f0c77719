//! Answers the questions of `tests/foreign/harborapi_ext.py` with harbor-ext, as one JSON object.
//!
//! The arguments are the address of a Harbor, a user name and a secret. The script asks the same questions of Python's
//! harborapi.ext and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::error::Error;

use harbor_ext::analysis::{ArtifactFilter, ArtifactReport, CvssStatistics, Distribution, Findings, Pattern};
use harbor_ext::model::cvss::{CvssVersion, Preference, Source};
use harbor_ext::model::{Artifact, ArtifactInfo, FindingRef, Report, Severity};
use harbor_ext::{Credentials, Harbor};
use serde_json::{Map, Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, username, secret] = arguments.as_slice() else {
        return Err("give the address of a Harbor, a user name and a secret".into());
    };
    let harbor = Harbor::builder(url)
        .credentials(Credentials::basic(username, secret))
        .http_client(harbor_ext::http_client().no_proxy())
        .build()?;
    let mut answers = fetched(&harbor).await?;
    let report: ArtifactReport = harbor.reports().try_collect().await?.into_iter().collect();
    let artifacts = report.iter().map(|info| (info.artifact.name_with_full_digest(), of_artifact(info)));
    answers.insert("artifacts".to_owned(), Value::Object(artifacts.collect()));
    answers.insert("report".to_owned(), of_report(&report));
    answers.insert("chosen".to_owned(), chosen(&report)?);
    println!("{}", Value::Object(answers));
    Ok(())
}

/// A1 to A4, and A8.
async fn fetched(harbor: &Harbor) -> Result<Map<String, Value>, Box<dyn Error>> {
    let single = harbor.report("shop/team/api/server:1.0.0").await?;
    let owner = harbor.owner(&single).await?;
    let repositories = harbor.repositories();
    let artifacts = harbor.artifacts();
    let answers = json!({
        "repositories": repository_names(repositories.clone().try_collect().await?),
        "repositories of a project": repository_names(repositories.projects(["shop"]).try_collect().await?),
        "all artifacts": names(artifacts.clone().try_collect().await?.iter()),
        "artifacts of a project": names(artifacts.clone().projects(["shop"]).try_collect().await?.iter()),
        "artifacts of a repository":
            names(artifacts.clone().repositories(["team/api/server"]).try_collect().await?.iter()),
        "artifacts with a tag": names(artifacts.clone().tag("latest").try_collect().await?.iter()),
        "artifacts by a query": names(artifacts.query("type=IMAGE").try_collect().await?.iter()),
        "one artifact": [json!(single.artifact.name_with_full_digest()), json!(single.findings().count())],
        "owner": owner.name,
    });
    match answers {
        Value::Object(answers) => Ok(answers),
        _ => Err("the answers are not an object".into()),
    }
}

/// I1 to I7, and S9 to S18. What has no report has no findings, as in Python.
fn of_artifact(info: &ArtifactInfo) -> Value {
    let artifact = &info.artifact;
    let report = info.state.report();
    let of = |choose: fn(&Report) -> Vec<FindingRef<'_>>| ids(report.map(choose).unwrap_or_default());
    let by_severity = |severity: Severity| -> Vec<FindingRef<'_>> {
        report.into_iter().flat_map(|report| report.with_severity(severity)).collect()
    };
    let severities: BTreeMap<&str, Vec<String>> =
        Severity::ALL.into_iter().map(|severity| (severity.as_str(), ids(by_severity(severity)))).collect();
    let scores = scores(info);
    json!({
        "names": [
            artifact.name_with_digest(),
            artifact.name_with_tag(),
            artifact.repository.project().to_string(),
            artifact.repository.path().to_owned(),
        ],
        "tags": info.tags().collect::<Vec<_>>(),
        "cvss": statistics(&scores),
        "cvss_max": scores.iter().copied().fold(0.0, f64::max),
        "scores": scores,
        "fixable": of(|report| report.fixable().collect()),
        "unfixable": of(|report| report.unfixable().collect()),
        "severities": severities,
        "distribution": counts(info.findings().map(|finding| finding.severity()).collect()),
        "sorted": of(Report::sorted_by_severity),
    })
}

/// Scores as harborapi chooses them: by version 3 alone, Harbor's own, else that of its two vendors. By default harbor-ext
/// knows more scores (S7).
fn scores(info: &ArtifactInfo) -> Vec<f64> {
    let sources = [Source::Preferred, Source::vendor("nvd"), Source::vendor("redhat")];
    let preference = Preference::new([CvssVersion::V3], sources);
    info.findings().filter_map(|finding| Some(finding.cvss().score_with(&preference)?.value)).collect()
}

/// R1 to R9.
fn of_report(report: &ArtifactReport) -> Value {
    json!({
        "len": report.len(),
        "is_aggregate": report.is_aggregate(),
        "cvss": statistics(&report.iter().flat_map(scores).collect::<Vec<_>>()),
        "distribution": counts(report.distribution()),
        "fixable": pairs(report.fixable()),
        "unfixable": pairs(report.unfixable()),
        "critical": pairs(report.critical()),
        "high": pairs(report.high()),
        "medium": pairs(report.medium()),
        "low": pairs(report.low()),
    })
}

/// R10 to R15.
fn chosen(report: &ArtifactReport) -> Result<Value, Box<dyn Error>> {
    let cves: BTreeSet<&str> = report.findings().map(|(_, finding)| finding.get().id()).collect();
    let packages: BTreeSet<&str> = report.findings().map(|(_, finding)| finding.get().package()).collect();
    let repositories: BTreeSet<&str> = report.iter().map(|info| info.artifact.repository.full()).collect();
    let tags: BTreeSet<&str> = report.iter().flat_map(ArtifactInfo::tags).collect();
    let severities = Severity::ALL.into_iter().filter(|severity| *severity != Severity::Unknown);
    let in_shop = report.matching(&ArtifactFilter::repository_matching(Pattern::regex("shop/.*")?));
    let tagged = in_shop.matching(&ArtifactFilter::tag_matching(Pattern::regex(".*")?));
    let named = |artifacts: ArtifactReport| names(artifacts.iter());
    let by = |texts: BTreeSet<&str>, choose: &dyn Fn(&str) -> ArtifactReport| -> BTreeMap<String, Vec<String>> {
        texts.into_iter().map(|text| (text.to_owned(), named(choose(text)))).collect()
    };
    Ok(json!({
        "with_cve": by(cves, &|id| report.with_cve(id)),
        "has_cve": [report.has_cve("CVE-2021-44228").is_yes(), report.has_cve("CVE-1999-0001").is_yes()],
        "with_package": by(packages, &|name| report.with_package(name)),
        "with_repository": by(repositories, &|name| report.with_repository(name)),
        "with_tag": by(tags, &|name| report.with_tag(name)),
        "with_overall_severity": severities
            .map(|severity| (severity.as_str(), named(report.with_overall_severity(severity))))
            .collect::<BTreeMap<_, _>>(),
        "with_description": named(report.with_description("overflow")),
        "chained": named(tagged.with_cve("CVE-2021-44228")),
    }))
}

fn repository_names(repositories: Vec<harbor_ext::model::Repository>) -> Vec<String> {
    repositories.into_iter().map(|repository| repository.name.to_string()).collect()
}

fn names<A: AsRef<Artifact>>(artifacts: impl Iterator<Item = A>) -> Vec<String> {
    let mut names: Vec<String> = artifacts.map(|artifact| artifact.as_ref().name_with_full_digest()).collect();
    names.sort();
    names
}

fn ids(findings: Vec<FindingRef<'_>>) -> Vec<String> {
    let id = |finding: FindingRef<'_>| format!("{} {} {}", finding.id(), finding.package(), finding.version());
    findings.into_iter().map(id).collect()
}

fn pairs(findings: Findings<'_>) -> Vec<String> {
    let pair = |(info, finding): (&ArtifactInfo, FindingRef<'_>)| {
        format!("{} {} {}", info.artifact.name_with_full_digest(), finding.id(), finding.package())
    };
    let mut pairs: Vec<String> = findings.map(pair).collect();
    pairs.sort();
    pairs
}

fn counts(distribution: Distribution) -> BTreeMap<&'static str, usize> {
    distribution.iter().filter(|(_, count)| *count > 0).map(|(severity, count)| (severity.as_str(), count)).collect()
}

fn statistics(scores: &[f64]) -> Value {
    let statistics = CvssStatistics::of_scores(scores.iter().copied());
    statistics.map_or(Value::Null, |CvssStatistics { mean, median, stdev, min, max, .. }| {
        json!({ "mean": mean, "median": median, "stdev": stdev, "min": min, "max": max })
    })
}
