use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::*;
use crate::export::overview::samples::{self, HOSTILE, written};
use crate::judge::Assessment;
use crate::text::is_active;

fn page(text: &str) -> String {
    written(text, |document, output| write(document, output).unwrap())
}

/// What stands between two marks.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, after) = page.split_once(start).unwrap_or_else(|| panic!("{start} is missing"));
    after.split_once(end).unwrap_or_else(|| panic!("{end} is missing")).0
}

fn data(page: &str, id: &str) -> Value {
    let json = between(page, &format!("<script type=\"application/json\" id=\"{id}\">"), "</script>");
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// The page without its style, its script and its data.
fn markup(page: &str) -> String {
    let style = between(page, "<style>", "</style>");
    let scripts = between(page, "<script", "</body>");
    page.replace(style, "").replace(scripts, ">")
}

/// The names of every element with those of its attributes, such as `a href`. Our own markup has no `>` in an attribute,
/// and all attributes have quotes.
fn elements(markup: &str) -> BTreeSet<String> {
    let element = |tag: &str| {
        let tag = tag.split_once('>').expect("a tag ends").0;
        tag.split('"').step_by(2).map(|part| part.trim().trim_end_matches('=')).collect::<Vec<_>>().join(" ")
    };
    markup.split('<').skip(1).map(element).collect()
}

/// Nothing of a registry is markup, whatever it says: there are no elements and no attributes but those that are there
/// where it says something harmless.
fn assert_harmless(text: &str) {
    let (page, harmless) = (page(text), page("harmless"));
    let (elements, expected) = (elements(&markup(&page)), elements(&markup(&harmless)));
    assert!(elements.is_subset(&expected), "{text:?}: {:?}", elements.difference(&expected).collect::<Vec<_>>());
    assert_eq!(page.matches("<script").count(), 3, "{text:?}");
    assert_eq!(page.matches("</script").count(), 3, "{text:?}");
    assert!(!page.contains("<!--"), "{text:?}");
    assert_eq!(page.chars().find(|character| *character != '\n' && is_active(*character)), None, "{text:?}");
    for (id, rows) in [("findings-data", 2), ("images-data", 4)] {
        let data = data(&page, id);
        assert_eq!(data.get("rows").unwrap_or(&data).as_array().unwrap().len(), rows, "{text:?}");
    }
}

#[test]
fn hostile_texts_are_text() {
    HOSTILE.iter().for_each(|text| assert_harmless(text));
    let page = page(HOSTILE[0]);
    assert!(page.contains("<td class=\"text\">&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;</td>"));
    assert_eq!(data(&page, "findings-data")["findings"][0][5], HOSTILE[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_text(text in r#"x([<>&"'`=/!\-\\ a-z]|script|\PC|[\x00-\x1f]){0,40}"#) {
        assert_harmless(&text);
    }
}

/// The page refers to nothing outside, and what it is to run is named by what it holds.
#[test]
fn nothing_is_loaded() {
    let page = page("http://evil.example/x.png");
    for mark in [" src=", "url(", "@import", "<link", "<img", "<iframe", "<object", " style=", " onclick"] {
        assert!(!page.contains(mark), "{mark}");
    }
    for href in page.split("href=\"").skip(1) {
        assert!(href.starts_with('#'), "{}", &href[..20]);
    }
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let style = hash(between(&page, "<style>", "</style>"));
    let script = hash(between(&page, "<script>", "</script>"));
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains(&format!("style-src 'sha256-{style}'; script-src 'sha256-{script}';")), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
}

#[test]
fn long_texts_are_cut_with_a_mark() {
    let page = page(&"long ".repeat(200_000));
    assert!(page.len() < 200_000, "{}", page.len());
    assert!(page.contains("… [cut]"));
}

#[test]
fn the_same_document_gives_the_same_page() {
    assert_eq!(page("text"), page("text"));
}

/// What is missing stands before everything else, and no number can be read without it.
#[test]
fn what_is_missing_is_told_first() {
    let page = page("text");
    let gaps = page.find("This report is incomplete").unwrap();
    assert!(gaps < page.find("class=\"tiles\"").unwrap());
    for sentence in [
        "1 thing could not be read in harbor.example.com",
        "Only a part of harbor.example.com was asked for: text.",
        "2 images have no report, so that nothing is known of their vulnerabilities: 1 whose report could not be read, 1 \
         with a failed scan.",
    ] {
        assert!(page.contains(sentence), "{sentence}");
    }
    assert!(
        page.contains("4 images in harbor.example.com, 1 with a report: 2 findings, 1 critical with a fix, 1 known")
    );
    assert!(page.contains("3 violations against the policy in 2 findings in 4 images."));
    assert!(page.contains("<summary>1 cannot be scanned</summary>"));
}

/// A part of a registry has fewer findings than the whole, which is no trend.
#[test]
fn parts_have_trends_of_their_own() {
    let snapshots = [(4, "text"), (3, "other"), (2, "text"), (1, "other"), (0, "once")].map(|(days, part)| {
        let at = samples::time() - chrono::TimeDelta::days(days);
        let mut source = crate::Source::new("harbor.example.com", "https://harbor.example.com", at);
        source.finished_at = Some(at);
        source.selection = vec![part.to_owned()];
        let (items, failures, summary) = (Vec::new(), Vec::new(), crate::Summary::default());
        crate::Snapshot::new(source, crate::Collected { items, failures, summary })
    });
    let inventory = crate::Inventory::new(snapshots);
    let knowledge = samples::knowledge();
    let assessment = Assessment::new(&inventory, &knowledge, samples::time());
    let mut page = Vec::new();
    write(&Document::new(&assessment), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let names: Vec<_> =
        page.split("<summary>Numbers of ").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(names, ["harbor.example.com, only other", "harbor.example.com, only text"]);
    assert_eq!(between(&page, "<title>", "</title>").matches("harbor.example.com").count(), 1);
    assert!(page.contains("0 images in harbor.example.com, 0 with a report"));
}

/// A catalogue that is not there is not one that lists nothing.
#[test]
fn what_is_not_given_is_not_known() {
    let (inventory, nothing) = (samples::inventory("text"), crate::judge::Knowledge::default());
    let assessment = Assessment::new(&inventory, &nothing, samples::time());
    let mut page = Vec::new();
    write(&Document::new(&assessment), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("not given: which vulnerabilities are exploited is not known"));
    assert!(page.contains("how many are exploited is not known"));
    assert!(!page.contains("not listed</td>") && !page.contains(">KEV</span>"));
    assert_eq!(data(&page, "findings-data")["findings"][0][2], Value::Null);
}

#[test]
fn an_output_that_fails_is_an_error() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (inventory, knowledge) = (samples::inventory("text"), samples::knowledge());
    let assessment = Assessment::new(&inventory, &knowledge, samples::time());
    assert!(matches!(write(&Document::new(&assessment), Full), Err(ExportError::Write(_))));
}
