//! What nothing can be faster than: the bytes of the reports, and nothing done with them.

use std::collections::BTreeSet;
use std::time::Instant;

use futures::{StreamExt, TryStreamExt, stream};
use harbor_ext::Harbor;
use harbor_ext::model::decode::MEDIA_TYPE_1_1;
use harbor_ext::reqwest::{Error, Url};

use crate::AnyResult;
use crate::order::Figures;

/// The addresses of all reports, each digest once.
pub(super) async fn addresses(harbor: &Harbor, projects: &[String]) -> AnyResult<Vec<Url>> {
    let query = match projects {
        [] => harbor.artifacts(),
        _ => harbor.artifacts().projects(projects),
    };
    let mut digests = BTreeSet::new();
    let artifacts = query.try_collect().await?;
    let different = artifacts.iter().filter(|artifact| digests.insert(artifact.digest.clone()));
    different
        .map(|artifact| {
            let mut url = harbor.url().join("/api/v2.0")?;
            let (repository, digest) = (&artifact.repository, artifact.digest.to_string());
            let path =
                [repository.project().as_str(), "repositories", &repository.encoded_path(), "artifacts", &digest];
            let mut segments = url.path_segments_mut().map_err(|()| "the address has no path")?;
            segments.push("projects").extend(path).extend(["additions", "vulnerabilities"]);
            drop(segments);
            Ok(url)
        })
        .collect()
}

/// Downloads them.
pub(super) async fn download(
    addresses: Vec<Url>,
    (name, secret): (String, String),
    connections: usize,
) -> AnyResult<Figures> {
    let client = harbor_ext::http_client();
    let client = match addresses.first().and_then(Url::host_str) {
        Some("127.0.0.1") => client.no_proxy(),
        _ => client,
    };
    let client = client.build()?;
    let start = Instant::now();
    let requests = stream::iter(&addresses).map(|address| async {
        let request = client.get(address.clone()).basic_auth(&name, Some(&secret));
        let answer = request.header("x-accept-vulnerabilities", MEDIA_TYPE_1_1).send().await?.error_for_status()?;
        Ok::<_, Error>(answer.bytes().await?.len())
    });
    let lengths = requests.buffer_unordered(connections);
    let bytes = lengths.try_fold(0, |sum, length| async move { Ok(sum + length) }).await?;
    Ok(Figures {
        seconds: start.elapsed().as_secs_f64(),
        artifacts: addresses.len() as u64,
        bytes: bytes as u64,
        peak_in_flight: connections as u64,
        ..Figures::default()
    })
}
