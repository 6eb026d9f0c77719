//! Which artifacts share one report.
//!
//! The same digest is often listed in several repositories. Its report is stored once for each scanner, so it is
//! fetched once for all repositories whose projects use the same scanner. Which scanner a project uses is asked only
//! when a digest turns up in a second project; where that may not be read, each project gets a report of its own.
//!
//! What is remembered for each digest lasts as long as the query, so it is kept small: a report that nobody else holds
//! any more is [packed](Packer).

use std::collections::{HashMap, HashSet, VecDeque};
use std::mem;
use std::sync::Arc;

use self::candidates::{Candidates, Kept, Key, Shared, Stage};
use crate::model::{Artifact, Packer, Report};
use crate::name::ProjectName;

mod candidates;

/// How many reports are looked at whenever a new one comes, to see whether they can be packed. More than one, so that all
/// are in the end.
const LOOKED_AT: usize = 2;

/// Reports asked for or known, by digest and scanner.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    reports: HashMap<Key, Candidates>,
    packer: Packer,
    /// Reports that are not packed yet.
    whole: VecDeque<(Key, ProjectName)>,
    /// Each name once: those of artifacts are texts of their own.
    projects: HashSet<ProjectName>,
    scanners: HashMap<ProjectName, Scanner>,
    /// Artifacts that wait until it is known which scanners their projects use.
    parked: Vec<Arc<Artifact>>,
}

/// What to do about an artifact.
#[derive(Debug)]
pub(crate) enum Admission {
    /// Fetch its report.
    Fetch,
    /// Here is its report.
    Known(Arc<Report>),
    /// Nothing for now: a report that it may share is being fetched.
    Wait,
    /// Nothing for now, but find out which scanners these projects use.
    AskScanners(Vec<ProjectName>),
}

/// What is known about the scanner of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scanner {
    /// It was asked for.
    Asked,
    /// The project has none.
    None,
    /// This registration.
    Registration(String),
    /// It may not be read.
    Unreadable,
}

impl Sharing {
    /// Decides what to do about an artifact whose report is wanted.
    pub(crate) fn admit(&mut self, artifact: &Arc<Artifact>) -> Admission {
        let project = self.name(artifact.repository.project());
        let candidates = self.reports.entry(Key::of(&artifact.digest)).or_default();
        let scanners = &self.scanners;
        let shares = |shared: &Shared| shared.project == project || is_same(scanners, &shared.project, &project);
        if let Some(shared) = candidates.find(shares) {
            return match &mut shared.stage {
                Stage::Known(kept) => Admission::Known(kept.report(&self.packer, &artifact.digest)),
                Stage::Fetching(waiting) => {
                    waiting.push(Arc::clone(artifact));
                    Admission::Wait
                }
            };
        }
        if !candidates.is_empty() && scanners.get(&project) != Some(&Scanner::Unreadable) {
            let concerned = candidates.iter().map(|shared| &shared.project).chain([&project]);
            let is_open = |name: &&ProjectName| matches!(scanners.get(*name), None | Some(Scanner::Asked));
            let open: Vec<ProjectName> = concerned.filter(is_open).cloned().collect();
            if !open.is_empty() {
                self.parked.push(Arc::clone(artifact));
                return self.ask(open);
            }
        }
        candidates.push(Shared { project, stage: Stage::Fetching(Vec::new()) });
        Admission::Fetch
    }

    /// Takes the report of an artifact that was to be fetched; returns the artifacts that share it.
    pub(crate) fn reported(&mut self, artifact: &Artifact, report: &Arc<Report>) -> Vec<Arc<Artifact>> {
        self.pack_some();
        let (key, project) = (Key::of(&artifact.digest), self.name(artifact.repository.project()));
        let Some(shared) = self.fetched_for(artifact) else {
            return Vec::new();
        };
        let stage = mem::replace(&mut shared.stage, Stage::Known(Kept::Whole(Arc::clone(report))));
        self.whole.push_back((key, project));
        match stage {
            Stage::Fetching(waiting) => waiting,
            Stage::Known(_) => Vec::new(),
        }
    }

    /// Notes that an artifact has no report, or none that could be fetched. The reason may be its own (deleted,
    /// forbidden), so the next artifact that waited is returned to be tried in its place.
    pub(crate) fn not_reported(&mut self, artifact: &Artifact) -> Option<Arc<Artifact>> {
        let shared = self.fetched_for(artifact)?;
        let Stage::Fetching(waiting) = &mut shared.stage else {
            return None;
        };
        if waiting.is_empty() {
            self.forget(artifact);
            return None;
        }
        let next = waiting.remove(0);
        shared.project = next.repository.project().clone();
        Some(next)
    }

    /// Notes which scanner a project uses; returns the artifacts to be admitted again.
    pub(crate) fn know_scanner(&mut self, project: ProjectName, scanner: Scanner) -> Vec<Arc<Artifact>> {
        self.scanners.insert(project, scanner);
        mem::take(&mut self.parked)
    }

    /// The projects among these that were not asked about yet.
    fn ask(&mut self, projects: Vec<ProjectName>) -> Admission {
        let is_new = |project: &ProjectName| !self.scanners.contains_key(project);
        let new: Vec<ProjectName> = projects.into_iter().filter(is_new).collect();
        for project in &new {
            self.scanners.insert(project.clone(), Scanner::Asked);
        }
        if new.is_empty() { Admission::Wait } else { Admission::AskScanners(new) }
    }

    /// Packs reports that nobody else holds any more. Those that somebody does would take more memory, not less.
    fn pack_some(&mut self) {
        for _ in 0..LOOKED_AT {
            let Some((key, project)) = self.whole.pop_front() else { return };
            let is_meant = |shared: &Shared| shared.project == project;
            let Some(shared) = self.reports.get_mut(&key).and_then(|candidates| candidates.find(is_meant)) else {
                continue;
            };
            shared.stage = match mem::take(&mut shared.stage) {
                Stage::Known(kept) => Stage::Known(kept.pack(&mut self.packer, &key)),
                stage @ Stage::Fetching(_) => stage,
            };
            if matches!(shared.stage, Stage::Known(Kept::Whole(_))) {
                self.whole.push_back((key, project));
            }
        }
    }

    fn name(&mut self, project: &ProjectName) -> ProjectName {
        if let Some(known) = self.projects.get(project) {
            return known.clone();
        }
        self.projects.insert(project.clone());
        project.clone()
    }

    /// The entry that an artifact was sent to be fetched for.
    fn fetched_for(&mut self, artifact: &Artifact) -> Option<&mut Shared> {
        let project = artifact.repository.project();
        self.reports.get_mut(&Key::of(&artifact.digest))?.find(|shared| shared.project == *project)
    }

    fn forget(&mut self, artifact: &Artifact) {
        let key = Key::of(&artifact.digest);
        if let Some(candidates) = self.reports.get_mut(&key) {
            candidates.remove(artifact.repository.project());
            if candidates.is_empty() {
                self.reports.remove(&key);
            }
        }
    }
}

/// Whether two projects are known to use the same scanner.
fn is_same(scanners: &HashMap<ProjectName, Scanner>, one: &ProjectName, other: &ProjectName) -> bool {
    let is_known = |scanner: &Scanner| matches!(scanner, Scanner::None | Scanner::Registration(_));
    scanners.get(one).is_some_and(|scanner| is_known(scanner) && scanners.get(other) == Some(scanner))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{FindingPool, decode};

    fn artifact(repository: &str) -> Arc<Artifact> {
        let digest = format!("sha256:{}", "0".repeat(64)).parse().unwrap();
        Arc::new(Artifact::new(repository.parse().unwrap(), digest))
    }

    fn report() -> Arc<Report> {
        let body = br#"{"application/vnd.security.vulnerability.report; version=1.1":{"vulnerabilities":[]}}"#;
        match decode::report(body, &FindingPool::new()).unwrap() {
            decode::Body::Report(report) => Arc::new(report),
            decode::Body::Empty => unreachable!(),
        }
    }

    fn project(name: &str) -> ProjectName {
        name.parse().unwrap()
    }

    #[test]
    fn one_report_serves_the_repositories_of_a_project() {
        let mut sharing = Sharing::default();
        let (one, two, three) = (artifact("p/one"), artifact("p/two"), artifact("p/three"));
        assert!(matches!(sharing.admit(&one), Admission::Fetch));
        assert!(matches!(sharing.admit(&two), Admission::Wait));
        assert_eq!(sharing.reported(&one, &report()), [two]);
        assert!(matches!(sharing.admit(&three), Admission::Known(_)));
    }

    #[test]
    fn projects_share_only_if_their_scanner_is_known_to_be_the_same() {
        let registration = |name: &str| Scanner::Registration(name.to_owned());
        for (of_q, shares) in [
            (registration("trivy"), true),
            (registration("other"), false),
            (Scanner::None, false),
            (Scanner::Unreadable, false),
        ] {
            let mut sharing = Sharing::default();
            let (one, two) = (artifact("p/one"), artifact("q/two"));
            assert!(matches!(sharing.admit(&one), Admission::Fetch));
            let Admission::AskScanners(asked) = sharing.admit(&two) else { panic!("asks for the scanners first") };
            assert_eq!(asked, [project("p"), project("q")]);
            let again = sharing.know_scanner(project("p"), registration("trivy"));
            assert_eq!(again, std::slice::from_ref(&two));
            assert!(matches!(sharing.admit(&two), Admission::Wait), "the scanner of q is still being asked for");
            assert_eq!(sharing.know_scanner(project("q"), of_q), std::slice::from_ref(&two));
            assert_eq!(matches!(sharing.admit(&two), Admission::Wait), shares);
            assert_eq!(sharing.reported(&one, &report()).len(), usize::from(shares));
        }
    }

    #[test]
    fn without_a_report_the_next_in_line_is_tried() {
        let mut sharing = Sharing::default();
        let (one, two, three) = (artifact("p/one"), artifact("p/two"), artifact("p/three"));
        assert!(matches!(sharing.admit(&one), Admission::Fetch));
        assert!(matches!(sharing.admit(&two), Admission::Wait));
        assert!(matches!(sharing.admit(&three), Admission::Wait));
        assert_eq!(sharing.not_reported(&one), Some(two.clone()));
        assert_eq!(sharing.reported(&two, &report()), [three]);
    }

    #[test]
    fn the_last_in_line_leaves_nothing_behind() {
        let mut sharing = Sharing::default();
        let one = artifact("p/one");
        assert!(matches!(sharing.admit(&one), Admission::Fetch));
        assert_eq!(sharing.not_reported(&one), None);
        assert!(matches!(sharing.admit(&artifact("p/two")), Admission::Fetch));
    }

    /// A registry as it is streamed: nobody keeps a report.
    #[test]
    fn a_report_that_nobody_holds_is_packed_and_given_again() {
        let mut sharing = Sharing::default();
        let artifact = |number: usize| {
            let digest = format!("sha256:{number:064x}").parse().unwrap();
            Arc::new(Artifact::new("p/r".parse().unwrap(), digest))
        };
        let held = report();
        for number in 0..100 {
            assert!(matches!(sharing.admit(&artifact(number)), Admission::Fetch));
            let report = if number == 7 { Arc::clone(&held) } else { report() };
            sharing.reported(&artifact(number), &report);
        }
        // The one that is held, and those that came last.
        assert!(sharing.whole.len() <= 2, "{:?}", sharing.whole);
        for number in 0..100 {
            let Admission::Known(again) = sharing.admit(&artifact(number)) else { panic!("it is known") };
            assert_eq!(again, held);
            assert_eq!(Arc::ptr_eq(&again, &held), number == 7);
        }
    }

    /// Held for each artifact of a registry until the query ends.
    #[test]
    fn what_is_remembered_of_a_digest_is_small() {
        assert!(size_of::<(Key, Candidates)>() <= 88, "{}", size_of::<(Key, Candidates)>());
    }

    #[test]
    fn digests_of_any_kind_are_told_apart() {
        let texts = [
            format!("sha256:{}", "0".repeat(64)),
            format!("sha256:{}1", "0".repeat(63)),
            format!("sha512:{}", "0".repeat(128)),
            format!("sha512:{}1", "0".repeat(127)),
        ];
        let keys: HashSet<Key> = texts.iter().map(|text| Key::of(&text.parse().unwrap())).collect();
        assert_eq!(keys.len(), texts.len());
    }

    /// What is under way in a crawl.
    enum UnderWay {
        Admit(Arc<Artifact>),
        Fetch(Arc<Artifact>),
        Ask(ProjectName),
    }

    /// The scanners of some projects. The first two are the same.
    const SCANNERS: [&str; 5] = ["trivy", "trivy", "other", "", "?"];

    fn number_of(artifact: &Artifact) -> usize {
        artifact.repository.project().as_str()[1..].parse().unwrap()
    }

    /// A report of the artifact's digest by the scanner of its project.
    fn own_report(artifact: &Artifact, pool: &FindingPool) -> Report {
        let id = format!("{} by {}", artifact.digest, SCANNERS[number_of(artifact)]);
        let body = format!(
            r#"{{"application/vnd.security.vulnerability.report; version=1.1":{{"vulnerabilities":[{{"id":"{id}"}}]}}}}"#
        );
        match decode::report(body.as_bytes(), pool).unwrap() {
            decode::Body::Report(report) => report,
            decode::Body::Empty => unreachable!(),
        }
    }

    proptest! {
        /// In any order of events, whoever keeps the reports.
        #[test]
        fn every_artifact_gets_its_own_report_or_none_exactly_once(
            artifacts in prop::collection::vec((0..SCANNERS.len(), 0..3_usize), 1..25),
            choices in prop::collection::vec(any::<prop::sample::Index>(), 1..200),
            luck in prop::collection::vec((any::<bool>(), any::<bool>()), 1..50),
        ) {
            let (mut sharing, pool) = (Sharing::default(), FindingPool::new());
            let artifact = |(place, (project, digest)): (usize, &(usize, usize))| {
                let repository = format!("p{project}/r{place}").parse().unwrap();
                Arc::new(Artifact::new(repository, format!("sha256:{digest:064x}").parse().unwrap()))
            };
            let mut under_way: Vec<UnderWay> = artifacts.iter().enumerate().map(artifact).map(UnderWay::Admit).collect();
            let (mut choices, mut luck) = (choices.iter().cycle(), luck.iter().cycle());
            let (mut told, mut kept, mut asked) = (Vec::new(), Vec::new(), Vec::new());
            let mut fetched = 0;
            while !under_way.is_empty() {
                let (fails, keeps) = *luck.next().unwrap();
                let mut give = |artifact: &Arc<Artifact>, report: Arc<Report>| {
                    told.push(artifact.repository.to_string());
                    let is_own = *report == own_report(artifact, &pool);
                    kept.extend(Some(report).filter(|_| keeps));
                    is_own
                };
                let place = choices.next().unwrap().index(under_way.len());
                match under_way.swap_remove(place) {
                    UnderWay::Admit(artifact) => match sharing.admit(&artifact) {
                        Admission::Fetch => under_way.push(UnderWay::Fetch(artifact)),
                        Admission::Known(report) => prop_assert!(give(&artifact, report)),
                        Admission::Wait => {}
                        Admission::AskScanners(projects) => under_way.extend(projects.into_iter().map(UnderWay::Ask)),
                    },
                    UnderWay::Fetch(artifact) if fails => {
                        told.push(artifact.repository.to_string());
                        under_way.extend(sharing.not_reported(&artifact).map(UnderWay::Fetch));
                    }
                    UnderWay::Fetch(artifact) => {
                        fetched += 1;
                        let report = Arc::new(own_report(&artifact, &pool));
                        for sharer in sharing.reported(&artifact, &report) {
                            prop_assert!(give(&sharer, Arc::clone(&report)), "{sharer} shares the report of {artifact}");
                        }
                        prop_assert!(give(&artifact, report));
                    }
                    UnderWay::Ask(project) => {
                        prop_assert!(!asked.contains(&project), "asked twice for the scanner of {project}");
                        asked.push(project.clone());
                        let scanner = match SCANNERS[project.as_str()[1..].parse::<usize>().unwrap()] {
                            "" => Scanner::None,
                            "?" => Scanner::Unreadable,
                            name => Scanner::Registration(name.to_owned()),
                        };
                        under_way.extend(sharing.know_scanner(project, scanner).into_iter().map(UnderWay::Admit));
                    }
                }
            }
            told.sort();
            let mut wanted: Vec<_> = artifacts.iter().enumerate().map(|entry| artifact(entry).repository.to_string()).collect();
            wanted.sort();
            prop_assert_eq!(told, wanted);
            // Three digests by four kinds of scanner.
            prop_assert!(fetched <= 3 * 4);
        }
    }
}
