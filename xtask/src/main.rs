//! Tasks of this workspace, run as `cargo xtask TASK`.

#[path = "../../harbor-api/codegen.rs"]
mod codegen;

mod changes;
mod convert;
mod correct;
mod error;
mod fetch;
mod generate;
mod keywords;
mod names;
mod output;
mod pipeline;
mod place;
mod regen;
mod source;
mod surface;
mod write;

use std::{panic, process::ExitCode};

use clap::Parser;

use crate::error::Error;

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Make harbor-openapi.yaml anew from Harbor's own description.
    Regen(regen::Options),
}

fn main() -> ExitCode {
    let Task::Regen(options) = Task::parse();
    // Panics are caught and told in one sentence.
    panic::set_hook(Box::new(|_| {}));
    let outcome = generate::guarded(|| regen::run(&options))
        .unwrap_or_else(|panic| Err(Error::new(format!("a defect of xtask itself: {panic}"))));
    match outcome {
        Ok(regen::Outcome::Done) => ExitCode::SUCCESS,
        Ok(regen::Outcome::Differs) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
