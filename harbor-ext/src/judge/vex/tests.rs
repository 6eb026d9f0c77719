use std::slice::from_ref;

use serde_json::{Value, json};

use super::*;
use crate::judge::samples::{changed, digest, finding, image};
use crate::model::{ArtifactInfo, Platform};

const LATER: &str = "2026-11-02T00:00:00Z";

/// An image with one finding.
fn sample() -> ArtifactInfo {
    changed(image("shop/api", 1, &[finding("CVE-2021-44228", "g:log4j", "2.14", "Critical")]), |artifact| {
        artifact.platform = Platform { architecture: Some("amd64".into()), ..Platform::default() };
    })
}

fn open_vex(statements: &Value) -> Vex {
    parse(&open_vex_json(statements)).unwrap()
}

fn open_vex_json(statements: &Value) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/1",
        "author": "Shop",
        "version": 1,
        "timestamp": "2026-11-01T00:00:00Z",
        "statements": statements,
    })
}

fn parse(document: &Value) -> Result<Vex, KnowledgeError> {
    Vex::parse(document.to_string().as_bytes())
}

fn about(product: &Value) -> Vex {
    open_vex(&json!([statement("not_affected", product)]))
}

fn statement(status: &str, product: &Value) -> Value {
    json!({ "vulnerability": { "name": "CVE-2021-44228" }, "status": status, "products": [product] })
}

fn suppresses(documents: &[Vex], info: &ArtifactInfo) -> bool {
    let finding = info.findings().next().unwrap();
    suppression(documents, &info.artifact, finding).is_some()
}

#[test]
fn images_are_recognised_in_every_documented_way() {
    let one = digest(1);
    let hex = &one["sha256:".len()..];
    for product in [
        json!({ "@id": format!("pkg:oci/api@{one}") }),
        json!({ "@id": format!("pkg:oci/api@{}", one.replace(':', "%3A")) }),
        json!({ "@id": format!("pkg:oci/other@{one}?repository_url=docker.io/other/api") }),
        json!({ "@id": format!("harbor.example.com/shop/api@{one}") }),
        json!({ "@id": "https://example.com/api", "hashes": { "sha-256": hex } }),
        json!({ "@id": "https://example.com/api", "identifiers": { "purl": format!("pkg:docker/shop/api@{one}") } }),
        json!({ "@id": "pkg:oci/api?repository_url=harbor.example.com/shop/api&tag=v1" }),
        json!({ "@id": "pkg:oci/api?repository_url=https%3A%2F%2FHarbor.example.com%2Fshop%2Fapi%2F" }),
        json!({ "@id": "pkg:oci/api@v1?repository_url=harbor.example.com/shop" }),
        json!({ "@id": "pkg:docker/shop/api@v1?repository_url=harbor.example.com&arch=amd64" }),
        json!({ "@id": "pkg:oci/api?repository_url=harbor.example.com/shop/api",
                "subcomponents": [{ "@id": "pkg:maven/g/log4j@2.14" }] }),
        json!({ "@id": format!("pkg:oci/api@{one}"), "subcomponents": [{ "@id": "pkg:npm/x" }, { "@id": "pkg:maven/g/log4j" }] }),
        json!({ "@id": "pkg:maven/g/log4j@2.14" }),
    ] {
        let vex = about(&product);
        assert!(suppresses(from_ref(&vex), &sample()), "{product}");
        assert_eq!(vex.unrecognised(), [], "{product}");
    }
}

#[test]
fn nothing_else_is_suppressed() {
    for product in [
        json!({ "@id": format!("pkg:oci/api@{}", digest(2)) }),
        json!({ "@id": format!("pkg:oci/api@{}?repository_url=harbor.example.com/shop/api&tag=v1", digest(2)) }),
        json!({ "@id": "pkg:oci/api?repository_url=harbor.example.com/shop/api&tag=v2" }),
        json!({ "@id": "pkg:oci/api@v2?repository_url=harbor.example.com/shop/api&tag=v1" }),
        json!({ "@id": "pkg:oci/api?repository_url=other.example.com/shop/api" }),
        json!({ "@id": "pkg:oci/api?repository_url=harbor.example.com/shop/web" }),
        json!({ "@id": "pkg:oci/api?repository_url=harbor.example.com" }),
        json!({ "@id": "pkg:oci/pi?repository_url=harbor.example.com/shop/api" }),
        json!({ "@id": "pkg:oci/api?repository_url=harbor.example.com/shop/api&arch=arm64" }),
        json!({ "@id": format!("pkg:oci/api@{}", digest(1)), "subcomponents": [{ "@id": "pkg:maven/g/log4j@2.15" }] }),
        json!({ "@id": format!("pkg:oci/api@{}", digest(1)), "subcomponents": [{ "@id": "pkg:maven/g/log4j-core" }] }),
        json!({ "@id": "pkg:maven/g/log4j@2.15" }),
    ] {
        let vex = about(&product);
        assert!(!suppresses(from_ref(&vex), &sample()), "{product}");
        assert_eq!(vex.unrecognised(), [], "{product}");
    }
    let product = json!({ "@id": "pkg:oci/api?repository_url=harbor.example.com/shop/api" });
    let nowhere = changed(sample(), |artifact| artifact.registry = None);
    assert!(!suppresses(&[about(&product)], &nowhere), "a repository of no known registry");
    let other = image("shop/api", 1, &[finding("CVE-2021-4422", "g:log4j", "2.14", "Critical")]);
    assert!(!suppresses(&[about(&product)], &other), "another vulnerability");
}

#[test]
fn what_cannot_be_recognised_is_told_and_suppresses_nothing() {
    let whole = format!("pkg:oci/api@{}", digest(1));
    for (product, says) in [
        (json!({ "@id": "pkg:oci/api?tag=v1" }), "neither a digest nor a repository_url"),
        (json!({ "@id": "pkg:oci/api@sha256:12?repository_url=harbor.example.com/shop/api" }), "digest cannot be read"),
        (json!({ "@id": "https://example.com/api" }), "neither a package URL nor"),
        (json!({ "@id": "shop/api:v1" }), "neither a package URL nor"),
        (json!({}), "neither a package URL nor"),
        (json!({ "@id": "pkg:maven/g/log4j" }), "no version"),
        (json!({ "@id": "pkg:deb/debian/g:log4j@2.14" }), "which distribution"),
        (json!({ "@id": "pkg:generic/g:log4j@2.14" }), "of this type"),
        (json!({ "@id": "pkg:maven/g/app@1", "subcomponents": [{ "@id": "pkg:maven/g/log4j@2.14" }] }), "part of"),
        (json!({ "@id": whole, "subcomponents": [{ "@id": "log4j" }] }), "neither a package URL nor"),
        (json!({ "@id": whole, "subcomponents": [{ "@id": whole }] }), "an image is no package"),
    ] {
        let vex = about(&product);
        assert!(!suppresses(from_ref(&vex), &sample()), "{product}");
        assert_eq!(vex.unrecognised().len(), 1, "{product}");
        assert!(vex.unrecognised()[0].reason.contains(says), "{product}: {:?}", vex.unrecognised());
    }
    let nothing = json!([{ "vulnerability": { "name": "CVE-2021-44228" }, "status": "fixed" }]);
    assert_eq!(open_vex(&nothing).unrecognised()[0].product, "statement 1");
}

/// An index has the findings of its children. What is said of one child is not said of the others.
#[test]
fn a_child_of_an_index_stands_for_itself() {
    let of = |digests: Value| {
        let mut finding = finding("CVE-2021-44228", "g:log4j", "2.14", "Critical");
        finding["artifact_digests"] = digests;
        image("shop/api", 1, &[finding])
    };
    let vex = [about(&json!({ "@id": format!("pkg:oci/api@{}", digest(7)) }))];
    assert!(suppresses(&vex, &of(json!([digest(7)]))));
    assert!(!suppresses(&vex, &of(json!([digest(7), digest(8)]))));
    assert!(!suppresses(&vex, &of(json!([]))));
}

#[test]
fn the_latest_statement_counts_in_whatever_document() {
    let product = json!({ "@id": format!("pkg:oci/api@{}", digest(1)) });
    let with = |status: &str, time: &str, member: &str| {
        let mut statement = statement(status, &product);
        statement[member] = json!(time);
        statement
    };
    let fixed = || statement("fixed", &product);
    let affected = || statement("affected", &product);
    let open = |statements: &[Value]| open_vex(&json!(statements));
    assert!(suppresses(&[open(&[fixed()])], &sample()));
    assert!(!suppresses(&[open(&[statement("under_investigation", &product)])], &sample()));
    // At the same time, the one by which it matters.
    assert!(!suppresses(&[open(&[fixed(), affected()])], &sample()));
    assert!(!suppresses(&[open(&[affected(), fixed()])], &sample()));
    for member in ["timestamp", "last_updated"] {
        assert!(suppresses(&[open(&[with("fixed", LATER, member), affected()])], &sample()));
        assert!(!suppresses(&[open(&[fixed()]), open(&[with("affected", LATER, member)])], &sample()));
        assert!(suppresses(&[open(&[with("not_affected", LATER, member)]), open(&[affected()])], &sample()));
    }
    let mut undated = open_vex_json(&json!([fixed()]));
    undated["timestamp"] = Value::Null;
    assert!(suppresses(&[parse(&undated).unwrap()], &sample()));
    assert!(!suppresses(&[parse(&undated).unwrap(), open(&[affected()])], &sample()));
}

#[test]
fn a_suppression_has_the_words_of_the_document() {
    let vex = open_vex(&json!([{
        "vulnerability": { "@id": "https://nvd.nist.gov/vuln/detail/GHSA-1", "aliases": ["cve-2021-44228"] },
        "status": "not_affected",
        "justification": "vulnerable_code_not_present",
        "impact_statement": "JndiLookup was taken out.",
        "products": [{ "@id": format!("pkg:oci/api@{}", digest(1)) }],
    }]));
    let info = sample();
    let finding = info.findings().next().unwrap();
    let suppression = suppression(from_ref(&vex), &info.artifact, finding).unwrap();
    assert_eq!(&*suppression.reason, "JndiLookup was taken out.");
    let expected = SuppressionSource::Vex {
        document: "https://example.com/vex/1".into(),
        status: "not_affected",
        justification: Some("vulnerable_code_not_present".into()),
    };
    assert_eq!(suppression.source, expected);
    let by_address = image("shop/api", 1, &[crate::judge::samples::finding("GHSA-1", "a", "1", "Low")]);
    assert!(suppresses(&[vex], &by_address));
}

/// The first versions had texts where objects are now, and the parts beside the products.
#[test]
fn old_documents_are_understood() {
    let document = json!({
        "@context": "https://openvex.dev/ns",
        "@id": "old",
        "timestamp": "2023-01-16T20:41:55.708329108-06:00",
        "statements": [{
            "vulnerability": "CVE-2021-44228",
            "products": [format!("pkg:oci/api@{}", digest(1))],
            "subcomponents": ["pkg:maven/g/log4j@2.14"],
            "status": "fixed",
        }],
    });
    let vex = parse(&document).unwrap();
    assert!(suppresses(from_ref(&vex), &sample()));
    assert!(vex.unrecognised().is_empty() && vex.time.is_some());
    let other = image("shop/api", 1, &[finding("CVE-2021-44228", "other", "2.14", "Critical")]);
    assert!(!suppresses(&[vex], &other));
}

fn cyclonedx(subject: &Value, components: &Value, affects: &Value, state: &str) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version": 1,
        "metadata": { "timestamp": "2026-11-01T00:00:00Z", "component": subject },
        "components": components,
        "vulnerabilities": [{
            "id": "SNYK-1",
            "references": [{ "id": "CVE-2021-44228", "source": { "name": "NVD" } }],
            "analysis": {
                "state": state,
                "justification": "code_not_reachable",
                "response": ["will_not_fix"],
                "detail": "Never called.",
            },
            "affects": affects,
        }],
    })
}

#[test]
fn components_of_cyclonedx_are_recognised() {
    let api =
        json!({ "type": "container", "bom-ref": "api", "name": "api", "purl": format!("pkg:oci/api@{}", digest(1)) });
    let hashed = json!({
        "type": "container", "bom-ref": "api", "name": "api",
        "hashes": [{ "alg": "SHA-256", "content": digest(1)["sha256:".len()..] }],
    });
    let versioned = json!({ "type": "container", "bom-ref": "api", "name": "shop/api", "version": digest(1) });
    let log4j = json!({ "type": "library", "bom-ref": "lib", "name": "log4j", "purl": "pkg:maven/g/log4j@2.14" });
    let anywhere = json!({ "type": "library", "bom-ref": "lib", "name": "log4j", "purl": "pkg:maven/g/log4j" });
    let holding = json!({ "type": "container", "bom-ref": "api", "name": "api",
        "purl": format!("pkg:oci/api@{}", digest(1)), "components": [log4j] });
    let link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#lib";
    let app = json!({ "type": "application", "bom-ref": "app", "name": "app" });
    let none = Value::Null;
    for (subject, components, affects) in [
        (&api, json!([]), json!([{ "ref": "api" }])),
        (&hashed, json!([]), json!([{ "ref": "api" }])),
        (&versioned, json!([]), json!([{ "ref": "api" }])),
        (&api, json!([log4j]), json!([{ "ref": "lib" }])),
        (&api, json!([log4j]), json!([{ "ref": link }])),
        (&api, json!([log4j]), json!([{ "ref": "lib", "versions": [{ "version": "2.14", "status": "unaffected" }] }])),
        (
            &api,
            json!([anywhere]),
            json!([{ "ref": "lib", "versions": [{ "version": "2.14", "status": "unaffected" }] }]),
        ),
        (&api, json!([]), json!([{ "ref": "pkg:maven/g/log4j@2.14" }])),
        (&app, json!([holding]), json!([{ "ref": "lib" }])),
        (&app, json!([api]), json!([{ "ref": "api" }])),
        (&none, json!([log4j]), json!([{ "ref": "lib" }])),
        (
            &none,
            json!([]),
            json!([{ "ref": format!("urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#pkg:oci/api@{}", digest(1)) }]),
        ),
    ] {
        for (state, counts) in
            [("not_affected", true), ("false_positive", true), ("resolved", true), ("in_triage", false)]
        {
            let document = cyclonedx(subject, &components, &affects, state);
            let vex = parse(&document).unwrap();
            assert_eq!(suppresses(from_ref(&vex), &sample()), counts, "{document}");
            assert_eq!(vex.unrecognised(), [], "{document}");
        }
    }
    for (subject, components, affects, says) in [
        (
            &api,
            json!([log4j]),
            json!([{ "ref": "lib", "versions": [{ "version": "2.13", "status": "unaffected" }] }]),
            "",
        ),
        (
            &api,
            json!([log4j]),
            json!([{ "ref": "lib", "versions": [{ "version": "2.14", "status": "affected" }] }]),
            "ranges",
        ),
        (
            &api,
            json!([log4j]),
            json!([{ "ref": "lib", "versions": [{ "range": "vers:maven/>1", "status": "unaffected" }] }]),
            "ranges",
        ),
        (
            &api,
            json!([]),
            json!([{ "ref": "api", "versions": [{ "version": "1", "status": "unaffected" }] }]),
            "versions of an image",
        ),
        (&api, json!([]), json!([{ "ref": "nothing" }]), "neither a package URL"),
        (
            &api,
            json!([log4j]),
            json!([{ "ref": "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#lib" }]),
            "neither a package URL",
        ),
        (
            &none,
            json!([]),
            json!([{ "ref": "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#pkg:maven/g/log4j@2.14" }]),
            "another BOM",
        ),
        (&app, json!([log4j]), json!([{ "ref": "lib" }]), "no image"),
        (&app, json!([]), json!([{ "ref": "app" }]), "neither a package URL"),
        (&none, json!([anywhere]), json!([{ "ref": "lib" }]), "no version"),
        (&none, json!([]), json!([]), "names no product"),
    ] {
        let document = cyclonedx(subject, &components, &affects, "not_affected");
        let vex = parse(&document).unwrap();
        assert!(!suppresses(from_ref(&vex), &sample()), "{document}");
        let told = vex.unrecognised().first().is_some_and(|product| product.reason.contains(says));
        assert!(told || says.is_empty(), "{says}: {:?}", vex.unrecognised());
    }
    let vex = parse(&cyclonedx(&api, &json!([]), &json!([{ "ref": "api" }]), "not_affected")).unwrap();
    let info = sample();
    let suppression = suppression(&[vex], &info.artifact, info.findings().next().unwrap()).unwrap();
    assert_eq!(&*suppression.reason, "Never called.");
    assert!(matches!(suppression.source, SuppressionSource::Vex { justification: Some(word), .. }
        if &*word == "vulnerable_code_not_in_execute_path"));
}

#[test]
fn what_is_something_else_is_refused() {
    let open = |statement: Value| open_vex_json(&json!([statement]));
    let product = json!({ "@id": "a" });
    let mut odd_time = statement("fixed", &product);
    odd_time["timestamp"] = json!("yesterday");
    let mut future = cyclonedx(&Value::Null, &json!([]), &json!([]), "not_affected");
    future["specVersion"] = json!("2.0");
    for (document, says) in [
        (json!({}), "neither OpenVEX's @context"),
        (json!({ "@context": ["https://openvex.dev/ns"] }), "neither OpenVEX's @context"),
        (json!({ "document": { "category": "csaf_vex" } }), "CSAF"),
        (open_vex_json(&json!([])), "no statements"),
        (open_vex_json(&json!(null)), "no statements"),
        (open_vex_json(&json!(["x"])), "line 1"),
        (open(statement("fine", &product)), "statement 1: \"fine\" is no status"),
        (open(json!({ "vulnerability": {}, "status": "fixed" })), "statement 1: it names no vulnerability"),
        (open(json!({ "vulnerability": " ", "status": "fixed" })), "statement 1: it names no vulnerability"),
        (open(odd_time), "statement 1: \"yesterday\" is not a time"),
        (future, "2.0"),
        (cyclonedx(&Value::Null, &json!([]), &json!([]), "harmless"), "vulnerability 1: \"harmless\" is no state"),
        (
            json!({ "bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": [{ "id": "CVE-2021-1" }] }),
            "plain BOM",
        ),
    ] {
        let error = parse(&document).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("VEX"), "{says}: {error}");
    }
    let deep = format!("{{\"@context\":{}", "[".repeat(100_000));
    for text in ["", "<html>", "[]", &*deep] {
        assert!(Vex::parse(text.as_bytes()).is_err(), "{}", text.len());
    }
}
