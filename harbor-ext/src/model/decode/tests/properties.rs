//! What holds for every body, not only for those that somebody has thought of.

use super::*;

const MEMBERS: [&str; 16] = [
    "id",
    "package",
    "version",
    "fix_version",
    "severity",
    "status",
    "description",
    "links",
    "cwe_ids",
    "preferred_cvss",
    "vendor_attributes",
    "artifact_digests",
    "artifact_digest",
    "CVSS",
    "nvd",
    "new",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e300..1e300).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["", "High", "CVE-1", "1, 2", "sha256:a"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(prop::sample::select(vec!["", "a", "b"]), 0..4).prop_map(Value::from),
            prop::collection::vec((any_name(), inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(MEMBERS.to_vec()).prop_map(String::from),
        1 => any::<String>(),
    ]
}

fn any_report_member() -> impl Strategy<Value = String> {
    let known = ["generated_at", "scanner", "severity", "media_type", "_media_type", "__media_type", "_", "artifact"];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(String::from),
        1 => any::<String>(),
    ]
}

fn any_media_type() -> impl Strategy<Value = String> {
    prop_oneof![Just(MEDIA_TYPE_1_1.to_owned()), Just(MEDIA_TYPE_1_0.to_owned()), any::<String>()]
}

fn any_element() -> impl Strategy<Value = Value> {
    prop::collection::vec((any_name(), any_json()), 0..12).prop_map(|members| members.into_iter().collect())
}

/// Once through text: the reader may round the last digit of a float.
fn as_read(value: &Value) -> Value {
    serde_json::from_str(&value.to_string()).unwrap()
}

/// The element without what belongs to the occurrence, not to the finding.
fn without_digests(element: &Value) -> Value {
    let mut element = as_read(element);
    let members = element.as_object_mut().unwrap();
    let is_list =
        |value: &Value| value.is_null() || value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    if members.get("artifact_digests").is_some_and(is_list) {
        members.remove("artifact_digests");
    } else if members.get("artifact_digest").is_some_and(is_text) {
        members.remove("artifact_digest");
    }
    element
}

proptest! {
    /// W7: whatever members a finding has, of whatever type, they are kept.
    #[test]
    fn every_element_is_a_finding_that_kept_every_member(
        elements in prop::collection::vec(any_element(), 0..8),
        pretty in any::<bool>(),
    ) {
        let value = json!({ MEDIA_TYPE_1_1: { "vulnerabilities": elements } });
        let body = if pretty { format!("{value:#}") } else { value.to_string() };
        let report = decode_report(&body);
        prop_assert_eq!(report.len(), elements.len());
        for (finding, element) in report.findings().zip(&elements) {
            prop_assert_eq!(serde_json::to_value(finding.get()).unwrap(), without_digests(element));
            prop_assert_eq!(serde_json::to_value(finding).unwrap(), as_read(element));
            // No accessor may fail, whatever is in the members.
            let _ = (finding.severity(), finding.fix_versions().count(), finding.cvss().score());
            let _ = (finding.links().count(), finding.cwe_ids().count(), finding.id(), finding.status());
            prop_assert_eq!(finding.cvss_score(), finding.cvss().score());
            if let Some(score) = finding.cvss_score() {
                prop_assert!((0.0..=10.0).contains(&score));
            }
        }
    }

    #[test]
    fn every_report_comes_out_as_it_came(
        members in prop::collection::vec((any_report_member(), any_json()), 0..6),
        elements in prop::option::of(prop::collection::vec(any_element(), 0..4)),
        media_type in any_media_type(),
        pretty in any::<bool>(),
    ) {
        let mut report: serde_json::Map<String, Value> = members.into_iter().collect();
        // What is a report at all, is decided elsewhere.
        report.insert("vulnerabilities".into(), elements.into());
        let body = json!({ media_type.clone(): report });
        let report = decode_report(&if pretty { format!("{body:#}") } else { body.to_string() });
        prop_assert_eq!(report.media_type(), &media_type);

        let envelope = report.envelope().to_string();
        prop_assert_eq!(serde_json::from_str::<Value>(&envelope).unwrap(), as_read(&body));
        prop_assert_eq!(serde_json::to_value(report.envelope()).unwrap(), as_read(&body));
        prop_assert_eq!(&decode_report(&envelope), &report);

        let bare = serde_json::to_string_pretty(&report).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Report>(&bare).unwrap(), &report);
        prop_assert_eq!(&serde_json::from_slice::<Report>(bare.as_bytes()).unwrap(), &report);
        prop_assert_eq!(&serde_json::from_reader::<_, Report>(bare.as_bytes()).unwrap(), &report);
        prop_assert_eq!(&serde_json::from_value::<Report>(serde_json::to_value(&report).unwrap()).unwrap(), &report);

        for finding in report.findings() {
            let json = serde_json::to_string(finding.get()).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Finding>(&json).unwrap(), finding.get());
        }
        // No accessor may fail, whatever is in the members.
        let _ = (report.generated_at(), report.severity_text(), report.scanner(), report.severity());
    }

    #[test]
    fn findings_are_shared_exactly_if_they_are_equal(
        elements in prop::collection::vec(any_element(), 1..4),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let elements: Vec<_> = picks.iter().map(|pick| pick.get(&elements)).collect();
        let report = decode_report(&wrapped(json!({ "vulnerabilities": elements })));
        let findings: Vec<_> = report.findings().zip(&elements).collect();
        for (one, element) in &findings {
            for (two, other) in &findings {
                let equal = without_digests(element) == without_digests(other);
                prop_assert_eq!(Arc::ptr_eq(one.shared(), two.shared()), equal);
            }
        }
    }

    #[test]
    fn any_top_level_value_is_read_or_refused(value in any_json(), inner in any_json()) {
        let pool = FindingPool::new();
        let _ = report(value.to_string().as_bytes(), &pool);
        for body in [json!({ MEDIA_TYPE_1_1: inner }), json!({ MEDIA_TYPE_1_1: { "vulnerabilities": inner } })] {
            let _ = report(body.to_string().as_bytes(), &pool);
        }
    }

    #[test]
    fn a_body_that_is_cut_off_is_an_error_in_its_place(elements in prop::collection::vec(any_element(), 0..4), cut in any::<prop::sample::Index>()) {
        let body = wrapped(json!({ "vulnerabilities": elements })).into_bytes();
        let cut = cut.index(body.len());
        let error = error(&body[..cut]);
        // A character that is cut through is found where it starts.
        prop_assert!(error.offset() <= cut && error.offset() + 4 > cut, "{error}");
    }

    #[test]
    fn damage_never_causes_a_panic(
        elements in prop::collection::vec(any_element(), 0..4),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = wrapped(json!({ "vulnerabilities": elements })).into_bytes();
        let place = place.index(body.len());
        body[place] = byte;
        if let Err(error) = report(&body, &FindingPool::new()) {
            prop_assert!(error.offset() <= body.len());
            prop_assert!(error.snippet().chars().count() <= 80);
        }
    }

    #[test]
    fn random_bytes_never_cause_a_panic(body in any::<Vec<u8>>()) {
        let _ = report(&body, &FindingPool::new());
    }
}
