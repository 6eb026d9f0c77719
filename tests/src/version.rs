//! The releases of Harbor that the simulator can pretend to be.

/// A release of Harbor, as far as the simulated routes and fields depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum HarborVersion {
    /// Harbor 2.9: lists the artifacts of one repository at a time only, and names no repository in
    /// an artifact.
    V2_9,
    /// Harbor 2.15.2, the release that the simulator knows best.
    #[default]
    V2_15,
}

impl HarborVersion {
    /// The text that `/systeminfo` shows to authenticated callers.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::V2_9 => "v2.9.5-7d5b5b9f",
            Self::V2_15 => "v2.15.2-080b0220",
        }
    }

    /// Whether `GET /projects/{project}/artifacts` exists, which came with 2.11.1.
    pub(crate) fn lists_project_artifacts(self) -> bool {
        self >= Self::V2_15
    }

    /// Whether artifacts carry `repository_name`, `artifact_type` and links to SBOMs, which came
    /// with 2.11.
    pub(crate) fn names_repositories(self) -> bool {
        self >= Self::V2_15
    }
}
