//! Reports on every image of a Harbor.
//!
//! With `HARBOR_URL`, `HARBOR_USERNAME` and `HARBOR_SECRET` set, it reports on that Harbor; without, it starts a
//! simulated one on a free port of this machine, with a small sample registry in it.
//!
//! ```text
//! cargo run --release --example registry_report
//! cargo run --release --example registry_report -- --cve CVE-2021-44228
//! cargo run --release --example registry_report -- --json
//! ```

mod json;
mod memory;
#[path = "../registry/mod.rs"]
mod registry;
mod text;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use harbor_ext::analysis::ArtifactReport;
use harbor_ext::model::ArtifactInfo;
use harbor_ext::{Collected, Concurrency, Progress, Query};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;

use crate::registry::Registry;

/// Reports on every image of a Harbor: the one in HARBOR_URL (with HARBOR_USERNAME and HARBOR_SECRET, or HARBOR_TOKEN),
/// or a sample.
///
/// Exits with 0 if anything could be read; what could not be is in the report, and `complete` in the JSON tells.
#[derive(Debug, Parser)]
#[command(name = "registry_report")]
struct Arguments {
    /// List the images that have this vulnerability, such as CVE-2021-44228.
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    cve: Option<String>,
    /// List the images that have findings in this package.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    package: Option<String>,
    /// Only this project; may be given several times.
    #[arg(long = "project", value_name = "NAME")]
    projects: Vec<String>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Always have this many requests under way, instead of as many as suit the server.
    #[arg(long, value_name = "N")]
    concurrency: Option<usize>,
    /// Serve the reports in this folder (JSON files in Harbor's shape) from a simulated Harbor and report on that.
    #[arg(long, value_name = "FOLDER")]
    reports: Option<PathBuf>,
}

/// What is asked of the registry beyond the overview.
#[derive(Clone, Copy, Debug)]
struct Questions<'a> {
    cve: Option<&'a str>,
    package: Option<&'a str>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_sources(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let registry = Registry::open(arguments.reports.as_deref(), concurrency(&arguments)).await?;
    let mut query = registry.harbor().reports();
    if !arguments.projects.is_empty() {
        query = query.projects(&arguments.projects);
    }
    if !arguments.json {
        eprintln!("Reading {} …", registry.description());
    }
    let collected = fetch(query).await;
    let is_void = collected.items.is_empty() && !collected.is_complete();
    if is_void && !arguments.json {
        let reasons: Vec<_> = collected.failures.iter().map(ToString::to_string).collect();
        return Err(format!("nothing could be read\n{}", reasons.join("\n")).into());
    }
    let questions = Questions { cve: arguments.cve.as_deref(), package: arguments.package.as_deref() };
    match write(&arguments, registry.description(), questions, collected) {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(error.into()),
        Ok(()) if is_void => Err("nothing could be read; see the failures in the object".into()),
        Ok(()) => Ok(()),
    }
}

fn write(
    arguments: &Arguments,
    source: &str,
    questions: Questions<'_>,
    collected: Collected<ArtifactInfo>,
) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let report = ArtifactReport::from(collected.items);
    if arguments.json {
        json::write(&mut output, source, &report, &collected.failures, &collected.summary, questions)?;
    } else {
        text::write(&mut output, &report, &collected.failures, &collected.summary, questions)?;
    }
    output.flush()
}

fn concurrency(arguments: &Arguments) -> Concurrency {
    arguments.concurrency.map_or(Concurrency::Adaptive, Concurrency::Fixed)
}

/// Fetches everything and shows a progress bar meanwhile, if standard error is a terminal.
async fn fetch(query: Query<ArtifactInfo>) -> Collected<ArtifactInfo> {
    let stream = query.stream();
    let progress = tokio::spawn(show_progress(stream.progress()));
    let collected = stream.into_collected().await;
    // It ends with the stream; should it fail, the report is there all the same.
    let _ = progress.await;
    collected
}

async fn show_progress(mut progress: watch::Receiver<Progress>) {
    let bar = ProgressBar::new(0).with_style(style());
    while progress.changed().await.is_ok() {
        let now = *progress.borrow_and_update();
        if now.announced == 0 {
            continue;
        }
        bar.set_length(now.announced);
        bar.set_position(now.finished);
        let waiting = if now.waiting_for_server { ", waiting for the server" } else { "" };
        bar.set_message(format!("{} failures, {} retries{waiting}", now.failures, now.retries));
    }
    bar.finish_and_clear();
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_bar} {pos}/{len} artifacts, {msg} [{elapsed}]")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// An error and what it stems from, on one line.
fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
