//! The sample registry: what a shop with a few teams might have, and the odd cases that every
//! registry has.

mod alpine;
mod debian;
mod languages;
mod sample;

use sample::Sample;
use serde_json::{Value, json};

use super::{
    Accessory, Allowlist, Artifact, Label, Platform, Project, Registry, Report, Repository, Robot, Scan, User,
};

/// The findings of an image: those of its system and those of what was added.
type Contents = &'static [&'static [Sample]];

/// The number of the project `shop`, which is the second one.
const SHOP: i64 = 2;

const DEBIAN_11: Contents = &[debian::DEBIAN_11];
const DEBIAN_12: Contents = &[debian::DEBIAN_12];
const OLD_SERVICE: Contents = &[debian::DEBIAN_11, languages::LOG4J_2_14, languages::JAVA];
const NEWER_SERVICE: Contents = &[debian::DEBIAN_11, languages::LOG4J_2_16, languages::JAVA];

impl Registry {
    /// Creates a small registry of six projects, with real vulnerabilities in real versions of
    /// packages.
    ///
    /// It has what real registries have: names with slashes (`team/api/server`), an index of two
    /// platforms, an index with a child that was never scanned, images without a scan, with one
    /// that runs and with one that failed, a chart, an untagged image, one image in several
    /// repositories, a label of everyone and one of a project, a signed image, an image with an SBOM,
    /// an immutable tag, lists of accepted vulnerabilities, a project with a number for a name
    /// (`123`), and one without repositories (`empty`). The user `dana` with the password
    /// `Dana12345` is a developer in `shop`. The robot `robot$auditor` with the secret `demo-secret` may read the reports of
    /// all projects but `restricted`, which it sees in the list because it is public, and which
    /// answers 403.
    #[must_use]
    pub fn demo() -> Self {
        let dana = User::new("dana", "Dana12345").with_real_name("Dana Doe").with_email("dana@example.com");
        let mut demo = Self::new()
            .with_robot(Robot::new("auditor", "demo-secret"))
            .with_user(dana)
            .with_allowlist(Allowlist::new(["CVE-2019-5021"]))
            .with_project(library())
            .with_project(shop())
            .with_project(platform())
            .with_project(numbers())
            .with_project(Project::new("empty"))
            .with_project(restricted());
        demo.make_immutable("library", "debian", "12");
        demo
    }
}

fn library() -> Project {
    let alpine = repository(
        "alpine",
        [
            image("3.10", &[alpine::ALPINE_3_10]),
            image("3.14", &[alpine::ALPINE_3_14]),
            image("3.20", &[]).with_tag("latest").with_content("alpine 3.20"),
        ],
    );
    let debian = repository(
        "debian",
        [
            image("8", &[debian::DEBIAN_8]),
            image("10", &[debian::DEBIAN_10]),
            image("11", DEBIAN_11).with_content("debian 11"),
            image("12", DEBIAN_12).with_tag("latest").with_content("debian 12"),
            image("sid", &[debian::DEBIAN_12, debian::DEBIAN_SID]),
        ],
    );
    let nginx = repository(
        "nginx",
        [Artifact::index()
            .with_tag("1.22")
            .with_child(Platform::linux("amd64"), scanned(&[debian::DEBIAN_12, debian::NGINX]))
            .with_child(Platform::linux("arm64").with_variant("v8"), scanned(&[debian::NGINX]))],
    );
    Project::new("library").public().with_repository(alpine).with_repository(debian).with_repository(nginx)
}

fn shop() -> Project {
    let server = repository(
        "team/api/server",
        [
            image("1.0.0", OLD_SERVICE),
            scanned(NEWER_SERVICE),
            image("1.1.0", NEWER_SERVICE).with_label(Label::new(2, "deprecated").in_project(SHOP)),
            image("2.0.0", &[debian::DEBIAN_12, languages::JAVA]).with_tag("latest").with_label(approved()),
        ],
    );
    let web = repository(
        "team/web",
        [
            image("1.0.0", &[alpine::ALPINE_3_14, languages::NODE]),
            image("1.1.0", &[languages::NODE]),
            image("2.0.0", &[]).with_tag("latest").with_label(approved()).with_accessory(Accessory::signature()),
        ],
    );
    let worker = repository(
        "team/batch/worker",
        [
            image("1.0.0", &[debian::DEBIAN_11, languages::PYTHON]),
            image("1.1.0", &[debian::DEBIAN_12, languages::PYTHON]).with_tag("latest").with_sbom(&bill()),
        ],
    );
    let everything =
        [debian::DEBIAN_11, languages::LOG4J_2_14, languages::JAVA, languages::NODE, languages::PYTHON, languages::GO];
    let search = repository("search", [scanned(&everything).with_tag("latest")]);
    Project::new("shop")
        .with_member("dana")
        .with_allowlist(Allowlist::new(["CVE-2021-45105"]))
        .with_repository(server)
        .with_repository(web)
        .with_repository(worker)
        .with_repository(search)
}

/// A label that all projects can use.
fn approved() -> Label {
    Label::new(1, "approved").with_color("#48960C").with_description("may go into production")
}

/// What the batch worker is made of, as far as it matters to a reader of the sample.
fn bill() -> Value {
    let packages = [("python3.11", "3.11.2-6"), ("requests", "2.25.0"), ("PyYAML", "5.3")];
    let packages = packages.map(|(name, version)| {
        json!({"SPDXID": format!("SPDXRef-{name}"), "name": name, "versionInfo": version, "downloadLocation": "NONE"})
    });
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "shop/team/batch/worker",
        "documentNamespace": "https://harbor.example.com/sbom/worker",
        "packages": packages,
    })
}

fn platform() -> Project {
    let gateway = repository(
        "gateway",
        [image("1.0.0", &[languages::GO]), image("1.1.0", &[alpine::ALPINE_3_10, languages::GO]).with_tag("latest")],
    );
    let partly_scanned = Artifact::index()
        .with_tag("latest")
        .with_child(Platform::linux("amd64"), scanned(&[languages::GO]))
        .with_child(Platform::linux("arm64"), Artifact::image());
    let copies = repository(
        "mirror/debian",
        [image("11", DEBIAN_11).with_content("debian 11"), image("bookworm", DEBIAN_12).with_content("debian 12")],
    );
    let module = Artifact::other("WASM", "application/vnd.wasm.config.v1+json").with_tag("1.0.0");
    Project::new("platform")
        .with_repository(gateway)
        .with_repository(copies)
        .with_repository(repository("mirror/alpine", [image("3.20", &[]).with_content("alpine 3.20")]))
        .with_repository(repository("ci/agent", [partly_scanned]))
        .with_repository(repository("ci/cache", [Artifact::image().with_tag("latest")]))
        .with_repository(repository("ci/runner", [in_state("latest", Scan::Running)]))
        .with_repository(repository("ci/builder", [in_state("latest", Scan::Failed)]))
        .with_repository(repository("policy/filter", [module]))
        .with_repository(repository(
            "charts/shop",
            [Artifact::chart("shop", "0.1.0").with_tag("0.1.0"), Artifact::chart("shop", "0.2.0").with_tag("0.2.0")],
        ))
}

fn numbers() -> Project {
    let legacy = repository("legacy", [image("2013", &[debian::DEBIAN_7]), image("2015", &[debian::DEBIAN_8])]);
    Project::new("123").with_repository(legacy)
}

fn restricted() -> Project {
    let vault = repository("vault", [image("1.0.0", &[debian::DEBIAN_12, languages::GO])]);
    Project::new("restricted").public().denying("robot$auditor").with_repository(vault)
}

fn repository(name: &str, artifacts: impl IntoIterator<Item = Artifact>) -> Repository {
    artifacts.into_iter().fold(Repository::new(name), Repository::with_artifact)
}

fn image(tag: &str, contents: &[&[Sample]]) -> Artifact {
    scanned(contents).with_tag(tag)
}

fn scanned(contents: &[&[Sample]]) -> Artifact {
    let findings: Vec<_> = contents.iter().copied().flatten().map(Sample::finding).collect();
    Artifact::image().with_report(Report::new().with_findings(&findings))
}

fn in_state(tag: &str, scan: Scan) -> Artifact {
    Artifact::image().with_tag(tag).with_scan(scan)
}
