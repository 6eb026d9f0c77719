//! What belongs to an artifact beside its report: accessories, SBOMs, and additions.

use harbor_testkit::{Accessory, Addition, Artifact, HarborVersion, Project, Registry, Repository, SimulatedHarbor};
use serde_json::{Value, json};

use crate::support::{Answer, As, client, get, start, start_version};

const APP: &str = "/projects/p/repositories/app/artifacts/v1";

fn registry() -> Registry {
    let app = Artifact::image()
        .with_tag("v1")
        .with_addition(Addition::BuildHistory, "[{\"created_by\":\"ADD <x>\"}]")
        .with_accessory(Accessory::signature())
        .with_sbom(&json!({"spdxVersion": "SPDX-2.3", "packages": []}));
    let chart = Artifact::chart("shop", "1.0.0")
        .with_tag("1.0.0")
        .with_addition(Addition::Readme, "# Shop & <more>\n")
        .with_addition(Addition::Values, "a: 1\n");
    let model = Artifact::model("m").with_tag("v1").with_addition(Addition::License, "Apache 2\n");
    let other = Artifact::other("THING", "application/vnd.acme.thing.config.v1+json").with_tag("1");
    let plain = Artifact::oci_image().with_tag("latest");
    let one = |name: &str, artifact: Artifact| Repository::new(name).with_artifact(artifact);
    let project = Project::new("p")
        .public()
        .with_repository(one("app", app))
        .with_repository(one("chart", chart))
        .with_repository(one("model", model))
        .with_repository(one("other", other))
        .with_repository(one("plain", plain))
        .with_repository(one("index", Artifact::index().with_tag("latest")));
    Registry::new().with_project(project)
}

async fn addition(harbor: &SimulatedHarbor, artifact: &str, name: &str) -> Answer {
    get(harbor, As::Admin, &format!("/projects/p/repositories/{artifact}/additions/{name}")).await
}

async fn accessories(harbor: &SimulatedHarbor, query: &str) -> Answer {
    get(harbor, As::Admin, &format!("{APP}/accessories{query}")).await
}

async fn start_sbom(harbor: &SimulatedHarbor, path: &str) -> Answer {
    let url = format!("{}/api/v2.0{path}", harbor.url());
    let request = client().post(url).basic_auth("admin", Some("Harbor12345"));
    let request = request.header("content-type", "application/json").body(r#"{"scan_type":"sbom"}"#);
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

#[tokio::test]
async fn each_type_has_its_additions() {
    let harbor = start(registry()).await;
    for (artifact, name, content_type, text) in [
        ("app/artifacts/v1", "build_history", "application/json; charset=utf-8", "[{\"created_by\":\"ADD <x>\"}]"),
        ("chart/artifacts/1.0.0", "readme.md", "text/markdown; charset=utf-8", "# Shop & <more>\n"),
        ("chart/artifacts/1.0.0", "values.yaml", "text/plain; charset=utf-8", "a: 1\n"),
        ("chart/artifacts/1.0.0", "dependencies", "application/json; charset=utf-8", "null"),
        ("model/artifacts/v1", "license", "text/plain; charset=utf-8", "Apache 2\n"),
        ("model/artifacts/v1", "files", "application/json; charset=utf-8", "[]"),
    ] {
        let answer = addition(&harbor, artifact, name).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{artifact} {name}");
        assert_eq!(answer.text, text, "{artifact} {name}");
    }
    let history = addition(&harbor, "plain/artifacts/latest", "build_history").await.json();
    assert_eq!(history.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn other_additions_are_refused_by_type() {
    let harbor = start(registry()).await;
    for (artifact, name, message) in [
        ("app/artifacts/v1", "values.yaml", "addition VALUES.YAML isn't supported for IMAGE(manifest version 2)"),
        ("app/artifacts/v1", "sbom", "addition SBOM isn't supported for IMAGE(manifest version 2)"),
        ("plain/artifacts/latest", "files", "addition FILES isn't supported for IMAGE(manifest version 2)"),
        ("chart/artifacts/1.0.0", "files", "addition FILES isn't supported for CHART"),
        ("model/artifacts/v1", "values.yaml", "addition VALUES.YAML isn't supported for CNAI"),
        ("index/artifacts/latest", "build_history", "addition BUILD_HISTORY isn't supported"),
        ("other/artifacts/1", "readme.md", "the processor for artifact THING not found, cannot get the addition"),
    ] {
        let answer = addition(&harbor, artifact, name).await;
        assert_eq!((answer.status, answer.error().1.as_str()), (400, message), "{artifact} {name}");
    }
    for (version, names) in [
        (HarborVersion::V2_9, "build_history values.yaml readme.md dependencies"),
        (HarborVersion::V2_11, "build_history values.yaml readme.md dependencies sbom"),
        (HarborVersion::V2_15, "build_history values.yaml readme.md dependencies sbom license files"),
    ] {
        let harbor = start_version(registry(), version).await;
        let answer = addition(&harbor, "app/artifacts/v1", "moon").await;
        let message = format!("validation failure list:\naddition in path should be one of [{names}]");
        assert_eq!((answer.status, answer.error().1), (422, message), "{version:?}");
    }
}

#[tokio::test]
async fn accessories_are_artifacts_that_no_list_shows() {
    let harbor = start(registry()).await;
    let list = accessories(&harbor, "").await;
    assert_eq!((list.total(), list.column("type")), (Some(2), vec![json!("signature.cosign"), json!("sbom.harbor")]));
    let app = get(&harbor, As::Admin, &format!("{APP}?with_accessory=true")).await.json();
    assert_eq!(app["accessories"], list.json());
    let signature = list.json()[0].clone();
    assert_eq!(signature["subject_artifact_digest"], app["digest"]);
    assert_eq!((&signature["subject_artifact_id"], &signature["subject_artifact_repo"]), (&app["id"], &json!("p/app")));
    let digest = signature["digest"].as_str().unwrap();
    let artifact = get(&harbor, As::Admin, &format!("/projects/p/repositories/app/artifacts/{digest}")).await.json();
    assert_eq!((&artifact["id"], &artifact["tags"]), (&signature["artifact_id"], &Value::Null));
    assert_eq!(artifact["addition_links"].as_object().unwrap().keys().collect::<Vec<_>>(), ["build_history"]);
    for query in ["", "?q=base%3D%2A"] {
        let listed = get(&harbor, As::Admin, &format!("/projects/p/repositories/app/artifacts{query}")).await;
        assert_eq!(listed.total(), Some(1), "{query}");
    }
    let repository = get(&harbor, As::Admin, "/projects/p/repositories/app").await.json();
    assert_eq!(repository["artifact_count"], 1);
    let rows = harbor.registry(|registry| registry.projects()[0].repository("app").unwrap().artifacts().len());
    assert_eq!(rows, 3, "accessories are rows of the table");
}

#[tokio::test]
async fn accessories_are_selected_sorted_and_paged() {
    let harbor = start(registry()).await;
    for (query, types) in [
        ("?q=type%3Dsignature.cosign", vec!["signature.cosign"]),
        ("?q=type%3D~SBOM", vec!["sbom.harbor"]),
        ("?q=nope%3D1", vec!["signature.cosign", "sbom.harbor"]),
        ("?sort=-id", vec!["sbom.harbor", "signature.cosign"]),
        ("?sort=type", vec!["sbom.harbor", "signature.cosign"]),
        ("?page=2&page_size=1", vec!["sbom.harbor"]),
        ("?page=3&page_size=1", vec![]),
    ] {
        assert_eq!(accessories(&harbor, query).await.column("type"), types, "{query}");
    }
    assert_eq!(accessories(&harbor, "?q=a%3D%7Bb").await.status, 400);
    // They go with their subject.
    harbor.registry_mut(|registry| assert!(registry.delete_artifact("p", "app", "v1"))).await;
    let rows = harbor.registry(|registry| registry.projects()[0].repository("app").unwrap().artifacts().len());
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn the_sbom_is_at_the_digest_of_its_accessory() {
    let harbor = start(registry()).await;
    let app = get(&harbor, As::Admin, &format!("{APP}?with_sbom_overview=true")).await.json();
    let overview = &app["sbom_overview"];
    let digest = overview["sbom_digest"].as_str().unwrap();
    assert_eq!((&overview["scan_status"], &overview["duration"]), (&json!("Success"), &json!(2)));
    let base = "/api/v2.0/projects/p/repositories/app/artifacts";
    assert_eq!(app["addition_links"]["sboms"]["href"], format!("{base}/{digest}/additions/sbom"));
    let answer = addition(&harbor, &format!("app/artifacts/{digest}"), "sbom").await;
    let expected = (200, Some("application/vnd.goharbor.harbor.sbom.v1"));
    assert_eq!((answer.status, answer.header("content-type")), expected);
    assert_eq!(answer.json(), json!({"spdxVersion": "SPDX-2.3", "packages": []}));
    let accessory = get(&harbor, As::Admin, &format!("/projects/p/repositories/app/artifacts/{digest}")).await.json();
    assert_eq!((&accessory["type"], accessory.get("addition_links")), (&json!("SBOM"), None));
    // Without the flag the link has no digest, and before 2.11 there is neither.
    let plain = get(&harbor, As::Admin, APP).await.json();
    assert_eq!(plain["addition_links"]["sboms"]["href"], format!("{base}//additions/sbom"));
    let old = start_version(registry(), HarborVersion::V2_9).await;
    let old = get(&old, As::Admin, &format!("{APP}?with_sbom_overview=true")).await.json();
    assert_eq!((old.get("sbom_overview"), old["addition_links"].get("sboms")), (None, None));
}

#[tokio::test]
async fn an_sbom_is_made_on_request() {
    let harbor = start(registry()).await;
    let path = "/projects/p/repositories/plain/artifacts/latest";
    let overview = async || {
        let artifact = get(&harbor, As::Admin, &format!("{path}?with_sbom_overview=true")).await.json();
        artifact["sbom_overview"].clone()
    };
    assert_eq!(overview().await, Value::Null);
    assert_eq!(start_sbom(&harbor, &format!("{path}/scan/stop")).await.status, 400);
    assert_eq!(start_sbom(&harbor, &format!("{path}/scan")).await.status, 202);
    assert_eq!(overview().await["scan_status"], "Pending");
    let busy = start_sbom(&harbor, &format!("{path}/scan")).await;
    assert_eq!((busy.status, busy.error().1.as_str()), (409, "a previous sbom generate process is running"));
    harbor.registry_mut(Registry::advance_scans).await;
    assert_eq!(overview().await["scan_status"], "Running");
    harbor.registry_mut(Registry::advance_scans).await;
    let first = overview().await;
    assert_eq!(first["scan_status"], "Success");
    let digest = first["sbom_digest"].as_str().unwrap();
    let document = addition(&harbor, &format!("plain/artifacts/{digest}"), "sbom").await.json();
    assert_eq!(document["spdxVersion"], "SPDX-2.3");
    // The scan of vulnerabilities is another thing.
    let scan = get(&harbor, As::Admin, &format!("{path}?with_scan_overview=true")).await.json();
    assert_eq!(scan.get("scan_overview"), None);
    // A new one takes the place of the old one at once.
    assert_eq!(start_sbom(&harbor, &format!("{path}/scan")).await.status, 202);
    assert_eq!(addition(&harbor, &format!("plain/artifacts/{digest}"), "sbom").await.status, 404);
    assert_eq!(start_sbom(&harbor, &format!("{path}/scan/stop")).await.status, 202);
    assert_eq!(overview().await["scan_status"], "Stopped");
    assert_eq!(harbor.registry_mut(Registry::advance_scans).await, 0);
}

#[tokio::test]
async fn the_time_of_a_push_is_told_from_2_15_on() {
    for (version, moves) in [(HarborVersion::V2_14, false), (HarborVersion::V2_15, true)] {
        let harbor = start_version(registry(), version).await;
        let times = async || {
            let repository = get(&harbor, As::Admin, "/projects/p/repositories/plain").await.json();
            (repository["creation_time"].clone(), repository["update_time"].clone())
        };
        let (created, before) = times().await;
        assert_eq!(created != before, moves, "{version:?}");
        let change = |registry: &mut Registry| assert!(registry.retag("p", "plain", "latest", "stable"));
        harbor.registry_mut(change).await;
        assert_eq!(times().await.1 != before, moves, "{version:?}");
    }
}
