//! What an index costs, and what it saves.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

use harbor_ext::analysis::{ArtifactReport, Index};

use crate::order::IndexFigures;
use crate::row::median;

/// How many CVEs are looked up; each once, so that no answer lies in the cache because of the one before.
const QUESTIONS: usize = 1_000;

/// Makes an index and looks CVEs up in it.
pub(super) fn ask(report: &ArtifactReport) -> IndexFigures {
    let ids: BTreeSet<&str> = report.findings().map(|(_, finding)| finding.get().id()).collect();
    let start = Instant::now();
    let index = Index::new(report);
    let build = start.elapsed().as_secs_f64();
    let asked = ids.iter().take(QUESTIONS);
    let times: Vec<(f64, f64)> = asked
        .map(|id| {
            let start = Instant::now();
            black_box(index.with_cve(id).artifacts().next());
            let first = start.elapsed().as_secs_f64();
            let start = Instant::now();
            black_box(index.with_cve(id).artifacts().count());
            (first, start.elapsed().as_secs_f64())
        })
        .collect();
    IndexFigures {
        build,
        look_up: median(&times, |(first, _)| Some(*first)).unwrap_or_default(),
        go_through: median(&times, |(_, all)| Some(*all)).unwrap_or_default(),
    }
}
