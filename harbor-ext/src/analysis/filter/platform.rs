//! Which platforms an artifact, and a finding in it, are for.

use super::Answer;
use crate::model::{Artifact, FindingRef, Platform};

/// Whether an image, or any child of an index, is for such a platform.
pub(super) fn of_artifact(artifact: &Artifact, test: impl Fn(&Platform) -> Answer) -> Answer {
    if artifact.children.is_empty() {
        return test(&artifact.platform);
    }
    Answer::any(artifact.children.iter().map(|child| test(&child.platform)))
}

/// Whether any of the images that a finding is in is for such a platform.
///
/// A finding of an index says which children it is in. Where it does not, the answer is known only if it is the same for
/// all of them.
pub(super) fn of_finding(artifact: &Artifact, finding: FindingRef<'_>, test: impl Fn(&Platform) -> Answer) -> Answer {
    let children = &artifact.children;
    let Some((first, others)) = children.split_first() else {
        return test(&artifact.platform);
    };
    if finding.artifact_digests().len() == 0 {
        let answer = test(&first.platform);
        let agree = others.iter().all(|child| test(&child.platform) == answer);
        return if agree { answer } else { Answer::Unknown };
    }
    Answer::any(finding.artifact_digests().map(|digest| {
        let child = children.iter().find(|child| child.digest.as_str() == digest);
        child.map_or(Answer::Unknown, |child| test(&child.platform))
    }))
}
