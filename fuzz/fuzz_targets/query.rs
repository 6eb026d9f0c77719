//! Conditions in Harbor's query language: what the server reads after its two decodings is what was meant.
//!
//! The input is text: the first lines are pairs such as `type=IMAGE`, and each line is also taken for a value.
#![no_main]

use std::collections::BTreeSet;

use harbor_ext::condition::{Condition, Conditions, TextKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let lines: Vec<&str> = text.split('\n').take(8).collect();
    let mut all = Conditions::default();
    for line in &lines {
        let of_value = [Condition::is(TextKey::Kind, *line), Condition::contains(TextKey::MediaType, *line)];
        for condition in of_value.into_iter().chain([line.parse()]).flatten() {
            assert_eq!(condition.to_string().parse().as_ref(), Ok(&condition), "it is read as it is shown");
            let mut alone = Conditions::default();
            if alone.add(condition.clone()).is_ok() {
                check(&alone);
            }
            let before = all.clone();
            if all.add(condition).is_err() {
                assert_eq!(all, before, "what is refused changes nothing");
            }
        }
    }
    if let Ok(condition) = Condition::any_of(TextKey::Digest, lines) {
        let _ = all.add(condition);
    }
    check(&all);
});

/// Reads `q` as the server does, by its grammar.
fn check(conditions: &Conditions) {
    if conditions.is_empty() {
        return;
    }
    let encoded = conditions.encode();
    let in_url: String = encoded.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let read = decode(&decode(&in_url));
    assert_eq!(read, conditions.to_string());
    let mut keys = BTreeSet::new();
    let mut again = Conditions::default();
    for pair in read.split(',') {
        let (key, value) = pair.split_once('=').expect("a pair has a key and a value");
        assert!(keys.insert(key), "of two conditions on {key} the server heeds the last");
        let is_whole = match value.as_bytes().first().expect("the value is not empty") {
            b'~' => value.len() > 1,
            b'[' => value.ends_with(']') && value.matches('~').count() == 1 && value.len() > 3,
            b'{' => value.ends_with('}') && value.len() > 2,
            b'(' => value.ends_with(')') && value.len() > 2,
            _ => true,
        };
        assert!(is_whole, "{pair}");
        again.add(pair.parse().expect("it is read again")).expect("it is combined again");
    }
    assert_eq!(&again, conditions);
}

/// Decodes once, as for a form: `+` is a space.
fn decode(text: &str) -> String {
    let mut decoded = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                let digits = std::str::from_utf8(&digits).expect("two digits follow");
                u8::from_str_radix(digits, 16).expect("two digits follow")
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).expect("it was text")
}
