//! Which images have it.

use std::collections::BTreeSet;
use std::error::Error;

use comfy_table::Cell;
use harbor_ext::Inventory;
use harbor_ext::analysis::{FindingFilter, Pattern};
use harbor_ext::chrono::Utc;
use harbor_ext::export::rows::FindingRow;
use harbor_ext::judge::Assessment;
use harbor_ext::model::ArtifactInfo;
use harbor_ext::text::{self, counted};
use harbor_ext::version::{Scheme, VersionRange};

use super::choice::Chosen;
use super::{knowledge, missing};
use crate::arguments::{FindCve, FindPackage, Search, When};
use crate::ending::{Ending, Problem};
use crate::output::listing::{self, Shown};
use crate::output::messages::Messages;
use crate::output::{short_line, table};
use crate::source;

/// How many upgrades are told below a table.
const UPGRADES: usize = 5;

pub(super) async fn cve(arguments: FindCve, messages: Messages, color: When) -> Result<Ending, Problem> {
    let ids = arguments.ids.iter().map(|id| identifier(id)).collect::<Result<Vec<_>, _>>()?;
    search(arguments.search, FindingFilter::cves(ids), None, messages, color).await
}

/// What can be the identifier of a vulnerability. A hyphen of a word processor, a variable that is not set or a forgotten
/// `CVE-` would otherwise read as "not affected".
fn identifier(text: &str) -> Result<&str, Problem> {
    let id = text.trim();
    let is_identifier =
        id.starts_with(|first: char| first.is_ascii_alphabetic()) && id.chars().all(|c| c.is_ascii_graphic());
    if is_identifier {
        return Ok(id);
    }
    let shown = id.escape_default();
    Err(Problem::usage(format!("\"{shown}\" is no identifier of a vulnerability"))
        .help("it is like CVE-2021-44228 or GHSA-jfh8-c2jp-5v3q, in plain letters, digits and hyphens"))
}

pub(super) async fn package(arguments: FindPackage, messages: Messages, color: When) -> Result<Ending, Problem> {
    let FindPackage { name, versions, ecosystem, search: how } = arguments;
    let mut filter = packages(&name)?;
    match (versions, ecosystem) {
        (Some(versions), ecosystem) => {
            filter = filter & FindingFilter::version(range(&versions, ecosystem.as_deref())?);
        }
        (None, Some(_)) => {
            return Err(Problem::usage("--ecosystem says how versions are compared, and there are none to compare")
                .help("give versions behind the package, such as '<2.17.1'"));
        }
        (None, None) => {}
    }
    let name = Some(name.trim()).filter(|name| !name.contains(['*', '?']));
    search(how, filter, name, messages, color).await
}

/// Packages of this name or pattern. A `*` stands for slashes, too, which the names of packages have for other reasons than
/// those of repositories.
fn packages(name: &str) -> Result<FindingFilter, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::usage("the name of the package is empty").help("`*` stands for all packages"));
    }
    if !name.contains(['*', '?']) {
        return Ok(FindingFilter::package(name));
    }
    let pattern = regex::escape(name).replace(r"\*", ".*").replace(r"\?", ".");
    let pattern = Pattern::regex(&format!("(?s){pattern}")).map_err(|error| Problem::usage(error.to_string()))?;
    Ok(FindingFilter::package_matching(pattern))
}

fn range(versions: &str, ecosystem: Option<&str>) -> Result<VersionRange, Problem> {
    let problem = |error: &dyn Error| {
        Problem::from_error(format!("{versions:?} is no range of versions"), error)
            .into_usage()
            .help("a range is like '>=2.0,<2.17.1'")
    };
    let range = VersionRange::parse(versions).map_err(|error| problem(&error))?;
    let Some(ecosystem) = ecosystem else { return Ok(range) };
    let scheme: Scheme = ecosystem.to_ascii_lowercase().parse().map_err(|_| {
        Problem::usage(format!("there is no ecosystem {ecosystem:?}"))
            .help("it is one of dpkg, rpm, apk, pep440, semver, npm, maven, go")
    })?;
    range.scheme(scheme).map_err(|error| problem(&error))
}

/// `package` is the whole name of the one that is looked for.
async fn search(
    search: Search,
    filter: FindingFilter,
    package: Option<&str>,
    messages: Messages,
    color: When,
) -> Result<Ending, Problem> {
    let knowledge = knowledge::read(&search.knowledge)?;
    let chosen = Chosen::new(&search.choice, &knowledge)?.and(filter);
    let inventory = source::inventory(&search.subjects, messages).await?;
    let alike = package.map(|name| longer_names(&inventory, name)).unwrap_or_default();
    let narrowed = chosen.of(inventory, &knowledge);
    let assessment = Assessment::new(&narrowed.inventory, &knowledge, Utc::now());
    let rows: Vec<FindingRow<'_>> = assessment.findings().map(FindingRow::from).collect();
    listing::write(&rows, search.format, color, || in_words(&narrowed.inventory))?;
    assessment.notes().iter().for_each(|note| messages.say(note));
    let ending = missing::tell(&narrowed.inventory, messages);
    if let Some(package) = package.filter(|_| rows.is_empty() && narrowed.undecided == 0 && !alike.is_empty()) {
        let names = text::some_of(alike.iter().map(|name| short_line(name)), table::NAMES);
        messages.warn(&format!(
            "the whole name counts, and others have {package} in it: {names}; to find them: '*{package}*'"
        ));
    }
    Ok(missing::tell_undecided(narrowed.undecided, ending, messages))
}

/// The packages that have this name in theirs: whoever asks for `log4j` means `org.apache.logging.log4j:log4j-core`.
fn longer_names(inventory: &Inventory, name: &str) -> BTreeSet<String> {
    let has_it = |package: &&str| {
        let mut parts = package.as_bytes().windows(name.len());
        package.len() > name.len() && parts.any(|part| part.eq_ignore_ascii_case(name.as_bytes()))
    };
    let findings = inventory.report().iter().flat_map(ArtifactInfo::findings);
    let names: BTreeSet<&str> = findings.map(|finding| finding.get().package()).filter(has_it).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// How far it reaches, and what removes it.
fn in_words(inventory: &Inventory) -> String {
    let report = inventory.report();
    let with: Vec<&ArtifactInfo> = report.iter().filter(|info| info.findings().next().is_some()).collect();
    let reported = report.iter().filter(|info| info.state.report().is_some()).count();
    if with.is_empty() {
        return format!("None of the {} with a report.\n", counted(reported, "image"));
    }
    let repository = |info: &&ArtifactInfo| (info.artifact.registry.clone(), info.artifact.repository.clone());
    let repositories: BTreeSet<_> = with.iter().map(repository).collect();
    let projects: BTreeSet<_> = repositories.iter().map(|(registry, name)| (registry, name.project())).collect();
    let owners: BTreeSet<&str> = with.iter().filter_map(|info| inventory.owner(info)).collect();
    let mut words = format!(
        "{} of {reported} with a report, in {} of {}{}.\n",
        counted(with.len(), "image"),
        counted(repositories.len(), "repository"),
        counted(projects.len(), "project"),
        if owners.is_empty() { String::new() } else { format!(", owned by {}", names(&owners)) },
    );
    let plan = report.fix_plan();
    for upgrade in plan.upgrades.iter().take(UPGRADES) {
        words.push_str(&format!("  {}\n", short_line(&upgrade.to_string())));
    }
    let more = plan.upgrades.len().saturating_sub(UPGRADES);
    if more > 0 {
        words.push_str(&format!("  and {} more\n", text::Count(more)));
    }
    let apart: usize = plan.not_comparable.iter().map(|apart| apart.affected.findings).sum();
    if apart > 0 {
        words.push_str(&format!("  {} with a fix that cannot be compared\n", counted(apart, "finding")));
    }
    if plan.not_fixable > 0 {
        words.push_str(&format!("  {} without a fix\n", counted(plan.not_fixable, "finding")));
    }
    words
}

fn names(names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    text::line(&names.join(", ")).into_owned()
}

impl Shown for FindingRow<'_> {
    const HEADERS: &'static [&'static str] =
        &["IMAGE", "OWNER", "CVE", "PACKAGE", "VERSION", "FIXED IN", "SEVERITY", "CVSS", "NOTES"];

    fn shown(&self) -> Vec<Cell> {
        vec![
            table::text(table::image(self.registry, self.repository, &self.tags, self.digest)),
            table::text(self.owner.unwrap_or("-")),
            table::text(self.cve),
            table::text(self.package),
            table::text(self.version),
            table::text(self.fix_version.unwrap_or("-")),
            table::severity(self.severity),
            table::known(self.cvss_score, 1),
            table::text(notes(self)),
        ]
    }
}

fn notes(row: &FindingRow<'_>) -> String {
    let mut notes = Vec::new();
    if row.kev == Some(true) {
        notes.push("exploited".to_owned());
    }
    if let Some(probability) = row.epss {
        notes.push(format!("EPSS {:.1} %", probability * 100.0));
    }
    notes.extend(row.suppressions.iter().map(|reason| format!("suppressed: {reason}")));
    notes.join("; ")
}
