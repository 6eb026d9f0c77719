//! Archives: whatever a file holds, it is read or refused, and what it does not tell is told to be missing.
//!
//! The input is taken for a file, and once more for the records of a part.
#![no_main]

use harbor_ext::archive::{Reader, Record};
use harbor_ext::failure::Phase;
use harbor_ext::model::FindingPool;
use libfuzzer_sys::fuzz_target;
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

const HEADER: &str = r#"{"format":"harbor-ext archive","version":1,"part":0,"before":{"findings":0,"artifacts":0,"failures":0,"allowlists":0},"source":{"registry":"r","url":"u","harbor_version":null,"started_at":"2026-01-01T00:00:00Z","finished_at":null,"selection":[]}}"#;

fuzz_target!(|input: &[u8]| {
    check(input);
    let first = part(&[HEADER.as_bytes(), b"\n", input].concat());
    check(&first);
    // A file whose first part is good, and what comes behind it.
    check(&[&part(HEADER.as_bytes()), input].concat());
    // One bit of a good file.
    if let [place, bit, ..] = input {
        let mut damaged = first.clone();
        let place = usize::from(*place) * damaged.len() / 256;
        damaged[place] ^= 1 << (bit % 8);
        check(&damaged);
    }
});

fn part(text: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(1).expect("there is memory");
    compressor.set_parameter(CParameter::ChecksumFlag(true)).expect("it is one");
    compressor.compress(text).expect("there is memory")
}

fn check(file: &[u8]) {
    let pool = FindingPool::new();
    let Ok(reader) = Reader::new(file, &pool) else { return };
    let (mut has_ended, mut is_told) = (false, false);
    for record in reader {
        match record {
            Record::Artifact(info) => {
                serde_json::to_string(&info).expect("what was read can be written");
            }
            Record::Failure(failure) => is_told |= failure.phase == Phase::ReadingArchive,
            Record::End { .. } => has_ended = true,
            _ => {}
        }
    }
    assert!(has_ended || is_told, "the end is missing, and nobody says so");
}
