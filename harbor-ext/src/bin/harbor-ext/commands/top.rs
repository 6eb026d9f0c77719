//! What is worst, or reaches furthest.

mod rows;

use harbor_ext::analysis::ArtifactReport;
use harbor_ext::schema::{self, Schema};

use self::rows::{CveRow, ImageRow, PackageRow, PlaceRow};
use super::choice::{Chosen, Narrowed};
use super::{knowledge, missing};
use crate::arguments::{ListingFormat, Ranked, Top, When};
use crate::ending::{Ending, Problem};
use crate::output::listing::{self, Shown};
use crate::output::messages::Messages;
use crate::source;

/// How something is listed.
#[derive(Clone, Copy)]
struct Manner {
    format: ListingFormat,
    color: When,
    limit: usize,
}

pub(super) async fn run(arguments: Top, messages: Messages, color: When) -> Result<Ending, Problem> {
    let knowledge = knowledge::read(&arguments.search.knowledge)?;
    let chosen = Chosen::new(&arguments.search.choice, &knowledge)?;
    let inventory = source::inventory(&arguments.search.subjects, messages).await?;
    let Narrowed { inventory, undecided } = chosen.of(inventory, &knowledge);
    let manner = Manner { format: arguments.search.format, color, limit: arguments.quantity.limit() };
    list(inventory.report(), arguments.what, manner)?;
    let ending = missing::tell(&inventory, messages);
    Ok(missing::tell_undecided(undecided, ending, messages))
}

fn list(report: &ArtifactReport, what: Ranked, manner: Manner) -> Result<(), Problem> {
    match what {
        Ranked::Cves => {
            let cves = report.by_cve();
            write(cves.iter().filter(|cve| !cve.id.is_empty()).map(CveRow::from), "CVEs", manner)
        }
        Ranked::Images => {
            let images = report.by_artifact();
            let found = images.iter().filter(|image| image.findings.total() > 0);
            write(found.map(ImageRow::from), "images with findings", manner)
        }
        Ranked::Packages => {
            let packages = report.by_package();
            write(packages.iter().filter(|package| !package.name.is_empty()).map(PackageRow::from), "packages", manner)
        }
        Ranked::Projects => {
            let projects = report
                .grouped_by(|info| (info.artifact.registry.as_deref(), info.artifact.repository.project().as_str()));
            write(projects.iter().map(PlaceRow::from), "projects", manner)
        }
        Ranked::Repositories => {
            let repositories =
                report.grouped_by(|info| (info.artifact.registry.as_deref(), info.artifact.repository.full()));
            write(repositories.iter().map(PlaceRow::from), "repositories", manner)
        }
    }
}

fn write<R: Shown>(rows: impl Iterator<Item = R>, what: &str, manner: Manner) -> Result<(), Problem> {
    let mut rows: Vec<R> = rows.collect();
    let all = rows.len();
    rows.truncate(manner.limit);
    listing::write(&rows, manner.format, manner.color, || match all - rows.len() {
        0 => format!("{all} {what}.\n"),
        _ => format!("{} of {all} {what}; -n 0 lists them all.\n", rows.len()),
    })
}

/// What is written as JSON.
pub(super) fn schemas() -> [(&'static str, Schema); 4] {
    [
        schema::of::<CveRow<'_>>("TopCve"),
        schema::of::<ImageRow<'_>>("TopImage"),
        schema::of::<PackageRow<'_>>("TopPackage"),
        schema::of::<PlaceRow<'_>>("TopPlace"),
    ]
}
