//! Where links lead.

use std::path::Path;

use regex::Regex;

use crate::page::{Page, Part};
use crate::workspace;

/// The links to other files and to headings that lead nowhere, and files that are named and not there.
pub(crate) fn dead(page: &Page) -> Vec<String> {
    let folder = Path::new(&page.path).parent().unwrap().to_owned();
    let is_dead = |link: &String| {
        let (path, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = if path.is_empty() { page.path.clone().into() } else { folder.join(path) };
        let is_page = target.extension().is_some_and(|extension| extension == "md");
        !workspace().join(&target).exists()
            || (!heading.is_empty() && is_page && !has_heading(&target.to_string_lossy(), heading))
    };
    let links = page.links().into_iter().filter(|link| !link.contains("://") && is_dead(link));
    let named = Regex::new(r"\b(docs|harbor-ext|tests)/[\w./-]*\w").unwrap();
    let files = page.prose().chain(page.blocks().filter(|block| block.is("sh")).map(|block| &*block.text));
    let files = files.flat_map(|text| named.find_iter(text).map(|found| found.as_str().to_owned()));
    let missing = files.filter(|path| path.contains('.') && !workspace().join(path).exists());
    links.chain(missing).map(|link| format!("{}: {link} leads nowhere", page.path)).collect()
}

fn has_heading(path: &str, wanted: &str) -> bool {
    Page::read(path).parts.iter().any(|part| matches!(part, Part::Heading(heading) if anchor(heading) == wanted))
}

/// The name under which a heading can be linked to.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn headings_have_anchors() {
    assert_eq!(anchor("Which images have `log4j`, and whose are they?"), "which-images-have-log4j-and-whose-are-they");
}
