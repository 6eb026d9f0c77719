//! Measures what it costs to read a whole registry, on a simulated Harbor in a process of its own, and prints a table
//! of what was to be reached and what was: `cargo bench -p harbor-ext --bench registry -- --help`.
//!
//! Every measurement of a client is a process of its own, too, so that its memory is its own and starts afresh. All of
//! them are this program, started again with an order as its argument.

mod arguments;
mod client;
mod load;
mod machine;
mod order;
mod process;
mod profile;
mod row;
mod scenarios;
mod server;
mod server_statistics;
mod table;

use std::error::Error;
use std::process::ExitCode;

use arguments::Arguments;
use machine::Machine;
use process::Cores;
use row::Row;
use scenarios::Bench;

/// Nothing here is handled: an error ends the program and is shown.
type AnyResult<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match (arguments.next().as_deref(), arguments.next()) {
        (Some(process::SERVE), Some(load)) => server::serve(&load),
        (Some(process::MEASURE), Some(order)) => client::measure(&order),
        _ => measure_all(&arguments::read()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures every scenario that was asked for and prints the table. What misses its target is marked and no failure:
/// this is no test.
fn measure_all(arguments: &Arguments) -> AnyResult<()> {
    if cfg!(debug_assertions) {
        // `cargo test --all-targets` starts benchmarks, too.
        eprintln!("nothing is measured without optimisation: use cargo bench");
        return Ok(());
    }
    let bench = Bench { cores: Cores::find(), runs: arguments.runs, runtime: arguments.runtime };
    let mut machine = Machine::look(&bench);
    if let Some(file) = &arguments.profile {
        println!("{}, {}", machine.words(), profile::record(&bench, file)?);
        return Ok(());
    }
    let rows = match arguments.peers {
        true => scenarios::peers::measure(&bench, arguments.python.as_deref(), arguments.artifacts)?,
        false => scenarios(&bench, arguments),
    };
    machine.look_again();
    match arguments.markdown {
        true => println!("{}", table::markdown(&machine, &rows)),
        false => println!("{}", table::text(&machine, &rows)),
    }
    arguments.json.as_deref().map_or(Ok(()), |file| table::write_json(file, &machine, &rows))
}

/// One that cannot be measured is a row that says why, so that the others are not lost.
fn scenarios(bench: &Bench, arguments: &Arguments) -> Vec<Row> {
    let wanted = scenarios::ALL.into_iter().filter(|(name, _)| arguments.includes(name));
    let rows = wanted.flat_map(|(name, scenario)| {
        eprintln!("measuring {name} …");
        scenario(bench)
            .unwrap_or_else(|error| vec![Row::not_measured(name, "", "", "an error").note(error.to_string())])
    });
    rows.collect()
}
