//! One artifact by its reference.
//!
//! It is looked up in the list of its repository, because that needs no more than the crawl needs, and all switches of
//! the list work. What no list shows is then asked for by itself, which also tells what exactly does not exist: Harbor
//! has an empty list for a repository that is not there.

use super::cause::Cause;
use super::convert;
use super::details::Details;
use super::interner::Interner;
use super::pages::Cursor;
use super::requests;
use crate::client::Client;
use crate::failure::{Failure, FailureKind};
use crate::model::Artifact;
use crate::name::{ArtifactReference, Reference};

/// The word that stands for "without any tag" where Harbor filters by tag.
const UNTAGGED: &str = "nil";

/// Whether no list can be asked for the artifact.
pub(super) fn is_hidden(reference: &ArtifactReference) -> bool {
    reference.tag().is_some_and(|tag| tag.as_str() == UNTAGGED)
}

/// The artifact in the list of its repository, the images of indexes included.
pub(super) async fn listed(
    client: &Client,
    reference: &ArtifactReference,
    details: Details,
) -> Result<Option<Artifact>, Cause> {
    let condition = match reference.reference() {
        Reference::Tag(tag) => format!("tags={tag}"),
        Reference::Digest(digest) => format!("digest={},base=*", convert::query_value(digest.as_str())),
    };
    let page =
        requests::artifacts_of_repository(client, reference.repository(), Cursor::default(), &condition, details)
            .await?;
    // Something in front of the server may have dropped the condition.
    let mut rows = Cursor::default().turn(page).rows.into_iter();
    rows.find(|row| row.as_ref().map_or(true, |artifact| is_meant(artifact, reference))).transpose()
}

/// The artifact itself, which takes a permission of its own.
pub(super) async fn hidden(
    client: &Client,
    reference: &ArtifactReference,
    details: Details,
) -> Result<Artifact, Cause> {
    let repository = reference.repository();
    let row = client
        .get_artifact()
        .project_name(repository.project().as_str())
        .repository_name(repository.encoded_path())
        .reference(reference.reference().as_str())
        .with_label(details.labels)
        .with_accessory(details.accessories)
        .with_immutable_status(details.immutable_status)
        .with_scan_overview(details.scan_overview)
        .with_sbom_overview(details.sbom_overview)
        .x_accept_vulnerabilities(requests::ACCEPTED)
        .send()
        .await?
        .into_inner();
    convert::artifact(row, Some(repository), details, &mut Interner::of(client.registry()))
}

/// What it means that an artifact which the list did not show may not be asked for by itself.
pub(super) fn explain(failure: Failure) -> Failure {
    if failure.kind != FailureKind::Forbidden {
        return failure;
    }
    let message = "the list of the repository has no such artifact; whether it is a signature or the like, which lists \
                   leave out, is not to be seen without the permission artifact:read";
    Failure { kind: FailureKind::NotFound, message: message.to_owned(), ..failure }
}

fn is_meant(artifact: &Artifact, reference: &ArtifactReference) -> bool {
    match reference.reference() {
        Reference::Tag(tag) => artifact.tag_names().any(|name| name == tag.as_str()),
        Reference::Digest(digest) => artifact.digest == *digest,
    }
}
