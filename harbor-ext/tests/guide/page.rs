//! A page of the guide, in parts.

use std::fs;

use crate::workspace;

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Where it is, from the root of the workspace.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug)]
pub(crate) enum Part {
    Heading(String),
    /// Lines between blocks.
    Text(String),
    Block(Block),
    /// What happens to the registry before the page goes on.
    Meanwhile(String),
}

/// What stands between two fences.
#[derive(Debug)]
pub(crate) struct Block {
    /// The number of its first line.
    pub(crate) line: usize,
    /// The language and what is marked behind it, separated by commas.
    pub(crate) marks: Vec<String>,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn read(path: &str) -> Self {
        let text = fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), parts: parts(path, &text), text }
    }

    /// Without the blocks that have other commands than those of the program.
    pub(crate) fn with_calls_only(mut self) -> Self {
        let calls = |block: &Block| block.commands().iter().all(|command| command.starts_with("harbor-ext "));
        self.parts.retain(|part| !matches!(part, Part::Block(block) if block.is_run() && !calls(block)));
        self
    }

    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().filter_map(|part| match part {
            Part::Block(block) => Some(block),
            _ => None,
        })
    }

    /// The text without its blocks.
    pub(crate) fn prose(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(&**text),
            _ => None,
        })
    }

    /// What links lead to, pictures too.
    pub(crate) fn links(&self) -> Vec<String> {
        let link = regex::Regex::new(r"\]\(([^)\s]+)\)").unwrap();
        let of_text = |text| link.captures_iter(text).map(|found| found[1].to_owned()).collect::<Vec<_>>();
        self.prose().flat_map(of_text).collect()
    }
}

impl Block {
    pub(crate) fn is(&self, mark: &str) -> bool {
        self.marks.iter().any(|other| other == mark)
    }

    pub(crate) fn is_run(&self) -> bool {
        self.is("sh") && !self.is("no_run")
    }

    pub(crate) fn is_output(&self) -> bool {
        self.is("text") || self.is("output")
    }

    /// The commands, each with its comment. One goes on behind a `\`, and to the end of what it is given by `<<'END'`.
    pub(crate) fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let mut command = line.to_owned();
            let here = line.split_once("<<'").and_then(|(_, end)| end.split_once('\'')).map(|(end, _)| end);
            while command.ends_with('\\') || here.is_some_and(|end| command.lines().last() != Some(end)) {
                let next = lines.next().unwrap_or_else(|| panic!("it does not end: {command}"));
                command.push('\n');
                command.push_str(next);
            }
            commands.push(command);
        }
        commands
    }
}

fn parts(path: &str, text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut prose = String::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        let part = if let Some(marks) = line.trim_start().strip_prefix("```") {
            let indent = line.len() - line.trim_start().len();
            let is_end = |line: &str| line.trim() == "```";
            let content: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| !is_end(line)).collect();
            let content = content.iter().map(|line| line.get(indent..).unwrap_or_default());
            let text = content.collect::<Vec<_>>().join("\n");
            Part::Block(Block { line: number, marks: marks.split(',').map(str::to_owned).collect(), text })
        } else if let Some(event) = line.strip_prefix("<!-- meanwhile ") {
            let event = event.strip_suffix(" -->").unwrap_or_else(|| panic!("{path}:{number}: it does not end"));
            Part::Meanwhile(event.to_owned())
        } else if line.starts_with('#') {
            Part::Heading(line.trim_start_matches('#').trim().to_owned())
        } else {
            prose.push_str(line);
            prose.push('\n');
            continue;
        };
        parts.push(Part::Text(std::mem::take(&mut prose)));
        parts.push(part);
    }
    parts.push(Part::Text(prose));
    parts
}
