//! Each rule on the smallest description that shows it, and the entries of `corrections.toml`.

use serde_json::{Value, json};

use super::{Applied, Corrections, correct};

const CORRECTIONS: &str = include_str!("../../corrections.toml");

/// A description of one operation and the given schemas.
fn document(responses: Value, schemas: Value) -> Value {
    json!({
        "paths": { "/a": { "get": { "operationId": "listThings", "responses": responses } } },
        "components": { "schemas": schemas },
    })
}

fn corrected(mut document: Value) -> Value {
    correct(&mut document, &Corrections::parse("").unwrap());
    let once = document.clone();
    correct(&mut document, &Corrections::parse("").unwrap());
    assert_eq!(document, once, "correcting twice must change nothing");
    document
}

/// What becomes of a schema that the only operation answers.
fn answered(schema: Value) -> Value {
    let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } });
    let document = document(json!({ "200": { "content": content } }), json!({ "Thing": schema }));
    corrected(document)["components"]["schemas"]["Thing"].clone()
}

/// What becomes of a schema that no operation answers.
fn requested(schema: Value) -> Value {
    corrected(document(json!({}), json!({ "Thing": schema })))["components"]["schemas"]["Thing"].clone()
}

/// The content of the one success that several become.
fn success(responses: Value) -> Value {
    let schemas = json!({ "Thing": { "type": "object", "properties": { "a": { "type": "string" } } } });
    let document = corrected(document(responses, schemas));
    let responses = &document["paths"]["/a"]["get"]["responses"];
    let codes: Vec<&String> = responses.as_object().unwrap().keys().collect();
    assert_eq!(codes, ["2XX", "4XX", "5XX"]);
    responses["2XX"].get("content").cloned().unwrap_or_default()
}

fn json_content(schema: Value) -> Value {
    json!({ "application/json": { "schema": schema } })
}

#[test]
fn every_failure_is_errors() {
    let document = corrected(document(json!({ "200": {}, "404": { "content": {} }, "default": {} }), json!({})));
    let responses = &document["paths"]["/a"]["get"]["responses"];
    assert_eq!(responses["4XX"], json!({ "$ref": "#/components/responses/Errors" }));
    assert_eq!(responses["5XX"], responses["4XX"]);
    assert!(responses.get("404").is_none() && responses.get("default").is_none());
    let schema = document.pointer("/components/responses/Errors/content/application~1json/schema").unwrap();
    assert_eq!(schema, &json!({ "$ref": "#/components/schemas/Errors" }));
    assert!(document.pointer("/components/schemas/Errors/properties/errors").is_some(), "added where it is missing");
}

#[test]
fn several_successes_become_one() {
    let thing = json!({ "$ref": "#/components/schemas/Thing" });
    let text = json!({ "type": "string" });
    assert_eq!(success(json!({ "200": {}, "201": {} })), Value::Null);
    assert_eq!(success(json!({})), Value::Null);
    assert_eq!(
        success(
            json!({ "200": { "content": json_content(thing.clone()) }, "201": { "content": json_content(thing.clone()) } })
        ),
        json_content(thing.clone())
    );
    assert_eq!(
        success(json!({ "200": { "content": json_content(thing.clone()) }, "204": {} })),
        json_content(json!({ "allOf": [thing], "nullable": true })),
        "an empty body is null"
    );
    assert_eq!(
        success(
            json!({ "200": { "content": json_content(text.clone()) }, "201": { "content": json_content(thing.clone()) } })
        ),
        json_content(json!({ "oneOf": [text, thing] }))
    );
    let log = json!({ "text/plain": { "schema": text } });
    assert_eq!(success(json!({ "200": { "content": log }, "202": {} })), log);
    assert_eq!(
        success(json!({ "200": { "content": log }, "201": { "content": json_content(thing.clone()) } })),
        json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } })
    );
    assert_eq!(success(json!({ "default": { "content": json_content(thing.clone()) } })), json_content(thing));
}

#[test]
fn lists_and_maps_may_be_null() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let thing = answered(json!({ "type": "object", "properties": {
        "list": list,
        "map": { "type": "object", "additionalProperties": list },
        "free": { "type": "object" },
        "text": { "type": "string" },
    }}));
    let nullable = |place: &str| thing.pointer(place).unwrap().get("nullable") == Some(&json!(true));
    assert!(nullable("/properties/list"));
    assert!(nullable("/properties/map"));
    assert!(nullable("/properties/map/additionalProperties"));
    assert!(nullable("/properties/free"));
    assert!(!nullable("/properties/text"));
    let required = answered(json!({ "type": "object", "required": ["list"], "properties": { "list": list } }));
    assert_eq!(required["properties"]["list"]["nullable"], true, "an answer requires nothing");
    let request = requested(json!({ "type": "object", "required": ["list"], "properties": { "list": list } }));
    assert_eq!(request["properties"]["list"].get("nullable"), None, "what a request must have is not null");
}

#[test]
fn maps_of_objects_without_members_hold_anything() {
    let map = |values: Value| json!({ "type": "object", "additionalProperties": values });
    assert_eq!(answered(map(json!({ "type": "object" }))), map(json!({})));
    assert_eq!(answered(map(json!({ "type": "string" }))), map(json!({ "type": "string" })));
}

#[test]
fn answers_require_nothing_and_take_every_word() {
    let schema = json!({ "type": "object", "required": ["kind"], "properties": { "kind": { "type": "string", "enum": ["a", "b"] } } });
    let thing = answered(schema.clone());
    assert_eq!(thing, json!({ "type": "object", "properties": { "kind": { "type": "string" } } }));
    assert_eq!(requested(schema)["required"], json!(["kind"]));
}

#[test]
fn nothing_is_validated() {
    let schema = json!({ "type": "object", "properties": { "pattern": {
        "type": "string", "pattern": "^a", "minLength": 1, "maxLength": 2, "default": "a",
    }}});
    assert_eq!(requested(schema), json!({ "type": "object", "properties": { "pattern": { "type": "string" } } }));
}

#[test]
fn numbers_are_wide() {
    let wide = |kind: &str, format: &str| requested(json!({ "type": kind, "format": format }))["format"].clone();
    assert_eq!(wide("integer", "int8"), "int64");
    assert_eq!(wide("integer", "date-time"), "int64");
    assert_eq!(wide("integer", "uint64"), "uint64");
    assert_eq!(wide("number", "float"), "double");
    assert_eq!(requested(json!({ "type": "integer" }))["format"], "int64");
}

#[test]
fn formats_fit_their_type() {
    let format = |kind: &str, format: &str| requested(json!({ "type": kind, "format": format })).get("format").cloned();
    assert_eq!(format("string", "date-time"), Some(json!("date-time")));
    assert_eq!(format("string", "uuid"), None);
    assert_eq!(format("string", "int64"), None);
    assert_eq!(format("boolean", "int64"), None);
}

#[test]
fn lists_in_one_parameter_are_text() {
    let mut document = document(json!({}), json!({}));
    let list = json!({ "type": "array", "items": { "type": "string" } });
    document["paths"]["/a"]["get"]["parameters"] = json!([
        { "name": "a", "in": "query", "explode": false, "style": "form", "schema": list },
        { "name": "b", "in": "query", "explode": true, "style": "form", "schema": list },
        { "name": "c", "in": "header", "explode": true, "schema": list },
    ]);
    let parameters = corrected(document)["paths"]["/a"]["get"]["parameters"].clone();
    assert_eq!(parameters[0], json!({ "name": "a", "in": "query", "schema": { "type": "string" } }));
    assert_eq!(parameters[1]["schema"], list);
    assert_eq!(parameters[2]["schema"], json!({ "type": "string" }));
}

#[test]
fn types_described_in_place_get_names_that_are_free() {
    let inner = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let outer =
        json!({ "type": "object", "properties": { "part": inner, "parts": { "type": "array", "items": inner } } });
    let document = corrected(document(
        json!({ "200": { "content": json_content(inner.clone()) } }),
        json!({ "Thing": outer, "ThingPart": inner }),
    ));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert_eq!(schemas["Thing"]["properties"]["part"], json!({ "$ref": "#/components/schemas/ThingPart_2" }));
    for name in ["ThingPart", "ThingPart_2", "ThingPartsItem", "ListThingsResponse"] {
        assert_eq!(schemas[name], inner, "{name}");
    }
}

#[test]
fn words_that_become_one_name_are_open() {
    let closed = |words: Value| requested(json!({ "type": "string", "enum": words })).get("enum").is_some();
    assert!(closed(json!(["a", "b"])));
    assert!(!closed(json!(["a", "A"])));
    assert!(!closed(json!(["a b", "a-b"])));
}

/// Applies the entries of a file in the form of `corrections.toml`, and says how often each applied.
fn with_entries(entries: &str, document: &mut Value) -> Vec<(String, usize)> {
    let corrections = Corrections::parse(entries).unwrap();
    correct(document, &corrections).into_iter().map(|Applied { name, times }| (name, times)).collect()
}

#[test]
fn answers_are_corrected_by_their_operation() {
    let thing = json_content(json!({ "$ref": "#/components/schemas/Thing" }));
    let content = |entry: &str| {
        let mut document = document(json!({ "200": { "content": thing } }), json!({ "Thing": { "type": "object" } }));
        let applied =
            with_entries(&format!("[[answer]]\noperation = 'listThings'\nwhy = 'seen'\n{entry}"), &mut document);
        assert!(applied.contains(&("answer of listThings".to_owned(), 1)));
        document.pointer("/paths/~1a/get/responses/2XX/content").unwrap().clone()
    };
    assert!(content("is = 'bytes'").get("*/*").is_some());
    assert_eq!(content("is = 'maybe-empty'")["application/json"]["schema"]["nullable"], true);
    assert_eq!(content("is = 'json'\nschema = { type = 'boolean' }"), json_content(json!({ "type": "boolean" })));
}

#[test]
fn properties_are_renamed_and_replaced() {
    let schemas = json!({ "Thing": { "type": "object", "properties": { "'a.b'": { "type": "string" }, "c": { "type": "object" } } } });
    let mut document = document(json!({}), schemas);
    let entries = "[[property]]\nschema = 'Thing'\nproperty = \"'a.b'\"\nrename = 'AB'\nwhy = 'seen'\n\
                   [[property]]\nschema = 'Thing'\nproperty = 'c'\nvalue = {}\nwhy = 'seen'";
    with_entries(entries, &mut document);
    let thing = &document["components"]["schemas"]["Thing"]["properties"];
    assert_eq!(thing, &json!({ "AB": { "type": "string" }, "c": {} }));
}

#[test]
fn what_no_longer_applies_is_counted_as_such() {
    let mut document = document(json!({}), json!({}));
    let applied = with_entries(CORRECTIONS, &mut document);
    assert!(applied.contains(&("answer of getVulnerabilitiesAddition".to_owned(), 0)));
    assert!(applied.contains(&("Platform.'os.version'".to_owned(), 0)));
    assert!(document.pointer("/components/schemas/VulnerabilityReport").is_none(), "nothing refers to it");
}

#[test]
fn the_report_of_vulnerabilities_gets_its_schemas() {
    let mut document = document(json!({ "200": { "content": json_content(json!({ "type": "string" })) } }), json!({}));
    document["paths"]["/a"]["get"]["operationId"] = json!("getVulnerabilitiesAddition");
    with_entries(CORRECTIONS, &mut document);
    for name in ["VulnerabilityReport", "VulnerabilityReportItem", "PreferredCvss", "Scanner"] {
        assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
    }
}

#[test]
fn an_entry_without_evidence_is_refused() {
    let error = Corrections::parse("[[answer]]\noperation = 'a'\nis = 'bytes'").unwrap_err();
    assert!(error.to_string().contains("why"), "{error}");
}
