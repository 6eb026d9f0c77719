//! What to upgrade.

use comfy_table::Cell;
use harbor_ext::analysis::{Affected, NotComparable, Upgrade};
use harbor_ext::model::Severity;
use harbor_ext::schema::{self, Schema};
use harbor_ext::text::counted;

use super::choice::{Chosen, Narrowed};
use super::{knowledge, missing};
use crate::arguments::{Fixes, When};
use crate::ending::{Ending, Problem};
use crate::output::listing::{self, Shown};
use crate::output::messages::Messages;
use crate::output::row::row;
use crate::output::table;
use crate::source;

row! {
    /// One upgrade of a package that is installed in one version.
    struct UpgradeRow<'a> {
        package: &'a str,
        version: &'a str,
        /// Nothing where the fixes cannot be compared with what is installed.
        upgrade_to: Option<&'a str>,
        /// The versions that fix it, where they cannot be compared.
        fix_versions: Vec<&'a str>,
        findings: usize,
        images: usize,
        severity: Severity,
        ecosystem: Option<&'a str>,
        /// How sure the ecosystem is, by which the versions were compared.
        confidence: Option<String>,
        cves: Vec<&'a str>,
        artifacts: Vec<String>,
    }
}

pub(super) async fn run(arguments: Fixes, messages: Messages, color: When) -> Result<Ending, Problem> {
    let knowledge = knowledge::read(&arguments.search.knowledge)?;
    let chosen = Chosen::new(&arguments.search.choice, &knowledge)?;
    let inventory = source::inventory(&arguments.search.subjects, messages).await?;
    let Narrowed { inventory, undecided } = chosen.of(inventory, &knowledge);
    let plan = inventory.report().fix_plan();
    let rows = plan.upgrades.iter().map(UpgradeRow::from).chain(plan.not_comparable.iter().map(UpgradeRow::from));
    let rows: Vec<UpgradeRow<'_>> = rows.take(arguments.quantity.limit()).collect();
    listing::write(&rows, arguments.search.format, color, || {
        let apart: usize = plan.not_comparable.iter().map(|apart| apart.affected.findings).sum();
        format!(
            "{} in all; {} with a fix that cannot be compared with what is installed, {} without a fix.\n",
            counted(plan.upgrades.len(), "upgrade"),
            counted(apart, "finding"),
            plan.not_fixable
        )
    })?;
    let ending = missing::tell(&inventory, messages);
    Ok(missing::tell_undecided(undecided, ending, messages))
}

impl<'a> UpgradeRow<'a> {
    /// A package in a version, without what removes its findings.
    fn of(package: &'a str, version: &'a str, affected: &'a Affected<'a>) -> Self {
        Self {
            package,
            version,
            upgrade_to: None,
            fix_versions: Vec::new(),
            findings: affected.findings,
            images: affected.artifacts.len(),
            severity: affected.severity,
            ecosystem: None,
            confidence: None,
            cves: affected.cves.iter().copied().collect(),
            artifacts: affected.artifacts.iter().map(|info| info.artifact.name_with_registry()).collect(),
        }
    }
}

impl<'a> From<&'a Upgrade<'a>> for UpgradeRow<'a> {
    fn from(upgrade: &'a Upgrade<'a>) -> Self {
        Self {
            upgrade_to: Some(upgrade.target),
            ecosystem: Some(upgrade.scheme.as_str()),
            confidence: Some(upgrade.confidence.to_string()),
            ..Self::of(upgrade.package, upgrade.version, &upgrade.affected)
        }
    }
}

impl<'a> From<&'a NotComparable<'a>> for UpgradeRow<'a> {
    fn from(apart: &'a NotComparable<'a>) -> Self {
        let fix_versions = apart.fix_versions.iter().copied().collect();
        Self { fix_versions, ..Self::of(apart.package, apart.version, &apart.affected) }
    }
}

impl Shown for UpgradeRow<'_> {
    const HEADERS: &'static [&'static str] =
        &["PACKAGE", "INSTALLED", "UPGRADE TO", "REMOVES", "IN IMAGES", "SEVERITY", "CVES"];

    fn shown(&self) -> Vec<Cell> {
        vec![
            table::text(self.package),
            table::text(self.version),
            table::text(
                self.upgrade_to.map_or_else(|| format!("one of {}?", self.fix_versions.join(", ")), str::to_owned),
            ),
            table::number(self.findings),
            table::number(self.images),
            table::severity(self.severity),
            table::names(&self.cves),
        ]
    }
}

/// What is written as JSON.
pub(super) fn schemas() -> [(&'static str, Schema); 1] {
    [schema::of::<UpgradeRow<'_>>("Upgrade")]
}
