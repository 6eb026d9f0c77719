//! Writes the JSON Schema of every public type into a folder, one file for each.
//!
//! ```text
//! cargo run --example json_schema -- docs/schema
//! ```

use std::path::PathBuf;
use std::{fs, io};

use clap::Parser;

/// Write the JSON Schema of every public type into a folder.
#[derive(Parser)]
struct Arguments {
    /// The folder; it is made where it is missing.
    folder: PathBuf,
}

fn main() -> io::Result<()> {
    let Arguments { folder } = Arguments::parse();
    fs::create_dir_all(&folder)?;
    for (name, schema) in harbor_ext::schema::all() {
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, format!("{:#}\n", schema.as_value()))?;
        println!("{}", path.display());
    }
    Ok(())
}
