//! Whether a page shows what is printed.

use regex::{Captures, Regex};

/// What is different every time, and by what it is told. Spaces count once, because columns are as wide as what is in them.
const CHANGES: &[(&str, &str)] = &[
    (r"127\.0\.0\.1[:_]\d+", "HOST"),
    (r"127\.0\.0\.1%3A\d+", "HOST"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00| UTC)?", "TIME"),
    (r"sha256[:-][0-9a-f]{8,64}", "DIGEST"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r"in \d+(\.\d+)? m?s\b", "in a while"),
    (r"\d+ bytes", "some bytes"),
    (r"\d+ requests", "some requests"),
    (r"\d+ days? (old|ago)", "some days old"),
    (r"[ \t]+", " "),
];

/// Where a page differs from what is printed. A line `…` stands for any lines, and `…` in a line for anything.
pub(crate) fn difference(shown: &str, printed: &str) -> Option<String> {
    let (shown, printed) = (without_changes(shown), without_changes(printed));
    let (shown, printed): (Vec<&str>, Vec<&str>) = (shown.lines().collect(), printed.lines().collect());
    let differs = || format!("it shows\n{}\nand this is printed:\n{}", shown.join("\n"), printed.join("\n"));
    (!fits(&shown, &printed)).then(differs)
}

fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        ["…", rest @ ..] => (0..=printed.len()).any(|start| fits(rest, &printed[start..])),
        [line, rest @ ..] => printed.first().is_some_and(|first| is_like(line, first)) && fits(rest, &printed[1..]),
    }
}

fn is_like(shown: &str, printed: &str) -> bool {
    let parts: Vec<String> = shown.split('…').map(regex::escape).collect();
    Regex::new(&format!("^{}$", parts.join(".*"))).unwrap().is_match(printed)
}

fn without_changes(text: &str) -> String {
    let mut text = text.trim_end().to_owned();
    for (change, name) in CHANGES {
        text = Regex::new(change).unwrap().replace_all(&text, |_: &Captures<'_>| *name).into_owned();
    }
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_page_has_to_show_what_is_printed() {
    for (shown, printed) in [
        ("a\nb", "a\nb\n"),
        ("a\n…\nc", "a\nb\nb\nc"),
        ("…", ""),
        ("a … c", "a b c"),
        ("a  127.0.0.1:8080/x", "a      127.0.0.1:41234/x"),
        ("as of 2026-01-01 00:00 UTC", "as of 2030-12-31 23:59 UTC"),
    ] {
        assert_eq!(difference(shown, printed), None);
    }
    for (shown, printed) in [("a", "b"), ("a", "a\nb"), ("a\n…\nc", "a\nb"), ("", "a"), ("a", ""), ("2 of 3", "2 of 4")]
    {
        assert!(difference(shown, printed).is_some(), "{shown} is not {printed}");
    }
}
