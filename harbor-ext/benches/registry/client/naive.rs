//! A client as it is written in an hour: lists repository by repository, the generated types, everything kept.

use std::collections::HashMap;
use std::time::Instant;

use futures::{StreamExt, stream};
use harbor_ext::Harbor;
use harbor_ext::harbor_api::types::{self, Artifact};
use harbor_ext::harbor_api::{Client, Error};
use harbor_ext::model::decode::MEDIA_TYPE_1_1;
use harbor_ext::name::RepositoryName;

use crate::AnyResult;
use crate::order::Figures;

type Reports = HashMap<String, types::VulnerabilityReport>;
type ApiError = Error<types::Errors>;

const PAGE: i64 = 100;

/// Reads everything, with so many requests at once for reports.
pub(super) async fn collect(harbor: &Harbor, connections: usize) -> AnyResult<Figures> {
    let start = Instant::now();
    let client = harbor.client();
    let mut artifacts = Vec::new();
    for repository in repositories(client).await? {
        let found = artifacts_of(client, &repository).await?;
        artifacts.extend(found.into_iter().map(|artifact| (repository.clone(), artifact)));
    }
    let fetched = stream::iter(&artifacts).map(|(repository, artifact)| report(client, repository, artifact));
    let reports: Vec<Result<Reports, ApiError>> = fetched.buffer_unordered(connections).collect().await;
    let seconds = start.elapsed().as_secs_f64();
    let read: Vec<_> = reports.iter().flatten().flat_map(HashMap::values).collect();
    Ok(Figures {
        seconds,
        artifacts: artifacts.len() as u64,
        reported: read.len() as u64,
        findings: read.iter().map(|report| report.vulnerabilities.as_ref().map_or(0, Vec::len) as u64).sum(),
        failures: reports.iter().filter(|report| report.is_err()).count() as u64,
        peak_in_flight: connections as u64,
        ..Figures::default()
    })
}

async fn repositories(client: &Client) -> AnyResult<Vec<RepositoryName>> {
    let projects = client.list_projects().page_size(PAGE).send().await?.into_inner();
    let mut names = Vec::new();
    for project in projects.into_iter().filter_map(|project| project.name) {
        for page in 1.. {
            let request = client.list_repositories().project_name(&project).page(page).page_size(PAGE);
            let rows = request.send().await?.into_inner();
            let is_last = rows.len() < PAGE as usize;
            let found = rows.into_iter().filter_map(|row| row.name);
            names.extend(found.map(|name| name.parse()).collect::<Result<Vec<_>, _>>()?);
            if is_last {
                break;
            }
        }
    }
    Ok(names)
}

async fn artifacts_of(client: &Client, repository: &RepositoryName) -> AnyResult<Vec<Artifact>> {
    let mut artifacts = Vec::new();
    for page in 1.. {
        let request = client.list_artifacts().project_name(repository.project().as_str());
        let request = request.repository_name(repository.encoded_path()).page(page).page_size(PAGE);
        let rows = request.send().await?.into_inner();
        let is_last = rows.len() < PAGE as usize;
        artifacts.extend(rows);
        if is_last {
            break;
        }
    }
    Ok(artifacts)
}

async fn report(client: &Client, repository: &RepositoryName, artifact: &Artifact) -> Result<Reports, ApiError> {
    let request = client.get_vulnerabilities_addition().project_name(repository.project().as_str());
    let request = request.repository_name(repository.encoded_path()).x_accept_vulnerabilities(MEDIA_TYPE_1_1);
    Ok(request.reference(artifact.digest.clone().unwrap_or_default()).send().await?.into_inner())
}
