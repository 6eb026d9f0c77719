//! One test for each oddity that a release of Harbor, or a hand-kept file, may have.

use serde_json::{Value, json};

use super::{Converted, convert};
use crate::source;

fn read(paths: &str, rest: &str) -> Result<Converted, String> {
    let text = format!("swagger: '2.0'\nbasePath: /api/v2.0\nproduces: [application/json]\npaths:\n{paths}\n{rest}");
    convert(&source::parse(&text).unwrap()).map_err(|error| error.to_string())
}

/// An operation with the given members beside its answer.
fn operation(members: &str, rest: &str) -> Result<(Value, Vec<String>), String> {
    let path = format!("  /a/{{id}}:\n    get: {{operationId: a, {members}}}");
    let Converted { document, notes } = read(&path, rest)?;
    Ok((document["paths"]["/a/{id}"]["get"].clone(), notes))
}

/// What becomes of a definition `A`.
fn schema(definition: &str) -> Value {
    try_schema(definition).unwrap()
}

fn try_schema(definition: &str) -> Result<Value, String> {
    let rest = format!("definitions:\n  B: {{type: object}}\n  A: {definition}");
    let converted = read("  /a: {get: {responses: {200: {description: x}}}}", &rest)?;
    Ok(converted.document["components"]["schemas"]["A"].clone())
}

const ID: &str = "parameters: [{name: id, in: path, type: integer, required: true}]";

#[test]
fn the_frame_of_the_document_is_converted() {
    let rest = "securityDefinitions: {basic: {type: basic}, key: {type: apiKey, name: X, in: header}}\nsecurity: [{basic: []}]";
    let document = read("  /a: {get: {responses: {200: {description: x}}}}", rest).unwrap().document;
    assert_eq!(document["openapi"], "3.0.3");
    assert_eq!(document["servers"], json!([{ "url": "/api/v2.0" }]));
    assert_eq!(document["security"], json!([{ "basic": [] }]));
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["basic"], json!({ "type": "http", "scheme": "basic" }));
    assert_eq!(schemes["key"], json!({ "type": "apiKey", "name": "X", "in": "header" }));
}

#[test]
fn prose_and_examples_stay_behind() {
    let converted = schema(
        "{type: object, title: t, description: d, example: {a: b}, x-go-name: G, externalDocs: {url: u}, \
         properties: {description: {type: string, description: d, example: e}}}",
    );
    assert_eq!(converted, json!({ "type": "object", "properties": { "description": { "type": "string" } } }));
}

#[test]
fn references_lead_to_components() {
    assert_eq!(schema("{$ref: '#/definitions/B', description: d}"), json!({ "$ref": "#/components/schemas/B" }));
}

#[test]
fn a_nullable_reference_stays_nullable() {
    let reference = json!({ "$ref": "#/components/schemas/B" });
    let nullable = json!({ "allOf": [reference], "nullable": true });
    assert_eq!(schema("{$ref: '#/definitions/B', x-nullable: true}"), nullable);
    assert_eq!(schema("{$ref: '#/definitions/B', x-isnullable: true}"), nullable);
}

#[test]
fn references_that_lead_nowhere_are_named() {
    assert_eq!(
        try_schema("{type: array, items: {$ref: '#/definitions/Gone'}}").unwrap_err(),
        "#/definitions/A/items: the reference to `Gone` in `definitions` leads nowhere"
    );
    assert!(try_schema("{$ref: 'other.yaml#/B'}").unwrap_err().contains("`other.yaml#/B`"));
    assert!(try_schema("{$ref: '#/definitions/A'}").unwrap_err().contains("nothing but itself"));
    let shared = operation("parameters: [{$ref: '#/parameters/gone'}]", "").unwrap_err();
    assert!(shared.starts_with("#/paths/~1a~1{id}/get/parameters/0: "), "{shared}");
}

#[test]
fn missing_types_are_seen_by_the_other_keywords() {
    assert_eq!(schema("{properties: {a: {type: string}}}")["type"], "object");
    assert_eq!(schema("{items: {type: string}}")["type"], "array");
    assert_eq!(schema("{additionalProperties: {type: string}}")["type"], "object");
    assert_eq!(schema("{description: anything}"), json!({}));
    assert_eq!(schema(""), json!({}));
}

#[test]
fn lists_of_types_and_unknown_types_are_taken() {
    assert_eq!(schema("{type: [string, 'null']}"), json!({ "type": "string", "nullable": true }));
    assert_eq!(schema("{type: [string, integer]}"), json!({}));
    assert_eq!(schema("{type: map}"), json!({}));
    assert_eq!(schema("{type: file}"), json!({ "type": "string", "format": "binary" }));
}

#[test]
fn keywords_of_the_wrong_kind_are_passed_over() {
    assert_eq!(schema("{type: string, format: [x], required: yes, pattern: }"), json!({ "type": "string" }));
}

#[test]
fn arrays_without_items_hold_anything() {
    assert_eq!(schema("{type: array}"), json!({ "type": "array", "items": {} }));
}

#[test]
fn a_property_that_calls_itself_required_is_not() {
    let converted = schema(
        "{type: object, required: [a, gone], properties: {a: {type: string}, b: {type: string, required: true}}}",
    );
    assert_eq!(converted["required"], json!(["a"]));
    assert_eq!(converted["properties"]["b"], json!({ "type": "string" }));
}

#[test]
fn enumerations_that_do_not_fit_their_type_are_dropped() {
    assert_eq!(schema("{type: string, enum: [a, b]}")["enum"], json!(["a", "b"]));
    assert_eq!(schema("{type: string, enum: [a, 1]}"), json!({ "type": "string" }));
    assert_eq!(schema("{type: string, enum: []}"), json!({ "type": "string" }));
}

#[test]
fn properties_keep_their_names_unless_two_become_one_field() {
    let converted = schema(
        "{properties: {\"'os.version'\": {type: string}, content-type: {type: string}, content_type: {type: string}}}",
    );
    let names: Vec<&String> = converted["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["'os.version'", "content-type"]);
}

#[test]
fn names_of_definitions_are_distinct_and_not_those_of_the_standard_library() {
    let rest = "definitions: {ScanReport: {}, scan_report: {}, String: {}, 'my type': {}}";
    let Converted { document, notes } = read("  /a: {get: {responses: {200: {description: x}}}}", rest).unwrap();
    let names: Vec<&String> = document["components"]["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["ScanReport", "String_2", "my_type", "scan_report_2"]);
    assert_eq!(notes.iter().filter(|note| note.contains("named `")).count(), 3);
}

#[test]
fn operations_without_or_with_the_same_name_get_one() {
    let answer = "responses: {200: {description: x}}";
    let paths = format!(
        "  /b/{{id}}/c: {{get: {{{answer}}}}}\n  /d: {{get: {{operationId: listD, {answer}}}, put: {{operationId: ListD, {answer}}}}}\n  /e: {{get: {{operationId: new, {answer}}}}}"
    );
    let document = read(&paths, "").unwrap().document;
    let id = |path: &str, method: &str| document["paths"][path][method]["operationId"].clone();
    assert_eq!(id("/b/{id}/c", "get"), "get_b_id_c");
    assert_eq!([id("/d", "get"), id("/d", "put")], ["listD", "ListD_2"]);
    assert_eq!(id("/e", "get"), "new_2");
}

#[test]
fn parameters_of_the_path_and_shared_ones_are_gathered() {
    let path = "  /a/{id}:\n    parameters: [{name: id, in: path, type: string}, {name: page, in: query, type: string}]\n    get: {operationId: a, parameters: [{$ref: '#/parameters/size'}, {name: page, in: query, type: integer}]}";
    let rest = "parameters: {size: {$ref: '#/parameters/pageSize'}, pageSize: {name: page_size, in: query, type: integer, format: int64, description: d}}";
    let document = read(path, rest).unwrap().document;
    let parameters = document["paths"]["/a/{id}"]["get"]["parameters"].as_array().unwrap().clone();
    assert_eq!(parameters[0]["name"], "id");
    assert_eq!(parameters[0]["required"], true);
    assert_eq!(parameters[1], json!({ "$ref": "#/components/parameters/pageSize" }));
    assert_eq!(parameters[2]["schema"], json!({ "type": "integer" }), "the operation's own wins");
    assert_eq!(parameters.len(), 3);
    assert_eq!(
        document["components"]["parameters"]["pageSize"],
        json!({ "name": "page_size", "in": "query", "required": false, "schema": { "type": "integer", "format": "int64" } })
    );
}

#[test]
fn the_parameters_of_a_path_are_those_that_it_names() {
    let (operation, notes) = operation("parameters: [{name: other, in: path, type: string}]", "").unwrap();
    assert_eq!(
        operation["parameters"],
        json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }])
    );
    assert_eq!(notes.len(), 2);
}

#[test]
fn of_two_parameters_with_one_name_the_required_one_stays() {
    let (converted, notes) =
        operation("parameters: [{name: ID, in: query, type: string}, {name: id, in: path, type: string}]", "").unwrap();
    assert_eq!(converted["parameters"].as_array().unwrap().len(), 1);
    assert_eq!(converted["parameters"][0]["in"], "path");
    assert!(notes[0].contains("`ID` is left out"), "{notes:?}");
    let both = "parameters: [{name: id, in: query, type: string, required: true}, {name: id, in: path, type: string}]";
    assert!(operation(both, "").unwrap_err().contains("which there is already"));
}

#[test]
fn lists_in_parameters_keep_their_separator() {
    let parameter = |format: &str, location: &str| {
        let list = format!("{{name: l, in: {location}, type: array, items: {{type: string}}, {format}}}");
        operation(&format!("parameters: [{list}]"), "").unwrap().0["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .find(|parameter| parameter["name"] == "l")
            .unwrap()
            .clone()
    };
    let repeated = parameter("collectionFormat: multi", "query");
    assert_eq!((&repeated["style"], &repeated["explode"]), (&json!("form"), &json!(true)));
    let commas = parameter("", "query");
    assert_eq!((&commas["style"], &commas["explode"]), (&json!("form"), &json!(false)));
    assert_eq!(parameter("collectionFormat: pipes", "query")["style"], "pipeDelimited");
    assert_eq!(parameter("", "header").get("style"), None);
}

#[test]
fn bodies_and_forms_become_request_bodies() {
    let (converted, _) = operation(
        "consumes: [application/json], parameters: [{name: x, in: body, required: true, schema: {$ref: '#/definitions/B'}}]",
        "definitions: {B: {type: object}}",
    )
    .unwrap();
    let schema = json!({ "$ref": "#/components/schemas/B" });
    assert_eq!(
        converted["requestBody"],
        json!({ "required": true, "content": { "application/json": { "schema": schema } } })
    );
    let (converted, _) = operation(
        "consumes: [application/x-www-form-urlencoded], parameters: [{name: u, in: formData, type: string, required: true}, {name: n, in: formData, type: integer}]",
        "",
    )
    .unwrap();
    let form = &converted["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    assert_eq!(form["required"], json!(["u"]));
    assert_eq!(form["properties"]["n"], json!({ "type": "integer" }));
}

#[test]
fn bodies_of_other_media_types_are_text_or_bytes() {
    let content = |members: &str| operation(members, "").unwrap().0["requestBody"]["content"].clone();
    let text = content("consumes: [text/plain], parameters: [{name: x, in: body, schema: {type: string}}]");
    assert_eq!(text, json!({ "text/plain": { "schema": { "type": "string" } } }));
    let bytes = content("parameters: [{name: x, in: body, schema: {type: string, format: binary}}]");
    assert!(bytes.get("application/octet-stream").is_some());
    let nothing = content("parameters: [{name: x, in: body}]");
    assert_eq!(nothing, json!({ "application/json": { "schema": {} } }));
}

#[test]
fn uploads_are_left_out_and_said_so() {
    let paths = "  /a: {post: {operationId: upload, consumes: [multipart/form-data], parameters: [{name: f, in: formData, type: file}]}, get: {operationId: a}}";
    let Converted { document, notes } = read(paths, "").unwrap();
    assert!(document["paths"]["/a"].get("post").is_none());
    assert!(notes[0].starts_with("#/paths/~1a/post: `upload` is left out"), "{notes:?}");
}

#[test]
fn answers_take_the_media_types_of_the_operation_or_of_all() {
    let content = |members: &str| operation(members, "").unwrap().0["responses"]["200"]["content"].clone();
    let string = "responses: {200: {description: x, schema: {type: string}}}";
    assert!(content(string).get("application/json").is_some());
    assert!(content(&format!("produces: [text/plain], {string}")).get("text/plain").is_some());
    assert!(content(&format!("produces: [text/plain, application/json], {string}")).get("text/plain").is_none());
    assert!(
        content("responses: {200: {description: x, schema: {type: file}}}").get("application/octet-stream").is_some()
    );
}

#[test]
fn answers_may_be_shared_and_have_headers() {
    let rest = "responses: {ok: {description: x, headers: {X-Total-Count: {type: integer, description: d}}}}";
    let (operation, _) =
        operation("responses: {200: {$ref: '#/responses/ok'}, default: {description: x}}", rest).unwrap();
    let responses = &operation["responses"];
    assert_eq!(responses["200"]["headers"]["X-Total-Count"], json!({ "schema": { "type": "integer" } }));
    assert!(responses.get("default").is_some());
}

#[test]
fn what_is_not_swagger_2_is_refused_in_one_sentence() {
    let refused = |text: &str| convert(&source::parse(text).unwrap()).unwrap_err().to_string();
    assert!(refused("openapi: 3.0.1").contains("OpenAPI 3.0.1"));
    assert!(refused("swagger: '1.2'").contains("Swagger 1.2"));
    assert!(refused("hello").contains("not a Swagger 2.0 description"));
    assert!(refused("swagger: '2.0'\npaths: {}").contains("no operations"));
    assert!(refused("swagger: 2.0\npaths: [1]").contains("#/paths: expected an object"));
    assert!(operation(&format!("{ID}, responses: {{abc: {{}}}}"), "").unwrap_err().contains("/responses/abc"));
    assert!(operation("parameters: [{name: c, in: cookie}]", "").unwrap_err().contains("/parameters/0"));
    let bodies = "parameters: [{name: a, in: body, schema: {}}, {name: b, in: body, schema: {}}]";
    assert!(operation(bodies, "").unwrap_err().contains("two bodies"));
}
