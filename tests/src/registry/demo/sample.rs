//! The shape of the sample findings, and the CVSS vectors that many of them share.

use crate::registry::Finding;

/// A real vulnerability in a real version of a package, described in the project's own words.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) id: &'static str,
    pub(super) package: &'static str,
    pub(super) version: &'static str,
    /// The version that mends it; empty where there is none.
    pub(super) fix: &'static str,
    pub(super) severity: &'static str,
    pub(super) cvss: Cvss,
    /// The weakness; empty where none is named.
    pub(super) cwe: &'static str,
    pub(super) about: &'static str,
}

/// What is known of the score, and what Harbor shows of it.
#[derive(Debug)]
pub(super) enum Cvss {
    /// The score of the NVD, which Harbor shows as the preferred one.
    Nvd(f64, &'static str),
    /// The score of the NVD, which Harbor lost in a later scan: the preferred score is `null`.
    Lost(f64, &'static str),
    /// The score of the GitHub advisory alone.
    Advisory(f64, &'static str),
    /// A score of version 2 alone: the preferred score is 0.
    Version2(f64, &'static str),
    /// No score at all.
    Unknown,
}

/// Everything from afar: 9.8.
pub(super) const TAKEOVER: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
/// Everything from afar and beyond the component: 10.0.
pub(super) const TAKEOVER_BEYOND: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";
/// An outage from afar: 7.5.
pub(super) const OUTAGE: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
/// An outage from afar under conditions: 5.9.
pub(super) const RARE_OUTAGE: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H";
/// A slowdown from afar: 5.3.
pub(super) const SLOWDOWN: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L";
/// A leak from afar: 7.5.
pub(super) const LEAK: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
/// More rights for a local user: 7.8.
pub(super) const LOCAL_RIGHTS: &str = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H";

impl Sample {
    /// The finding as a report holds it.
    pub(super) fn finding(&self) -> Finding {
        let finding =
            Finding::new(self.id, self.package, self.version).with_severity(self.severity).with_description(self.about);
        let finding = match self.id.starts_with("CVE-") {
            true => finding.with_link(format!("https://nvd.nist.gov/vuln/detail/{}", self.id)),
            false => finding,
        };
        let finding = match self.fix {
            "" => finding,
            version => finding.with_fix(version),
        };
        let finding = match self.cwe {
            "" => finding,
            id => finding.with_cwe(id),
        };
        match self.cvss {
            Cvss::Nvd(score, vector) => finding.with_cvss("nvd", score, vector).with_preferred_score(score),
            Cvss::Lost(score, vector) => finding.with_cvss("nvd", score, vector),
            Cvss::Advisory(score, vector) => finding.with_cvss("ghsa", score, vector).with_preferred_score(score),
            Cvss::Version2(score, vector) => finding.with_cvss_2("nvd", score, vector).with_preferred_score(0.0),
            Cvss::Unknown => finding,
        }
    }
}
