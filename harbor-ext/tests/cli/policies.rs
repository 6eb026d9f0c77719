//! Gates.

use harbor_testkit::{Artifact, Finding, Project, Registry, Report, Repository};

use crate::support::{ADMINISTRATOR, Folder, program, serve};

fn registry() -> Registry {
    let image = |tag: &str, finding: &Finding| {
        Artifact::image().with_content(tag).with_tag(tag).with_report(Report::new().with_finding(finding))
    };
    let bad = Finding::new("CVE-2026-1", "zlib", "1.0").with_fix("1.1").with_severity("Critical");
    let fine = Finding::new("CVE-2026-2", "curl", "1.0").with_severity("Low");
    let repository = Repository::new("r").with_artifact(image("bad", &bad)).with_artifact(image("fine", &fine));
    Registry::new().with_project(Project::new("p").with_repository(repository))
}

#[test]
fn a_gate_ends_with_what_it_decided() {
    let server = serve(registry());
    let gate = |arguments: &str| program(&format!("gate {arguments}")).asks(&server, ADMINISTRATOR).run();
    let ended = gate("--severity high --fixable").with(1);
    for part in ["p/r:bad", "CVE-2026-1", "zlib", "1 violation"] {
        assert!(ended.output.contains(part), "{part}: {}", ended.output);
    }
    assert!(!ended.output.contains("CVE-2026-2"), "{}", ended.output);
    assert!(gate("--severity high --repository other").code == Some(3), "a repository that is nowhere is not fine");
    let rows = gate("--severity low --json").with(1).json();
    assert_eq!(rows.as_array().unwrap().len(), 2);
}

#[test]
fn a_policy_is_read_from_a_file() {
    let server = serve(registry());
    let folder = Folder::new();
    let gate = |policy: &str| {
        let path = folder.file("policy.toml", policy);
        program(&format!("gate --policy {}", path.display())).asks(&server, ADMINISTRATOR).run()
    };
    let rule = "version = 1\n[[rules]]\nname = \"critical\"\nseverity = \"critical\"\n";
    let ended = gate(rule).with(1);
    assert!(ended.output.contains("critical"), "{}", ended.output);
    let exception = "[[exceptions]]\ncve = \"CVE-2026-1\"\nreason = \"not reachable\"\nexpires = 2999-01-01\n";
    let ended = gate(&format!("{rule}{exception}")).with(0);
    assert!(ended.output.contains("not reachable"), "what is excused stays visible: {}", ended.output);
    let expired = exception.replace("2999", "2001");
    gate(&format!("{rule}{expired}")).with(1);
    let broken = gate(&format!("{rule}severty = \"high\"\n")).with(2);
    assert!(broken.messages.contains("severty"), "{}", broken.messages);
    // Nobody has told what is exploited: that is no reason to let it pass.
    let unknown = gate("version = 1\n[[rules]]\nname = \"exploited\"\nkev = true\n").with(2);
    assert!(unknown.messages.to_lowercase().contains("kev"), "{}", unknown.messages);
}
