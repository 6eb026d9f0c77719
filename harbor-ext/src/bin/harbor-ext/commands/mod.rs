//! What can be asked, one file for each.

mod access;
mod choice;
mod crawl;
mod demo;
mod diff;
mod export;
mod find;
mod fixes;
mod gate;
mod knowledge;
mod missing;
mod report;
mod schema;
mod top;

use clap::CommandFactory;

use crate::arguments::{Arguments, Command, Find};
use crate::ending::{Ending, Problem};
use crate::output::messages::Messages;
use crate::output::to_standard_output;

/// Does what was asked for.
pub(crate) async fn run(arguments: Arguments) -> Result<Ending, Problem> {
    let Arguments { command, manner } = arguments;
    let messages = Messages::new(&manner);
    let color = manner.color;
    match command {
        Command::Crawl(arguments) => crawl::run(arguments, messages).await,
        Command::Report(arguments) => report::run(arguments, messages).await,
        Command::Find(Find::Cve(arguments)) => find::cve(arguments, messages, color).await,
        Command::Find(Find::Package(arguments)) => find::package(arguments, messages, color).await,
        Command::Top(arguments) => top::run(arguments, messages, color).await,
        Command::Fixes(arguments) => fixes::run(arguments, messages, color).await,
        Command::Diff(arguments) => diff::run(&arguments, messages, color),
        Command::Gate(arguments) => gate::run(arguments, messages, color).await,
        Command::Export(arguments) => export::run(arguments, messages).await,
        Command::Access(arguments) => access::run(arguments, messages).await,
        Command::Demo(arguments) => demo::run(arguments, messages).await,
        Command::Schema { name } => schema::run(name.as_deref()),
        Command::Completions { shell } => {
            // It panics where it cannot write, which a text never cannot.
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "harbor-ext", &mut text);
            to_standard_output(|output| Ok(output.write_all(&text)?)).map(|()| Ending::Fine)
        }
    }
}
