//! From the generated types to the model.

use chrono::DateTime;
use harbor_api::types;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::cause::Cause;
use super::details::Details;
use super::interner::Interner;
use super::pages::unusable;
use crate::model::{
    Accessory, Allowlist, Artifact, ArtifactTag, Child, Label, Platform, ProjectAllowlist, Repository, SbomOverview,
    ScanOverview, Scanner, VulnerabilitySummary, time,
};
use crate::name::{NameError, ProjectName, RepositoryName};

/// The end of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Encodes a value inside of `q` once, because Harbor decodes `q` twice.
pub(crate) fn query_value(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A project, as a list of projects gives it.
#[derive(Clone, Debug)]
pub(crate) struct ListedProject {
    pub(crate) name: ProjectName,
    /// Harbor's number for it.
    pub(crate) id: Option<i64>,
}

pub(crate) fn project(project: types::Project) -> Result<ListedProject, Cause> {
    let name = read_name("project", project.name.as_deref(), project.project_id)?;
    Ok(ListedProject { name, id: project.project_id })
}

/// What a project accepts, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct AcceptingProject {
    pub(crate) name: ProjectName,
    pub(crate) allowlist: ProjectAllowlist,
    pub(crate) owner: Option<String>,
}

/// Which allowlist a project goes by. Harbor's own rule: that of the registry, unless the project says no to that.
pub(crate) fn accepting_project(project: types::Project) -> Result<AcceptingProject, Cause> {
    let name = read_name("project", project.name.as_deref(), project.project_id)?;
    let Some(metadata) = project.metadata else {
        return Err(unusable(project.project_id, "the settings of the project are missing"));
    };
    let is_reused = metadata.reuse_sys_cve_allowlist.as_deref().is_none_or(is_true);
    let allowlist = match (is_reused, project.cve_allowlist) {
        (true, _) => ProjectAllowlist::System,
        (false, Some(list)) => ProjectAllowlist::Own(allowlist(list)),
        (false, None) => return Err(unusable(project.project_id, "the allowlist of the project is missing")),
    };
    Ok(AcceptingProject { name, allowlist, owner: project.owner_name.filter(|owner| !owner.is_empty()) })
}

/// Converts an allowlist. Its end is in seconds, and absent for "never": Harbor compares any number with the time, so that 0
/// is long ago.
pub(crate) fn allowlist(list: types::CveAllowlist) -> Allowlist {
    let cves = list.items.unwrap_or_default().into_iter().filter_map(|item| item.cve_id);
    // Years of more than four digits cannot be written.
    let expires_at = list.expires_at.and_then(|seconds| DateTime::from_timestamp(seconds.clamp(0, LAST_SECOND), 0));
    Allowlist { cves: cves.filter(|id| !id.is_empty()).collect(), expires_at }
}

/// As Harbor reads the settings of a project, which are texts.
fn is_true(text: &str) -> bool {
    text == "1" || text.eq_ignore_ascii_case("true")
}

pub(crate) fn repository(repository: types::Repository) -> Result<Repository, Cause> {
    let mut converted = Repository::new(read_name("repository", repository.name.as_deref(), repository.id)?);
    converted.id = repository.id.unwrap_or_default();
    converted.project_id = repository.project_id;
    converted.artifact_count = repository.artifact_count.unwrap_or_default();
    converted.pull_count = repository.pull_count.unwrap_or_default();
    converted.description = repository.description.unwrap_or_default();
    converted.creation_time = repository.creation_time.and_then(time::known);
    converted.update_time = repository.update_time.and_then(time::known);
    Ok(converted)
}

/// Converts an artifact that was listed in `repository`, or in a list of a project, where each row names its own.
/// `details` is what was asked for besides, and `interner` that of the page.
pub(crate) fn artifact(
    row: types::Artifact,
    repository: Option<&RepositoryName>,
    details: Details,
    interner: &mut Interner,
) -> Result<Artifact, Cause> {
    let repository = match (repository, &row.repository_name) {
        (Some(repository), _) => repository.clone(),
        (None, Some(name)) => interner.repository(name).map_err(|error| unusable(row.id, &error.to_string()))?,
        (None, None) => return Err(unusable(row.id, "the repository of the artifact is missing")),
    };
    let digest = read_name("digest of the artifact", row.digest.as_deref(), row.id)?;
    let id = row.id;
    let mut artifact = Artifact::new(repository, digest);
    artifact.registry = interner.registry();
    artifact.id = id.unwrap_or_default();
    artifact.repository_id = row.repository_id;
    artifact.project_id = row.project_id;
    artifact.kind = interner.share(row.type_);
    artifact.media_type = interner.share(row.media_type);
    artifact.manifest_media_type = interner.share(row.manifest_media_type);
    artifact.artifact_type = interner.share_known(row.artifact_type);
    artifact.size = count(row.size);
    artifact.tags = row.tags.unwrap_or_default().into_iter().filter_map(|row| tag(row, details, interner)).collect();
    // Most have one tag, for which room for four was made.
    artifact.tags.shrink_to_fit();
    artifact.push_time = row.push_time.and_then(time::known);
    artifact.pull_time = row.pull_time.and_then(time::known);
    artifact.platform = row.extra_attrs.as_deref().map(|row| platform_of_image(row, interner)).unwrap_or_default();
    artifact.children = all(row.references, |reference| child(reference, id, interner))?;
    artifact.has_vulnerability_link = row.addition_links.is_some_and(|links| links.contains_key("vulnerabilities"));
    if details.labels {
        artifact.labels = Some(all(row.labels, |row| {
            label(row).map_err(|why| unusable(id, &format!("one of its labels: {}", why.message)))
        })?);
    }
    if details.accessories {
        artifact.accessories = Some(all(row.accessories, |row| accessory(row, id, interner))?);
    }
    if details.scan_overview {
        let overviews = row.scan_overview.map(|overviews| overviews.0).unwrap_or_default();
        artifact.scan_overview = Some(overviews.into_iter().map(|(kind, row)| (kind, scan_overview(row))).collect());
    }
    if details.sbom_overview {
        artifact.sbom_overview = Some(row.sbom_overview.map(|row| sbom_overview(row, id).map(Box::new)).transpose()?);
    }
    Ok(artifact)
}

/// Converts a list that may be missing. One row that cannot be read spoils the list: leaving it out would look as if it
/// were not there.
fn all<R, T>(rows: Option<Vec<R>>, convert: impl FnMut(R) -> Result<T, Cause>) -> Result<Vec<T>, Cause> {
    rows.unwrap_or_default().into_iter().map(convert).collect()
}

fn tag(tag: types::Tag, details: Details, interner: &mut Interner) -> Option<ArtifactTag> {
    let mut converted = ArtifactTag::new(interner.share_known(tag.name)?);
    converted.push_time = tag.push_time.and_then(time::known);
    // Without being asked, Harbor says "false" for all of them.
    converted.immutable = details.immutable_status.then(|| tag.immutable.unwrap_or_default());
    Some(converted)
}

pub(crate) fn label(label: types::Label) -> Result<Label, Cause> {
    let (Some(name), Some(id)) = (label.name, label.id) else {
        return Err(unusable(label.id, "a label without a name or a number"));
    };
    let mut converted = Label::new(name, id);
    // A label of the whole registry has no project, or project 0.
    converted.project_id = label.project_id.filter(|id| *id != 0);
    Ok(converted)
}

fn accessory(accessory: types::Accessory, artifact: Option<i64>, interner: &mut Interner) -> Result<Accessory, Cause> {
    let digest = read_name("digest of one of its accessories", accessory.digest.as_deref(), artifact)?;
    let mut converted = Accessory::new(digest, interner.share(accessory.type_));
    converted.size = count(accessory.size);
    converted.creation_time = accessory.creation_time.and_then(time::known);
    Ok(converted)
}

fn scan_overview(overview: types::NativeReportSummary) -> ScanOverview {
    ScanOverview {
        scan_status: overview.scan_status.unwrap_or_default(),
        severity_text: overview.severity.filter(|text| !text.is_empty()),
        summary: overview.summary.map(vulnerability_summary),
        complete_percent: overview.complete_percent,
        start_time: overview.start_time.and_then(time::known),
        end_time: overview.end_time.and_then(time::known),
        duration: overview.duration,
        scanner: overview.scanner.map(scanner),
        report_id: overview.report_id,
    }
}

fn vulnerability_summary(summary: types::VulnerabilitySummary) -> VulnerabilitySummary {
    let counts = summary.summary.unwrap_or_default().into_iter();
    VulnerabilitySummary {
        total: count(summary.total),
        fixable: count(summary.fixable),
        by_severity: counts.map(|(word, number)| (word, count(Some(number)))).collect(),
    }
}

fn sbom_overview(overview: types::SbomOverview, artifact: Option<i64>) -> Result<SbomOverview, Cause> {
    let digest = overview.sbom_digest.filter(|text| !text.is_empty());
    let digest = digest.map(|digest| read_name("digest of its SBOM", Some(&digest), artifact)).transpose()?;
    Ok(SbomOverview {
        scan_status: overview.scan_status.unwrap_or_default(),
        sbom_digest: digest,
        start_time: overview.start_time.and_then(time::known),
        end_time: overview.end_time.and_then(time::known),
        duration: overview.duration,
        scanner: overview.scanner.map(scanner),
        report_id: overview.report_id,
    })
}

fn scanner(scanner: types::Scanner) -> Scanner {
    Scanner {
        name: scanner.name.unwrap_or_default(),
        vendor: scanner.vendor.unwrap_or_default(),
        version: scanner.version.unwrap_or_default(),
    }
}

/// A number that is never below zero, and missing where it is zero.
fn count(number: Option<i64>) -> u64 {
    number.and_then(|number| number.try_into().ok()).unwrap_or_default()
}

fn platform_of_image(attributes: &serde_json::Map<String, Value>, interner: &mut Interner) -> Platform {
    let mut text = |name| interner.share_known(attributes.get(name).and_then(Value::as_str));
    Platform { architecture: text("architecture"), os: text("os") }
}

fn child(reference: types::Reference, index: Option<i64>, interner: &mut Interner) -> Result<Child, Cause> {
    let digest = read_name("digest of one of its children", reference.child_digest.as_deref(), index)?;
    let platform = reference.platform.map(|platform| Platform {
        architecture: interner.share_known(platform.architecture),
        os: interner.share_known(platform.os),
    });
    Ok(Child::new(digest, platform.unwrap_or_default()))
}

/// Reads a name that the server sent. One that is missing or cannot be one is a row that cannot be asked about.
fn read_name<N: std::str::FromStr<Err = NameError>>(
    what: &str,
    name: Option<&str>,
    id: Option<i64>,
) -> Result<N, Cause> {
    match name {
        Some(name) => name.parse().map_err(|error: NameError| unusable(id, &error.to_string())),
        None => Err(unusable(id, &format!("the {what} is missing"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn converted(row: Value) -> Result<Artifact, Cause> {
        artifact(serde_json::from_value(row).unwrap(), None, Details::default(), &mut Interner::default())
    }

    #[test]
    fn an_allowlist_ends_when_harbor_says() {
        let read = |list: Value| allowlist(serde_json::from_value(list).unwrap());
        let ends = |seconds: Value| read(json!({"expires_at": seconds})).expires_at.map(|end| end.to_rfc3339());
        assert_eq!(ends(Value::Null), None);
        assert_eq!(ends(json!(1_900_000_000)).as_deref(), Some("2030-03-17T17:46:40+00:00"));
        assert_eq!(ends(json!(0)).as_deref(), Some("1970-01-01T00:00:00+00:00"), "long ago");
        assert_eq!(ends(json!(i64::MIN)), ends(json!(0)));
        assert_eq!(ends(json!(i64::MAX)).as_deref(), Some("9999-12-31T23:59:59+00:00"));
        let list = read(json!({"items": [{"cve_id": "CVE-2"}, {"cve_id": ""}, {}, {"cve_id": "CVE-1"}]}));
        assert_eq!(list.cves, ["CVE-2", "CVE-1"]);
        assert!(read(json!({"items": null})).cves.is_empty());
    }

    #[test]
    fn a_project_goes_by_the_list_that_harbor_takes() {
        let read = |metadata: Value| {
            let list = json!({"items": [{"cve_id": "CVE-1"}], "creation_time": "0001-01-01T00:00:00.000Z"});
            let row = json!({"name": "p", "project_id": 1, "cve_allowlist": list, "metadata": metadata});
            accepting_project(serde_json::from_value(row).unwrap()).map(|project| project.allowlist)
        };
        for metadata in [json!({}), json!({"reuse_sys_cve_allowlist": "true"}), json!({"reuse_sys_cve_allowlist": "1"})]
        {
            assert_eq!(read(metadata).unwrap(), ProjectAllowlist::System);
        }
        let own = Allowlist { cves: vec!["CVE-1".into()], expires_at: None };
        assert_eq!(read(json!({"reuse_sys_cve_allowlist": "false"})).unwrap(), ProjectAllowlist::Own(own));
        assert!(read(Value::Null).unwrap_err().message.contains("the row with id 1"));
    }

    /// I7: tags without a name are left out, and a list that is `null` is empty.
    #[test]
    fn tags_without_a_name_are_none() {
        let tags = |tags: Value| {
            let row = json!({"id": 1, "repository_name": "p/a/b", "digest": DIGEST, "tags": tags});
            converted(row).unwrap().tag_names().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(tags(json!([{"name": "v2"}, {"name": null}, {"name": ""}, {}, {"name": "v1"}])), ["v2", "v1"]);
        assert_eq!(tags(Value::Null), [""; 0]);
    }

    /// A3, I3, I4, I6: a row without a digest, or with a repository outside of any project, is a failure that names the
    /// row, and never an artifact that nobody could ask for.
    #[test]
    fn a_row_that_cannot_be_named_is_a_failure() {
        for (row, part) in [
            (json!({"id": 7, "repository_name": "p/a"}), "digest of the artifact is missing"),
            (json!({"id": 7, "repository_name": "p/a", "digest": ""}), "digest"),
            (json!({"id": 7, "repository_name": "nginx", "digest": DIGEST}), "nginx"),
            (json!({"id": 7, "digest": DIGEST}), "repository of the artifact is missing"),
        ] {
            let cause = converted(row).unwrap_err();
            assert!(cause.message.contains(part) && cause.message.contains('7'), "{}", cause.message);
        }
    }
}
