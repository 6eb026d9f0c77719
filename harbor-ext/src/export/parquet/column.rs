//! One column of a row group, while it is being filled.

use chrono::NaiveDate;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::file::writer::SerializedColumnWriter;

use super::super::ExportError;
use super::super::rows::Cell;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    List,
    Number,
    Flag,
    Time,
    Date,
}

/// The values of a column with their levels: whether a value is there, and whether it belongs to the list before.
pub(super) struct Column {
    kind: Kind,
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

enum Values {
    Texts(Vec<ByteArray>),
    Numbers(Vec<f64>),
    Flags(Vec<bool>),
    Times(Vec<i64>),
    Dates(Vec<i32>),
}

impl Kind {
    /// A column of this kind and name in the language of Parquet's schemas.
    pub(super) fn declaration(self, name: &str) -> String {
        match self {
            Self::Text => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
            Self::List => format!(
                "REQUIRED group {name} (LIST) {{ REPEATED group list {{ REQUIRED BYTE_ARRAY element (UTF8); }} }}"
            ),
            Self::Number => format!("OPTIONAL DOUBLE {name};"),
            Self::Flag => format!("OPTIONAL BOOLEAN {name};"),
            Self::Time => format!("OPTIONAL INT64 {name} (TIMESTAMP(MICROS,true));"),
            Self::Date => format!("OPTIONAL INT32 {name} (DATE);"),
        }
    }
}

impl Column {
    pub(super) fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text | Kind::List => Values::Texts(Vec::new()),
            Kind::Number => Values::Numbers(Vec::new()),
            Kind::Flag => Values::Flags(Vec::new()),
            Kind::Time => Values::Times(Vec::new()),
            Kind::Date => Values::Dates(Vec::new()),
        };
        Self { kind, values, definitions: Vec::new(), repetitions: Vec::new() }
    }

    /// Adds a row; gives about how many bytes that takes.
    pub(super) fn push(&mut self, cell: Cell<'_>) -> Result<usize, ExportError> {
        const SMALL: usize = 8;
        let definition = i16::from(cell != Cell::Unknown);
        match (&mut self.values, cell) {
            (Values::Texts(texts), Cell::List(items)) if self.kind == Kind::List => {
                let mut bytes = SMALL;
                if items.is_empty() {
                    self.definitions.push(0);
                    self.repetitions.push(0);
                }
                for (place, item) in items.into_iter().enumerate() {
                    bytes += item.len() + SMALL;
                    self.definitions.push(1);
                    self.repetitions.push(i16::from(place > 0));
                    texts.push(ByteArray::from(item.into_owned().into_bytes()));
                }
                return Ok(bytes);
            }
            (Values::Texts(texts), Cell::Text(text)) if self.kind == Kind::Text => {
                let bytes = text.len() + SMALL;
                self.definitions.push(definition);
                texts.push(ByteArray::from(text.into_owned().into_bytes()));
                return Ok(bytes);
            }
            (_, Cell::Unknown) if self.kind != Kind::List => {}
            (Values::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Values::Flags(flags), Cell::Flag(flag)) => flags.push(flag),
            (Values::Times(times), Cell::Time(time)) => times.push(time.timestamp_micros()),
            (Values::Dates(dates), Cell::Date(date)) => dates.push(days(date)),
            (_, cell) => {
                let why = format!("a column of the kind {:?} cannot hold {cell:?}", self.kind);
                return Err(ExportError::Unfit(why));
            }
        }
        self.definitions.push(definition);
        Ok(SMALL)
    }

    pub(super) fn write(self, output: &mut SerializedColumnWriter<'_>) -> Result<(), ExportError> {
        match &self.values {
            Values::Texts(texts) => self.write_as::<ByteArrayType>(texts, output),
            Values::Numbers(numbers) => self.write_as::<DoubleType>(numbers, output),
            Values::Flags(flags) => self.write_as::<BoolType>(flags, output),
            Values::Times(times) => self.write_as::<Int64Type>(times, output),
            Values::Dates(dates) => self.write_as::<Int32Type>(dates, output),
        }
    }

    fn write_as<T: DataType>(
        &self,
        values: &[T::T],
        output: &mut SerializedColumnWriter<'_>,
    ) -> Result<(), ExportError> {
        let repetitions = (self.kind == Kind::List).then_some(&*self.repetitions);
        output.typed::<T>().write_batch(values, Some(&self.definitions), repetitions)?;
        Ok(())
    }
}

/// Days since the first of January 1970.
fn days(date: NaiveDate) -> i32 {
    let days = date.signed_duration_since(NaiveDate::default()).num_days();
    // No calendar of `chrono` has more days than that.
    i32::try_from(days).unwrap_or(i32::MAX)
}
