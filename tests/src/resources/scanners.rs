//! Scanners: those of the registry, and the one of a project.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::http::{Answer, Asked, Call, Outcome};
use crate::registry::{ADAPTER, MEDIA_TYPE, Registry, Scanner};
use crate::wire::errors::Refusal;
use crate::wire::q::Pattern;
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{body, json, time};

#[derive(Serialize)]
struct ScannerAnswer<'a> {
    access_credential: &'static str,
    #[serde(flatten)]
    adapter: Option<Adapter<'a>>,
    auth: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    capabilities: Option<Capabilities>,
    #[serde(serialize_with = "time::serialize")]
    create_time: DateTime<Utc>,
    description: &'a str,
    disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<&'static str>,
    is_default: bool,
    name: &'a str,
    #[serde(rename = "skip_certVerify")]
    skip_certificate: bool,
    #[serde(serialize_with = "time::serialize")]
    update_time: DateTime<Utc>,
    url: &'a str,
    use_internal_addr: bool,
    uuid: &'a str,
}

#[derive(Serialize)]
struct Adapter<'a> {
    adapter: &'static str,
    vendor: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Capabilities {
    support_sbom: bool,
    support_vulnerability: bool,
}

#[derive(Deserialize)]
struct ProjectScanner {
    #[serde(default)]
    uuid: Option<String>,
}

#[derive(Deserialize)]
struct IsDefault {
    #[serde(default)]
    is_default: bool,
}

/// A scanner in a list, with the state that it is part of.
struct ScannerRow<'a> {
    registry: &'a Registry,
    scanner: &'a Scanner,
    position: i64,
}

impl Row for ScannerRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.position)),
            "uuid" => Some(Cell::Text(&self.scanner.uuid)),
            "name" => Some(Cell::Text(&self.scanner.name)),
            "url" => Some(Cell::Text(&self.scanner.url)),
            "description" => Some(Cell::Text(&self.scanner.description)),
            "auth" => Some(Cell::Text(&self.scanner.authorization)),
            "disabled" => Some(Cell::Boolean(self.scanner.disabled)),
            "is_default" => Some(Cell::Boolean(self.registry.scanners().is_default(self.scanner))),
            "create_time" => Some(Cell::Time(Some(self.scanner.created))),
            "update_time" => Some(Cell::Time(Some(self.scanner.updated))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.position
    }
}

/// Lists the scanners. Older clients name parts or the whole of a value in parameters that nothing describes.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.permit_system("scanner:list")?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let given = |name: &str| call.asked.parameters.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    for key in ["name", "description", "url"] {
        if let Some(part) = given(key) {
            selection.query.set(key, Pattern::Fuzzy(part));
        }
    }
    for (key, parameter) in [("name", "ex_name"), ("url", "ex_url")] {
        if let Some(whole) = given(parameter) {
            selection.query.set(key, Pattern::Exact(whole));
        }
    }
    answer_list(call, &selection)
}

/// Lists the scanners that a project may choose from: all of them. Who may do everything gets them for a project that
/// does not exist as well.
pub(crate) fn candidates(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    match call.project("scanner:create") {
        Err(refusal) if !call.is_administrator() => Err(refusal),
        _ => answer_list(call, &Selection::from_parameters(call.asked.parameters)?),
    }
}

/// Answers one scanner.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.permit_system("scanner:read")?;
    let uuid = call.asked.argument("registration_id");
    let missing = || Refusal::not_found(format!("scanner {uuid} not found"));
    let scanner = call.registry.scanners().get(uuid).ok_or_else(missing)?;
    json::answer(&answer(call, scanner))
}

/// Answers what a scanner says of itself, which it can only do while it is there.
pub(crate) fn metadata(call: &Call<'_>) -> Outcome {
    call.permit_system("scanner:read")?;
    let uuid = call.asked.argument("registration_id");
    let Some(scanner) = call.registry.scanners().get(uuid) else {
        return Err(Refusal::not_found(format!("registration {uuid} not found")));
    };
    if !call.registry.is_scanner_healthy() {
        return Err(Refusal::internal("the scanner cannot be reached"));
    }
    let images = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
    let capability = |kind: &str, report: &str| {
        json!({
            "consumes_mime_types": images,
            "produces_mime_types": [report],
            "type": kind,
        })
    };
    let (name, vendor) = ADAPTER;
    json::answer(&json!({
        "capabilities": [
            capability("vulnerability", MEDIA_TYPE),
            capability("sbom", "application/vnd.security.sbom.report+json; version=1.0"),
        ],
        "properties": {
            "env.SCANNER_TRIVY_SEVERITY": "UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL",
            "harbor.scanner-adapter/scanner-type": "os-package-vulnerability",
        },
        "scanner": {"name": name, "vendor": vendor, "version": scanner.version},
    }))
}

/// Answers the scanner that a project uses, with its health; nothing where there is no scanner.
pub(crate) fn of_project(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let project = call.project("scanner:read")?;
    let Some(scanner) = call.registry.scanner_of(project) else {
        return Ok(Answer::new(StatusCode::OK, json::SUCCESS, bytes::Bytes::new()));
    };
    let healthy = call.registry.is_scanner_healthy();
    let (adapter, vendor) = ADAPTER;
    let mut answer = answer(call, scanner);
    answer.health = Some(if healthy { "healthy" } else { "unhealthy" });
    answer.adapter = healthy.then_some(Adapter { adapter, vendor, version: &scanner.version });
    json::answer(&answer)
}

/// Chooses the scanner of a project. Harbor does not look whether there is such a scanner.
pub(crate) fn choose(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: ProjectScanner = asked.body("payload", "ProjectScanner")?;
    let uuid = body.uuid.ok_or_else(|| body::invalid("uuid in body is required"))?;
    let name = asked.of(registry).project("scanner:create")?.name().to_owned();
    if let Some(project) = registry.project_mut(&name) {
        project.scanner = Some(uuid);
    }
    Ok(Answer::empty(StatusCode::OK))
}

/// Makes a scanner the default.
pub(crate) fn set_default(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: IsDefault = asked.body("payload", "IsDefault")?;
    asked.of(registry).permit_system("scanner:update")?;
    let uuid = asked.argument("registration_id");
    if body.is_default && !registry.scanners.set_default(uuid) {
        return Err(Refusal::not_found(format!("registration {uuid} not found")));
    }
    Ok(Answer::empty(StatusCode::OK))
}

fn answer_list(call: &Call<'_>, selection: &Selection) -> Outcome {
    let registry = call.registry;
    let rows = (1..).zip(&registry.scanners().registered);
    let rows = rows.map(|(position, scanner)| ScannerRow { registry, scanner, position });
    let selected = selection.of(rows.collect(), &["id"])?;
    let rows: Vec<_> = selected.rows.iter().map(|row| answer(call, row.scanner)).collect();
    call.list(&rows, selected.total, selection.page)
}

/// A scanner as it is registered. Its capabilities are asked of the scanner itself.
fn answer<'a>(call: &Call<'_>, scanner: &'a Scanner) -> ScannerAnswer<'a> {
    let has_capabilities = call.registry.is_scanner_healthy() && call.asked.version.names_capabilities();
    ScannerAnswer {
        access_credential: "",
        adapter: None,
        auth: &scanner.authorization,
        capabilities: has_capabilities.then_some(Capabilities { support_sbom: true, support_vulnerability: true }),
        create_time: scanner.created,
        description: &scanner.description,
        disabled: scanner.disabled,
        health: None,
        is_default: call.registry.scanners().is_default(scanner),
        name: &scanner.name,
        skip_certificate: scanner.skip_certificate,
        update_time: scanner.updated,
        url: &scanner.url,
        use_internal_addr: scanner.use_internal_address,
        uuid: &scanner.uuid,
    }
}
