//! Parquet, for DuckDB, pandas, Spark and everything else that reads tables.
//!
//! The columns are those of a [`rows::FindingRow`]. Texts are UTF-8, times microseconds in UTC, days dates, scores and
//! probabilities doubles; tags, links and the like are lists of texts, which are empty and never null; everything else is
//! null where it is unknown. Nothing is changed or cut. Compressed with zstd, with dictionaries; a row group has at most
//! 131,072 rows and about 64 MiB, so that writing takes no more memory than that however many findings there are.
//!
//! The metadata of the file say when it was made (`harbor.created_at`) and whether everything could be read
//! (`harbor.complete`).

use std::io;
use std::sync::Arc;

use chrono::SecondsFormat;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::rows::{self, FindingRow, Row};
use super::{Document, ExportError};
use column::{Column, Kind};

mod column;

/// Writes every finding in every artifact as one row; in the order of the report.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, output: impl io::Write + Send) -> Result<(), ExportError> {
    write_groups(document, 64 << 20, output)
}

/// Writes groups of rows that are no larger than they have to be to reach so many bytes.
fn write_groups(document: &Document<'_>, limit: usize, output: impl io::Write + Send) -> Result<(), ExportError> {
    const ROWS: usize = 131_072;

    let schema = parse_message_type(&schema())?;
    let mut writer = SerializedFileWriter::new(output, Arc::new(schema), Arc::new(properties(document)?))?;
    let mut findings = rows::findings(document).peekable();
    while findings.peek().is_some() {
        let mut columns: Vec<Column> = FindingRow::COLUMNS.iter().map(|name| Column::new(kind(name))).collect();
        let (mut rows, mut bytes) = (0, 0);
        while rows < ROWS
            && bytes < limit
            && let Some(row) = findings.next()
        {
            for (column, cell) in columns.iter_mut().zip(row.cells()) {
                bytes += column.push(cell)?;
            }
            rows += 1;
        }
        let mut group = writer.next_row_group()?;
        for column in columns {
            let Some(mut output) = group.next_column()? else { break };
            column.write(&mut output)?;
            output.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

/// The columns in the language of Parquet's schemas.
fn schema() -> String {
    let columns: Vec<String> = FindingRow::COLUMNS.iter().map(|name| kind(name).declaration(name)).collect();
    format!("message findings {{ {} }}", columns.join(" "))
}

/// What stands in a column of a [`FindingRow`]. Most are texts.
fn kind(column: &str) -> Kind {
    match column {
        "tags" | "image_digests" | "suppressions" | "cwe_ids" | "links" => Kind::List,
        "pushed_at" | "scanned_at" | "first_seen" => Kind::Time,
        "kev_added" | "kev_due" => Kind::Date,
        "cvss_score" | "epss" | "epss_percentile" => Kind::Number,
        "fixable" | "kev" | "suppressed" => Kind::Flag,
        _ => Kind::Text,
    }
}

fn properties(document: &Document<'_>) -> Result<WriterProperties, ExportError> {
    let assessment = document.assessment;
    let time = assessment.time().to_rfc3339_opts(SecondsFormat::Secs, true);
    let complete = assessment.inventory().is_complete().to_string();
    let metadata = [("harbor.created_at", time), ("harbor.complete", complete)];
    let metadata = metadata.map(|(key, value)| KeyValue::new(key.to_owned(), value));
    Ok(WriterProperties::builder()
        .set_created_by(concat!("harbor-ext version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_key_value_metadata(Some(metadata.into()))
        .build())
}

impl From<ParquetError> for ExportError {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(error) => match error.downcast::<io::Error>() {
                Ok(error) => Self::Write(*error),
                Err(error) => Self::Write(io::Error::other(error)),
            },
            error => Self::Write(io::Error::other(error)),
        }
    }
}

#[cfg(test)]
mod tests;
