//! The keys of `q` that artifact lists handle themselves.

use serde_json::{Map, Value};

use crate::registry::Artifact;
use crate::wire::errors::Refusal;
use crate::wire::q::{Pattern, Query, Scalar};

/// The keys of `q` that artifact lists handle themselves.
#[derive(Default)]
pub(super) struct Special {
    tags: Option<Pattern>,
    labels: Option<Vec<i64>>,
    with_children: bool,
    /// What the columns that hold JSON are to contain: attributes, and annotations.
    attributes: Vec<Pattern>,
    annotations: Vec<Pattern>,
}

impl Special {
    pub(super) fn take_from(query: &mut Query) -> Result<Self, Refusal> {
        let with_children = match query.take("base") {
            None => false,
            Some(Pattern::Exact(text)) if text == "*" => true,
            Some(_) => {
                let message = "the value of \"base\" query can only be exact match value with \"*\"";
                return Err(Refusal::bad_request(message));
            }
        };
        let tags = query.take("tags").or_else(|| query.take("Tags"));
        if !matches!(tags, None | Some(Pattern::Exact(_) | Pattern::Fuzzy(_))) {
            let message = "the value of \"tags\" query can only be fuzzy match value or exact match value";
            return Err(Refusal::bad_request(message));
        }
        let labels = labels(query.take("labels").or_else(|| query.take("Labels")))?;
        let mut both = |keys: [&str; 2]| keys.iter().filter_map(|key| query.take(key)).collect();
        let attributes = both(["extra_attrs", "ExtraAttrs"]);
        let annotations = both(["annotations", "Annotations"]);
        Ok(Self { tags, labels, with_children, attributes, annotations })
    }

    pub(super) fn allows(&self, artifact: &Artifact) -> bool {
        let tagged = match &self.tags {
            None => true,
            Some(Pattern::Exact(text)) if text == "*" => !artifact.tags.is_empty(),
            Some(Pattern::Exact(text)) if text == "nil" => artifact.tags.is_empty(),
            Some(Pattern::Exact(text)) => artifact.tags().any(|tag| tag == text),
            Some(Pattern::Fuzzy(part)) => artifact.tags().any(|tag| tag.contains(part.as_str())),
            Some(_) => false,
        };
        let has = |id: &i64| artifact.labels.iter().any(|label| label.id == *id);
        let labelled = self.labels.as_ref().is_none_or(|ids| ids.iter().all(has));
        tagged
            && labelled
            && self.attributes.iter().all(|pattern| has_json(artifact.extra_attributes.as_deref(), pattern))
            && self.annotations.iter().all(|pattern| has_json(artifact.annotations.as_deref(), pattern))
            && !artifact.is_accessory
            && (self.with_children || !artifact.is_hidden())
    }
}

/// Whether a column that holds JSON matches. Other patterns than a part of its text are not looked for.
fn has_json(object: Option<&Map<String, Value>>, pattern: &Pattern) -> bool {
    let Pattern::Fuzzy(part) = pattern else { return true };
    let text = object.and_then(|object| serde_json::to_string(object).ok());
    text.is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
}

/// The numbers of the labels that an artifact must have.
fn labels(pattern: Option<Pattern>) -> Result<Option<Vec<i64>>, Refusal> {
    let members = match pattern {
        None => return Ok(None),
        Some(Pattern::AllOf(members)) => members,
        Some(_) => Vec::from([Scalar::Text(String::new())]),
    };
    if members.is_empty() {
        return Err(Refusal::internal("a condition without members"));
    }
    let ids = members.iter().map(|member| match member {
        Scalar::Integer(id) => Ok(*id),
        _ => Err(Refusal::bad_request(
            "the value of \"labels\" query can only be integer list with intersetion relationship",
        )),
    });
    ids.collect::<Result<Vec<_>, _>>().map(Some)
}
