use serde_json::json;

use super::*;
use crate::judge::samples::{changed, digest, finding, image, inventory, inventory_with, now, snapshot};
use crate::judge::{Epss, Kev, SuppressionSource, Vex};
use crate::model::{Allowlist, Allowlists, ProjectAllowlist};

fn allowlist(ids: &[&str], expires_at: Option<&str>) -> Allowlist {
    let mut list = Allowlist::default();
    list.cves.extend(ids.iter().map(|id| (*id).to_owned()));
    list.expires_at = expires_at.map(|time| time.parse().unwrap());
    list
}

fn allowlists(system: Option<Allowlist>, projects: &[(&str, ProjectAllowlist)]) -> Allowlists {
    let mut lists = Allowlists { system, ..Allowlists::default() };
    lists.projects.extend(projects.iter().map(|(project, list)| (project.parse().unwrap(), list.clone())));
    lists
}

fn samples() -> [ArtifactInfo; 2] {
    let findings = [finding("CVE-2021-0001", "a", "1", "High"), finding("CVE-2021-0002", "b", "1", "Low")];
    [image("other/web", 2, &findings), image("shop/api", 1, &findings)]
}

/// Repository, identifier and source of all that is suppressed, and the notes.
fn suppressed(lists: Allowlists) -> (Vec<String>, Vec<String>) {
    let (inventory, knowledge) = (inventory_with(samples(), lists), Knowledge::default());
    let assessment = Assessment::new(&inventory, &knowledge, now());
    assert_eq!(assessment.findings().count(), 4, "nothing is taken out");
    let suppressed = assessment.findings().filter(Assessed::is_suppressed).map(|assessed| {
        let source = &assessed.suppressions[0].source;
        format!("{} {} {source:?}", assessed.info.artifact.repository, assessed.finding.id())
    });
    (suppressed.collect(), assessment.notes().to_vec())
}

#[test]
fn a_project_goes_by_one_allowlist() {
    let own = ProjectAllowlist::Own(allowlist(&["cve-2021-0002"], Some("2026-11-21T12:00:01Z")));
    let system = Some(allowlist(&["CVE-2021-0001", "CVE-2021-00020"], None));
    let (found, notes) = suppressed(allowlists(system, &[("shop", own), ("other", ProjectAllowlist::System)]));
    assert_eq!(found, ["other/web CVE-2021-0001 SystemAllowlist", "shop/api CVE-2021-0002 ProjectAllowlist"]);
    assert_eq!(notes, [""; 0]);
}

#[test]
fn what_has_expired_does_not_count_and_is_noted() {
    let end = Some("2026-11-21T12:00:00Z");
    let own = ProjectAllowlist::Own(allowlist(&["CVE-2021-0002"], end));
    let system = Some(allowlist(&["CVE-2021-0001", "CVE-2021-0002"], end));
    let (found, notes) = suppressed(allowlists(system, &[("shop", own), ("other", ProjectAllowlist::System)]));
    assert_eq!(found, [""; 0]);
    assert_eq!(
        notes,
        [
            "The allowlist of project shop in harbor.example.com ended on 2026-11-21: 1 vulnerability counts again.",
            "The allowlist of harbor.example.com ended on 2026-11-21: 2 vulnerabilities count again.",
        ]
    );
}

#[test]
fn a_list_that_was_not_read_is_noted() {
    let (found, notes) = suppressed(Allowlists::default());
    assert_eq!(found, [""; 0]);
    let expected =
        "The allowlists of 2 projects in harbor.example.com were not read: what other, shop may accept is not known.";
    assert_eq!(notes, [expected]);
    let (_, notes) =
        suppressed(allowlists(None, &[("shop", ProjectAllowlist::System), ("other", ProjectAllowlist::System)]));
    assert_eq!(notes, ["The allowlist of harbor.example.com was not read: what it accepts is not known."]);
}

#[test]
fn an_artifact_without_a_registry_goes_by_the_only_one() {
    let [web, api] = samples();
    let api = changed(api, |artifact| artifact.registry = None);
    let system = Some(allowlist(&["CVE-2021-0001"], None));
    let lists = allowlists(system, &[("shop", ProjectAllowlist::System), ("other", ProjectAllowlist::System)]);
    let (inventory, knowledge) = (inventory_with([web, api], lists), Knowledge::default());
    let assessment = Assessment::new(&inventory, &knowledge, now());
    assert_eq!(assessment.findings().filter(Assessed::is_suppressed).count(), 2);
    assert_eq!(assessment.notes(), [""; 0]);
}

/// A crawl of one project that could read no allowlist does not take away what an older one of everything could.
#[test]
fn parts_that_were_crawled_later_leave_the_allowlists() {
    let own = ProjectAllowlist::Own(allowlist(&["CVE-2021-0002"], None));
    let mut whole = snapshot(samples());
    whole.source.started_at = "2026-11-20T00:00:00Z".parse().unwrap();
    whole.allowlists = allowlists(None, &[("shop", own.clone()), ("other", own)]);
    let [_, api] = samples();
    let mut part = snapshot([api]);
    part.source.selection = vec!["project shop".into()];
    let inventory = Inventory::new([whole, part]);
    assert_eq!(inventory.current().len(), 2);
    let knowledge = Knowledge::default();
    let assessment = Assessment::new(&inventory, &knowledge, now());
    assert_eq!(assessment.findings().filter(Assessed::is_suppressed).count(), 2);
    assert_eq!(assessment.notes(), [""; 0]);
}

fn kev(released: &str) -> Kev {
    let entry = json!({ "cveID": "CVE-2021-0001", "dateAdded": "2021-12-10", "dueDate": "2021-12-24" });
    let catalogue =
        json!({ "catalogVersion": "2026.11.07", "dateReleased": released, "count": 1, "vulnerabilities": [entry] });
    Kev::parse(catalogue.to_string().as_bytes()).unwrap()
}

fn epss(date: &str) -> Epss {
    let file = format!("#model_version:v1,score_date:{date}\ncve,epss,percentile\nCVE-2021-0001,0.5,0.9\n");
    Epss::parse(file.as_bytes()).unwrap()
}

/// What nobody told is not the same as harmless.
#[test]
fn what_is_not_known_is_told_from_what_is_not_listed() {
    let inventory = inventory(samples());
    let knowledge = Knowledge::default();
    let assessment = Assessment::new(&inventory, &knowledge, now());
    let first = assessment.findings().next().unwrap();
    assert_eq!((first.exploitation, first.likelihood), (Exploitation::Unknown, Likelihood::Unknown));

    let knowledge = Knowledge {
        kev: Some(kev("2026-11-07T12:00:00Z")),
        epss: Some(epss("2026-11-14T00:00:00+0000")),
        vex: Vec::new(),
    };
    let assessment = Assessment::new(&inventory, &knowledge, now());
    let all: Vec<_> = assessment.findings().collect();
    assert!(matches!(all[0].exploitation, Exploitation::Known(entry) if entry.due.is_some()));
    assert!(matches!(all[0].likelihood, Likelihood::Scored(score) if score.probability == 0.5));
    assert_eq!((all[1].exploitation, all[1].likelihood), (Exploitation::NotListed, Likelihood::NotScored));
}

#[test]
fn old_knowledge_is_noted_with_its_age() {
    let inventory = inventory(samples());
    let notes = |kev_at: &str, epss_at: &str| {
        let knowledge = Knowledge { kev: Some(kev(kev_at)), epss: Some(epss(epss_at)), vex: Vec::new() };
        let notes = Assessment::new(&inventory, &knowledge, now()).notes().to_vec();
        notes.into_iter().filter(|note| !note.contains("allowlists")).collect::<Vec<_>>()
    };
    assert_eq!(notes("2026-11-07T12:00:00Z", "2026-11-14"), [""; 0]);
    let old = notes("2026-11-06T12:00:00Z", "2026-11-13");
    assert!(old[0].contains("2026.11.07") && old[0].contains("15 days old"), "{old:?}");
    assert!(old[1].contains("8 days old"), "{old:?}");
    let undated = notes("soon", "soon");
    assert!(undated.len() == 2 && undated.iter().all(|note| note.contains("no date")), "{undated:?}");
}

#[test]
fn all_reasons_stay_and_unrecognised_products_are_noted() {
    let vex = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "vex\u{1b}[31m", "timestamp": "2026-11-01T00:00:00Z",
        "statements": [{
            "vulnerability": { "name": "CVE-2021-0001" },
            "status": "fixed",
            "products": [{ "@id": format!("pkg:oci/api@{}", digest(1)) }, { "@id": "the \u{202e}product" }],
        }],
    });
    let vex = vec![Vex::parse(vex.to_string().as_bytes()).unwrap()];
    let own = ProjectAllowlist::Own(allowlist(&["CVE-2021-0001"], None));
    let inventory = inventory_with(samples(), allowlists(None, &[("shop", own.clone()), ("other", own)]));
    let knowledge = Knowledge { vex, ..Knowledge::default() };
    let assessment = Assessment::new(&inventory, &knowledge, now());
    let of_api = assessment.findings().find(|assessed| assessed.info.artifact.id == 1).unwrap();
    let sources: Vec<_> = of_api.suppressions.iter().map(|suppression| &suppression.source).collect();
    assert!(matches!(sources[..], [SuppressionSource::ProjectAllowlist, SuppressionSource::Vex { .. }]), "{sources:?}");
    let [note] = assessment.notes() else { panic!("{:?}", assessment.notes()) };
    assert!(note.contains(r#"VEX document "vex⟨U+001B⟩[31m", 1 product could not"#), "{note}");
    assert!(note.contains("\"the ⟨U+202E⟩product\" (it is neither"), "{note}");
}
