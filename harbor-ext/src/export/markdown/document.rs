//! Sections with tables and lists, within a length.

use super::escape::prose;
use crate::export::overview::Remainder;

/// Sections, as many as there is room for.
pub(super) struct Text {
    limit: usize,
    text: String,
    characters: usize,
    left_out: Vec<&'static str>,
}

/// What stands under a heading.
pub(super) struct Section {
    text: String,
}

/// A table; the names of columns of numbers end in a colon, which is not shown.
pub(super) struct Table<'a> {
    text: &'a mut String,
}

/// The room for the sentence about what was left out.
const RESERVE: usize = 500;

impl Text {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, text: String::new(), characters: 0, left_out: Vec::new() }
    }

    /// Adds a section, or remembers that there is no room for it. The first has the heading of all.
    pub(super) fn section(&mut self, heading: &'static str, fill: impl FnOnce(&mut Section)) {
        let level = if self.text.is_empty() { "#" } else { "##" };
        let mut section = Section { text: format!("{level} {heading}\n\n") };
        fill(&mut section);
        section.end_list();
        let characters = section.text.chars().count();
        if self.characters + characters + RESERVE > self.limit {
            self.left_out.push(heading);
            return;
        }
        self.characters += characters;
        self.text.push_str(&section.text);
    }

    pub(super) fn finish(mut self) -> String {
        if !self.left_out.is_empty() {
            self.text.push_str(&format!("**Left out for want of room:** {}.\n", self.left_out.join(", ")));
        }
        self.text
    }
}

impl Section {
    /// A paragraph.
    pub(super) fn words(&mut self, words: &str) {
        self.text.push_str(&format!("{}\n\n", prose(words)));
    }

    /// A paragraph that stands out.
    pub(super) fn strong(&mut self, words: &str) {
        self.text.push_str(&format!("**{}**\n\n", prose(words)));
    }

    /// Sentences that nobody can overlook.
    pub(super) fn warning(&mut self, title: &str, sentences: &[String]) {
        self.text.push_str(&format!("> **⚠ {}**\n>\n", prose(title)));
        for sentence in sentences.iter().take(super::TOP) {
            self.text.push_str(&format!("> - {}\n", prose(sentence)));
        }
        let all = Remainder { shown: sentences.len().min(super::TOP), total: sentences.len() };
        if let Some(words) = all.words("gap") {
            self.text.push_str(&format!("> - {words}\n"));
        }
        self.text.push('\n');
    }

    /// A line of a list, in Markdown.
    pub(super) fn item(&mut self, markdown: &str) {
        self.text.push_str(&format!("- {markdown}\n"));
    }

    /// A list of sentences.
    pub(super) fn list<'a>(&mut self, sentences: impl Iterator<Item = &'a String>) {
        for sentence in sentences {
            self.item(&prose(sentence));
        }
        self.end_list();
    }

    /// What is not in the list or table before.
    pub(super) fn remainder(&mut self, all: &Remainder, thing: &str) {
        self.end_list();
        if let Some(words) = all.words(thing) {
            self.text.push_str(&format!("{words}\n\n"));
        }
    }

    pub(super) fn table(&mut self, columns: &[&str]) -> Table<'_> {
        self.end_list();
        let names: Vec<_> = columns.iter().map(|name| name.trim_end_matches(':')).collect();
        let rules: Vec<_> = columns.iter().map(|name| if name.ends_with(':') { "---:" } else { "---" }).collect();
        self.text.push_str(&format!("| {} |\n| {} |\n", names.join(" | "), rules.join(" | ")));
        Table { text: &mut self.text }
    }

    /// An empty line ends a list or a table.
    fn end_list(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

impl Table<'_> {
    /// A row of cells in Markdown.
    pub(super) fn row(&mut self, cells: &[String]) {
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}
