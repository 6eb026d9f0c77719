//! The keys of `q` that the list of findings has; unlike other lists it refuses all others.

use crate::registry::Record;
use crate::resources::artifacts::ArtifactRow;
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;
use crate::wire::q::{Pattern, Query, Scalar};

/// What a list of findings is restricted to.
#[derive(Debug, Default)]
pub(super) struct Filter {
    texts: Vec<(&'static str, String)>,
    project_id: Option<i64>,
    scores: Option<Scores>,
}

/// A range of scores; one that lacks a bound is compared with nothing, and so matches nothing.
#[derive(Debug)]
struct Scores {
    lowest: Option<f64>,
    highest: Option<f64>,
}

const KEYS: [&str; 8] = ["cve_id", "digest", "package", "project_id", "repository_name", "severity", "status", "tag"];

impl Filter {
    pub(super) fn new(query: &Query, version: HarborVersion) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        for (key, pattern) in query.terms() {
            let known = KEYS.into_iter().find(|known| known == key && (key != "status" || version.has_statuses()));
            match (known, pattern) {
                (Some("project_id"), Pattern::Exact(text)) => filter.project_id = Some(project_id(text)?),
                (Some(known), Pattern::Exact(text)) => filter.texts.push((known, text.clone())),
                (None, Pattern::Range(lowest, highest)) if key == "cvss_score_v3" => {
                    let (lowest, highest) = (score(lowest.as_ref())?, score(highest.as_ref())?);
                    filter.scores = Some(Scores { lowest, highest });
                }
                (None, _) if key != "cvss_score_v3" => {
                    return Err(Refusal::bad_request(format!("bad request: keyword: {key} is not allowed")));
                }
                _ => {
                    let message = format!("bad request: keyword: {key}, the query type is not allowed");
                    return Err(Refusal::bad_request(message));
                }
            }
        }
        Ok(filter)
    }

    pub(super) fn allows_image(&self, row: &ArtifactRow<'_>) -> bool {
        let texts = self.texts.iter().all(|(key, text)| match *key {
            "digest" => row.artifact.digest() == text,
            "repository_name" => row.repository.full_name == *text,
            "tag" => row.artifact.tags().any(|tag| tag == text),
            _ => true,
        });
        texts && self.project_id.is_none_or(|id| id == row.project.id)
    }

    pub(super) fn allows_record(&self, record: &Record) -> bool {
        let texts = self.texts.iter().all(|(key, text)| match *key {
            "cve_id" => record.id == *text,
            "package" => record.package == *text,
            "severity" => record.severity == *text,
            "status" => record.status == *text,
            _ => true,
        });
        texts && self.scores.as_ref().is_none_or(|scores| scores.contain(record.score))
    }
}

impl Scores {
    fn contain(&self, score: Option<f64>) -> bool {
        match (self.lowest, score, self.highest) {
            (Some(lowest), Some(score), Some(highest)) => (lowest..=highest).contains(&score),
            _ => false,
        }
    }
}

/// The database takes numbers of 32 bits for the ids of projects.
fn project_id(text: &str) -> Result<i64, Refusal> {
    let id = text.trim().parse::<i32>();
    id.map(i64::from).map_err(|_| Refusal::internal("the id of a project is a number"))
}

fn score(bound: Option<&Scalar>) -> Result<Option<f64>, Refusal> {
    let refusal = || Refusal::internal("a score is a number");
    match bound {
        None => Ok(None),
        // Scores are small: a number that a float does not hold exactly is no score anyway.
        Some(Scalar::Integer(number)) => number.to_string().parse().map(Some).map_err(|_| refusal()),
        Some(Scalar::Text(text)) => text.trim().parse().map(Some).map_err(|_| refusal()),
        Some(Scalar::Time(_)) => Err(refusal()),
    }
}
