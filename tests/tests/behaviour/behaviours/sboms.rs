//! SBOMs, which are accessories of what they describe.

use serde_json::Value;

use crate::shape::{assert_members, assert_time};
use crate::survey::{Place, none};
use crate::target::{Outcome, Skipped, Target};

const TYPE: &str = "sbom.harbor";

/// An artifact with an SBOM that is ready, as its own answer shows it.
fn described(harbor: &Target) -> Result<(&Place, Value), Skipped> {
    let accessories = |place: &Place| place.artifact["accessories"].as_array().cloned().unwrap_or_default();
    let has_sbom = |place: &&Place| accessories(place).iter().any(|accessory| accessory["type"] == TYPE);
    for place in harbor.places()?.iter().filter(has_sbom) {
        let path = format!("{}?with_sbom_overview=true&with_accessory=true", place.path());
        let artifact = harbor.read(&path)?.json();
        if artifact["sbom_overview"]["scan_status"] == "Success" {
            return Ok((place, artifact));
        }
    }
    Err(none("artifact with an SBOM"))
}

pub(crate) fn are_named_by_the_overview(harbor: &Target) -> Outcome {
    let (place, artifact) = described(harbor)?;
    let overview = &artifact["sbom_overview"];
    let always = ["end_time", "sbom_digest", "scan_status", "scanner", "start_time"];
    assert_members(overview, &always, &["duration", "report_id"]);
    assert_time(&overview["start_time"]);
    assert_time(&overview["end_time"]);
    assert_members(&overview["scanner"], &["name", "vendor", "version"], &[]);
    let accessories = artifact["accessories"].as_array().unwrap();
    let is_it = |accessory: &&Value| accessory["digest"] == overview["sbom_digest"];
    assert_eq!(accessories.iter().find(is_it).map(|accessory| &accessory["type"]), Some(&TYPE.into()));
    assert_eq!(place.artifact.get("sbom_overview"), None, "it is given on request only");
    Ok(())
}

pub(crate) fn are_read_at_their_own_digest(harbor: &Target) -> Outcome {
    let (place, artifact) = described(harbor)?;
    let digest = artifact["sbom_overview"]["sbom_digest"].as_str().unwrap();
    let path = format!("{}/additions/sbom", place.path_of(digest));
    assert_eq!(artifact["addition_links"]["sboms"]["href"], format!("/api/v2.0{path}"));
    let answer = harbor.read(&path)?;
    assert_eq!(answer.header("content-type"), Some("application/vnd.goharbor.harbor.sbom.v1"));
    assert!(answer.json()["spdxVersion"].is_string(), "{}", answer.about());
    let answer = harbor.get(&format!("{}/additions/sbom", place.path()));
    assert_eq!(answer.assert_status(400).error().0, "BAD_REQUEST", "the image itself has none");
    Ok(())
}
