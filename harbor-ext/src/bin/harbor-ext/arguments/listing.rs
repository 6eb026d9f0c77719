//! What is listed, and how.

use clap::Args;

/// How a listing is written: as a table, unless something else is said.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct ListingFormat {
    /// Print an array of objects.
    #[arg(long, group = "listing_format")]
    pub(crate) json: bool,
    /// Print one object on each line.
    #[arg(long, group = "listing_format")]
    pub(crate) ndjson: bool,
    /// Print rows for spreadsheets, the names of the columns first.
    #[arg(long, group = "listing_format")]
    pub(crate) csv: bool,
}

/// How much is listed.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Quantity {
    /// How many are listed; 0 for all.
    #[arg(long = "number", short = 'n', value_name = "N", default_value_t = 10)]
    number: usize,
}

/// Which findings count.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which findings")]
pub(crate) struct FindingChoice {
    /// Only findings of this severity or a worse one: critical, high, medium, low, negligible, none, unknown.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<String>,
    /// Only findings with a CVSS score of at least this.
    #[arg(long, value_name = "SCORE")]
    pub(crate) cvss: Option<f64>,
    /// Only findings that a newer version of the package fixes.
    #[arg(long)]
    pub(crate) fixable: bool,
    /// Only findings that are known to be exploited; needs --kev-file.
    #[arg(long)]
    pub(crate) kev: bool,
    /// Only findings that are exploited within 30 days with at least this probability, from 0 to 1; needs --epss-file.
    #[arg(long, value_name = "PROBABILITY")]
    pub(crate) epss: Option<f64>,
    /// Leave out findings that an allowlist or a VEX file says do not count.
    #[arg(long)]
    pub(crate) hide_suppressed: bool,
}

impl Quantity {
    /// How many are listed at the most.
    pub(crate) fn limit(self) -> usize {
        if self.number == 0 { usize::MAX } else { self.number }
    }
}
