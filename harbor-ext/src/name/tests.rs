use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use super::*;

/// What no accepted project or repository name may contain, besides white space and control
/// characters.
const FORBIDDEN: &str = "\\%?#:@";

#[test]
fn repository_names_are_taken_apart_at_the_first_slash() {
    for (text, project, path, encoded) in [
        ("library/nginx", "library", "nginx", "nginx"),
        ("p/a/b", "p", "a/b", "a%2Fb"),
        ("123/x", "123", "x", "x"),
        ("p/a..b/...", "p", "a..b/...", "a..b%2F..."),
        ("Old/Name_x.y-z~1", "Old", "Name_x.y-z~1", "Name_x.y-z~1"),
        ("p/a+b=c,d&e", "p", "a+b=c,d&e", "a%2Bb%3Dc%2Cd%26e"),
        ("p/grün", "p", "grün", "gr%C3%BCn"),
    ] {
        let name: RepositoryName = text.parse().unwrap();
        assert_eq!(name.project().as_str(), project, "{text}");
        assert_eq!(name.path(), path, "{text}");
        assert_eq!(name.full(), text);
        assert_eq!(name.encoded_path(), encoded, "{text}");
    }
}

#[test]
fn what_would_reach_another_place_is_refused_with_a_reason() {
    let long = format!("p/{}", "x".repeat(256));
    for (text, why) in [
        ("", "no slash"),
        ("nginx", "no slash"),
        ("/nginx", "is empty"),
        ("p/", "is empty"),
        ("p//a", "is empty"),
        ("p/a/", "is empty"),
        ("p/.", "\".\""),
        ("p/../other", "\"..\""),
        ("../p", "\"..\""),
        ("p/a%2Fb", "\"%\""),
        ("p/a?b", "\"?\""),
        ("p/a#b", "\"#\""),
        ("p/a\\b", "\"\\\\\""),
        ("p/a b", "a space"),
        ("p/a\u{a0}b", "\"\\u{a0}\""),
        ("p/a\nb", "\"\\n\""),
        ("p/a\0b", "\"\\0\""),
        ("p/a\u{85}b", "\"\\u{85}\""),
        ("p/nginx:latest", "\":\""),
        ("p/nginx@sha256", "\"@\""),
        (long.as_str(), "256 bytes"),
    ] {
        let error = text.parse::<RepositoryName>().unwrap_err();
        assert_eq!(error.kind(), NameKind::Repository);
        assert!(error.to_string().contains(why), "{text:?}: {error}");
        assert!(error.to_string().chars().all(|c| !c.is_control()), "{error:?}");
    }
}

#[test]
fn a_project_is_one_segment() {
    assert_eq!(ProjectName::try_from("library").unwrap().to_string(), "library");
    for text in ["", ".", "..", "a/b", "a b", "a%20b", &"x".repeat(256)] {
        assert!(text.parse::<ProjectName>().is_err(), "{text:?}");
    }
    assert!("x".repeat(255).parse::<ProjectName>().is_ok());
}

#[test]
fn tags_follow_the_registry_protocol() {
    for text in ["latest", "v1.2-rc_3", "_", "0", &"x".repeat(128)] {
        assert_eq!(text.parse::<Tag>().unwrap().as_str(), text);
    }
    for text in ["", ".", "..", ".a", "-a", "a/b", "a b", "a+b", "ä", "*", &"x".repeat(129)] {
        assert!(text.parse::<Tag>().is_err(), "{text:?}");
    }
}

#[test]
fn digests_are_checked_by_algorithm() {
    let text = format!("sha256:{}", "0123abcd".repeat(8));
    let digest: Digest = text.parse().unwrap();
    assert_eq!(digest.algorithm(), "sha256");
    assert_eq!(digest.hex(), &text[7..]);
    assert_eq!(digest.short(), "sha256:0123abcd");
    assert!(format!("sha512:{}", "f".repeat(128)).parse::<Digest>().is_ok());
    for (text, why) in [
        (String::new(), "no colon"),
        ("a".repeat(64), "no colon"),
        (format!("md5:{}", "a".repeat(32)), "neither"),
        (format!("sha256:{}", "a".repeat(63)), "63 digits"),
        (format!("sha512:{}", "a".repeat(64)), "64 digits"),
        (format!("sha256:{}", "A".repeat(64)), "\"A\""),
        (format!("sha256:{}/", "a".repeat(63)), "\"/\""),
    ] {
        let error = text.parse::<Digest>().unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_reference_is_a_tag_or_a_digest() {
    let digest = format!("sha256:{}", "a".repeat(64));
    assert!(matches!(digest.parse(), Ok(Reference::Digest(_))));
    assert!(matches!("v1".parse(), Ok(Reference::Tag(_))));
    assert_eq!("sha256:abc".parse::<Reference>().unwrap_err().kind(), NameKind::Digest);
    assert_eq!("a b".parse::<Reference>().unwrap_err().kind(), NameKind::Tag);
}

#[test]
fn a_refused_text_is_shown_short_and_escaped() {
    let error = format!("a\u{1b}[31m{}", "x".repeat(500)).parse::<ProjectName>().unwrap_err();
    assert!(error.value().starts_with("a\\u{1b}[31mxxx"), "{error}");
    assert!(error.value().ends_with("x…"));
    assert!(error.to_string().len() < 300, "{error}");
}

#[test]
fn serialisation_is_text_that_is_checked_again() {
    let name: RepositoryName = "p/a/b".parse().unwrap();
    let json = serde_json::to_string(&name).unwrap();
    assert_eq!(json, "\"p/a/b\"");
    assert_eq!(serde_json::from_str::<RepositoryName>(&json).unwrap(), name);
    let error = serde_json::from_str::<RepositoryName>("\"p/../b\"").unwrap_err();
    assert!(error.to_string().contains("\"..\""), "{error}");
}

#[test]
fn repositories_are_ordered_by_project_then_path() {
    let mut names: Vec<RepositoryName> = ["a-b/x", "a/z", "a/b/c", "a/b"].map(|text| text.parse().unwrap()).into();
    names.sort();
    let sorted: Vec<_> = names.iter().map(RepositoryName::full).collect();
    assert_eq!(sorted, ["a/b", "a/b/c", "a/z", "a-b/x"]);
}

proptest! {
    #[test]
    fn accepted_names_are_safe_to_send(text in any::<String>()) {
        if let Ok(name) = text.parse::<RepositoryName>() {
            check_repository(&name, &text)?;
        }
    }

    #[test]
    fn likely_names_are_accepted_or_refused_for_a_reason(
        text in "[a-zA-Z0-9ä._~%?#:@ \\\\\t+,=&-]{1,6}(/[a-zA-Z0-9ä._~%?#:@+,=&-]{0,6}){0,4}",
    ) {
        let segments_are_fine =
            text.split('/').all(|segment| !matches!(segment, "" | "." | ".."));
        let characters_are_fine =
            !text.contains(|c: char| c.is_whitespace() || FORBIDDEN.contains(c));
        let fine = text.contains('/') && segments_are_fine && characters_are_fine;
        match text.parse::<RepositoryName>() {
            Ok(name) => {
                prop_assert!(fine);
                check_repository(&name, &text)?;
            }
            Err(_) => prop_assert!(!fine),
        }
    }

    #[test]
    fn every_name_is_read_back_from_what_it_shows(
        project in "[a-z0-9._-]{3,9}",
        tag in "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
        hex in "[0-9a-f]{64}",
    ) {
        let project: ProjectName = project.parse().unwrap();
        prop_assert_eq!(&project.to_string().parse::<ProjectName>().unwrap(), &project);
        let tag: Tag = tag.parse().unwrap();
        prop_assert_eq!(&tag.to_string().parse::<Tag>().unwrap(), &tag);
        let digest: Digest = format!("sha256:{hex}").parse().unwrap();
        prop_assert_eq!(&digest.to_string().parse::<Digest>().unwrap(), &digest);
        for reference in [Reference::from(tag), Reference::from(digest)] {
            prop_assert_eq!(&reference.to_string().parse::<Reference>().unwrap(), &reference);
        }
    }
}

fn check_repository(name: &RepositoryName, text: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(name.to_string(), text);
    prop_assert_eq!(&name.to_string().parse::<RepositoryName>().unwrap(), name);
    prop_assert_eq!(format!("{}/{}", name.project(), name.path()), text);
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || FORBIDDEN.contains(c);
    prop_assert!(!text.contains(forbidden));
    check_encoding(name)
}

/// The generated client adds a second layer and the server takes both off again.
fn check_encoding(name: &RepositoryName) -> Result<(), TestCaseError> {
    let once = name.encoded_path();
    let mut rest = once.as_str();
    while let Some(c) = rest.chars().next() {
        let is_escape = c == '%' && rest.len() >= 3 && rest[1..3].chars().all(|c| c.is_ascii_hexdigit());
        prop_assert!(is_escape || c.is_ascii_alphanumeric() || "-._~".contains(c), "{once}");
        rest = &rest[if is_escape { 3 } else { 1 }..];
    }
    let twice = utf8_percent_encode(&once, ALL_BUT_UNRESERVED).to_string();
    let first = percent_decode_str(&twice).decode_utf8().unwrap();
    prop_assert_eq!(&first, &once);
    prop_assert_eq!(percent_decode_str(&first).decode_utf8().unwrap(), name.path());
    Ok(())
}
