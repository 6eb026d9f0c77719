//! How far a crawl has got.

use std::time::{Duration, Instant};

use harbor_ext::Progress;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use tokio::sync::watch;

use crate::output::messages::Messages;

/// How often a line is written where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Shows how far a query has got until it ends: a bar on a terminal, a line now and then elsewhere.
pub(crate) async fn show(progress: watch::Receiver<Progress>, messages: Messages) {
    if messages.is_terminal() {
        show_bar(progress).await;
    } else {
        write_lines(progress, messages).await;
    }
}

async fn show_bar(mut progress: watch::Receiver<Progress>) {
    let bar = ProgressBar::new(0).with_style(style());
    let begun = Instant::now();
    while progress.changed().await.is_ok() {
        let now = *progress.borrow_and_update();
        bar.set_length(now.announced);
        bar.set_position(now.finished);
        bar.set_message(describe(&now, begun.elapsed()));
    }
    bar.finish_and_clear();
}

async fn write_lines(mut progress: watch::Receiver<Progress>, messages: Messages) {
    let begun = Instant::now();
    let mut last = begun;
    while progress.changed().await.is_ok() {
        let now = *progress.borrow_and_update();
        if last.elapsed() >= LINE_INTERVAL {
            last = Instant::now();
            messages.say(&describe(&now, begun.elapsed()));
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:20} {percent:>3} % {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Listed, fetched, failed, retries, rate, time left.
fn describe(progress: &Progress, elapsed: Duration) -> String {
    let mut text = format!(
        "{} listed of {}, {} fetched, {} failed, {} retries",
        progress.listed, progress.announced, progress.finished, progress.failures, progress.retries
    );
    let rate = progress.finished as f64 / elapsed.as_secs_f64().max(0.001);
    if progress.finished > 0 {
        text.push_str(&format!(", {rate:.0}/s"));
        let left = progress.announced.saturating_sub(progress.finished) as f64 / rate;
        let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
        if left >= Duration::from_secs(1) {
            text.push_str(&format!(", about {} left", HumanDuration(left)));
        }
    }
    if progress.waiting_for_server {
        text.push_str(", waiting for the server");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_tells_rate_and_time_left() {
        let mut progress = Progress::default();
        assert_eq!(describe(&progress, Duration::ZERO), "0 listed of 0, 0 fetched, 0 failed, 0 retries");
        (progress.listed, progress.announced, progress.finished) = (900, 1000, 500);
        (progress.failures, progress.retries, progress.waiting_for_server) = (2, 3, true);
        assert_eq!(
            describe(&progress, Duration::from_secs(10)),
            "900 listed of 1000, 500 fetched, 2 failed, 3 retries, 50/s, about 10 seconds left, waiting for the server"
        );
    }
}
