//! CSV, for spreadsheets and everything else.
//!
//! In UTF-8 with a header, commas, and `\n` at the ends of lines (RFC 4180 apart from those). Everything but numbers is
//! quoted. Unknown is empty. Lists are joined with `; `. Times are as in `2026-11-20T13:00:00Z`, truths `true` and `false`.
//!
//! **Formulas.** Text that a spreadsheet would take for a formula gets an apostrophe in front, and only that: see
//! [`guard`] for what counts, and [`unguard`] for the way back. Numbers are written by this crate and need none.
//!
//! **What is not text.** Control characters and those that turn the direction of writing become U+FFFD. Cells end after
//! 32,000 characters, with a mark, because spreadsheets take no more. Where every byte counts, take JSON.

use std::borrow::Cow;
use std::io;

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::rows::{self, Cell, Row};
use super::{Document, ExportError};
use crate::text;

/// Writes every finding in every artifact as one row, a [`rows::FindingRow`]; in the order of the report.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, output: impl io::Write) -> Result<(), ExportError> {
    write_rows(rows::findings(document), output)
}

/// Writes a header and then each row.
///
/// ```
/// use harbor_ext::export::csv;
/// use harbor_ext::export::rows::{Cell, Row};
///
/// struct Affected<'a> {
///     package: &'a str,
///     images: usize,
/// }
///
/// impl Row for Affected<'_> {
///     const COLUMNS: &'static [&'static str] = &["package", "images"];
///
///     fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
///         [self.package.into(), self.images.into()].into_iter()
///     }
/// }
///
/// let mut output = Vec::new();
/// csv::write_rows([Affected { package: "=1+2", images: 3 }], &mut output)?;
/// assert_eq!(output, b"\"package\",\"images\"\n\"'=1+2\",3\n");
/// # Ok::<(), harbor_ext::export::ExportError>(())
/// ```
///
/// # Errors
///
/// If it cannot be written.
pub fn write_rows<R: Row>(rows: impl IntoIterator<Item = R>, output: impl io::Write) -> Result<(), ExportError> {
    let mut writer = Writer::new(R::COLUMNS, output)?;
    rows.into_iter().try_for_each(|row| writer.row(row.cells()))?;
    writer.finish()
}

/// Writes rows whose columns are known only when the program runs.
#[derive(Debug)]
pub struct Writer<W: io::Write> {
    csv: csv::Writer<W>,
}

impl<W: io::Write> Writer<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn new(columns: &[&str], output: W) -> Result<Self, ExportError> {
        let mut builder = WriterBuilder::new();
        let csv = builder.quote_style(QuoteStyle::NonNumeric).terminator(Terminator::Any(b'\n')).from_writer(output);
        let mut writer = Self { csv };
        writer.row(columns.iter().map(|column| Cell::from(*column)))?;
        Ok(writer)
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or if it has more or fewer cells than the header.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> Result<(), ExportError> {
        for cell in cells {
            self.csv.write_field(&*field(cell)).map_err(unwritten)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(unwritten)
    }

    /// Writes what is left.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<(), ExportError> {
        Ok(self.csv.flush()?)
    }
}

/// The text, such that no spreadsheet takes it for a formula: with an apostrophe in front where the first character that
/// is neither white space nor a quotation mark is one of `= + - @` or their full-width forms, or where it begins with a
/// tab or an end of line.
#[must_use]
pub fn guard(text: &str) -> Cow<'_, str> {
    match is_formula(text) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

/// The text that was [guarded](guard): without its apostrophe, where what follows would have got one.
///
/// ```
/// use harbor_ext::export::csv::{guard, unguard};
///
/// for text in ["=1+2", "'=1+2", "'quoted'", "plain"] {
///     assert_eq!(unguard(&guard(text)), text);
/// }
/// ```
#[must_use]
pub fn unguard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|guarded| is_formula(guarded)).unwrap_or(text)
}

fn is_formula(text: &str) -> bool {
    const SIGNS: &[char] = &['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    const QUOTES: &[char] = &['\'', '"', '`', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{fffd}'];
    let is_skipped = |character: char| character.is_whitespace() || QUOTES.contains(&character);
    // The apostrophes count as nothing here as well, so that the way back is certain.
    text.trim_start_matches('\'').starts_with(['\t', '\n', '\r'])
        || text.trim_start_matches(is_skipped).starts_with(SIGNS)
}

/// The most characters of a cell. Spreadsheets take 32,767 and drop the rest without a word.
const LONGEST_CELL: usize = 32_000;

fn field(cell: Cell<'_>) -> Cow<'_, str> {
    let text = match cell {
        Cell::Unknown => return "".into(),
        Cell::Flag(flag) => return if flag { "true" } else { "false" }.into(),
        Cell::Whole(number) => return number.to_string().into(),
        Cell::Number(number) => return number.to_string().into(),
        Cell::Time(_) | Cell::Date(_) => return cell.to_string().into(),
        Cell::Text(text) => text,
        Cell::List(items) => items.join("; ").into(),
    };
    let plain = match text::lines(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(plain) => plain.into(),
    };
    match guard(&plain) {
        Cow::Borrowed(_) => text::within(plain, LONGEST_CELL),
        Cow::Owned(guarded) => text::within(guarded.into(), LONGEST_CELL),
    }
}

fn unwritten(error: csv::Error) -> ExportError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        kind => ExportError::Unfit(format!("a row does not fit the columns of the CSV: {kind:?}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(cells: Vec<Cell<'_>>) -> String {
        let names: Vec<String> = (0..cells.len()).map(|number| format!("c{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut output = Vec::new();
        let mut writer = Writer::new(&names, &mut output).unwrap();
        writer.row(cells).unwrap();
        writer.finish().unwrap();
        String::from_utf8(output).unwrap()
    }

    fn read(csv: &str) -> Vec<String> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect()
    }

    #[test]
    fn formulas_are_guarded() {
        for text in [
            "=1", "+1", "-1", "@SUM(1)", "\t=1", "\r\n1", "\n1", "  =1", "\"=1\"", "'=1", " \" ' -1", "＝1", "＠a",
            "\u{a0}=1",
        ] {
            let csv = written(vec![text.into()]);
            let guarded = &read(&csv)[0];
            assert!(guarded.starts_with('\''), "{text:?} became {guarded:?}");
            assert_eq!(unguard(guarded), text::lines(text), "{text:?}");
        }
        for text in ["", "a=1", "1-1", "'quoted'", "CVE-2021-44228", "1.2.3-r0", "*", "(=1)"] {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn a_control_character_hides_no_formula() {
        assert_eq!(read(&written(vec!["\0=1".into()])), ["⟨U+0000⟩=1"]);
    }

    #[test]
    fn numbers_stay_numbers_and_unknown_is_empty() {
        let cells =
            vec![Cell::from(-1.5), 3_usize.into(), true.into(), Cell::Unknown, "1.10".into(), None::<f64>.into()];
        assert!(written(cells).ends_with("\n-1.5,3,\"true\",\"\",1.10,\"\"\n"));
    }

    #[test]
    fn a_row_that_does_not_fit_is_refused() {
        let mut writer = Writer::new(&["a", "b"], Vec::new()).unwrap();
        assert!(matches!(writer.row(["a".into()]), Err(ExportError::Unfit(_))));
    }

    #[test]
    fn long_text_is_cut_with_a_mark() {
        let text = format!("={}", "a".repeat(1_000_000));
        let cells = read(&written(vec![(&*text).into()]));
        assert!(cells[0].chars().count() <= LONGEST_CELL && cells[0].ends_with("more characters]"));
    }

    proptest! {
        #[test]
        fn guarding_can_be_undone(text in "[ '\"=+\\-@＝a\\t\\r\\n]{0,8}") {
            let guarded = guard(&text);
            prop_assert_eq!(unguard(&guarded), &text);
            prop_assert!(!is_formula(&text) || guarded.starts_with('\''));
        }

        #[test]
        fn what_was_written_is_read_again(texts in prop::collection::vec("(.|\\s|[\",;\\n]){0,12}", 1..6)) {
            let csv = written(texts.iter().map(|text| text.as_str().into()).collect());
            let expected: Vec<String> = texts.iter().map(|text| guard(&text::lines(text)).into_owned()).collect();
            prop_assert_eq!(read(&csv), expected);
        }
    }
}
