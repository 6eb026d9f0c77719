//! The answers of a server in trouble.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;
use serde_json::value::RawValue;

/// Puts the number 17 in front of the findings of a report.
pub(super) fn with_odd_finding(body: &Bytes) -> Bytes {
    let text = String::from_utf8_lossy(body);
    let text = text.replacen("\"vulnerabilities\":[]", "\"vulnerabilities\":[17]", 1);
    Bytes::from(text.replacen("\"vulnerabilities\":[{", "\"vulnerabilities\":[17,{", 1))
}

/// Puts a list into an object, and an object into a list.
pub(super) fn with_wrong_shape(body: &Bytes) -> Bytes {
    let text = String::from_utf8_lossy(body);
    match text.trim_end() {
        list if list.starts_with('[') => Bytes::from(format!("{{\"items\":{list}}}\n")),
        other => Bytes::from(format!("[{other}]\n")),
    }
}

/// Makes the tags of one artifact or of a list of them `null`; other answers stay as they are.
pub(super) fn with_null_tags(body: &Bytes) -> Bytes {
    // Harbor writes the members of an artifact in the order of the alphabet, which a sorted map
    // keeps; their values stay as they are.
    type Row<'a> = BTreeMap<String, &'a RawValue>;
    let without_tags = |mut row: Row<'_>| {
        row.insert("tags".to_owned(), RawValue::NULL);
        serde_json::to_string(&row)
    };
    let is_artifact = |row: &Row<'_>| row.contains_key("digest");
    let text = match serde_json::from_slice::<Vec<Row<'_>>>(body) {
        Ok(rows) if rows.iter().all(is_artifact) => {
            let rows: Result<Vec<String>, _> = rows.into_iter().map(without_tags).collect();
            rows.map(|rows| format!("[{}]", rows.join(",")))
        }
        Ok(_) => return body.clone(),
        Err(_) => match serde_json::from_slice::<Row<'_>>(body) {
            Ok(row) if is_artifact(&row) => without_tags(row),
            _ => return body.clone(),
        },
    };
    text.map_or_else(|_| body.clone(), |text| Bytes::from(text + "\n"))
}

/// The number of findings that the overviews of an artifact or of a list of them tell.
pub(super) fn findings_of_overviews(body: &Bytes) -> u64 {
    let of_artifact = |artifact: &Value| -> u64 {
        let overviews = artifact["scan_overview"].as_object().into_iter().flat_map(|overviews| overviews.values());
        overviews.filter_map(|overview| overview["summary"]["total"].as_u64()).sum()
    };
    match serde_json::from_slice(body) {
        Ok(Value::Array(artifacts)) => artifacts.iter().map(of_artifact).sum(),
        Ok(artifact) => of_artifact(&artifact),
        Err(_) => 0,
    }
}
