//! The JSON Schema of reports, as Harbor writes them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Report;
use crate::model::Finding;

impl JsonSchema for Report {
    fn schema_name() -> Cow<'static, str> {
        "Report".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // The finding of a report says more than a finding that belongs to no report.
        let finding = generator.subschema_for::<Finding>();
        json_schema!({
            "description": "What a scanner found in one artifact, as Harbor writes it. Members that are not known here \
                are kept as they came. A report whose members are of other types is kept, too, but does not match.",
            "type": "object",
            "properties": {
                "media_type": {
                    "description": "The media type that the report came under, where it is not that of version 1.1.",
                    "type": "string",
                },
                "generated_at": {
                    "description": "When the scanner made the report, as it wrote it.",
                    "type": ["string", "null"],
                },
                "scanner": {
                    "description": "The scanner that made the report.",
                    "type": ["object", "null"],
                    "properties": {
                        "name": { "type": ["string", "null"] },
                        "vendor": { "type": ["string", "null"] },
                        "version": { "type": ["string", "null"] },
                    },
                },
                "severity": {
                    "description": "The severity that the scanner gave to the artifact as a whole.",
                    "type": ["string", "null"],
                },
                "vulnerabilities": {
                    "description": "The findings.",
                    "type": ["array", "null"],
                    "items": {
                        "allOf": [finding],
                        "properties": {
                            "artifact_digests": {
                                "description": "The artifacts that the finding is in: children of an index.",
                                "type": ["array", "null"],
                                "items": { "type": "string" },
                            },
                            "artifact_digest": {
                                "description": "The same, as Harbor wrote it before 2.2.",
                                "type": "string",
                            },
                        },
                    },
                },
            },
            "required": ["vulnerabilities"],
        })
    }
}
