//! Listings: as a table, or for programs.

use std::io::Write;

use harbor_ext::export::rows::Row;
use harbor_ext::export::{csv, json, ndjson};
use serde::Serialize;

use super::table::TextTable;
use super::to_standard_output;
use crate::arguments::{ListingFormat, When};
use crate::ending::Problem;

/// A row that can be shown to people, too. For programs all columns are written, for people those that fit.
pub(crate) trait Shown: Row + Serialize {
    /// What stands above the columns for people.
    const HEADERS: &'static [&'static str];

    /// What people see.
    fn shown(&self) -> Vec<comfy_table::Cell>;
}

/// Writes a listing in the format that is wanted; the table is followed by `summary`, for people.
pub(crate) fn write<R: Shown>(
    rows: &[R],
    format: ListingFormat,
    color: When,
    summary: impl FnOnce() -> String,
) -> Result<(), Problem> {
    to_standard_output(|output| {
        if format.json {
            json::write_rows(rows, output)?;
        } else if format.ndjson {
            ndjson::write_rows(rows, output)?;
        } else if format.csv {
            csv::write_rows(rows, output)?;
        } else {
            write_table(rows, color, output)?;
            write!(output, "{}", summary())?;
        }
        Ok(())
    })
}

/// How many rows are put below the same headers. A table knows how wide its columns are when it has all of its rows, which
/// for millions of findings takes more memory than there is.
const ROWS_IN_A_TABLE: usize = 5000;

fn write_table<R: Shown>(rows: &[R], color: When, output: &mut dyn Write) -> std::io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for rows in rows.chunks(ROWS_IN_A_TABLE) {
        let mut table = TextTable::new(R::HEADERS, color);
        rows.iter().for_each(|row| table.add(row.shown()));
        writeln!(output, "{}", table.into_text())?;
    }
    writeln!(output)
}
