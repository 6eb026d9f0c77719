//! What vulnerability reports are called.

/// The media type of today's reports.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.security.vulnerability.report; version=1.1";

/// The media type of older reports, which no scanner of today writes.
pub(crate) const OLD_MEDIA_TYPE: &str = "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0";

/// The header that names the media types which the caller takes.
pub(crate) const ACCEPT: &str = "X-Accept-Vulnerabilities";
