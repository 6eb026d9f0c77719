//! Which images of an index have no report.
//!
//! The report of an index is that of all its images together, and Harbor answers with nothing as soon as one of them has
//! none. That is told apart from an index that was never scanned by a look at the images, which costs one more request
//! and is asked only where a report came back empty.

use std::sync::Arc;

use super::cause::Cause;
use super::explain::{self, Explanation};
use super::{convert, requests};
use crate::client::Client;
use crate::model::{Artifact, Child, ReportState};
use crate::name::Digest;

/// How many images one request asks about: their digests make the address long, and proxies refuse more than 8 KiB.
const AT_ONCE: usize = 40;

/// A look at the images of an index, as far as it has got.
#[derive(Clone, Debug)]
pub(crate) struct Inspection {
    pub(crate) index: Arc<Artifact>,
    /// The images that are still to be looked at.
    open: Vec<Digest>,
    scanned: u64,
    missing: Vec<Digest>,
}

/// What came of a look at some images.
#[derive(Debug)]
pub(crate) enum Insight {
    /// There are more to look at.
    GoOn(Inspection),
    /// The state of the index.
    State(Arc<Artifact>, ReportState),
    /// All images have a report, so that the index should have one by now.
    AllScanned(Arc<Artifact>),
}

impl Inspection {
    /// Begins with an index that has images to be scanned; `None` for anything else.
    pub(crate) fn of(index: &Arc<Artifact>) -> Option<Self> {
        let open: Vec<Digest> =
            index.children.iter().filter(|child| is_scannable(child)).map(|child| child.digest.clone()).collect();
        (!open.is_empty()).then(|| Self { index: Arc::clone(index), open, scanned: 0, missing: Vec::new() })
    }

    /// Looks at the next images. Only listing is needed for that, in one request.
    pub(crate) async fn go_on(mut self, client: &Client) -> Result<Insight, Cause> {
        let rest = self.open.split_off(self.open.len().min(AT_ONCE));
        let asked = std::mem::replace(&mut self.open, rest);
        let digests: Vec<&str> = asked.iter().map(Digest::as_str).collect();
        let digests = format!("{{{}}}", convert::query_value(&digests.join(" ")));
        let rows = requests::overviews(client, &self.index.repository, &digests).await?;
        for digest in asked {
            let row = rows.iter().find(|row| row.digest.as_deref() == Some(digest.as_str()));
            if matches!(row.map(explain::explain), Some(Explanation::Scanned)) {
                self.scanned += 1;
            } else {
                self.missing.push(digest);
            }
        }
        Ok(self.conclude())
    }

    fn conclude(self) -> Insight {
        let Self { index, open, scanned, missing } = self;
        if !open.is_empty() {
            Insight::GoOn(Self { index, open, scanned, missing })
        } else if missing.is_empty() {
            Insight::AllScanned(index)
        } else if scanned == 0 {
            Insight::State(index, ReportState::NotScanned)
        } else {
            Insight::State(index, ReportState::ChildrenNotScanned { scanned, missing })
        }
    }
}

/// An attestation says something about an image and is none. It has no platform, by which builders mark it.
fn is_scannable(child: &Child) -> bool {
    !child.platform.is_unknown()
}
