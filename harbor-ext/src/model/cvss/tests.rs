use proptest::prelude::*;

use super::*;
use crate::model::Finding;
use crate::model::content::Content;

#[test]
fn published_examples_have_their_published_scores() {
    use CvssVersion::{V2, V3, V4};
    for (version, vector, score) in [
        (V2, "AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),
        (V2, "AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0),
        (V2, "AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2),
        (V2, "(AV:N/AC:M/Au:N/C:N/I:P/A:N)", 4.3),
        (V2, "AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0),
        (V3, "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        (V3, "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
        (V3, "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
        (V3, "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2),
        (V3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        (V3, "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        (V3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        (V4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
        (V4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
        (V4, "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
        (V4, "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3),
        (V4, "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
    ] {
        assert_eq!(base_score(version, vector), Some(score), "{vector}");
    }
}

#[test]
fn what_is_no_complete_vector_has_no_score() {
    for version in [CvssVersion::V2, CvssVersion::V3, CvssVersion::V4] {
        for vector in ["", "()", "n/a", "CVSS:3.1/", "CVSS:3.1/AV:N", "AV:N/AC:L", "CVSS:9.9/AV:N/AC:L"] {
            assert_eq!(base_score(version, vector), None, "{version:?} {vector}");
        }
    }
}

fn score(preferred: &str, vendors: &str) -> Option<f64> {
    let attributes = format!(r#"{{"CVSS":{vendors}}}"#);
    Cvss::read(Some(preferred), Some(&attributes)).score()
}

/// W4: 0 and `null` mean "unknown", and any other source is asked.
#[test]
fn the_preferred_score_wins_unless_it_is_unknown() {
    let nvd = r#"{"nvd":{"V3Score":7.5}}"#;
    for (preferred, expected) in [
        (r#"{"score_v3":9.8}"#, Some(9.8)),
        (r#"{"score_v3":9.800000190734863}"#, Some(9.8)),
        (r#"{"score_v3":9}"#, Some(9.0)),
        (r#"{"score_v3":null}"#, Some(7.5)),
        (r#"{"score_v3":0}"#, Some(7.5)),
        (r#"{"score_v3":0.0,"score_v2":5.0}"#, Some(7.5)),
        (r#"{"score_v3":-1}"#, Some(7.5)),
        (r#"{"score_v3":1e400}"#, Some(7.5)),
        (r#"{"score_v3":"9.8"}"#, Some(7.5)),
        (r#"{"score_v3":0,"vector_v3":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}"#, Some(9.8)),
        ("null", Some(7.5)),
        ("[]", Some(7.5)),
    ] {
        assert_eq!(score(preferred, nvd), expected, "{preferred}");
    }
}

/// S8: a vendor without a score, or with something that is none, is passed over.
#[test]
fn vendors_are_asked_in_order_and_the_next_one_if_one_does_not_know() {
    for (vendors, expected) in [
        (r#"{"ghsa":{"V3Score":1},"nvd":{"V3Score":3},"redhat":{"V3Score":2}}"#, Some(3.0)),
        (r#"{"ghsa":{"V3Score":1},"redhat":{"V3Score":2}}"#, Some(2.0)),
        (r#"{"bitnami":{"V3Score":4},"ghsa":{"V3Score":1}}"#, Some(1.0)),
        (r#"{"zeta":{"V3Score":5},"alpha":{"V3Score":4}}"#, Some(4.0)),
        (r#"{"nvd":{"V2Score":9},"redhat":{"V3Score":2}}"#, Some(2.0)),
        (r#"{"nvd":{"V3Score":"high"},"redhat":[],"ghsa":null,"x":{"V3Score":6}}"#, Some(6.0)),
        (r#"{"nvd":{"V3Score":0,"V3Vector":"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}"#, Some(9.8)),
        (r#"{"nvd":{"V2Score":5},"ghsa":{"V40Score":8.7}}"#, Some(8.7)),
        (r#"{"nvd":{"V2Score":5,"V3Score":0}}"#, Some(5.0)),
        (r#"{"nvd":{"V2Vector":"AV:N/AC:L/Au:N/C:N/I:N/A:C"}}"#, Some(7.8)),
        (r#"{"nvd":{"V3Score":0}}"#, None),
        (r#"{"nvd":{"V3Vector":"AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"}}"#, Some(0.0)),
        ("{}", None),
        ("null", None),
        ("[1]", None),
    ] {
        assert_eq!(score(r#"{"score_v3":null}"#, vendors), expected, "{vendors}");
    }
    assert_eq!(Cvss::read(None, None).score(), None);
    assert_eq!(Cvss::read(None, Some("null")).score(), None);
}

/// S7, S8: the caller decides whom to believe, in which order, and who is not asked at all.
#[test]
fn a_preference_chooses_versions_and_sources_in_order() {
    use CvssVersion::{V2, V3, V4};
    let vendor = Source::vendor;
    let attributes = r#"{"CVSS":{
        "nvd":{"V2Score":5},"redhat":{"V3Score":2},"ghsa":{"V3Score":4,"V40Score":6},
        "alpha":{"V40Vector":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}
    }}"#;
    let cvss = Cvss::read(Some(r#"{"score_v3":9.8,"score_v2":0}"#), Some(attributes));
    for (versions, sources, expected) in [
        (vec![V3], vec![vendor("nvd"), vendor("redhat"), Source::Preferred], Some((2.0, V3))),
        (vec![V3], vec![Source::Preferred, vendor("redhat")], Some((9.8, V3))),
        (vec![V3], vec![vendor("nvd")], None),
        (vec![V3, V2], vec![vendor("nvd")], Some((5.0, V2))),
        (vec![V2, V3], vec![vendor("redhat"), vendor("nvd")], Some((5.0, V2))),
        (vec![V2], vec![Source::Preferred], None),
        (vec![V4], vec![Source::AnyVendor], Some((9.3, V4))),
        (vec![V4], vec![vendor("ghsa"), Source::AnyVendor], Some((6.0, V4))),
        (vec![V3], vec![vendor("NVD"), vendor("nobody")], None),
        (vec![], vec![Source::Preferred, Source::AnyVendor], None),
        (vec![V3, V4, V2], vec![], None),
    ] {
        let preference = Preference::new(versions, sources);
        let expected = expected.map(|(value, version)| Score { value, version });
        assert_eq!(cvss.score_with(&preference), expected, "{preference:?}");
        let json = serde_json::to_string(&preference).unwrap();
        assert_eq!(serde_json::from_str::<Preference>(&json).unwrap(), preference);
    }
    assert_eq!(cvss.score_with(&Preference::default()).map(|score| score.value), cvss.score());
}

/// S7: an unknown score is `None`, never 0.0, and one vendor that says nothing does not hide the next.
#[test]
fn an_unknown_score_is_none() {
    let json = r#"{"CVSS":{"nvd":{"V3Score":0},"redhat":{"V3Score":null}}}"#;
    let cvss = Cvss::read(Some(r#"{"score_v3":0.0}"#), Some(json));
    assert_eq!(cvss.score(), None);
    assert_eq!(cvss.score_with(&Preference::default()), None);
}

/// S9: the bands are those of the version.
#[test]
fn a_score_stands_for_a_severity_by_its_version() {
    use CvssVersion::{V2, V3, V4};
    use Severity::{Critical, High, Low, Medium, None, Unknown};
    for (score, by_2, by_3_and_4) in [
        (0.0, Low, None),
        (0.1, Low, Low),
        (3.9, Low, Low),
        (4.0, Medium, Medium),
        (6.9, Medium, Medium),
        (7.0, High, High),
        (8.9, High, High),
        (9.0, High, Critical),
        (10.0, High, Critical),
        (f64::NAN, Unknown, Unknown),
        (-1.0, Unknown, Unknown),
    ] {
        assert_eq!([V2, V3, V4].map(|version| version.severity(score)), [by_2, by_3_and_4, by_3_and_4], "{score}");
    }
}

#[test]
fn cvss_is_the_same_after_a_way_through_json() {
    let attributes = r#"{"CVSS":{"nvd":{"V2Score":5,"V3Vector":"x"},"":{"V40Score":6.1}}}"#;
    let cvss = Cvss::read(Some(r#"{"score_v3":9.8}"#), Some(attributes));
    let json = serde_json::to_string(&cvss).unwrap();
    assert_eq!(serde_json::from_str::<Cvss>(&json).unwrap(), cvss);
}

#[test]
fn a_finding_gives_each_version_and_vendor() {
    let json = r#"{
        "preferred_cvss": {"score_v3": 0, "score_v2": 5.5, "vector_v3": "", "vector_v2": "x"},
        "vendor_attributes": {"CVSS": {
            "redhat": {"V3Score": 5.9, "V3Vector": "y"},
            "nvd": {"V2Score": 5, "V40Score": 8.1}
        }}
    }"#;
    let finding = Finding::from(Content::new(json, json::members(json).unwrap(), None).unwrap());
    let cvss = finding.cvss();
    assert_eq!(cvss.preferred.v3, Rating::default());
    assert_eq!(cvss.preferred.v2, Rating { score: Some(5.5), vector: Some("x".into()) });
    assert_eq!(cvss.vendors.keys().collect::<Vec<_>>(), ["nvd", "redhat"]);
    assert_eq!(cvss.vendors["redhat"].v3.vector.as_deref(), Some("y"));
    assert_eq!(cvss.score_by(CvssVersion::V2), Some(5.5));
    assert_eq!(cvss.score_by(CvssVersion::V3), Some(5.9));
    assert_eq!(cvss.score_by(CvssVersion::V4), Some(8.1));
    assert_eq!(finding.cvss_score(), Some(5.9));
}

proptest! {
    /// The vector comes from a scanner's database: whatever stands there must not stop a crawl.
    #[test]
    fn no_vector_causes_a_panic_or_a_score_out_of_range(
        prefix in prop::sample::select(vec!["", "(", "CVSS:3.0/", "CVSS:3.1/", "CVSS:4.0/", "CVSS:2.0/"]),
        parts in prop::collection::vec(
            "(AV|AC|AT|PR|UI|S|C|I|A|Au|VC|VI|VA|SC|SI|SA|E|RL|RC|CR|MAV|MS|MSI|U|R|V|RE|TD|CDP):[NLHPCAURSMXTFWOYIGD]|.{0,4}",
            0..16,
        ),
    ) {
        let vector = format!("{prefix}{}", parts.join("/"));
        for version in [CvssVersion::V2, CvssVersion::V3, CvssVersion::V4] {
            if let Some(score) = base_score(version, &vector) {
                prop_assert!((0.0..=10.0).contains(&score), "{vector} {score}");
            }
        }
    }

    #[test]
    fn complete_vectors_of_version_4_have_scores(
        base in "AV:[NALP]/AC:[LH]/AT:[NP]/PR:[NLH]/UI:[NPA]/VC:[HLN]/VI:[HLN]/VA:[HLN]/SC:[HLN]/SI:[HLN]/SA:[HLN]",
        rest in "(/E:[XAPU])?(/CR:[XHML])?(/IR:[XHML])?(/AR:[XHML])?(/MAV:[XNALP])?(/MAC:[XLH])?(/MSI:[XSHLN])?(/MSA:[XSHLN])?(/S:[XNP])?(/U:(X|Clear|Green|Amber|Red))?",
    ) {
        let score = base_score(CvssVersion::V4, &format!("CVSS:4.0/{base}{rest}"));
        prop_assert!(score.is_some_and(|score| (0.0..=10.0).contains(&score)), "{score:?}");
    }
}
