//! The additions of artifacts but for their reports: history, readme, SBOM and the like.

use axum::http::StatusCode;
use bytes::Bytes;

use crate::http::{Answer, Call, Outcome};
use crate::registry::{Addition, Artifact, Kind};
use crate::wire::errors::Refusal;

/// All additions in the order of Harbor's message.
const NAMES: [&str; 7] = ["build_history", "values.yaml", "readme.md", "dependencies", "sbom", "license", "files"];

const JSON: &str = "application/json; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const MARKDOWN: &str = "text/markdown; charset=utf-8";
const SBOM: &str = "application/vnd.goharbor.harbor.sbom.v1";

/// Answers an addition under the content type that it has.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let name = call.asked.argument("addition");
    let known: Vec<_> = NAMES.into_iter().filter(|name| call.asked.version.has_addition(name)).collect();
    if !known.contains(&name) {
        return Err(Refusal::invalid(&[format!("addition in path should be one of [{}]", known.join(" "))]));
    }
    let (_, _, artifact) = super::find(call, "artifact-addition:read")?;
    if let Some(document) = &artifact.document {
        // An SBOM is its document, whatever it is asked for.
        return Ok(Answer::new(StatusCode::OK, SBOM, Bytes::copy_from_slice(document.as_bytes())));
    }
    if !artifact.addition_names().contains(&name) {
        return Err(Refusal::bad_request(unsupported(artifact, name)));
    }
    let (addition, content_type) = match name {
        "build_history" => (Addition::BuildHistory, JSON),
        "values.yaml" => (Addition::Values, TEXT),
        "readme.md" => (Addition::Readme, MARKDOWN),
        "dependencies" => (Addition::Dependencies, JSON),
        "license" => (Addition::License, TEXT),
        _ => (Addition::Files, JSON),
    };
    Ok(Answer::new(StatusCode::OK, content_type, Bytes::from(artifact.addition(addition))))
}

/// What Harbor says of an addition that the type does not have.
fn unsupported(artifact: &Artifact, name: &str) -> String {
    let addition = name.to_uppercase();
    match &artifact.kind {
        Kind::Image => format!("addition {addition} isn't supported for IMAGE(manifest version 2)"),
        Kind::Other { name, .. } if name == "WASM" => {
            format!("addition {addition} isn't supported for WASM(manifest version 2)")
        }
        Kind::Chart | Kind::Model | Kind::Sbom => {
            format!("addition {addition} isn't supported for {}", artifact.kind.name())
        }
        Kind::Index => format!("addition {addition} isn't supported"),
        Kind::Other { name, .. } => {
            format!("the processor for artifact {name} not found, cannot get the addition")
        }
    }
}
