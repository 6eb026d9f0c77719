//! Whether `docs/parity.md` is true: it has every id, each has a test that names it, and the names in it exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where tests are: beside the code, and in the suites that need a simulated Harbor.
const SOURCES: [&str; 4] = ["harbor-ext/src", "harbor-ext/tests", "tests/tests", "harbor-ext/examples"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the tables, cell by cell.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/parity.md")).expect("docs/parity.md is part of the project");
    let cells = |line: &str| line.replace("\\|", "/").split('|').map(|cell| cell.trim().to_owned()).collect();
    text.lines().filter(|line| line.starts_with("| ")).map(cells).collect()
}

/// The id in the first cell of a row, if it has one.
fn id_of(row: &[String]) -> Option<&str> {
    let id = row.get(1)?;
    let digits = id.strip_prefix(['A', 'C', 'I', 'R', 'S', 'V', 'W'])?;
    digits.starts_with(|first: char| first.is_ascii_digit()).then_some(id)
}

/// Every id that there is.
fn ids() -> BTreeSet<String> {
    let numbered = [('A', 8), ('I', 15), ('R', 16), ('S', 20), ('V', 5), ('C', 3), ('W', 12)];
    let numbered = numbered.into_iter().flat_map(|(letter, last)| (1..=last).map(move |n| format!("{letter}{n}")));
    numbered.chain(('a'..='g').map(|part| format!("A2{part}"))).collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// All sources but this file, which names every id: each with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    SOURCES.iter().for_each(|folder| rust_files(&root().join(folder), &mut files));
    files.retain(|file| !file.ends_with("harbor-ext/tests/parity.rs"));
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("a source can be read");
        (file, text)
    };
    files.into_iter().map(read).collect()
}

/// The words in the documentation of tests, among them the ids that they cover, as in `/// R13, I10: …`.
fn named_by_tests(sources: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut documentation = Vec::new();
    for line in sources.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            documentation.push(text);
            continue;
        }
        if line.starts_with("#[test") || line.starts_with("#[tokio::test") {
            let words = documentation.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
            named.extend(words.map(str::to_owned));
        }
        documentation.clear();
    }
    named
}

#[test]
fn every_id_is_in_the_table_and_named_by_a_test() {
    let rows = rows();
    let in_table: BTreeSet<String> = rows.iter().filter_map(|row| id_of(row)).map(str::to_owned).collect();
    assert_eq!(in_table, ids());
    let named: BTreeSet<String> = sources().iter().flat_map(|(_, text)| named_by_tests(text)).collect();
    let missing: Vec<String> = ids().into_iter().filter(|id| !named.contains(id)).collect();
    assert!(missing.is_empty(), "no test says in its documentation that it covers {missing:?}");
}

/// Whether a source declares a name: a type, a function, a field, or a method that a macro names after a severity.
fn declares(source: &str, name: &str) -> bool {
    let words = [" fn NAME(", " fn NAME<", "struct NAME", "enum NAME", "type NAME", "pub NAME: ", "    NAME: "];
    words.iter().any(|word| source.contains(&word.replace("NAME", name)))
}

/// Whether a source is where the members of a type, or the functions of a module, are declared.
fn belongs_to(file: &Path, source: &str, owner: &str) -> bool {
    let module = if file.ends_with("mod.rs") { file.parent().and_then(Path::file_stem) } else { file.file_stem() };
    let is_of_type = |line: &str| {
        let header = line.strip_suffix('{').filter(|line| line.starts_with("impl") || line.starts_with("pub "));
        header.is_some_and(|header| header.split(|c: char| !c.is_alphanumeric()).any(|word| word == owner))
    };
    module.is_some_and(|module| module == owner) || source.lines().any(|line| is_of_type(line.trim()))
}

#[test]
fn every_name_in_the_table_exists() {
    let mut sources = sources();
    sources.retain(|(file, _)| file.starts_with(root().join("harbor-ext/src")));
    let mut checked = 0;
    for row in rows().iter().filter(|row| id_of(row).is_some_and(|id| !id.starts_with('W'))) {
        // Every second piece between backticks is code; its arguments do not count.
        for code in row[3].split('`').skip(1).step_by(2) {
            let path = code.split(['(', '<']).next().unwrap_or_default();
            if path.starts_with("iterator.") || path.starts_with("futures::") {
                continue;
            }
            let (owner, name) = path.rsplit_once("::").unwrap_or(("", path));
            let is_type = name.starts_with(|first: char| first.is_ascii_uppercase());
            let is_there = sources.iter().any(|(file, source)| {
                declares(source, name) && (owner.is_empty() || is_type || belongs_to(file, source, owner))
                    // What a trait of the standard library gives.
                    || name == "from" && source.contains(&format!("> for {owner} {{"))
            });
            assert!(is_there, "{}: there is no {code}", row[1]);
            checked += 1;
        }
    }
    assert!(checked > 80, "only {checked} names were found in the table");
}
