//! Artifacts as JSON: which members are there, which are `null`, which are absent.

use harbor_testkit::{Artifact, Label, Platform, Project, Registry, Report, Repository, Scan};
use serde_json::{Value, json};

use crate::support::{As, MEDIA_TYPE, get, get_with, sample, start};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn an_image_has_these_members_in_alphabetical_order() {
    let harbor = start(sample()).await;
    let answer = get(&harbor, As::Admin, "/projects/library/repositories/svc%252Fapp/artifacts/v1").await;
    let image = answer.json();
    let digest = image["digest"].as_str().unwrap();
    let base = "/api/v2.0/projects/library/repositories/svc%252Fapp/artifacts";
    let expected = json!({
        "accessories": null,
        "addition_links": {
            "build_history": {"absolute": false, "href": format!("{base}/{digest}/additions/build_history")},
            "sboms": {"absolute": false, "href": format!("{base}//additions/sbom")},
            "vulnerabilities": {"absolute": false, "href": format!("{base}/{digest}/additions/vulnerabilities")},
        },
        "artifact_type": "application/vnd.docker.container.image.v1+json",
        "digest": digest,
        "extra_attrs": image["extra_attrs"],
        "icon": image["icon"],
        "id": 1,
        "labels": null,
        "manifest_media_type": "application/vnd.docker.distribution.manifest.v2+json",
        "media_type": "application/vnd.docker.container.image.v1+json",
        "project_id": 1,
        "pull_time": "0001-01-01T00:00:00.000Z",
        "push_time": image["push_time"],
        "references": null,
        "repository_id": 1,
        "repository_name": "library/svc/app",
        "size": 1_000_000,
        "tags": [{
            "artifact_id": 1,
            "id": 1,
            "immutable": false,
            "name": "v1",
            "pull_time": "0001-01-01T00:00:00.000Z",
            "push_time": image["tags"][0]["push_time"],
            "repository_id": 1,
        }],
        "type": "IMAGE",
    });
    assert_eq!(image, expected);
    let push_time = image["push_time"].as_str().unwrap();
    assert!(push_time.len() == 24 && push_time.ends_with(".000Z"), "{push_time}");
    let places: Vec<_> = keys(&expected).iter().map(|key| answer.text.find(&format!("\"{key}\":")).unwrap()).collect();
    let first = |key: &str| answer.text.find(&format!("\"{key}\":")).unwrap();
    assert!(first("accessories") < first("addition_links") && first("references") < first("repository_id"));
    assert_eq!(places.len(), 19);
}

#[tokio::test]
async fn what_is_empty_is_null_or_absent() {
    let harbor = start(sample()).await;
    let one = async |repository: &str, query: &str| {
        let path = format!("/projects/odd/repositories/{repository}/artifacts?{query}");
        get(&harbor, As::Admin, &path).await.json()[0].clone()
    };
    let untagged = one("untagged", "").await;
    assert_eq!(untagged["tags"], Value::Null);
    let without_tags = one("multi", "with_tag=false").await;
    assert_eq!(without_tags["tags"], Value::Null);
    let index = one("multi", "").await;
    assert!(index.get("artifact_type").is_none() && index.get("extra_attrs").is_none());
    assert_eq!(keys(&index["addition_links"]), ["sboms", "vulnerabilities"]);
    let chart = one("chart", "").await;
    assert_eq!(chart["type"], "CHART");
    assert_eq!(keys(&chart["addition_links"]), ["dependencies", "readme.md", "values.yaml"]);
    let other = one("other", "").await;
    assert_eq!(other["type"], "THING");
    for absent in ["addition_links", "size", "extra_attrs", "annotations", "scan_overview"] {
        assert!(other.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn an_index_refers_to_its_children() {
    let harbor = start(sample()).await;
    let path = "/projects/odd/repositories/multi/artifacts";
    let index = get(&harbor, As::Admin, &format!("{path}/latest")).await.json();
    let references = index["references"].as_array().unwrap();
    assert_eq!(references.len(), 2);
    let expected = json!({"OsFeatures": null, "architecture": "arm64", "os": "linux", "variant": "v8"});
    assert_eq!(references[1]["platform"], expected);
    assert_eq!(references[1]["urls"], Value::Null);
    assert_eq!(references[1]["parent_id"], index["id"]);
    assert!(references[1].get("annotations").is_none());
    let child = references[1]["child_digest"].as_str().unwrap();
    let child = get(&harbor, As::Admin, &format!("{path}/{child}")).await.json();
    assert_eq!(child["id"], references[1]["child_id"]);
    let escaped = index["digest"].as_str().unwrap().replace(':', "%3A");
    assert_eq!(get(&harbor, As::Admin, &format!("{path}/{escaped}")).await.json(), index);
}

#[tokio::test]
async fn overviews_by_state() {
    let harbor = start(sample()).await;
    let overview = async |path: &str| {
        let path = format!("/projects/{path}?with_scan_overview=true");
        get(&harbor, As::Admin, &path).await.json()["scan_overview"][MEDIA_TYPE].clone()
    };
    let never = "0001-01-01T00:00:00.000Z";
    let scanned = overview("library/repositories/svc%252Fapp/artifacts/v1").await;
    assert_eq!(scanned["scan_status"], "Success");
    assert_eq!(scanned["severity"], "High");
    assert_eq!(scanned["summary"], json!({"fixable": 1, "summary": {"High": 1}, "total": 1}));
    assert_eq!((&scanned["complete_percent"], &scanned["duration"]), (&json!(100), &json!(2)));
    assert_eq!(scanned["scanner"]["name"], "Trivy");
    let clean = overview("library/repositories/svc%252Fapp/artifacts/v2").await;
    assert_eq!(clean["severity"], "None");
    assert_eq!(clean["summary"], json!({"fixable": 0, "summary": {}, "total": 0}));

    let failed = overview("odd/repositories/failed/artifacts/latest").await;
    assert_eq!(keys(&failed), ["duration", "end_time", "report_id", "scan_status", "start_time"]);
    assert_eq!(failed["scan_status"], "Error");
    let running = overview("odd/repositories/running/artifacts/latest").await;
    assert_eq!(keys(&running), ["end_time", "report_id", "scan_status", "start_time"]);
    assert_eq!((&running["scan_status"], &running["end_time"]), (&json!("Running"), &json!(never)));
    assert_ne!(running["start_time"], never);
    let pending = overview("odd/repositories/pending/artifacts/latest").await;
    assert_eq!((&pending["scan_status"], &pending["start_time"]), (&json!("Pending"), &json!(never)));
    assert_eq!(overview("odd/repositories/stopped/artifacts/latest").await["scan_status"], "Stopped");

    let index = overview("odd/repositories/multi/artifacts/latest").await;
    assert_eq!(index["summary"], json!({"fixable": 2, "summary": {"Critical": 1, "High": 1}, "total": 2}));
    assert_eq!(index["severity"], "Critical");
    assert!(index["report_id"].as_str().unwrap().len() > 90, "the ids of both children in Base64");
    for path in [
        "odd/repositories/partial/artifacts/latest",
        "odd/repositories/chart/artifacts/1.0.0",
        "library/repositories/svc%252Fapp/artifacts/v3",
    ] {
        assert_eq!(overview(path).await, Value::Null, "{path}");
    }
}

#[tokio::test]
async fn the_overview_comes_only_when_it_is_asked_for() {
    let harbor = start(sample()).await;
    let path = "/projects/library/repositories/svc%252Fapp/artifacts/v1";
    for (query, there) in [
        ("", false),
        ("?with_scan_overview=false", false),
        ("?with_scan_overview=maybe", false),
        ("?with_scan_overview=1", true),
        ("?with_scan_overview=YES", true),
    ] {
        let artifact = get(&harbor, As::Admin, &format!("{path}{query}")).await.json();
        assert_eq!(artifact.get("scan_overview").is_some(), there, "{query}");
    }
    let old = [("x-accept-vulnerabilities", "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0")];
    let artifact = get_with(&harbor, As::Admin, &format!("{path}?with_scan_overview=true"), &old).await;
    assert!(artifact.json().get("scan_overview").is_none());
}

#[tokio::test]
async fn the_same_artifacts_by_repository_and_by_project() {
    let harbor = start(sample()).await;
    let by_project = get(&harbor, As::Robot, "/projects/library/artifacts?with_scan_overview=true").await;
    let by_repository =
        get(&harbor, As::Robot, "/projects/library/repositories/svc%252Fapp/artifacts?with_scan_overview=true").await;
    assert_eq!(by_project.json(), by_repository.json());
    assert_eq!(by_project.len(), 3);
}

#[tokio::test]
async fn tags_and_accessories() {
    let harbor = start(sample()).await;
    assert!(harbor.registry_mut(|registry| registry.retag("library", "svc/app", "v1", "stable")).await);
    let path = "/projects/library/repositories/svc%252Fapp/artifacts/v1";
    let tags = get(&harbor, As::Admin, &format!("{path}/tags")).await;
    assert_eq!((tags.column("name"), tags.total()), (vec![json!("stable"), json!("v1")], Some(2)));
    let tags = get(&harbor, As::Admin, &format!("{path}/tags?q=name%3D~st")).await;
    assert_eq!(tags.column("name"), ["stable"]);
    let accessories = get(&harbor, As::Admin, &format!("{path}/accessories")).await;
    assert_eq!((accessories.text.as_str(), accessories.total()), ("[]\n", Some(0)));
    // The tag moves.
    assert!(harbor.registry_mut(|registry| registry.retag("library", "svc/app", "v2", "stable")).await);
    assert_eq!(get(&harbor, As::Admin, &format!("{path}/tags")).await.column("name"), ["v1"]);
}

#[tokio::test]
async fn projects_with_and_without_detail() {
    let harbor = start(sample()).await;
    let full = get(&harbor, As::Admin, "/projects").await.json();
    assert_eq!(
        keys(&full[1]),
        [
            "creation_time",
            "current_user_role_id",
            "current_user_role_ids",
            "cve_allowlist",
            "metadata",
            "name",
            "owner_id",
            "owner_name",
            "project_id",
            "repo_count",
            "update_time"
        ]
    );
    assert_eq!(full[1]["metadata"], json!({"public": "true"}));
    assert_eq!(full[1]["cve_allowlist"]["items"], json!([]));
    assert_eq!(full[0]["repo_count"], 0, "always there");
    let short = get(&harbor, As::Admin, "/projects?with_detail=false").await.json();
    assert!(short[1].get("metadata").is_none() && short[1].get("owner_name").is_none());
    assert_eq!(keys(&short[1]["cve_allowlist"]), ["creation_time", "items", "update_time"]);
    assert_eq!(short[1]["cve_allowlist"]["items"], Value::Null);
    let scanner = get(&harbor, As::Admin, "/projects/library/scanner").await.json();
    assert_eq!(scanner["health"], "healthy");
}

#[tokio::test]
async fn the_state_of_an_index_follows_from_its_images() {
    let scanned = || Scan::Success(Report::new().into());
    let cases = [
        ([scanned(), Scan::Running], "Running", 50),
        ([scanned(), Scan::Stopped], "Stopped", 50),
        ([scanned(), Scan::Failed], "Success", 50),
        ([Scan::Failed, Scan::Pending], "Error", 0),
        ([Scan::Pending, Scan::Pending], "Pending", 0),
        ([scanned(), scanned()], "Success", 100),
    ];
    for (scans, status, percent) in cases {
        let place = format!("{scans:?}");
        let children = scans.into_iter().map(|scan| Artifact::image().with_scan(scan));
        let index = children.fold(Artifact::index().with_tag("latest"), |index, child| {
            index.with_child(Platform::linux("amd64"), child)
        });
        let repository = Repository::new("r").with_artifact(index);
        let harbor = start(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
        let path = "/projects/p/repositories/r/artifacts/latest";
        let artifact = get(&harbor, As::Admin, &format!("{path}?with_scan_overview=true")).await.json();
        let overview = &artifact["scan_overview"][MEDIA_TYPE];
        assert_eq!(overview["scan_status"], status, "{place}");
        assert_eq!(overview["complete_percent"].as_i64().unwrap_or(0), percent, "{place}");
        // A report comes only when all images have one.
        let report = get(&harbor, As::Admin, &format!("{path}/additions/vulnerabilities")).await;
        assert_eq!(report.text != "{}", percent == 100, "{place}");
    }
}

#[tokio::test]
async fn labels_are_shown_and_found() {
    let image = Artifact::image().with_tag("v1").with_label(Label::new(7, "approved"));
    let repository = Repository::new("r").with_artifact(image).with_artifact(Artifact::image().with_tag("v2"));
    let harbor = start(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
    let path = "/projects/p/repositories/r/artifacts";
    for (query, rows) in [("labels%3D(7)", 1), ("labels%3D(7%208)", 0), ("labels%3D(8)", 0)] {
        let answer = get(&harbor, As::Admin, &format!("{path}?q={query}")).await;
        assert_eq!(answer.len(), rows, "{query}");
    }
    let artifact = get(&harbor, As::Admin, &format!("{path}/v1?with_label=true")).await.json();
    assert_eq!((&artifact["labels"][0]["id"], &artifact["labels"][0]["name"]), (&json!(7), &json!("approved")));
    assert_eq!(get(&harbor, As::Admin, &format!("{path}/v1")).await.json()["labels"], Value::Null);
}
