//! Listings: columns, formats, colour and width.

use harbor_testkit::{Artifact, Finding, Project, Registry, Report, Repository};

use crate::support::{ADMINISTRATOR, Folder, program, serve};

#[test]
fn the_same_rows_come_in_every_format() {
    let folder = Folder::new();
    let demo = folder.demo().display().to_string();
    for listing in ["find cve CVE-2021-44228", "top cves", "top images", "top packages", "top projects", "fixes"] {
        let of = |format: &str| program(&format!("{listing} {format} --from {demo}")).run().with(3).output;
        let rows: Vec<serde_json::Value> = serde_json::from_str(&of("--json")).unwrap();
        let lines: Vec<serde_json::Value> =
            of("--ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!rows.is_empty(), "{listing}");
        assert_eq!(rows, lines, "{listing}");
        let text = of("--csv");
        let mut csv = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
        let members: Vec<String> = rows[0].as_object().unwrap().keys().cloned().collect();
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        assert_eq!(sorted(columns), sorted(members), "{listing}");
        assert_eq!(csv.records().map(Result::unwrap).count(), rows.len(), "{listing}");
    }
}

#[test]
fn what_is_written_as_json_has_a_schema() {
    let folder = Folder::new();
    let demo = folder.demo().display().to_string();
    for (command, name) in [
        ("find cve CVE-2021-44228", "ExportFinding"),
        ("top cves", "TopCve"),
        ("top images", "TopImage"),
        ("top packages", "TopPackage"),
        ("top projects", "TopPlace"),
        ("top repositories", "TopPlace"),
        ("fixes", "Upgrade"),
        ("report", "Overview"),
    ] {
        let validator = jsonschema::validator_for(&program(&format!("schema {name}")).run().with(0).json()).unwrap();
        let written = program(&format!("{command} --json --from {demo}")).run().with(3).json();
        let values = written.as_array().cloned().unwrap_or_else(|| vec![written]);
        assert!(!values.is_empty(), "{command}");
        for value in values {
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{command}: {errors:?}");
        }
    }
    let names = program("schema").run().with(0).output;
    assert!(
        ["Change", "Access", "ExportViolation"].iter().all(|name| names.lines().any(|line| line == *name)),
        "{names}"
    );
}

/// The names are part of what pipelines rely on: a change here breaks them.
#[test]
fn the_columns_have_these_names() {
    let folder = Folder::new();
    let demo = folder.demo().display().to_string();
    let header = |listing: &str| {
        let text = program(&format!("{listing} --csv --from {demo}")).run().with(3).output;
        text.lines().next().unwrap().replace('"', "")
    };
    assert_eq!(
        header("find cve CVE-2021-44228"),
        "registry,project,owner,repository,digest,tags,os,architecture,pushed_at,image_digests,scanner,scanner_version,\
         scanned_at,cve,package,version,fix_version,fixable,severity,cvss_score,status,kev,kev_added,kev_due,epss,\
         epss_percentile,suppressed,suppressions,first_seen,cwe_ids,links,description"
    );
    assert_eq!(header("top cves"), "cve,severity,cvss_score,images,repositories,projects,findings,fixable,packages");
    assert_eq!(header("top images"), "registry,repository,digest,tags,findings,critical,high,medium,low,cvss_max");
    assert_eq!(
        header("fixes"),
        "package,version,upgrade_to,fix_versions,findings,images,severity,ecosystem,confidence,cves,artifacts"
    );
}

#[test]
fn numbers_bound_listings_and_say_so() {
    let folder = Folder::new();
    let demo = folder.demo().display().to_string();
    let rows = |number: &str| {
        program(&format!("top cves {number} --json --from {demo}")).run().with(3).json().as_array().unwrap().len()
    };
    assert_eq!((rows(""), rows("-n 3")), (10, 3));
    assert!(rows("-n 0") > 10);
    let text = program(&format!("top cves -n 3 --from {demo}")).run().with(3).output;
    assert!(text.contains("3 of ") && text.contains("-n 0 lists them all"), "{text}");
}

#[test]
fn colour_is_used_where_it_is_wanted() {
    let folder = Folder::new();
    let demo = folder.demo().display().to_string();
    let has_colour = |arguments: &str| {
        let ended = program(&format!("{arguments} top cves --from {demo}")).env("NO_COLOR", "1").run().with(3);
        ended.output.contains('\u{1b}')
    };
    assert!(!has_colour(""), "this is no terminal");
    assert!(!has_colour("--color never"));
    assert!(has_colour("--color always"));
}

#[test]
fn a_search_says_how_far_it_reaches_and_what_removes_it() {
    let server = serve(log4j());
    let ended = program("find cve cve-2021-44228").asks(&server, ADMINISTRATOR).run().with(0);
    assert!(
        ended.output.contains("3 images of 4 with a report, in 2 repositories of 2 projects, owned by admin."),
        "{}",
        ended.output
    );
    assert!(ended.output.contains("from 2.14.1 to 2.15.0 removes 2 findings in 2 images"), "{}", ended.output);
    let none = program("find cve CVE-1999-0001").asks(&server, ADMINISTRATOR).run().with(0);
    assert_eq!(none.output, "None of the 4 images with a report.\n");
    let package = |arguments: &str| {
        let ended = program(&format!("find package {arguments} --json")).asks(&server, ADMINISTRATOR).run();
        (ended.code, ended.json().as_array().unwrap().len())
    };
    assert_eq!(package("org.apache.logging.log4j:log4j-core"), (Some(0), 3));
    assert_eq!(package("*log4j-core <2.14.1"), (Some(0), 1));
    assert_eq!(package("*log4j* >=2.14,<2.15 --ecosystem maven"), (Some(0), 2));
    assert_eq!(package("log4j-core"), (Some(0), 0), "the whole name counts");
    let ended = program("find package LOG4J").asks(&server, ADMINISTRATOR).run().with(0);
    assert!(
        ended.messages.contains("org.apache.logging.log4j:log4j-core; to find them: '*LOG4J*'"),
        "{}",
        ended.messages
    );
    let ended = program("find package nothing-like-it").asks(&server, ADMINISTRATOR).run().with(0);
    assert!(!ended.messages.contains("to find them"), "{}", ended.messages);
    // What cannot be compared may be meant, which is said.
    assert_eq!(package("odd <2"), (Some(3), 0));
}

/// What has no score may be as bad as any.
#[test]
fn what_cannot_be_decided_is_told_by_every_listing() {
    let server = serve(log4j());
    for listing in ["top cves --cvss 7", "top images --cvss 7", "fixes --cvss 7", "find cve CVE-2021-44228 --cvss 7"] {
        let ended = program(listing).asks(&server, ADMINISTRATOR).run().with(3);
        assert!(ended.messages.contains("could not be decided and may be meant"), "{listing}: {}", ended.messages);
    }
}

fn log4j() -> Registry {
    let package = "org.apache.logging.log4j:log4j-core";
    let image = |tag: &str, version: &str| {
        let finding = Finding::new("CVE-2021-44228", package, version).with_fix("2.15.0").with_severity("Critical");
        Artifact::image().with_content(tag).with_tag(tag).with_report(Report::new().with_finding(&finding))
    };
    let odd = Finding::new("CVE-2020-1", "odd", "unknown/version ?").with_severity("Low");
    let odd = Artifact::image().with_content("odd").with_tag("odd").with_report(Report::new().with_finding(&odd));
    let shop = Repository::new("cart").with_artifact(image("v1", "2.14.1")).with_artifact(image("v2", "2.14.1"));
    let base = Repository::new("base").with_artifact(image("v3", "2.13.0")).with_artifact(odd);
    Registry::new()
        .with_project(Project::new("shop").with_repository(shop))
        .with_project(Project::new("platform").with_repository(base))
}
