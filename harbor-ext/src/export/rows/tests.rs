use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::*;
use crate::export::samples::{HOSTILE, Sample};
use crate::judge::{Verdict, Violation};

/// What a row says in JSON, in CSV and by its schema is the same.
fn agrees<R: Row + Serialize + JsonSchema>(row: &R) {
    let json = serde_json::to_value(row).unwrap();
    let columns: BTreeSet<&str> = R::COLUMNS.iter().copied().collect();
    assert_eq!(columns.len(), R::COLUMNS.len());
    assert_eq!(json.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(), columns);
    let schema = schemars::schema_for!(R);
    let properties = schema.get("properties").and_then(Value::as_object).unwrap();
    assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), columns);

    let cells: Vec<Cell<'_>> = row.cells().collect();
    assert_eq!(cells.len(), R::COLUMNS.len());
    for (column, cell) in R::COLUMNS.iter().zip(cells) {
        match (&json[column], cell) {
            (Value::Null, cell) => assert_eq!(cell, Cell::Unknown, "{column}"),
            (Value::String(text), Cell::Time(time)) => assert_eq!(text.parse(), Ok(time), "{column}"),
            (Value::String(text), cell) => assert_eq!(*text, cell.to_string(), "{column}"),
            (Value::Array(items), Cell::List(list)) => {
                assert_eq!(items.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>(), list, "{column}");
            }
            (value, cell) => assert_eq!(value.to_string().parse::<f64>(), cell.to_string().parse(), "{column}"),
        }
    }
}

#[test]
fn every_column_says_the_same_in_every_format() {
    for sample in [Sample::usual(), Sample::hostile()] {
        let assessment = sample.assessment();
        let document = Document::new(&assessment);
        assert!(findings(&document).count() >= 3);
        findings(&document).for_each(|row| agrees(&row));
        artifacts(&document).for_each(|row| agrees(&row));

        let mut verdict = Verdict::default();
        verdict.violations.extend(assessment.findings().map(|assessed| {
            let (rule, reason) = ("rule".into(), HOSTILE.to_owned());
            Violation::Finding { assessed: assessed.into(), rule, reason, due: Some(assessment.time()) }
        }));
        let artifacts = assessment.inventory().report().iter();
        verdict.excused.extend(artifacts.map(|info| Violation::WithoutReport { info, suppressions: Vec::new() }));
        let document = document.with_verdict(&verdict);
        let rows: Vec<_> = violations(&document).collect();
        assert_eq!(rows.len(), verdict.violations.len() + verdict.excused.len());
        rows.iter().for_each(agrees);
    }
}

#[test]
fn unknown_is_neither_false_nor_zero() {
    let sample = Sample::usual();
    let assessment = sample.assessment();
    let document = Document::new(&assessment);
    let finding = findings(&document).next().unwrap();
    assert_eq!((finding.kev, finding.epss, finding.epss_percentile, finding.first_seen), (None, None, None, None));
    let unscanned = artifacts(&document).find(|row| row.state == "not_scanned").unwrap();
    assert_eq!((unscanned.findings, unscanned.critical, unscanned.kev, unscanned.size), (None, None, None, None));
    let scanned = artifacts(&document).next().unwrap();
    let numbers = (scanned.findings, scanned.critical, scanned.low, scanned.high, scanned.fixable, scanned.suppressed);
    assert_eq!(numbers, (Some(2), Some(1), Some(1), Some(0), Some(2), Some(0)));
    assert_eq!(scanned.kev, None);
}
