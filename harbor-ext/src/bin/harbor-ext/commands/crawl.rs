//! From a registry to an archive.

use std::path::Path;

use futures::StreamExt;
use harbor_ext::archive::{ArchiveError, Writer};
use harbor_ext::chrono::Utc;
use harbor_ext::model::ArtifactInfo;
use harbor_ext::{Failure, Fetching, Harbor, Stopper};
use tokio::signal;

use super::missing;
use crate::arguments::{Crawl, Selection};
use crate::ending::{Ending, Problem};
use crate::output::messages::Messages;
use crate::output::{file, to_standard_output};
use crate::{connect, progress, source};

/// The exit code of a program that was ended by Ctrl-C: 128 and the number of the signal.
const ENDED_AT_ONCE: i32 = 130;

pub(super) async fn run(arguments: Crawl, messages: Messages) -> Result<Ending, Problem> {
    let Crawl { output, force, dry_run, announce_above, selection, connection } = arguments;
    if !dry_run {
        file::check(&output, force)?;
    }
    let harbor = connect::harbor(&connection, messages)?;
    let estimate = source::announce(&harbor, &selection, announce_above, messages).await?;
    if dry_run {
        let source::Estimate { images, requests, missing } = estimate;
        to_standard_output(|output| Ok(writeln!(output, "{images} images, up to {requests} requests")?))?;
        missing.iter().for_each(|note| messages.warn(&format!("not listed: {note}")));
        return Ok(Ending::of(missing.is_empty()));
    }
    into_archive(&harbor, &selection, &output, messages).await
}

/// Reads what was selected into an archive.
pub(super) async fn into_archive(
    harbor: &Harbor,
    selection: &Selection,
    path: &Path,
    messages: Messages,
) -> Result<Ending, Problem> {
    let mut source = source::identify(harbor, selection).await;
    let unwritable =
        |error: &ArchiveError| Problem::from_error(format!("the archive {} cannot be written", path.display()), error);
    let mut writer = Writer::create(path, &source).map_err(|error| unwritable(&error))?;
    let allowlists = harbor.allowlists().await;
    writer.allowlists(&allowlists).map_err(|error| unwritable(&error))?;
    let mut stream = source::query(harbor.reports(), selection).stream();
    let stopping = tokio::spawn(stop_on_signal(stream.stopper(), messages));
    let shown = tokio::spawn(progress::show(stream.progress(), messages));
    let written = write_all(&mut stream, &mut writer).await;
    stopping.abort();
    let saved =
        format!("what came until then is in {}, which can be read as an archive", writer.partial_path().display());
    let failures = written.map_err(|error| unwritable(&error).help(&saved))?;
    // It ends with the stream; should it fail, the archive is there all the same.
    let _ = shown.await;
    let summary = stream.summary();
    let end = Utc::now();
    let finished = writer.finish(end, &summary).map_err(|error| unwritable(&error).help(&saved))?;
    source.finished_at = Some(end);
    missing::tell_source(&source, &failures, messages);
    missing::tell_source(&source, &allowlists.failures, messages);
    messages.say(&summary.to_string());
    let complete = failures.is_empty();
    if finished.artifacts == 0 {
        messages.warn(missing::NO_IMAGE);
    }
    let what = if complete { "it all" } else { "what came" };
    messages.say(&format!("{} has {what} in {} bytes", finished.path.display(), finished.bytes));
    Ok(Ending::of(complete && finished.artifacts > 0))
}

/// Writes everything as it comes; gives what could not be read.
async fn write_all(stream: &mut Fetching<ArtifactInfo>, writer: &mut Writer) -> Result<Vec<Failure>, ArchiveError> {
    let mut failures = Vec::new();
    while let Some(next) = stream.next().await {
        match next {
            Ok(info) => {
                writer.write(&info)?;
                failures.extend(info.state.failure().cloned());
            }
            Err(failure) => {
                writer.fail(&failure)?;
                failures.push(failure);
            }
        }
    }
    Ok(failures)
}

/// Stops the query at Ctrl-C, or when the program is asked to end: what came until then is written all the same. The
/// second time ends the program at once.
async fn stop_on_signal(stopper: Stopper, messages: Messages) {
    asked_to_end().await;
    stopper.stop();
    messages.warn("stopping: what came is written, and what did not come is noted; Ctrl-C again ends at once");
    asked_to_end().await;
    std::process::exit(ENDED_AT_ONCE);
}

async fn asked_to_end() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => return,
            result = signal::ctrl_c() => return heard(result).await,
        }
    }
    heard(signal::ctrl_c().await).await;
}

/// Where Ctrl-C cannot be heard, it ends the program by itself.
async fn heard(result: std::io::Result<()>) {
    if result.is_err() {
        std::future::pending::<()>().await;
    }
}
