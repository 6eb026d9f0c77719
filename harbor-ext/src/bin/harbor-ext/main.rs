//! Ask questions of a whole Harbor registry, from a terminal or a pipeline.
//!
//! What is where: [`arguments`] are read, [`connect`] makes a handle of them, [`source`] gets what is asked about from
//! archives or from the registry, a command of [`commands`] answers, and [`output`] writes.

mod arguments;
mod commands;
mod connect;
mod ending;
mod input;
mod output;
mod progress;
mod source;

use std::process::ExitCode;

use clap::Parser;

use self::arguments::Arguments;
use self::ending::Problem;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(arguments)),
        Err(error) => Err(Problem::from_error("no threads could be started", &error)),
    };
    match result {
        Ok(ending) => ending.into(),
        Err(problem) => {
            output::messages::error(&problem);
            problem.exit_code()
        }
    }
}
