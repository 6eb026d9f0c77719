//! A scanner that is down for some requests.

use harbor_testkit::{Fault, HarborVersion, SimulatedHarbor};

use super::with_fault;
use crate::support::{As, get, sample};

const IMAGE: &str = "/projects/library/repositories/svc%252Fapp/artifacts/v1?with_scan_overview=true";
const REPORT: &str = "/projects/library/repositories/svc%252Fapp/artifacts/v1/additions/vulnerabilities";

#[tokio::test]
async fn links_and_overviews_are_missing_for_a_time() {
    let harbor = with_fault(Fault::scanner_down().on("artifact").times(1)).await;
    let struck = get(&harbor, As::Admin, IMAGE).await.json();
    assert!(struck["addition_links"].get("vulnerabilities").is_none(), "{struck}");
    assert!(struck.get("scan_overview").is_none(), "{struck}");
    let whole = get(&harbor, As::Admin, IMAGE).await.json();
    assert!(whole["addition_links"].get("vulnerabilities").is_some(), "{whole}");
    assert!(whole.get("scan_overview").is_some(), "{whole}");
    assert!(harbor.registry(|registry| registry.is_scanner_healthy()));
}

#[tokio::test]
async fn stored_reports_depend_on_the_release() {
    for (version, status) in [(HarborVersion::V2_13, 404), (HarborVersion::V2_15, 200)] {
        let builder = SimulatedHarbor::builder().registry(sample()).version(version).fault(Fault::scanner_down());
        let harbor = builder.start().await.unwrap();
        assert_eq!(get(&harbor, As::Admin, REPORT).await.status, status, "{version:?}");
    }
}
