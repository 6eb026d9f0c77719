//! The registries themselves: the demo, synthetic ones, folders of reports, and changes while
//! serving.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use harbor_testkit::{Artifact, LoadError, Project, Registry, Report, Repository, Scale, Scan, SimulatedHarbor};
use serde_json::{Value, json};

use crate::support::{As, MEDIA_TYPE, finding, get, sample, start};

/// Reads everything that lists show, as a plain client would, and counts it.
async fn crawl(harbor: &SimulatedHarbor) -> (usize, usize, usize, BTreeSet<String>) {
    let (mut artifacts, mut reports, mut findings) = (0, 0, 0);
    let mut distinct = BTreeSet::new();
    let projects = get(harbor, As::Admin, "/projects?page_size=100").await;
    for project in projects.column("name") {
        let project = project.as_str().unwrap();
        let repositories = get(harbor, As::Admin, &format!("/projects/{project}/repositories?page_size=100")).await;
        for repository in repositories.column("name") {
            let name = repository.as_str().unwrap().split_once('/').unwrap().1.replace('/', "%252F");
            let path = format!("/projects/{project}/repositories/{name}/artifacts");
            for digest in get(harbor, As::Admin, &format!("{path}?page_size=100")).await.column("digest") {
                artifacts += 1;
                let path = format!("{path}/{}/additions/vulnerabilities", digest.as_str().unwrap());
                let report = get(harbor, As::Admin, &path).await.json();
                let Some(listed) = report[MEDIA_TYPE]["vulnerabilities"].as_array() else {
                    continue;
                };
                reports += 1;
                findings += listed.len();
                distinct.extend(
                    listed
                        .iter()
                        .map(|finding| format!("{} {} {}", finding["id"], finding["package"], finding["version"])),
                );
            }
        }
    }
    (artifacts, reports, findings, distinct)
}

#[tokio::test]
async fn a_client_finds_what_the_registry_expects() {
    let scale =
        Scale { projects: 2, repositories: 3, artifacts: 4, findings: 20, distinct: 50, seed: 5, ..Scale::default() };
    for registry in [Registry::demo(), sample(), Registry::synthetic(scale)] {
        let expected = registry.expected();
        let harbor = start(registry).await;
        let (artifacts, reports, findings, distinct) = crawl(&harbor).await;
        assert_eq!(artifacts, expected.artifacts);
        assert_eq!(reports, expected.reports);
        assert_eq!(findings, expected.findings);
        assert_eq!(distinct.len(), expected.distinct);
    }
}

#[test]
fn the_demo_has_the_odd_cases() {
    let demo = Registry::demo();
    let expected = demo.expected();
    assert_eq!(expected.projects, 6);
    assert!((25..=40).contains(&expected.artifacts), "{expected:?}");
    let listed = demo.listed();
    let sizes: BTreeSet<_> = listed.iter().filter_map(|artifact| artifact.findings.as_ref().map(Vec::len)).collect();
    assert_eq!(sizes.first(), Some(&0));
    assert!(sizes.last() >= Some(&30), "{sizes:?}");
    assert!(expected.findings > 2 * expected.distinct, "findings are shared: {expected:?}");
    assert!(listed.iter().any(|artifact| artifact.tags.is_empty()));
    assert!(listed.iter().any(|artifact| !artifact.scannable));
    assert!(listed.iter().any(|artifact| artifact.scannable && artifact.findings.is_none()));
    let repositories_of = |digest: &str| listed.iter().filter(|artifact| artifact.digest == digest).count();
    assert!(listed.iter().any(|artifact| repositories_of(&artifact.digest) == 2));
    let log4shell = |artifact: &&harbor_testkit::ListedArtifact| {
        artifact.findings.iter().flatten().any(|(id, _, _)| id == "CVE-2021-44228")
    };
    assert_eq!(listed.iter().filter(log4shell).count(), 2);
    assert_eq!(demo.project("123").unwrap().repositories().len(), 1);
    assert!(demo.project("empty").unwrap().repositories().is_empty());
}

#[tokio::test]
async fn the_demo_has_what_people_add_to_images() {
    let harbor = start(Registry::demo()).await;
    let read = async |path: &str| get(&harbor, As::Admin, path).await.json();
    let repository = |name: &str| format!("/projects/shop/repositories/team%252F{name}/artifacts");
    let web = read(&format!("{}/latest?with_accessory=true&with_label=true", repository("web"))).await;
    assert_eq!(web["accessories"][0]["type"], "signature.cosign");
    assert_eq!((&web["labels"][0]["name"], &web["labels"][0]["scope"]), (&json!("approved"), &json!("g")));
    let server = read(&format!("{}/1.1.0?with_label=true", repository("api%252Fserver"))).await;
    let shop = read("/projects/shop").await;
    assert_eq!((&server["labels"][0]["name"], &server["labels"][0]["scope"]), (&json!("deprecated"), &json!("p")));
    assert_eq!(server["labels"][0]["project_id"], shop["project_id"]);
    assert_eq!(shop["cve_allowlist"]["items"], json!([{"cve_id": "CVE-2021-45105"}]));
    let worker = read(&format!("{}/latest?with_sbom_overview=true", repository("batch%252Fworker"))).await;
    let sbom = worker["sbom_overview"]["sbom_digest"].as_str().unwrap();
    let bill = read(&format!("{}/{sbom}/additions/sbom", repository("batch%252Fworker"))).await;
    assert_eq!(bill["packages"].as_array().unwrap().len(), 3);
    let tags = "/projects/library/repositories/debian/artifacts/12/tags?with_immutable_status=true&q=name=12";
    assert_eq!(read(tags).await[0]["immutable"], true);
    assert_eq!(get(&harbor, As::Admin, "/projects/shop/members").await.column("entity_name"), ["admin", "dana"]);
}

#[tokio::test]
async fn the_demo_has_scores_that_harbor_lost() {
    let harbor = start(Registry::demo()).await;
    let path = "/projects/shop/repositories/search/artifacts/latest/additions/vulnerabilities";
    let report = get(&harbor, As::Admin, path).await.json();
    let findings = report[MEDIA_TYPE]["vulnerabilities"].as_array().unwrap();
    let count = |matches: &dyn Fn(&Value) -> bool| findings.iter().filter(|finding| matches(finding)).count();
    let score = |finding: &Value| finding["preferred_cvss"]["score_v3"].clone();
    assert!(count(&|finding| score(finding).is_null() && !finding["vendor_attributes"].is_null()) > 0);
    assert!(count(&|finding| finding["vendor_attributes"].is_null()) > 0);
    assert!(count(&|finding| score(finding) == json!(0.0)) > 0);
    assert!(count(&|finding| finding["fix_version"] == "") > 3);
}

#[tokio::test]
async fn synthetic_registries_follow_their_seed() {
    let scale = Scale { projects: 2, repositories: 2, artifacts: 2, ..Scale::default() };
    let (first, second) = (Registry::synthetic(scale), Registry::synthetic(scale));
    assert_eq!(first.listed(), second.listed());
    assert_ne!(first.listed(), Registry::synthetic(Scale { seed: 2, ..scale }).listed());
    let expected = first.expected();
    assert_eq!((expected.artifacts, expected.reports, expected.findings), (8, 8, 8 * 150));
    let artifact = first.listed().remove(0);
    let unique: BTreeSet<_> = artifact.findings.iter().flatten().collect();
    assert_eq!(unique.len(), 150, "no finding twice in a report");
    let harbor = start(first).await;
    let path = "/projects/project-1/repositories/team%252Fservice-1/artifacts/1.1/additions/vulnerabilities";
    let size = get(&harbor, As::Admin, path).await.text.len();
    assert!((120_000..165_000).contains(&size), "about 900 bytes for each of 150 findings: {size}");
    let harbor = start(Registry::synthetic(Scale { words: 90, ..scale })).await;
    let longer = get(&harbor, As::Admin, path).await.text.len();
    assert!((size + 150 * 200..size + 150 * 280).contains(&longer), "30 words more, of 8 bytes: {size} {longer}");
    let none = Scale { findings: 10, distinct: 0, ..scale };
    assert_eq!(Registry::synthetic(none).expected().findings, 0);
}

#[tokio::test]
async fn changes_are_seen_at_once() {
    let harbor = start(sample()).await;
    let total = async |path: &str| get(&harbor, As::Admin, path).await.total().unwrap();
    let artifacts = "/projects/library/artifacts";
    let digest = harbor
        .registry_mut(|registry| registry.push("library", "new/one", Artifact::image().with_tag("latest")))
        .await
        .unwrap();
    assert_eq!((total(artifacts).await, total("/projects/library/repositories").await), (4, 2));
    assert!(digest.starts_with("sha256:") && digest.len() == 71);

    // Pushing the tag again moves it, and the old image stays without a tag.
    harbor.registry_mut(|registry| registry.push("library", "new/one", Artifact::image().with_tag("latest"))).await;
    let listed = get(&harbor, As::Admin, "/projects/library/repositories/new%252Fone/artifacts").await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed.json()[1]["tags"], Value::Null);

    // A rescan: the old report goes, the new one comes.
    let path = format!("/projects/library/repositories/new%252Fone/artifacts/{digest}/additions/vulnerabilities");
    assert_eq!(get(&harbor, As::Admin, &path).await.text, "{}");
    let report = Report::new().with_finding(&finding("CVE-2024-0009"));
    harbor.registry_mut(|registry| registry.set_scan(&digest, Scan::Success(report.into()))).await;
    assert!(get(&harbor, As::Admin, &path).await.text.contains("CVE-2024-0009"));
    harbor.registry_mut(|registry| registry.set_scan(&digest, Scan::Running)).await;
    assert_eq!(get(&harbor, As::Admin, &path).await.text, "{}");

    assert!(harbor.registry_mut(|registry| registry.delete_repository("library", "new/one")).await);
    assert_eq!(total(artifacts).await, 3);
    assert!(harbor.registry_mut(|registry| registry.delete_project("library")).await);
    assert_eq!(total("/projects").await, 2);
    assert!(!harbor.registry_mut(|registry| registry.delete_project("library")).await);
    assert_eq!(harbor.registry_mut(|registry| registry.push("library", "x", Artifact::image())).await, None);
}

#[tokio::test]
async fn a_folder_of_reports() {
    let folder = std::env::temp_dir().join(format!("harbor-testkit-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    assert!(matches!(Registry::from_reports(&folder).unwrap_err(), LoadError::Empty { .. }));
    let finding = r#"{"id":"X-1","package":"p","version":"1"}"#;
    fs::write(folder.join("B.json"), format!(r#"{{"vulnerabilities":[{finding},{finding}]}}"#)).unwrap();
    fs::write(folder.join("..b c.json"), r#"{"vulnerabilities":[]}"#).unwrap();
    fs::write(folder.join("..b%c.json"), r#"{"vulnerabilities":[]}"#).unwrap();
    fs::write(folder.join("a.json"), format!(r#"{{"{MEDIA_TYPE}":{{"vulnerabilities":[]}}}}"#)).unwrap();
    fs::write(folder.join("notes.txt"), "not a report").unwrap();
    let registry = Registry::from_reports(&folder).unwrap();
    let names: Vec<_> = registry.project("real").unwrap().repositories().iter().map(Repository::name).collect();
    assert_eq!(names, ["report..b-c", "report..b-c-2", "b", "a"]);
    assert_eq!((registry.expected().reports, registry.expected().findings), (4, 2));
    assert_eq!(registry.listed(), Registry::from_reports(&folder).unwrap().listed());

    fs::write(folder.join("c.json"), "{\n  \"vulnerabilities\": [,]\n}").unwrap();
    let error = Registry::from_reports(&folder).unwrap_err();
    assert!(matches!(error, LoadError::Json { line: 2, .. }));
    let text = error.to_string();
    assert!(text.contains("c.json:2:23"), "{text}");
    fs::write(folder.join("c.json"), "{}").unwrap();
    assert!(Registry::from_reports(&folder).unwrap_err().to_string().contains("`vulnerabilities`"));
    fs::remove_dir_all(&folder).unwrap();
    let missing = Registry::from_reports(&folder).unwrap_err();
    assert!(matches!(missing, LoadError::Read { .. }));
}

#[test]
fn secrets_are_not_shown() {
    let registry = sample();
    let shown = format!("{registry:?}");
    for secret in ["Harbor12345", "Alice12345", "reader-secret"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let project = Project::new("p").with_repository(Repository::new("r"));
    assert_eq!((project.id(), project.is_public()), (0, false));
}

#[tokio::test]
async fn a_told_registry_may_leave_out_what_harbor_leaves_out() {
    let digest = format!("sha256:{}", "1".repeat(64));
    let artifact = json!({
        "id": 3, "digest": digest, "type": "IMAGE", "media_type": "application/vnd.oci.image.config.v1+json",
        "manifest_media_type": "application/vnd.oci.image.manifest.v1+json", "tags": null, "scan_overview": null,
    });
    let told = json!({"users": null, "unknown": 1, "projects": [
        {"project_id": 2, "name": "one", "repositories": [{"id": 5, "name": "one/app", "artifacts": [artifact]}]},
        {"project_id": 3, "name": "two", "metadata": null},
    ]});
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sparse-registry.json");
    fs::write(&file, told.to_string()).unwrap();
    let harbor = start(Registry::from_capture(&file).unwrap()).await;
    assert_eq!(get(&harbor, As::Admin, "/projects").await.column("name"), ["one", "two"]);
    let artifacts = get(&harbor, As::Admin, "/projects/one/repositories/app/artifacts").await.json();
    assert_eq!(
        (&artifacts[0]["digest"], &artifacts[0]["pull_time"]),
        (&json!(digest), &json!("0001-01-01T00:00:00.000Z"))
    );

    for (text, problem) in [("", "EOF"), ("null", "an object with `projects`"), ("{}", "missing field `projects`")] {
        fs::write(&file, text).unwrap();
        let error = Registry::from_capture(&file).unwrap_err();
        assert!(error.to_string().contains("sparse-registry.json:1:"), "{error}");
        assert!(error.source().unwrap().to_string().contains(problem), "{error:?}");
    }
}

#[test]
fn a_told_index_that_refers_to_itself_is_refused() {
    let digest = format!("sha256:{}", "2".repeat(64));
    let index = json!({
        "id": 3, "digest": digest, "type": "IMAGE", "media_type": "application/vnd.oci.image.index.v1+json",
        "manifest_media_type": "application/vnd.oci.image.index.v1+json", "tags": null, "references": [{
            "parent_id": 3, "child_id": 3, "child_digest": digest, "urls": null,
            "platform": {"architecture": "amd64", "os": "linux"},
        }],
    });
    let told = json!({"projects": [
        {"project_id": 2, "name": "one", "repositories": [{"id": 5, "name": "one/app", "artifacts": [index]}]},
    ]});
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("circular-registry.json");
    fs::write(&file, told.to_string()).unwrap();
    let error = Registry::from_capture(&file).unwrap_err().to_string();
    assert!(error.contains("circular-registry.json") && error.contains(&digest), "{error}");
}
