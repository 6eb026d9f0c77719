//! Recognising findings by their bytes gives what reading them gives, however a body comes and whatever is in it.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::*;
use crate::model::FindingRef;
use crate::model::content::Content;
use crate::model::report::FindingsBuilder;

/// The report of a body, read by the parser alone; nothing where the body is no JSON or holds no report of today.
fn by_parser(body: &[u8]) -> Option<Result<Report, ()>> {
    let text = std::str::from_utf8(body).ok()?;
    let members = json::members(json::members(text).ok()?.get(MEDIA_TYPE_1_1)?.get()).ok()?;
    let pool = FindingPool::new();
    let elements: Vec<&RawValue> = match serde_json::from_str(members.get("vulnerabilities")?.get()) {
        Ok(elements) => elements,
        Err(_) => return Some(Err(())),
    };
    let mut findings = FindingsBuilder::default();
    for element in elements {
        let Ok(mut members) = json::members(element.get()) else {
            return Some(Err(()));
        };
        let digests = findings.take_digests(&mut members);
        findings.push(pool.share(Content::new(element.get(), members, None).unwrap()), digests);
    }
    Some(Ok(Report { head: Head::read(MEDIA_TYPE_1_1, &members, &pool), findings: findings.finish() }))
}

/// The report of a body that comes in pieces.
fn in_pieces(body: &[u8], cuts: &[prop::sample::Index], pool: &FindingPool) -> Result<Body, DecodeError> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    cuts.extend([0, body.len()]);
    cuts.sort_unstable();
    let mut decoder = Decoder::new(pool);
    for piece in cuts.windows(2) {
        decoder.push(&body[piece[0]..piece[1]])?;
    }
    assert_eq!(decoder.length(), body.len());
    decoder.finish()
}

/// The members of a finding as Harbor writes them, with oddities.
#[derive(Clone, Debug)]
struct Element {
    id: usize,
    description: usize,
    score: usize,
    digests: usize,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Harbor,
    Spaced,
    DigestsFirst,
    DigestsLast,
    DigestsTwice,
    WithoutDigests,
    WithSingular,
    /// The same value, written in another way.
    Escaped,
}

/// Long enough that the digests stand behind what a finding is looked up by.
const DESCRIPTIONS: [&str; 4] = [
    "A flaw in the parser of a library lets an attacker who sends a message of a certain length read beyond its end",
    "A flaw in the parser of a library lets an attacker who sends a message of a certain length read beyond its End",
    "With \\\"quotes\\\", \\u003ctags\\u003e, ] and }, \\\\ and \\n in it, and é, and more that is there to make it longer than that",
    "short",
];

const LISTS: [&str; 12] = [
    "null",
    "[]",
    r#"["sha256:a"]"#,
    r#"["sha256:a","sha256:b"]"#,
    r#"["sha256:a","sha256:a"]"#,
    r#"["sha256:]"]"#,
    r#"["sha256:\u0061"]"#,
    r#"[ "sha256:a" ]"#,
    "[1]",
    r#"[["sha256:a"]]"#,
    r#""sha256:a""#,
    "{}",
];

impl Element {
    fn text(&self) -> String {
        let Self { id, description, score, digests, form } = self;
        let (id, list) = (id % 4, LISTS[digests % LISTS.len()]);
        let description = DESCRIPTIONS[description % DESCRIPTIONS.len()];
        let name = if matches!(form, Form::Escaped) { "\\u0062ash" } else { "bash" };
        let head = format!(
            r#""id":"CVE-2021-{id}","package":"{name}","version":"5.0-4","fix_version":"","severity":"Low","status":"affected","description":"{description}","links":["https://example.com/{id}"]"#
        );
        let tail = format!(r#""preferred_cvss":{{"score_v3":{},"vector_v3":""}},"cwe_ids":[""]"#, score % 3);
        let digests = format!(r#""artifact_digests":{list}"#);
        match form {
            Form::Harbor | Form::Escaped => format!("{{{head},{digests},{tail}}}"),
            Form::Spaced => format!("{{ {head} ,\n\t{digests} , {tail}\r\n}}"),
            Form::DigestsFirst => format!("{{{digests},{head},{tail}}}"),
            Form::DigestsLast => format!("{{{head},{tail},{digests}}}"),
            Form::DigestsTwice => format!("{{{head},{digests},{tail},\"artifact_digests\":[\"sha256:c\"]}}"),
            Form::WithoutDigests => format!("{{{head},{tail}}}"),
            Form::WithSingular => format!("{{{head},{digests},\"artifact_digest\":\"sha256:d\",{tail}}}"),
        }
    }
}

const FORMS: [Form; 8] = [
    Form::Harbor,
    Form::Spaced,
    Form::DigestsFirst,
    Form::DigestsLast,
    Form::DigestsTwice,
    Form::WithoutDigests,
    Form::WithSingular,
    Form::Escaped,
];

fn any_harbor_element() -> impl Strategy<Value = Element> {
    let form = prop_oneof![8 => Just(Form::Harbor), 1 => prop::sample::select(FORMS.to_vec())];
    (0..4_usize, 0..4_usize, 0..3_usize, 0..LISTS.len(), form)
        .prop_map(|(id, description, score, digests, form)| Element { id, description, score, digests, form })
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let comma = prop::sample::select(vec![",", ",", ",", " , ", ",\n"]);
    let elements = prop::collection::vec((any_harbor_element(), comma), 0..12);
    let before = prop::sample::select(vec!["", r#""severity":"High","#, r#""vulnerabilities":[{}],"#]);
    (elements, before).prop_map(|(elements, before)| {
        let mut list = String::new();
        for (index, (element, comma)) in elements.iter().enumerate() {
            list.push_str(if index == 0 { "" } else { comma });
            list.push_str(&element.text());
        }
        format!(r#"{{"{MEDIA_TYPE_1_1}":{{{before}"vulnerabilities":[{list}],"generated_at":"2026"}}}}"#).into_bytes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Several reports with one pool, each in pieces, against the parser without anything known before.
    #[test]
    fn what_is_recognised_is_what_would_be_read(
        bodies in prop::collection::vec((any_body(), prop::collection::vec(any::<prop::sample::Index>(), 0..6)), 1..6),
    ) {
        let pool = FindingPool::new();
        for (body, cuts) in &bodies {
            let plain = by_parser(body).unwrap().unwrap();
            let Body::Report(report) = in_pieces(body, cuts, &pool).unwrap() else { panic!("there is a report") };
            prop_assert_eq!(&report, &plain);
            prop_assert_eq!(report.envelope().to_string(), plain.envelope().to_string());
        }
        // What is equal is held once, whichever way it was read.
        let reports: Vec<Report> = bodies.iter().map(|(body, _)| by_parser(body).unwrap().unwrap()).collect();
        let different: HashSet<&Finding> = reports.iter().flat_map(Report::findings).map(FindingRef::get).collect();
        prop_assert!(pool.len() <= different.len() + 1, "{} of {}", pool.len(), different.len());
    }

    /// A body with a damaged place is read as the parser reads it, or refused where the parser refuses it, also where all
    /// the findings around are known.
    #[test]
    fn damage_is_seen_by_both_or_by_none(
        body in any_body(),
        place in any::<prop::sample::Index>(),
        damage in prop::sample::select(b"\"\\{}[],:x \0\xff]".to_vec()),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let pool = FindingPool::new();
        report(&body, &pool).unwrap();
        let mut damaged = body;
        let place = place.index(damaged.len());
        damaged[place] = damage;
        let outcome = in_pieces(&damaged, &cuts, &pool);
        match by_parser(&damaged) {
            Some(Ok(plain)) => prop_assert_eq!(outcome.unwrap(), Body::Report(plain)),
            Some(Err(())) => prop_assert!(outcome.is_err()),
            // No JSON, or no report of today: another place of a report is looked at elsewhere.
            None => {
                let is_json = serde_json::from_slice::<&RawValue>(&damaged).is_ok();
                prop_assert!(is_json || outcome.is_err(), "{}", String::from_utf8_lossy(&damaged));
            }
        }
    }
}

/// Each way to say which artifacts a finding is in, after each other way to say it of the same finding.
#[test]
fn what_is_said_of_artifacts_is_never_mixed_up() {
    for form in FORMS {
        for (first, second) in (0..LISTS.len()).flat_map(|first| (0..LISTS.len()).map(move |second| (first, second))) {
            let pool = FindingPool::new();
            for digests in [first, second] {
                let element = Element { id: 1, description: 0, score: 0, digests, form }.text();
                let body = format!(r#"{{"{MEDIA_TYPE_1_1}":{{"vulnerabilities":[{element}]}}}}"#);
                let plain = by_parser(body.as_bytes()).unwrap().unwrap();
                assert_eq!(report(body.as_bytes(), &pool).unwrap(), Body::Report(plain), "{body}");
            }
        }
    }
}

#[test]
fn real_reports_are_recognised_wherever_they_are_cut() {
    let elements: Vec<String> = (0..6)
        .map(|id| Element { id, description: id, score: id, digests: 2 + id % 2, form: Form::Harbor }.text())
        .collect();
    let body = format!(r#"{{"{MEDIA_TYPE_1_1}":{{"vulnerabilities":[{}]}}}}"#, elements.join(","));
    let pool = FindingPool::new();
    for cut in 0..=body.len() {
        let mut decoder = Decoder::new(&pool);
        let (first, second) = body.as_bytes().split_at(cut);
        decoder.push(first).and_then(|()| decoder.push(second)).unwrap();
        assert_eq!(
            decoder.finish().unwrap(),
            Body::Report(by_parser(body.as_bytes()).unwrap().unwrap()),
            "cut at {cut}"
        );
    }
    assert_eq!(pool.len(), 6);
}

/// What makes recognising fast is that known findings are not read. So it is seen by the pool: a text that was
/// remembered is found at once, and one with another byte is not.
#[test]
fn known_texts_are_found_and_others_are_not() {
    let text = |digests: usize, description: usize| {
        Element { id: 1, description, score: 1, digests, form: Form::Harbor }.text()
    };
    let pool = FindingPool::new();
    let body = format!(r#"{{"{MEDIA_TYPE_1_1}":{{"vulnerabilities":[{}]}}}}"#, text(2, 0));
    report(body.as_bytes(), &pool).unwrap();
    let is_known = |text: &str| pool.recognise(text.as_bytes(), b"").map(|recognised| recognised.length);
    for digests in [0, 1, 2, 3, 6, 8] {
        let text = text(digests, 0);
        assert_eq!(is_known(&format!("{text},more")), Some(text.len()), "{text}");
        assert_eq!(is_known(&text[..text.len() - 1]), None);
    }
    assert_eq!(is_known(&text(2, 1)), None);
    assert_eq!(is_known(&text(10, 0)), None);
    assert_eq!(is_known(&text(2, 0).replace("\"score_v3\":1", "\"score_v3\":2")), None);
}
