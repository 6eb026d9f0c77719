//! Each filter of artifacts, and what makes its answer unknown.

use std::sync::Arc;

use Answer::{No, Unknown, Yes};
use serde_json::json;

use super::*;
use crate::analysis::samples::{clean, finding, reported, unscanned};
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{Artifact, Child, FindingPool, Label, Platform, ReportState};

fn artifact(change: impl FnOnce(&mut Artifact)) -> ArtifactInfo {
    let mut info = unscanned("p/a", 1);
    change(Arc::make_mut(&mut info.artifact));
    info
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn what_a_list_did_not_tell_is_unknown() {
    let bare = artifact(|_| ());
    let chart = artifact(|artifact| {
        artifact.kind = "CHART".into();
        artifact.media_type = "application/vnd.cncf.helm.config.v1+json".into();
        artifact.manifest_media_type = "application/vnd.oci.image.manifest.v1+json".into();
    });
    assert_eq!([&bare, &chart].map(|info| ArtifactFilter::kind("chart").answer(info)), [Unknown, Yes]);
    assert_eq!([&bare, &chart].map(|info| ArtifactFilter::kind("IMAGE").answer(info)), [Unknown, No]);
    for media_type in [&chart.artifact.media_type, &chart.artifact.manifest_media_type] {
        assert_eq!([&bare, &chart].map(|info| ArtifactFilter::media_type(media_type).answer(info)), [Unknown, Yes]);
    }
    assert_eq!(ArtifactFilter::media_type("text/plain").answer(&chart), No);
    assert_eq!(ArtifactFilter::architecture("amd64").answer(&bare), Unknown);
}

#[test]
fn an_index_is_for_the_platforms_of_its_children() {
    let platform = |architecture: &str| Platform { architecture: Some(architecture.into()), os: None };
    let digest = |number: u8| format!("sha256:{number:064x}").parse().unwrap();
    let mut index = artifact(|artifact| {
        artifact.children = vec![Child::new(digest(1), platform("amd64")), Child::new(digest(2), platform("arm64"))];
    });
    assert_eq!(ArtifactFilter::architecture("arm64").answer(&index), Yes);
    assert_eq!(ArtifactFilter::architecture("s390x").answer(&index), No);
    assert_eq!(ArtifactFilter::os("linux").answer(&index), Unknown);
    Arc::make_mut(&mut index.artifact).children.push(Child::new(digest(3), Platform::default()));
    assert_eq!(ArtifactFilter::architecture("arm64").answer(&index), Yes);
    assert_eq!(ArtifactFilter::architecture("s390x").answer(&index), Unknown);
    let image = artifact(|artifact| artifact.platform = platform("amd64"));
    assert_eq!(ArtifactFilter::architecture("AMD64").answer(&image), Yes);
}

#[test]
fn labels_and_digests_are_compared_whole() {
    let info = artifact(|artifact| artifact.labels = Some(vec![Label::new("production", 1)]));
    assert_eq!(ArtifactFilter::label("production").answer(&artifact(|_| ())), Unknown, "not asked for");
    assert_eq!(ArtifactFilter::label("production").answer(&info), Yes);
    assert_eq!(ArtifactFilter::label("prod").answer(&info), No);
    assert_eq!(ArtifactFilter::digest(info.artifact.digest.as_str()).answer(&info), Yes);
    assert_eq!(ArtifactFilter::digest(info.artifact.digest.short()).answer(&info), No);
}

#[test]
fn states_are_asked_for_by_their_word() {
    assert_eq!(ArtifactFilter::state("not_scanned").answer(&unscanned("p/a", 1)), Yes);
    assert_eq!(ArtifactFilter::state("not_scanned").answer(&clean("p/a", 1)), No);
    assert_eq!(ArtifactFilter::reported().answer(&unscanned("p/a", 1)), No);
    assert_eq!(ArtifactFilter::reported().answer(&clean("p/a", 1)), Yes);
}

/// R13: the worst finding decides, and one without findings has no severity.
#[test]
fn the_overall_severity_is_that_of_the_worst_finding() {
    let info = reported("p/a", 1, &[finding("1", "a", "1", "", "Low"), finding("2", "a", "1", "", "High")]);
    assert_eq!(ArtifactFilter::overall_severity(Severity::High).answer(&info), Yes);
    assert_eq!(ArtifactFilter::overall_severity(Severity::Low).answer(&info), No);
    assert_eq!(ArtifactFilter::overall_severity_at_least(Severity::Medium).answer(&info), Yes);
    assert_eq!(ArtifactFilter::overall_severity_at_least(Severity::Critical).answer(&info), No);
    for severity in Severity::ALL {
        for filter in [ArtifactFilter::overall_severity(severity), ArtifactFilter::overall_severity_at_least(severity)]
        {
            assert_eq!(filter.answer(&clean("p/a", 1)), No, "{filter}");
            assert_eq!(filter.answer(&unscanned("p/a", 1)), Unknown, "{filter}");
        }
    }
}

#[test]
fn a_time_is_before_or_since_another_or_unknown() {
    let time = at("2026-06-01T00:00:00Z");
    let pushed = |text: &str| artifact(|artifact| artifact.push_time = Some(at(text)));
    let infos = [
        pushed("2026-05-31T23:59:59.999Z"),
        pushed("2026-06-01T00:00:00Z"),
        pushed("2026-06-01T00:00:01Z"),
        artifact(|_| ()),
    ];
    let answers = |filter: &ArtifactFilter| infos.each_ref().map(|info| filter.answer(info));
    assert_eq!(answers(&ArtifactFilter::pushed_after(time)), [No, Yes, Yes, Unknown]);
    assert_eq!(answers(&ArtifactFilter::pushed_before(time)), [Yes, No, No, Unknown]);
    let day = Duration::from_secs(24 * 60 * 60);
    assert_eq!(answers(&ArtifactFilter::push_older_than(day, at("2026-06-02T00:00:00Z"))), [Yes, No, No, Unknown]);
    assert_eq!(answers(&ArtifactFilter::push_older_than(Duration::MAX, time)), [No, No, No, Unknown]);
}

#[test]
fn never_pulled_is_known() {
    let time = at("2026-06-01T00:00:00Z");
    let pulled = |text: &str| artifact(|artifact| artifact.pull_time = Some(at(text)));
    let infos = [pulled("2026-01-01T00:00:00Z"), pulled("2026-12-01T00:00:00Z"), artifact(|_| ())];
    let answers = |filter: &ArtifactFilter| infos.each_ref().map(|info| filter.answer(info));
    assert_eq!(answers(&ArtifactFilter::pulled_after(time)), [No, Yes, No]);
    assert_eq!(answers(&ArtifactFilter::pulled_before(time)), [Yes, No, No]);
    assert_eq!(answers(&!ArtifactFilter::pulled_after(time)), [Yes, No, Yes]);
}

#[test]
fn the_time_of_a_scan_is_that_of_the_report() {
    let scanned = |text: &str| {
        let body = json!({ MEDIA_TYPE_1_1: { "generated_at": text } }).to_string();
        match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
            Body::Report(report) => ArtifactInfo { state: ReportState::Reported(Arc::new(report)), ..clean("p/a", 1) },
            Body::Empty => panic!("there is a report"),
        }
    };
    let infos =
        [scanned("2026-01-01T00:00:00Z"), scanned("2026-12-01T00:00:00Z"), scanned("soon"), unscanned("p/a", 1)];
    let answers = |filter: &ArtifactFilter| infos.each_ref().map(|info| filter.answer(info));
    let time = at("2026-06-01T00:00:00Z");
    assert_eq!(answers(&ArtifactFilter::scanned_after(time)), [No, Yes, Unknown, Unknown]);
    assert_eq!(answers(&ArtifactFilter::scanned_before(time)), [Yes, No, Unknown, Unknown]);
    let week = Duration::from_secs(7 * 24 * 60 * 60);
    let now = at("2026-12-05T00:00:00Z");
    assert_eq!(answers(&ArtifactFilter::scan_older_than(week, now)), [Yes, No, Unknown, Unknown]);
    assert_eq!(ArtifactFilter::scanned_after(time).to_string(), "scanned since 2026-06-01T00:00:00Z");
}
