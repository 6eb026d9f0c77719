//! Turns `harbor-openapi.yaml` into tables of its operations.
//!
//! The simulator routes by `OUT_DIR/table.rs`: every operation with its method, path and parameters. The contract tests
//! call every operation of the client, which has one builder per operation, each of its own type; they want to call
//! them all alike, from JSON values, so `OUT_DIR/operations.rs` holds a small function for each.

#[path = "build/calls.rs"]
mod calls;
#[path = "build/description.rs"]
mod description;
#[path = "build/table.rs"]
mod table;

use std::path::Path;
use std::{env, fs};

use serde_json::Value;

const DESCRIPTION: &str = "../harbor-openapi.yaml";

fn main() {
    for file in ["build.rs", "build", DESCRIPTION] {
        println!("cargo::rerun-if-changed={file}");
    }
    let text = fs::read_to_string(DESCRIPTION).expect("harbor-openapi.yaml is readable");
    let document: Value = serde_norway::from_str(&text).expect("harbor-openapi.yaml is YAML");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let write = |name: &str, text: String| fs::write(Path::new(&out).join(name), text).expect("OUT_DIR is writable");
    write("operations.rs", calls::write(&document));
    write("table.rs", table::write(&document));
}
