//! The releases of Harbor that the simulator can pretend to be.

use std::str::FromStr;

use thiserror::Error;

/// A release of Harbor, as far as the simulated routes, fields and rules depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HarborVersion {
    /// Harbor 2.9: lists the artifacts of one repository at a time only, names no repository in an artifact, knows no
    /// SBOMs, and its findings have no status.
    V2_9,
    /// Harbor 2.11.1: lists the artifacts of a whole project, and knows SBOMs.
    V2_11,
    /// Harbor 2.13: the additions `license` and `files`, the extended audit log, and robots that tell who made them; the
    /// older routes for robots of projects are gone.
    V2_13,
    /// Harbor 2.14: findings have a status, and a scanner that is down no longer hides stored reports.
    V2_14,
    /// Harbor 2.15.2, the release that the simulator knows best: repositories tell the time of the last push.
    #[default]
    V2_15,
}

/// A text that names no release that the simulator can pretend to be.
#[derive(Debug, Error)]
#[error("there is no simulated Harbor {0:?}; there are 2.9, 2.11.1, 2.13, 2.14 and 2.15.2")]
pub struct UnknownVersion(String);

/// The operations that came after 2.9, with the release that brought them.
const LATER_OPERATIONS: [(&str, HarborVersion); 5] = [
    ("getPermissions", HarborVersion::V2_11),
    ("listArtifactsOfProject", HarborVersion::V2_11),
    ("getLogExts", HarborVersion::V2_13),
    ("listAuditLogEventTypes", HarborVersion::V2_13),
    ("listAuditLogExts", HarborVersion::V2_13),
];

impl HarborVersion {
    /// The text that `/systeminfo` shows to authenticated callers; only the commit of 2.15.2 is that of the real
    /// release.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::V2_9 => "v2.9.5-7d5b5b9f",
            Self::V2_11 => "v2.11.1-5a1e7c3d",
            Self::V2_13 => "v2.13.0-3c9f2b41",
            Self::V2_14 => "v2.14.0-6e0d8a57",
            Self::V2_15 => "v2.15.2-080b0220",
        }
    }

    /// Whether an operation exists.
    pub(crate) fn has(self, operation: &str) -> bool {
        // The older routes for robots of projects, which went with 2.13.
        let is_former = operation.ends_with("V1");
        LATER_OPERATIONS.iter().all(|(id, since)| *id != operation || self >= *since)
            && (self < Self::V2_13 || !is_former)
    }

    /// Whether an addition exists.
    pub(crate) fn has_addition(self, name: &str) -> bool {
        match name {
            "sbom" => self >= Self::V2_11,
            "license" | "files" => self >= Self::V2_13,
            _ => true,
        }
    }

    /// Whether findings have a status.
    pub(crate) fn has_statuses(self) -> bool {
        self >= Self::V2_14
    }

    /// Whether stored reports are served while the scanner is down.
    pub(crate) fn serves_reports_without_scanner(self) -> bool {
        self >= Self::V2_14
    }

    /// Whether the `update_time` of a repository moves on pushes, deletions and tags.
    pub(crate) fn tells_pushes(self) -> bool {
        self >= Self::V2_15
    }

    /// Whether artifacts carry `repository_name` and `artifact_type`, which came with 2.11.
    pub(crate) fn names_repositories(self) -> bool {
        self >= Self::V2_11
    }

    /// Whether `/systeminfo` names the provider of logins, which came with 2.10.
    pub(crate) fn names_login_providers(self) -> bool {
        self >= Self::V2_11
    }

    /// Whether scanners tell what they can do, which came with 2.11.
    pub(crate) fn names_capabilities(self) -> bool {
        self >= Self::V2_11
    }

    /// Whether robots tell who made them, which came with 2.12.
    pub(crate) fn names_creators(self) -> bool {
        self >= Self::V2_13
    }
}

impl FromStr for HarborVersion {
    type Err = UnknownVersion;

    /// Reads a version such as `2.11.1`, `2.15` or `v2.9.3`; the patch does not matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.trim_start_matches('v').split('.');
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let version = match (numbers.next(), numbers.next()) {
            (Some("2"), Some("9")) => Self::V2_9,
            (Some("2"), Some("11")) => Self::V2_11,
            (Some("2"), Some("13")) => Self::V2_13,
            (Some("2"), Some("14")) => Self::V2_14,
            (Some("2"), Some("15")) => Self::V2_15,
            _ => return Err(UnknownVersion(text.to_owned())),
        };
        match (numbers.next().is_none_or(is_number), numbers.next()) {
            (true, None) => Ok(version),
            _ => Err(UnknownVersion(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HarborVersion;

    #[test]
    fn versions_are_read() {
        for (text, version) in [
            ("2.9", HarborVersion::V2_9),
            ("2.11.1", HarborVersion::V2_11),
            ("v2.13.0", HarborVersion::V2_13),
            ("2.14", HarborVersion::V2_14),
            ("2.15.2", HarborVersion::V2_15),
        ] {
            assert_eq!(text.parse::<HarborVersion>().unwrap(), version);
        }
        for text in ["", "2", "2.10", "2.15.x", "2.15.2.1", "3.15", "latest", "2.15."] {
            assert!(text.parse::<HarborVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn operations_come_with_their_release() {
        assert!(!HarborVersion::V2_9.has("listArtifactsOfProject"));
        assert!(HarborVersion::V2_11.has("listArtifactsOfProject"));
        assert!(!HarborVersion::V2_11.has("listAuditLogExts"));
        assert!(HarborVersion::V2_9.has("listArtifacts"));
        assert!(HarborVersion::V2_11.has("ListRobotV1") && !HarborVersion::V2_13.has("ListRobotV1"));
    }
}
