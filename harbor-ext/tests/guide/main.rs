//! The guide under `docs` says what is true: every command in it runs, prints what the page shows and ends as it says.
//!
//! Each page is followed from top to bottom in an empty folder, as a reader would, against a simulated Harbor:
//!
//! - A block of the language `sh` is run, command by command. A command ends with 0, unless a comment behind it says
//!   otherwise (`# exits with 1`), or with 3 where the block is marked `sh,incomplete`: one project of the sample registry
//!   may not be read.
//! - A block of any other language that comes next in the same section is what is printed, if it is marked as output:
//!   `text`, or another language and `output`, such as `json,output`. [`output`] has what does not count.
//! - A block marked `sh,no_run` needs more than there is here. All of them are in [`NOT_RUN`], and their calls of the
//!   program are checked by its own reading of the command line. So are those in other blocks and in the text.
//! - A comment `<!-- meanwhile … -->` changes the registry; [`reader::meanwhile`] knows what.

// The commands are those of a shell that Windows does not have.
#![cfg(unix)]

mod calls;
mod links;
mod output;
mod page;
mod reader;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use page::Page;

/// The blocks that are not run: the page, and how the block begins. What they need is not on every machine.
const NOT_RUN: &[(&str, &str)] = &[
    ("archive.md", "zstd -dc harbor.archive | head -n -1 | sha256sum"),
    ("archive.md", "zstd -dc harbor.archive | jq"),
    ("performance.md", "cargo bench -p harbor-ext --bench registry"),
    ("pipelines.md", "for report in reports/*.json; do"),
    ("quick-start.md", "cargo install --path harbor-ext --features cli"),
    ("quick-start.md", "export HARBOR_URL=https://harbor.example.com"),
    ("quick-start.md", "harbor-ext access --url https://harbor.example.com"),
    ("quick-start.md", "harbor-ext demo --serve"),
    ("recipes-rust.md", "export HARBOR_URL=https://harbor.example.com"),
    ("recipes.md", "duckdb -c"),
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All pages of the guide but the table of contents.
fn pages() -> Vec<Page> {
    let mut names: Vec<_> = fs::read_dir(workspace().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".md") && name != "SUMMARY.md")
        .collect();
    names.sort();
    names.into_iter().map(|name| Page::read(&format!("docs/{name}"))).collect()
}

/// The page that stands before the guide, of which only what calls the program is run.
fn readme() -> Page {
    Page::read("README.md").with_calls_only()
}

#[test]
fn every_command_does_what_the_page_says() {
    let pages: Vec<Page> = pages().into_iter().chain([readme()]).collect();
    let faults: Vec<String> = thread::scope(|scope| {
        let readers: Vec<_> = pages.iter().map(|page| scope.spawn(move || reader::follow(page))).collect();
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "\n{}", faults.join("\n\n"));
}

#[test]
fn every_page_has_commands_that_run() {
    for page in pages() {
        let runs = page.blocks().any(|block| block.is_run() && block.text.contains("harbor-ext "));
        assert!(runs, "{} has no command that is run: how is it tested?", page.path);
    }
}

#[test]
fn what_is_not_run_is_listed() {
    let mut listed: BTreeSet<_> = NOT_RUN.iter().collect();
    for page in pages() {
        for block in page.blocks().filter(|block| block.is("sh") && !block.is_run()) {
            let is_this = |(name, text): &&(&str, &str)| page.path.ends_with(name) && block.text.starts_with(text);
            let entry = NOT_RUN.iter().find(is_this);
            assert!(entry.is_some_and(|entry| listed.remove(entry)), "{}:{} is not listed", page.path, block.line);
        }
    }
    assert!(listed.is_empty(), "listed, and not there: {listed:?}");
}

#[test]
fn calls_that_are_not_run_are_understood() {
    for page in pages().into_iter().chain([readme()]) {
        for call in calls::not_run(&page) {
            let answer = calls::ask_for_help(&call);
            assert!(answer.is_ok(), "{}: harbor-ext {call}\n{}", page.path, answer.unwrap_err());
        }
    }
}

#[test]
fn every_command_and_option_is_explained() {
    let page = Page::read("docs/commands.md");
    for command in calls::commands() {
        let heading = format!("## `{command}`");
        assert!(page.text.lines().any(|line| line == heading), "docs/commands.md has no section {heading}");
        for option in calls::options(&command) {
            let named = format!("`{option}");
            assert!(page.text.contains(&named), "docs/commands.md does not explain {option} of {command}");
        }
    }
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let contents = Page::read("docs/SUMMARY.md");
    let linked: BTreeSet<_> = contents.links().into_iter().map(|link| format!("docs/{link}")).collect();
    let there: BTreeSet<_> = pages().into_iter().map(|page| page.path).collect();
    assert_eq!(linked, there);
}

#[test]
fn links_lead_somewhere() {
    let others = [Page::read("docs/SUMMARY.md"), Page::read("README.md")];
    let dead: Vec<_> = pages().iter().chain(&others).flat_map(links::dead).collect();
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}
