use std::collections::BTreeMap;

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

use super::*;
use crate::export::samples::{self, Sample};

fn written(sample: &Sample) -> SerializedFileReader<Bytes> {
    let assessment = sample.assessment();
    let mut output = Vec::new();
    write(&Document::new(&assessment), &mut output).unwrap();
    SerializedFileReader::new(Bytes::from(output)).unwrap()
}

/// The value as the JSON of the row has it.
fn agrees(field: &Field, json: &Value) -> bool {
    match (field, json) {
        (Field::Null, Value::Null) => true,
        (Field::Str(text), Value::String(expected)) => text == expected,
        (Field::Bool(flag), Value::Bool(expected)) => flag == expected,
        (Field::Double(number), expected) => Some(*number) == expected.as_f64(),
        (Field::TimestampMicros(micros), Value::String(expected)) => {
            samples::time(expected).timestamp_micros() == *micros
        }
        (Field::Date(day), Value::String(expected)) => days_of(expected) == *day,
        (Field::ListInternal(list), Value::Array(items)) => {
            list.len() == items.len() && list.elements().iter().zip(items).all(|(one, other)| agrees(one, other))
        }
        _ => false,
    }
}

fn days_of(date: &str) -> i32 {
    let date: chrono::NaiveDate = date.parse().unwrap();
    (date - chrono::NaiveDate::default()).num_days() as i32
}

#[test]
fn every_row_is_read_again_with_its_types() {
    for sample in [Sample::usual(), Sample::hostile()] {
        let reader = written(&sample);
        let assessment = sample.assessment();
        let document = Document::new(&assessment);
        let expected: Vec<Value> = rows::findings(&document).map(|row| serde_json::to_value(row).unwrap()).collect();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), expected.len());
        for (row, expected) in rows.iter().zip(&expected) {
            for (name, field) in row.get_column_iter() {
                assert!(agrees(field, &expected[name]), "{name}: {field:?} is not {}", expected[name]);
            }
            assert_eq!(row.get_column_iter().count(), FindingRow::COLUMNS.len());
        }
    }
}

#[test]
fn the_file_says_whether_it_is_complete() {
    let reader = written(&Sample::usual());
    let file = reader.metadata().file_metadata();
    let pairs = file.key_value_metadata().unwrap().iter();
    let metadata: BTreeMap<&str, Option<&str>> = pairs.map(|pair| (&*pair.key, pair.value.as_deref())).collect();
    assert_eq!(metadata["harbor.complete"], Some("false"));
    assert_eq!(metadata["harbor.created_at"], Some("2026-11-21T12:00:00Z"));
}

#[test]
fn nothing_is_a_table_without_rows() {
    let reader = written(&Sample::new(Vec::new()));
    assert_eq!((reader.num_row_groups(), reader.metadata().file_metadata().num_rows()), (0, 0));
}

#[test]
fn row_groups_are_bounded() {
    let long = "x".repeat(1 << 10);
    let findings: Vec<Value> = (0..70)
        .map(|number| {
            let mut finding = samples::finding(&format!("CVE-{number}"), "zlib", "Low");
            finding["description"] = long.as_str().into();
            finding
        })
        .collect();
    let sample = Sample::new(vec![samples::info("a/b", 1, samples::reported(&findings))]);
    let (assessment, mut output) = (sample.assessment(), Vec::new());
    write_groups(&Document::new(&assessment), 64 << 10, &mut output).unwrap();
    let reader = SerializedFileReader::new(Bytes::from(output)).unwrap();
    assert_eq!((reader.num_row_groups(), reader.metadata().file_metadata().num_rows()), (2, 70));
}
