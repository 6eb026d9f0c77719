//! The export of findings into a file.

use harbor_testkit::{
    Artifact, Finding, Label, Platform, Project, Registry, Report, Repository, Robot, Scan, SimulatedHarbor, User,
};
use serde_json::{Value, json};

use crate::support::{Answer, As, MEDIA_TYPE, client, get, start};

const EXPORT: &str = "/api/v2.0/export/cve";
const NO_FINDINGS: &str = "No vulnerabilities found or matched";

fn finding(id: &str, package: &str) -> Finding {
    Finding::new(id, package, "1.0").with_severity("High")
}

fn report(id: &str) -> Report {
    Report::new().with_finding(&finding(id, "zlib"))
}

/// A project of images with tags and labels, an index among them, and one that nobody but the administrator is in.
fn registry() -> Registry {
    let full = Finding::new("CVE-2024-1", "a,b", "1.0")
        .with_severity("Low")
        .with_fix("1.1")
        .with_cwe("CWE-1")
        .with_cwe("CWE-2")
        .with_cvss("redhat", 5.0, "CVSS:3.1/x")
        .with_cvss_2("nvd", 4.6, "AV:L");
    let image = || Artifact::image();
    let app = Repository::new("svc/app")
        .with_artifact(
            image()
                .with_content("app-1")
                .with_tag("v1")
                .with_report(Report::new().with_findings([&full, &finding("CVE-2023-2", "zlib")])),
        )
        .with_artifact(
            image()
                .with_content("app-2")
                .with_tag("v2")
                .with_label(Label::new(7, "red"))
                .with_report(report("CVE-2024-3")),
        )
        .with_artifact(image().with_content("app-3").with_report(report("CVE-2024-4")))
        .with_artifact(image().with_tag("v9").with_scan(Scan::Running));
    let index = Artifact::index()
        .with_tag("all")
        .with_label(Label::new(8, "blue"))
        .with_child(Platform::linux("amd64"), image().with_content("child").with_report(report("CVE-2024-5")));
    let team = Project::new("team")
        .with_member("alice")
        .with_repository(app)
        .with_repository(Repository::new("multi").with_artifact(index));
    Registry::new()
        .with_user(User::new("alice", "Alice12345"))
        .with_robot(Robot::new("reader", "reader-secret"))
        .with_project(team)
        .with_project(Project::new("other"))
}

async fn post(harbor: &SimulatedHarbor, who: As, kind: &str, body: &str) -> Answer {
    let request = client().post(format!("{}{EXPORT}", harbor.url()));
    let request = request.header("x-scan-data-type", kind).header("content-type", "application/json");
    let request = match who {
        As::Admin => request.basic_auth("admin", Some("Harbor12345")),
        As::Alice => request.basic_auth("alice", Some("Alice12345")),
        As::Robot => request.basic_auth("robot$reader", Some("reader-secret")),
        As::Anonymous | As::Wrong => request,
    };
    let response = request.body(body.to_owned()).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

async fn export(harbor: &SimulatedHarbor, who: As, criteria: Value) -> u64 {
    let answer = post(harbor, who, MEDIA_TYPE, &criteria.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["id"].as_u64().unwrap()
}

async fn execution(harbor: &SimulatedHarbor, who: As, id: u64) -> Answer {
    get(harbor, who, &format!("{EXPORT}/execution/{id}")).await
}

async fn download(harbor: &SimulatedHarbor, who: As, id: u64) -> Answer {
    get(harbor, who, &format!("{EXPORT}/download/{id}")).await
}

/// The ids of the findings that an export of criteria holds.
async fn exported(harbor: &SimulatedHarbor, criteria: &str) -> Vec<String> {
    let mut body: Value = serde_json::from_str(criteria).unwrap();
    body["projects"] = json!([1]);
    let id = export(harbor, As::Admin, body).await;
    let answer = download(harbor, As::Admin, id).await;
    match answer.status {
        404 => Vec::new(),
        _ => {
            let cve = |line: &str| line.split(',').nth(2).unwrap().to_owned();
            let mut ids: Vec<_> = answer.text.lines().skip(1).map(cve).collect();
            ids.sort();
            ids
        }
    }
}

#[tokio::test]
async fn an_export_runs_succeeds_and_is_downloaded_once() {
    let harbor = start(registry()).await;
    let id = export(&harbor, As::Alice, json!({"job_name": "mine", "projects": [1], "labels": []})).await;
    let running = execution(&harbor, As::Alice, id).await;
    let mut expected = json!({
        "end_time": "0001-01-01T00:00:00.000Z", "file_present": true, "id": id, "status": "Running",
        "status_text": "", "trigger": "MANUAL", "user_id": 2, "user_name": "alice",
    });
    expected["start_time"] = running.json()["start_time"].clone();
    assert!(expected["start_time"].as_str().unwrap().ends_with(".000Z"));
    assert_eq!(running.json(), expected);
    let done = get(&harbor, As::Alice, &format!("{EXPORT}/executions")).await.json();
    assert_eq!((&done["items"][0]["status"], &done["items"][0]["id"]), (&json!("Success"), &json!(id)));
    assert_ne!(done["items"][0]["end_time"], expected["end_time"]);

    let file = download(&harbor, As::Alice, id).await;
    assert_eq!((file.status, file.header("content-type")), (200, Some("text/csv")));
    let name = format!("attachment; filename=\"scandata_export_{id}.csv\"");
    assert_eq!(file.header("content-disposition"), Some(name.as_str()));
    for again in [download(&harbor, As::Alice, id).await, execution(&harbor, As::Alice, id).await] {
        let message = format!("execution {id} not found");
        assert_eq!((again.status, again.error()), (404, ("NOT_FOUND".to_owned(), message)));
    }
    assert_eq!(get(&harbor, As::Alice, &format!("{EXPORT}/executions")).await.text, "{\"items\":[]}\n");
}

#[tokio::test]
async fn the_file_is_written_as_harbor_writes_it() {
    let harbor = start(registry()).await;
    let id = export(&harbor, As::Admin, json!({"projects": [1], "repositories": "svc/app", "tags": "v1"})).await;
    let digest = |content: &str| Artifact::image().with_content(content).digest().to_owned();
    let expected = format!(
        "Repository,Artifact Digest,CVE,Package,Current Version,Fixed in version,Severity,CWE Ids,Additional Data,Scanner\n\
         team/svc/app,{one},CVE-2024-1,\"a,b\",1.0,1.1,Low,\"CWE-1,CWE-2\",\"{{\"\"CVSS\"\": {{\"\"nvd\"\": \
         {{\"\"V2Score\"\": 4.6, \"\"V2Vector\"\": \"\"AV:L\"\"}}, \"\"redhat\"\": {{\"\"V3Score\"\": 5, \
         \"\"V3Vector\"\": \"\"CVSS:3.1/x\"\"}}}}}}\",Trivy\n\
         team/svc/app,{one},CVE-2023-2,zlib,1.0,,High,,,Trivy\n\
         team/svc/app,{three},CVE-2024-4,zlib,1.0,,High,,,Trivy\n",
        one = digest("app-1"),
        three = digest("app-3"),
    );
    assert_eq!(download(&harbor, As::Admin, id).await.text, expected);
}

#[tokio::test]
async fn patterns_and_labels_select() {
    let harbor = start(registry()).await;
    let (all, app) = (["CVE-2023-2", "CVE-2024-1", "CVE-2024-3", "CVE-2024-4", "CVE-2024-5"], 4);
    for (criteria, expected) in [
        ("{}", &all[..]),
        (r#"{"repositories": "svc/*"}"#, &all[..app]),
        (r#"{"repositories": "*"}"#, &all[app..]),
        (r#"{"repositories": "**"}"#, &all),
        (r#"{"repositories": "{svc/app,multi}"}"#, &all),
        (r#"{"repositories": "team/multi"}"#, &[]),
        // What has no tags is always selected, and the images of an index have its tags and labels.
        (r#"{"tags": "v2"}"#, &["CVE-2024-3", "CVE-2024-4"]),
        (r#"{"tags": "{v1,all}"}"#, &["CVE-2023-2", "CVE-2024-1", "CVE-2024-4", "CVE-2024-5"]),
        (r#"{"labels": [7]}"#, &["CVE-2024-3"]),
        (r#"{"labels": [7, 8]}"#, &["CVE-2024-3", "CVE-2024-5"]),
        (r#"{"labels": [7], "tags": "v1"}"#, &[]),
        (r#"{"cveIds": "CVE-2024-*"}"#, &all[1..]),
        (r#"{"cveIds": "{CVE-2023-2,CVE-2024-5}"}"#, &["CVE-2023-2", "CVE-2024-5"]),
    ] {
        assert_eq!(exported(&harbor, criteria).await, expected, "{criteria}");
    }
}

#[tokio::test]
async fn an_export_without_findings_succeeds_without_a_file() {
    let harbor = start(registry().with_export_polls(1)).await;
    let id = export(&harbor, As::Admin, json!({"projects": [2]})).await;
    let answer = execution(&harbor, As::Admin, id).await.json();
    assert_eq!((&answer["status"], &answer["file_present"]), (&json!("Success"), &json!(false)));
    assert_eq!(answer["status_text"], NO_FINDINGS);
    let missing = download(&harbor, As::Admin, id).await;
    assert_eq!((missing.status, missing.text.as_str(), missing.header("content-type")), (404, "", None));
    let id = export(&harbor, As::Admin, json!({"projects": [1], "tags": "{v1"})).await;
    let failed = execution(&harbor, As::Admin, id).await.json();
    assert_eq!((&failed["status"], &failed["file_present"]), (&json!("Error"), &json!(false)));
}

#[tokio::test]
async fn the_file_holds_what_was_there_when_it_was_asked_for() {
    let harbor = start(registry()).await;
    let id = export(&harbor, As::Admin, json!({"projects": [1]})).await;
    assert!(harbor.registry_mut(|registry| registry.delete_repository("team", "svc/app")).await);
    assert_eq!(download(&harbor, As::Admin, id).await.text.lines().count(), 6);
}

#[tokio::test]
async fn bad_requests_are_refused_before_it_is_looked_at_who_asks() {
    let harbor = start(registry()).await;
    for (kind, body, status, message) in [
        ("moon", r#"{"projects":[1]}"#, 400, "bad request: Unsupported MIME type : moon"),
        (MEDIA_TYPE, "{}", 400, "bad request: only support export single project, invalid value: []"),
        (
            MEDIA_TYPE,
            r#"{"projects":[1,2]}"#,
            400,
            "bad request: only support export single project, invalid value: [1 2]",
        ),
        (MEDIA_TYPE, r#"{"projects":[99]}"#, 404, "resource not found: project 99 not found"),
        (
            MEDIA_TYPE,
            r#"{"projects":[1],"tags":"a, b"}"#,
            400,
            "bad request: invalid criteria value, please remove additional spaces for input: a, b",
        ),
        (MEDIA_TYPE, "", 422, "validation failure list:\ncriteria in body is required"),
        (
            MEDIA_TYPE,
            "[1]",
            422,
            "validation failure list:\nparsing criteria body from \"\" failed, because json: cannot unmarshal array into Go value of type models.ScanDataExportRequest",
        ),
        ("", r#"{"projects":[1]}"#, 422, "validation failure list:\nX-Scan-Data-Type in header is required"),
    ] {
        for who in [As::Admin, As::Anonymous] {
            let answer = post(&harbor, who, kind, body).await;
            assert_eq!((answer.status, answer.error().1.as_str()), (status, message), "{who:?}: {body}");
        }
    }
}

#[tokio::test]
async fn only_the_creator_may_look_and_robots_may_not_start() {
    let harbor = start(registry()).await;
    let (one, two) = (r#"{"projects":[1]}"#, r#"{"projects":[2]}"#);
    for (who, body, status, message) in [
        (As::Anonymous, one, 401, "unauthorized"),
        (As::Alice, two, 403, "forbidden"),
        (As::Robot, one, 403, "forbidden"),
    ] {
        let answer = post(&harbor, who, MEDIA_TYPE, body).await;
        assert_eq!((answer.status, answer.error().1.as_str()), (status, message), "{who:?}");
    }
    let hers = export(&harbor, As::Alice, json!({"projects": [1]})).await;
    let other = export(&harbor, As::Admin, json!({"projects": [2]})).await;
    for path in ["executions".to_owned(), format!("execution/{hers}"), format!("download/{hers}")] {
        assert_eq!(get(&harbor, As::Anonymous, &format!("{EXPORT}/{path}")).await.status, 401, "{path}");
    }
    // The administrator may read exports of the project, but not this one.
    assert_eq!(execution(&harbor, As::Admin, hers).await.status, 403);
    let refused = download(&harbor, As::Admin, hers).await;
    assert_eq!((refused.status, refused.text.as_str()), (403, ""));
    // Without any right in the project the refusal has a body.
    assert_eq!(download(&harbor, As::Alice, other).await.error().1, "forbidden");
    let list = get(&harbor, As::Admin, &format!("{EXPORT}/executions")).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["id"], other);
    assert_eq!(download(&harbor, As::Alice, hers).await.status, 200);

    let robot = Robot::new("reader", "reader-secret").with_permission("export-cve:create");
    let harbor = start(Registry::new().with_robot(robot).with_project(Project::new("team"))).await;
    let answer = post(&harbor, As::Robot, MEDIA_TYPE, one).await;
    assert_eq!((answer.status, answer.error().1.as_str()), (404, "user robot$reader not found"));
    assert_eq!(get(&harbor, As::Robot, &format!("{EXPORT}/executions")).await.text, "{\"items\":[]}\n");
}
