//! Generates the client from `harbor-openapi.yaml` into `OUT_DIR/client.rs`.

use std::{env, fs, path::PathBuf, process::ExitCode};

mod codegen;

const DESCRIPTION: &str = "harbor-openapi.yaml";

fn main() -> ExitCode {
    for file in ["build.rs", "codegen.rs", DESCRIPTION] {
        println!("cargo::rerun-if-changed={file}");
    }
    match write_client() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // A message to cargo is one line.
            println!("cargo::error={}", message.replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn write_client() -> Result<(), String> {
    let description = fs::read_to_string(DESCRIPTION).map_err(|error| format!("cannot read {DESCRIPTION}: {error}"))?;
    // Git without symlink support checks out a file that holds the path of its target.
    if description.trim().lines().count() <= 1 {
        return Err(format!(
            "{DESCRIPTION} is a single line: a symlink that was checked out as a file? \
             Copy the {DESCRIPTION} of the workspace's root over it"
        ));
    }
    let schemars = env::var_os("CARGO_FEATURE_SCHEMARS").is_some();
    let client = codegen::generate(&description, schemars)
        .map_err(|error| format!("cannot generate the client from {DESCRIPTION}: {error}"))?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?);
    fs::write(out.join("client.rs"), client).map_err(|error| format!("cannot write client.rs: {error}"))
}
