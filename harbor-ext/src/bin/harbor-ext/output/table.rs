//! Tables that fit the terminal.

use std::io::{self, IsTerminal};

use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table, presets};
use harbor_ext::model::Severity;
use harbor_ext::text::some_of;

use super::{messages, short_line};
use crate::arguments::When;

/// How many names stand in one cell.
pub(crate) const NAMES: usize = 3;

/// On a terminal that is too narrow for columns of this width, the terminal breaks the lines: a table with one letter in a
/// line cannot be read.
const NARROWEST_COLUMN: u16 = 8;

/// A table for people: as wide as the terminal, or with each row on a line where there is none. COLUMNS counts, too.
#[derive(Debug)]
pub(crate) struct TextTable {
    table: Table,
}

impl TextTable {
    pub(crate) fn new(headers: &[&str], color: When) -> Self {
        let is_terminal = io::stdout().is_terminal();
        // Without a terminal there is no width either: each row stays on its line.
        Self::with(headers, width().filter(|_| is_terminal), messages::is_colored(color, is_terminal))
    }

    fn with(headers: &[&str], width: Option<u16>, is_colored: bool) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(width) = width {
            let columns = headers.len().try_into().unwrap_or(u16::MAX);
            table.set_width(width.max(NARROWEST_COLUMN.saturating_mul(columns)));
        }
        if is_colored {
            table.enforce_styling();
        } else {
            // It would style on every terminal, whatever is wanted.
            table.force_no_tty();
        }
        let bold = |header: &&str| {
            let cell = Cell::new(header);
            if is_colored { cell.add_attribute(Attribute::Bold) } else { cell }
        };
        table.set_header(headers.iter().map(bold));
        Self { table }
    }

    pub(crate) fn add(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.table.add_row(cells.into_iter().collect::<Vec<_>>());
    }

    pub(crate) fn into_text(self) -> String {
        self.table.trim_fmt()
    }
}

/// How wide the terminal is: what COLUMNS says, or else what the terminal says.
fn width() -> Option<u16> {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).or_else(|| Table::new().width())
}

/// A text from anywhere.
pub(crate) fn text(text: impl AsRef<str>) -> Cell {
    Cell::new(short_line(text.as_ref()))
}

/// A number, by its last digit.
pub(crate) fn number(number: impl ToString) -> Cell {
    Cell::new(number).set_alignment(CellAlignment::Right)
}

/// A number that may not be known.
pub(crate) fn known(number: Option<f64>, digits: usize) -> Cell {
    self::number(number.map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}")))
}

/// A severity in its colour.
pub(crate) fn severity(severity: Severity) -> Cell {
    let cell = Cell::new(severity.as_str());
    match severity {
        Severity::Critical => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        Severity::High => cell.fg(Color::Red),
        Severity::Medium => cell.fg(Color::Yellow),
        _ => cell,
    }
}

/// The name of an image: with its first tag, or else its short digest, and how many more tags it has.
pub(crate) fn image(registry: Option<&str>, repository: &str, tags: &[&str], digest: &str) -> String {
    let registry = registry.map(|registry| format!("{registry}/")).unwrap_or_default();
    match tags {
        [] => format!("{registry}{repository}@{}", digest.get(..19).unwrap_or(digest)),
        [tag] => format!("{registry}{repository}:{tag}"),
        [tag, more @ ..] => format!("{registry}{repository}:{tag} (+{})", more.len()),
    }
}

/// The first few names of several.
pub(crate) fn names(names: &[&str]) -> Cell {
    text(some_of(names, NAMES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_terminal_still_shows_words() {
        let headers = ["IMAGE", "CVE", "FIX", "OF", "SINCE"];
        let lines = |width| {
            let mut table = TextTable::with(&headers, width, false);
            table.add(["library/nginx:1.0", "CVE-2021-44228", "libc6", "1.0", "Critical"].map(text));
            let text = table.into_text();
            assert!(text.contains("SINCE") && text.contains("libc6"), "{text}");
            text.lines().count()
        };
        assert_eq!(lines(None), 2);
        assert_eq!(lines(Some(120)), 2);
        assert!((3..8).contains(&lines(Some(20))));
        assert_eq!(lines(Some(0)), lines(Some(20)));
    }
}
