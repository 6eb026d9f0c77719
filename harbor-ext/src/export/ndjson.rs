//! NDJSON: one JSON object in each line, for `jq`, log collectors and databases.

use std::io;

use serde::Serialize;

use super::{Document, ExportError, json_text, rows};

/// Writes every finding in every artifact as one line, a [`rows::FindingRow`]; in the order of the report.
///
/// Artifacts without a report have no lines; [`rows::artifacts`] has a line for each.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, output: impl io::Write) -> Result<(), ExportError> {
    write_rows(rows::findings(document), output)
}

/// Writes each row as one line of JSON. Nothing is changed or left out; control characters and those that turn the
/// direction of writing are escaped, so that the lines can be shown in a terminal.
///
/// ```
/// use harbor_ext::export::ndjson;
///
/// let mut output = Vec::new();
/// ndjson::write_rows([("nginx", 3), ("redis", 1)], &mut output)?;
/// assert_eq!(output, b"[\"nginx\",3]\n[\"redis\",1]\n");
/// # Ok::<(), harbor_ext::export::ExportError>(())
/// ```
///
/// # Errors
///
/// If it cannot be written.
pub fn write_rows<R: Serialize>(
    rows: impl IntoIterator<Item = R>,
    mut output: impl io::Write,
) -> Result<(), ExportError> {
    for row in rows {
        json_text::write(&row, &mut output)?;
        output.write_all(b"\n")?;
    }
    Ok(output.flush()?)
}
