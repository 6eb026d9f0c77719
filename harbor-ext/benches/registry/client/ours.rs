//! This crate, used as its documentation says.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures::StreamExt;
use harbor_ext::analysis::ArtifactReport;
use harbor_ext::model::ArtifactInfo;
use harbor_ext::{Collected, Harbor, Query, Summary};

use super::{process_status, questions};
use crate::AnyResult;
use crate::order::{Figures, Memory};
use crate::server_statistics::Statistician;

/// How long a stream that nobody answers any more is polled before it is dropped.
const SILENCE: Duration = Duration::from_millis(300);

/// Reads everything into one report.
pub(super) async fn collect(harbor: &Harbor, projects: &[String]) -> Figures {
    let query = match projects {
        [] => harbor.reports(),
        _ => harbor.reports().projects(projects),
    };
    collected(query).await.1
}

/// Reads everything into one report, and asks an index of it.
pub(super) async fn index(harbor: &Harbor) -> Figures {
    let (report, figures) = collected(harbor.reports()).await;
    Figures { index: Some(questions::ask(&report)), ..figures }
}

/// Counts the artifacts of each CVE.
pub(super) async fn aggregate(harbor: &Harbor) -> Figures {
    let start = Instant::now();
    let mut stream = harbor.reports().stream();
    let mut counts: HashMap<String, u64> = HashMap::new();
    while let Some(item) = stream.next().await {
        for finding in item.iter().flat_map(ArtifactInfo::findings) {
            match counts.get_mut(finding.id()) {
                Some(count) => *count += 1,
                None => drop(counts.insert(finding.id().to_owned(), 1)),
            }
        }
    }
    Figures { findings: counts.values().sum(), ..figures(start, &stream.summary()) }
}

/// Reads everything, and looks at the server in the middle and at the end.
pub(super) async fn settle(harbor: &Harbor, half: usize, statistician: &Statistician) -> AnyResult<Figures> {
    let start = Instant::now();
    let mut stream = harbor.reports().stream();
    let (mut items, mut middle) = (0, None);
    while stream.next().await.is_some() {
        items += 1;
        if items == half {
            middle = Some(statistician.look().await?);
            statistician.reset().await?;
        }
    }
    let figures = figures(start, &stream.summary());
    let server = middle.ok_or("there were fewer artifacts than expected")?;
    Ok(Figures { server, server_later: Some(statistician.look().await?), ..figures })
}

/// Stops when so many artifacts have come and the rest is not answered, and looks what the server does then.
pub(super) async fn stop(harbor: &Harbor, after: usize, statistician: &Statistician) -> AnyResult<Figures> {
    let start = Instant::now();
    let mut stream = harbor.reports().stream();
    let mut items = 0;
    while let Ok(Some(_)) = tokio::time::timeout(SILENCE, stream.next()).await {
        items += 1;
    }
    if items < after {
        return Err(format!("only {items} artifacts came before nothing was answered any more").into());
    }
    let figures = figures(start, &stream.summary());
    let server = statistician.look().await?;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(Figures { server, server_later: Some(statistician.look().await?), ..figures })
}

async fn collected(query: Query<ArtifactInfo>) -> (ArtifactReport, Figures) {
    let start = Instant::now();
    let Collected { items, summary, .. } = query.collect().await;
    let report = ArtifactReport::from(items);
    let figures = figures(start, &summary);
    let findings = report.findings().count() as u64;
    let memory = Memory { after: process_status::resident(), ..Memory::default() };
    (report, Figures { findings, memory, ..figures })
}

fn figures(start: Instant, summary: &Summary) -> Figures {
    Figures {
        seconds: start.elapsed().as_secs_f64(),
        artifacts: summary.listed,
        reported: summary.states.reported,
        failures: summary.failures,
        bytes: summary.report_bytes,
        peak_in_flight: summary.peak_in_flight,
        ..Figures::default()
    }
}
