//! The table for people, for documents and for programs.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::AnyResult;
use crate::machine::Machine;
use crate::row::Row;

const TITLES: [&str; 6] = ["load", "measure", "target", "measured", "reached", "note"];

/// The table in columns.
pub(crate) fn text(machine: &Machine, rows: &[Row]) -> String {
    let lines: Vec<[&str; 6]> = std::iter::once(TITLES).chain(rows.iter().map(cells)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4, 5].map(width);
    let lines = lines.iter().map(|line| {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    format!("{}\n\n{}", machine.words(), lines.collect::<Vec<_>>().join("\n"))
}

/// The table as Markdown.
pub(crate) fn markdown(machine: &Machine, rows: &[Row]) -> String {
    let line = |cells: [&str; 6]| format!("| {} |", cells.join(" | "));
    let rows = rows.iter().map(|row| line(cells(row)));
    let lines: Vec<String> = [line(TITLES), line(["---"; 6])].into_iter().chain(rows).collect();
    format!("{}.\n\n{}", machine.words(), lines.join("\n"))
}

/// Writes everything that was measured.
pub(crate) fn write_json(file: &Path, machine: &Machine, rows: &[Row]) -> AnyResult<()> {
    let text = serde_json::to_string_pretty(&json!({ "machine": machine, "rows": rows }))?;
    fs::write(file, text + "\n").map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    eprintln!("all figures are in {}", file.display());
    Ok(())
}

fn cells(row: &Row) -> [&str; 6] {
    [&row.load, &row.measure, &row.target, &row.measured, row.verdict(), &row.note]
}
