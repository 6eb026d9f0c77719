//! The requests for one artifact, and what their answers say.

use futures::StreamExt;
use harbor_api::ByteStream;
use harbor_api::types::Errors;
use reqwest::header::{self, HeaderMap, HeaderValue};

use crate::client::{self, Client};
use crate::failure::FailureKind;
use crate::fetch::cause::Cause;
use crate::fetch::convert;
use crate::fetch::explain::{self, Explanation};
use crate::fetch::requests::{self, ACCEPT_VULNERABILITIES, ACCEPTED};
use crate::fetch::sharing::Scanner;
use crate::model::decode::{self, Decoder};
use crate::model::{Artifact, FindingPool};
use crate::name::ProjectName;

/// Reads a report while it arrives; gives its length in bytes, too.
pub(super) async fn fetch_report(
    client: &Client,
    artifact: &Artifact,
    pool: &FindingPool,
) -> Result<(decode::Body, u64), Cause> {
    let mut body = open_report(client, artifact).await?;
    // The typed answer would hold every finding of every image, and the whole body its text: pieces are decoded into
    // shared findings as they come.
    let mut decoder = Decoder::new(pool);
    while let Some(piece) = body.next().await {
        decoder
            .push(&piece.map_err(harbor_api::Error::<Errors>::ResponseBodyError)?)
            .map_err(|error| cause_of(&error))?;
    }
    client::let_connection_return().await;
    let length = decoder.length() as u64;
    Ok((decoder.finish().map_err(|error| cause_of(&error))?, length))
}

/// The report of an artifact as it comes, after its headers.
pub(in crate::fetch) async fn open_report(client: &Client, artifact: &Artifact) -> Result<ByteStream, Cause> {
    let repository = &artifact.repository;
    let headers = HeaderMap::from_iter([
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_VULNERABILITIES, HeaderValue::from_static(ACCEPTED)),
    ]);
    let (project, path) = (repository.project().as_str(), repository.encoded_path());
    let segments = [
        "projects",
        project,
        "repositories",
        &path,
        "artifacts",
        artifact.digest.as_str(),
        "additions",
        "vulnerabilities",
    ];
    Ok(client.open_of_project("get_vulnerabilities_addition", &segments, &[], headers).await?.into_inner())
}

/// A body that ends before the report does broke off, which a second request may get whole.
fn cause_of(error: &decode::DecodeError) -> Cause {
    let kind = if error.is_cut_off() { FailureKind::Interrupted } else { FailureKind::Undecodable };
    Cause::new(kind, format!("the report cannot be read: {error}"))
}

/// Why an artifact has no report, by its overview; nothing if the artifact is no longer there.
///
/// Lists the one artifact, even if it is an image of an index: a list needs no permission beyond those for the crawl,
/// unlike getting a single artifact.
pub(super) async fn fetch_explanation(client: &Client, artifact: &Artifact) -> Result<Option<Explanation>, Cause> {
    let digest = convert::query_value(artifact.digest.as_str());
    let rows = requests::overviews(client, &artifact.repository, &digest).await?;
    let row = rows.iter().find(|row| row.digest.as_deref() == Some(artifact.digest.as_str()));
    Ok(row.map(explain::explain))
}

/// Which scanner a project uses.
pub(in crate::fetch) async fn read_scanner(client: &Client, project: &ProjectName) -> Result<Scanner, Cause> {
    Ok(match requests::scanner(client, project).await? {
        None => Scanner::None,
        Some(registration) => registration.uuid.map_or(Scanner::Unreadable, Scanner::Registration),
    })
}
