//! What a list of artifacts tells only when it is asked.

/// What a list of artifacts tells only when it is asked, because it costs the server more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) labels: bool,
    pub(crate) accessories: bool,
    pub(crate) immutable_status: bool,
    pub(crate) scan_overview: bool,
    pub(crate) sbom_overview: bool,
}

impl Details {
    /// The parameters to ask with; nothing for what is not wanted.
    pub(crate) fn parameters<'a>(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        [
            ("with_label", self.labels),
            ("with_accessory", self.accessories),
            ("with_immutable_status", self.immutable_status),
            ("with_scan_overview", self.scan_overview),
            ("with_sbom_overview", self.sbom_overview),
        ]
        .into_iter()
        .filter(|(_, is_wanted)| *is_wanted)
        .map(|(name, _)| (name, "true"))
    }

    /// The same without what the server loads whole reports for.
    pub(crate) fn without_slow(self) -> Self {
        Self { scan_overview: false, sbom_overview: false, ..self }
    }

    /// Whether the server loads whole reports, one after another, before it sends the first byte of a page.
    pub(crate) fn are_slow(self) -> bool {
        self.scan_overview || self.sbom_overview
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A2g: a switch asks for what it names and for nothing else.
    #[test]
    fn each_switch_is_one_parameter() {
        assert_eq!(Details::default().parameters().count(), 0);
        let scans = Details { scan_overview: true, ..Details::default() };
        assert_eq!(scans.parameters().collect::<Vec<_>>(), [("with_scan_overview", "true")]);
        let labels = Details { labels: true, immutable_status: true, ..Details::default() };
        assert_eq!(
            labels.parameters().map(|(name, _)| name).collect::<Vec<_>>(),
            ["with_label", "with_immutable_status"]
        );
        assert!(scans.are_slow() && !labels.are_slow());
    }
}
