//! The JSON Schema of findings, as Harbor writes them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::Finding;

impl JsonSchema for Finding {
    fn schema_name() -> Cow<'static, str> {
        "Finding".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = |description: &str| json!({ "description": description, "type": ["string", "null"] });
        let list = |description: &str| json!({ "description": description, "type": ["array", "null"], "items": { "type": "string" } });
        json_schema!({
            "description": "A vulnerability in one version of one package, as Harbor writes it. Members that are not \
                known here are kept as they came. A finding whose members are of other types is kept, too, but does not \
                match.",
            "type": "object",
            "properties": {
                "id": text("The identifier of the vulnerability, such as CVE-2021-44228."),
                "package": text("The package that is vulnerable."),
                "version": text("The version of the package that is installed."),
                "fix_version": text("The versions that fix it, separated by commas; empty where there is none."),
                "severity": text("How bad it is, in the scanner's word."),
                "status": text("What the vendor does about it, such as fixed or will_not_fix."),
                "description": text("The description."),
                "links": list("Where to read more; Harbor writes one empty text for none."),
                "cwe_ids": list("The kinds of weakness; Harbor writes one empty text for none."),
                "preferred_cvss": preferred_cvss(),
                "vendor_attributes": {
                    "description": "What the scanner adds, among it the ratings of each vendor.",
                    "type": ["object", "null"],
                    "properties": {
                        "CVSS": {
                            "description": "The ratings, by the name of the vendor.",
                            "type": ["object", "null"],
                            "additionalProperties": vendor_ratings(),
                        },
                    },
                },
            },
            // Harbor writes them for every finding.
            "required": ["id", "package", "version", "severity"],
        })
    }
}

fn preferred_cvss() -> Value {
    json!({
        "description": "What Harbor prefers of the ratings; a score of 0 means that it is unknown.",
        "type": ["object", "null"],
        "properties": {
            "score_v2": { "type": ["number", "null"] },
            "score_v3": { "type": ["number", "null"] },
            "vector_v2": { "type": ["string", "null"] },
            "vector_v3": { "type": ["string", "null"] },
        },
    })
}

fn vendor_ratings() -> Value {
    json!({
        "type": ["object", "null"],
        "properties": {
            "V2Score": { "type": ["number", "null"] },
            "V2Vector": { "type": ["string", "null"] },
            "V3Score": { "type": ["number", "null"] },
            "V3Vector": { "type": ["string", "null"] },
            "V40Score": { "type": ["number", "null"] },
            "V40Vector": { "type": ["string", "null"] },
        },
    })
}
