//! What a registry holds, as far as behaviours need it, found out through the API.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::report;
use crate::target::{Skipped, Target};

/// How many projects and how many artifacts of each are looked at.
const PROJECTS: usize = 30;
const ARTIFACTS: usize = 100;

/// How many artifacts are asked for their report or overview in search of one.
const CANDIDATES: usize = 100;

/// The longest list that is read whole from a live server.
const LONGEST: i64 = 2_000;

/// What may stay as it is in a component of a URL.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An artifact and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) project: String,
    /// The name without that of the project.
    pub(crate) repository: String,
    pub(crate) artifact: Value,
}

impl Place {
    /// The path of the list that holds the artifact.
    pub(crate) fn list(&self) -> String {
        format!("{}/artifacts", self.repository_path())
    }

    /// The path of the repository.
    pub(crate) fn repository_path(&self) -> String {
        format!("/projects/{}/repositories/{}", self.project, encode(&encode(&self.repository)))
    }

    /// The path of the artifact by its digest.
    pub(crate) fn path(&self) -> String {
        self.path_of(self.digest())
    }

    /// The path of another reference in the same repository.
    pub(crate) fn path_of(&self, reference: &str) -> String {
        format!("{}/{reference}", self.list())
    }

    /// The path of the report.
    pub(crate) fn report(&self) -> String {
        format!("{}/additions/vulnerabilities", self.path())
    }

    pub(crate) fn digest(&self) -> &str {
        self.artifact["digest"].as_str().unwrap()
    }

    /// The names of the tags, in the order of the list.
    pub(crate) fn tags(&self) -> Vec<&str> {
        let tags = self.artifact["tags"].as_array().into_iter().flatten();
        tags.filter_map(|tag| tag["name"].as_str()).collect()
    }

    pub(crate) fn is_image(&self) -> bool {
        self.artifact["type"] == "IMAGE" && !self.is_index()
    }

    pub(crate) fn is_index(&self) -> bool {
        self.artifact["references"].is_array()
    }

    pub(crate) fn is_scannable(&self) -> bool {
        self.artifact["addition_links"].get("vulnerabilities").is_some()
    }
}

impl Target {
    /// Artifacts of several projects with their tags, labels and accessories.
    pub(crate) fn places(&self) -> Result<&[Place], Skipped> {
        match self.places.get_or_init(|| self.survey()) {
            Ok(places) => Ok(places),
            Err(skipped) => Err(skipped.clone()),
        }
    }

    /// An artifact of a kind.
    pub(crate) fn place(&self, kind: &str, is: impl Fn(&Place) -> bool) -> Result<&Place, Skipped> {
        self.places()?.iter().find(|place| is(place)).ok_or_else(|| none(kind))
    }

    /// An artifact whose repository lists at least so many.
    pub(crate) fn crowd(&self, least: usize) -> Result<&Place, Skipped> {
        let places = self.places()?;
        let neighbours = |place: &Place| {
            let same = |other: &&Place| (&other.project, &other.repository) == (&place.project, &place.repository);
            places.iter().filter(same).count()
        };
        self.place(&format!("repository with {least} artifacts"), |place| neighbours(place) >= least)
    }

    /// An artifact with a report of a kind, and the report.
    pub(crate) fn reported(
        &self,
        kind: &str,
        is: impl Fn(&Place) -> bool,
        says: impl Fn(&Value) -> bool,
    ) -> Result<(&Place, Value), Skipped> {
        let candidates = self.places()?.iter().filter(|place| place.is_scannable() && is(place));
        for place in candidates.take(CANDIDATES) {
            let body = self.read(&place.report())?.json();
            if let Some(report) = body.get(report::MEDIA_TYPE)
                && says(report)
            {
                return Ok((place, report.clone()));
            }
        }
        Err(none(kind))
    }

    /// An image with a scan overview of a kind, and the overview, which is `null` for an image without a scan.
    pub(crate) fn scanned(&self, kind: &str, is: impl Fn(&Value) -> bool) -> Result<(&Place, Value), Skipped> {
        let images = self.places()?.iter().filter(|place| place.is_image() && place.is_scannable());
        for place in images.take(CANDIDATES) {
            let overview = self.overview(place)?;
            if is(&overview) {
                return Ok((place, overview));
            }
        }
        Err(none(kind))
    }

    /// The scan overview of an artifact, or `null`.
    pub(crate) fn overview(&self, place: &Place) -> Result<Value, Skipped> {
        let artifact = self.read(&format!("{}?with_scan_overview=true", place.path()))?.json();
        Ok(artifact["scan_overview"][report::MEDIA_TYPE].clone())
    }

    /// The paths of lists of each kind with at least so many rows, none of them too long to be read whole.
    pub(crate) fn lists(&self, least: i64) -> Result<Vec<String>, Skipped> {
        let place = self.crowd(usize::try_from(least).unwrap().min(3))?;
        let project = format!("/projects/{}", place.project);
        let kinds = [
            "/projects".to_owned(),
            "/repositories".to_owned(),
            format!("{project}/repositories"),
            format!("{project}/artifacts"),
            place.list(),
        ];
        let fits = |path: &String| (least..=LONGEST).contains(&self.get(&format!("{path}?page_size=1")).total());
        let lists: Vec<_> = kinds.into_iter().filter(fits).collect();
        match lists.is_empty() {
            true => Err(none(&format!("list of {least} rows"))),
            false => Ok(lists),
        }
    }

    /// A project that only those with a right may see, or a public one.
    pub(crate) fn project(&self, public: bool) -> Result<String, Skipped> {
        let word = if public { "public" } else { "private" };
        let found = self.read(&format!("/projects?page_size=100&q=public%3D{public}"))?.rows();
        let found = found.iter().filter(|project| project["repo_count"] != 0).find_map(name);
        found.map(str::to_owned).ok_or_else(|| none(&format!("{word} project")))
    }

    fn survey(&self) -> Result<Vec<Place>, Skipped> {
        let projects = self.read("/projects?page_size=100&with_detail=false")?.rows();
        let mut places = Vec::new();
        let filled = projects.iter().filter(|project| project["repo_count"] != 0);
        for name in filled.filter_map(name).take(PROJECTS) {
            let path = format!("/projects/{name}/artifacts?page_size={ARTIFACTS}&with_label=true&with_accessory=true");
            let answer = self.get(&path);
            if self.is_live() && matches!(answer.status, 403 | 404) {
                // A role without the right, or a release before 2.11.1, which has no such list.
                continue;
            }
            for artifact in answer.rows() {
                let full = artifact["repository_name"].as_str().unwrap();
                let repository = full.strip_prefix(&format!("{name}/")).unwrap().to_owned();
                places.push(Place { project: name.to_owned(), repository, artifact });
            }
        }
        Ok(one_of_each_repository_first(places))
    }
}

/// Puts what differs to the front, because a search does not go through all of them.
fn one_of_each_repository_first(places: Vec<Place>) -> Vec<Place> {
    let mut counts = BTreeMap::new();
    let mut numbered: Vec<(usize, Place)> = Vec::with_capacity(places.len());
    for place in places {
        let count = counts.entry((place.project.clone(), place.repository.clone())).or_insert(0);
        *count += 1;
        numbered.push((*count, place));
    }
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, place)| place).collect()
}

/// The name of a project, unless it is a number, which some paths would take for the number of a project.
fn name(project: &Value) -> Option<&str> {
    project["name"].as_str().filter(|name| !name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The reason to skip where nothing of a kind was found.
pub(crate) fn none(kind: &str) -> Skipped {
    Skipped(format!("no {kind}"))
}

/// A component of a URL.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// The parameter `q`: encoded once for the parser of queries and once for the URL.
pub(crate) fn q(text: &str) -> String {
    format!("q={}", encode(&encode(text)))
}
