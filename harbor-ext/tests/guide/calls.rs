//! Calls of the program that are not run: it has to understand them all the same.

use std::process::Command;

use regex::Regex;

use crate::page::{Block, Page};

/// The arguments of all calls in a page that are not run: in blocks that are not, and in its text.
pub(crate) fn not_run(page: &Page) -> Vec<String> {
    // What is behind `-p` and `--path` is cargo's.
    let in_block = Regex::new(r#"(?m)(?:^|[\s"'(])(-p |--path )?harbor-ext ((?:\\\n|[^\n])*)"#).unwrap();
    let in_text = Regex::new(r"`harbor-ext ([^`]*)`").unwrap();
    let has_calls = |block: &&Block| ["sh", "yaml", "groovy", "crontab"].iter().any(|language| block.is(language));
    let blocks = page.blocks().filter(has_calls).filter(|block| !block.is_run());
    let of_blocks = blocks.flat_map(|block| in_block.captures_iter(&block.text));
    let of_blocks = of_blocks.filter(|found| found.get(1).is_none()).map(|found| found[2].to_owned());
    let of_text = page.prose().flat_map(|text| in_text.captures_iter(text)).map(|found| found[1].to_owned());
    of_blocks.chain(of_text).collect()
}

/// Lets the program read a command line, and do nothing: what it says if it does not understand.
pub(crate) fn ask_for_help(call: &str) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_harbor-ext")).args(words(call)).arg("--help").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The names of all commands but `help`.
pub(crate) fn commands() -> Vec<String> {
    let help = ask_for_help("").unwrap();
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    lines.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The long options of a command and of those below it.
pub(crate) fn options(command: &str) -> Vec<String> {
    let option = Regex::new(r"(?m)^\s+(?:-\w, )?(--[a-z][a-z-]*)").unwrap();
    let below: &[&str] = if command == "find" { &["find cve", "find package"] } else { &[command] };
    let of_help = |help: String| option.captures_iter(&help).map(|found| found[1].to_owned()).collect::<Vec<_>>();
    below.iter().flat_map(|command| of_help(ask_for_help(command).unwrap())).collect()
}

/// The words of a command, up to where a shell would begin another one.
fn words(call: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in call.replace("\\\n", " ").chars() {
        match character {
            _ if quote == Some(character) => quote = None,
            _ if quote.is_some() => word.get_or_insert_default().push(character),
            '\'' | '"' => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ' ' => words.extend(word.take()),
            '|' | ';' | '&' | '>' | '<' | ')' | '#' => break,
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[test]
fn words_are_those_of_a_shell() {
    assert_eq!(words("find package log4j '>=2,<3' --json | jq ."), ["find", "package", "log4j", ">=2,<3", "--json"]);
    assert_eq!(words("top cves \\\n  -n 5 && echo"), ["top", "cves", "-n", "5"]);
    assert!(ask_for_help("find cve CVE-1 --form x").is_err() && ask_for_help("find cve CVE-1 --from x").is_ok());
}
