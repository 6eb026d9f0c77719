//! A simulated Harbor as a program: any client can be pointed at it.

mod arguments;
mod population;
mod ready;
mod source;
mod values;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use harbor_testkit::{Authorization, Exchange, ScanPace, SimulatedHarbor, SimulatedHarborBuilder};

use arguments::Arguments;

/// The exit code for arguments that make no sense.
const USAGE: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&in_one_line(error.as_ref()));
            ExitCode::from(USAGE)
        }
    }
}

/// Serves until it is told to stop.
async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    // Before anybody can know of the server, so that no signal is missed.
    let stopped = stopped()?;
    // Here nobody but the clock could let a scan end that a client starts.
    let mut registry = source::registry(&arguments)?.with_scan_pace(ScanPace::timed());
    population::add(&mut registry, &arguments)?;
    let builder = SimulatedHarbor::builder();
    let builder = builder.port(arguments.port).version(arguments.version).registry(registry).keep_requests(false);
    let builder = if arguments.verbose { builder.observer(log) } else { builder };
    let builder = if arguments.nginx { builder.behind_nginx() } else { builder };
    let builder = arguments.faults.into_iter().fold(builder, SimulatedHarborBuilder::fault);
    let harbor = builder.start().await?;
    let mut output = io::stdout();
    let line = ready::line(&harbor, arguments.version)?;
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(|error| format!("cannot print the address: {error}"))?;
    stopped.await;
    Ok(())
}

/// Writes a request as a line on standard error.
fn log(exchange: &Exchange) {
    let Exchange { request, caller, bytes, duration, .. } = exchange;
    let status = request.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let refused = if request.authorization == Authorization::BasicRefused { " (refused)" } else { "" };
    complain(&format!(
        "{} {} {status} {} {caller}{refused} {bytes} B {:.1} ms",
        request.method,
        request.target,
        request.operation,
        duration.as_secs_f64() * 1000.0
    ));
}

/// Writes a line on standard error; where nobody reads it, there is nobody to tell.
fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// An error with all its causes.
fn in_one_line(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (**cause).source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

/// Waits for Ctrl-C or SIGTERM, from now on.
#[cfg(unix)]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Waits for Ctrl-C, from now on.
#[cfg(not(unix))]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler the system ends the program by itself.
        let _ = tokio::signal::ctrl_c().await;
    })
}
