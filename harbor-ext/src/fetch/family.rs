//! An index and the list of its images.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::cause::Cause;
use super::details::Details;
use super::pages::{Cursor, Page};
use super::{convert, requests};
use crate::client::Client;
use crate::failure::{FailureKind, Target};
use crate::model::Artifact;
use crate::name::Digest;

/// How many images one request asks for; their digests make the address long. Never more than a page holds.
const AT_ONCE: usize = 25;

/// An index whose images are being listed.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) index: Arc<Artifact>,
    /// How many of its images were asked for already.
    asked: usize,
}

/// What a list of images brought.
#[derive(Debug)]
pub(crate) struct Images {
    pub(crate) artifacts: Vec<Artifact>,
    /// What is wrong with the list, and which images are missing.
    pub(crate) causes: Vec<Cause>,
    /// The family, where there are more images to be asked for, or else the index.
    pub(crate) rest: ControlFlow<Artifact, Family>,
}

impl Family {
    pub(crate) fn new(index: Artifact) -> Self {
        Self { index: Arc::new(index), asked: 0 }
    }

    /// Lists the next images.
    pub(crate) async fn list(&self, client: &Client, details: Details) -> Result<Page<Artifact>, Cause> {
        let digests: Vec<&str> = self.next().map(Digest::as_str).collect();
        let condition = format!("digest={{{}}},base=*", convert::query_value(&digests.join(" ")));
        requests::artifacts_of_repository(client, &self.index.repository, Cursor::default(), &condition, details).await
    }

    /// Takes the images that were listed.
    pub(crate) fn take(mut self, page: Page<Artifact>) -> Images {
        let turn = Cursor::default().turn(page);
        let (mut artifacts, mut causes) = (Vec::new(), Vec::from_iter(turn.complaint));
        for row in turn.rows {
            match row {
                Ok(artifact) => artifacts.push(artifact),
                Err(cause) => causes.push(cause),
            }
        }
        let is_missing = |digest: &&Digest| artifacts.iter().all(|artifact| artifact.digest != **digest);
        causes.extend(self.next().filter(is_missing).map(|digest| {
            let message = format!("the index refers to the image {digest}, which the repository does not show");
            Cause::new(FailureKind::Incomplete, message)
        }));
        self.asked = (self.asked + AT_ONCE).min(self.index.children.len());
        let rest = match self.asked < self.index.children.len() {
            true => ControlFlow::Continue(self),
            false => ControlFlow::Break(Arc::unwrap_or_clone(self.index)),
        };
        Images { artifacts, causes, rest }
    }

    /// The index.
    pub(crate) fn target(&self) -> Target {
        Target { digest: Some(self.index.digest.clone()), ..self.index.repository.clone().into() }
    }

    /// The images to be asked for next, each once: an index may refer to the same image for two platforms.
    fn next(&self) -> impl Iterator<Item = &Digest> {
        let mut seen = HashSet::new();
        let children = self.index.children.iter().skip(self.asked).take(AT_ONCE);
        children.map(|child| &child.digest).filter(move |digest| seen.insert(*digest))
    }
}
