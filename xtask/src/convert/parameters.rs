//! Parameters, and the bodies that Swagger 2.0 counts among them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Converter, elements, members, operations::RequestBody};
use crate::{error::Error, names::snake_case, place::Place};

/// One parameter of an operation, references followed.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'a> {
    name: &'a str,
    location: &'a str,
    source: &'a Value,
    /// The entry of the shared parameters that it came from.
    shared: Option<String>,
    place: String,
}

impl<'a> Converter<'a> {
    /// Converts the shared parameters, bodies and forms apart: these go to their operations.
    pub(super) fn shared_parameters(&mut self) -> Result<Value, Error> {
        let within = Place::ROOT.member("parameters");
        let mut converted = Map::new();
        let swagger = self.swagger;
        for (key, source) in members(swagger, "parameters", &Place::ROOT)? {
            let here = within.member(key);
            let (source, _) = self.shared("parameters", source, &here)?;
            let parameter = resolved(source, None, &here)?;
            if is_plain(&parameter) {
                converted.insert(key.clone(), self.parameter(&parameter)?);
            }
        }
        Ok(Value::Object(converted))
    }

    /// Gathers the parameters of an operation and of its path; the operation's own come first.
    pub(super) fn collect_parameters(
        &mut self,
        operation: &'a Value,
        item: &'a Value,
        path: &'a str,
        place: &Place<'_>,
    ) -> Result<Vec<Parameter<'a>>, Error> {
        let mut collected: Vec<Parameter<'a>> = Vec::new();
        let within = place.member("parameters");
        let both = elements(operation, "parameters", place)?.chain(elements(item, "parameters", place)?);
        for (index, source) in both.enumerate() {
            let index = index.to_string();
            let here = within.member(&index);
            let (source, shared) = self.shared("parameters", source, &here)?;
            let parameter = resolved(source, shared, &here)?;
            let known = |other: &Parameter<'_>| other.location == parameter.location && other.name == parameter.name;
            if !collected.iter().any(known) {
                collected.push(parameter);
            }
        }
        self.fit_to_path(&mut collected, path, place);
        self.drop_homonyms(&mut collected, place)?;
        Ok(collected)
    }

    /// The generator wants exactly the parameters that the path names.
    fn fit_to_path(&mut self, parameters: &mut Vec<Parameter<'a>>, path: &'a str, place: &Place<'_>) {
        let named: BTreeSet<&str> = placeholders(path).collect();
        parameters.retain(|parameter| {
            let stays = parameter.location != "path" || named.contains(parameter.name);
            if !stays {
                self.note(place, &format!("the path has no place for the parameter `{}`", parameter.name));
            }
            stays
        });
        for name in named {
            if !parameters.iter().any(|parameter| parameter.location == "path" && parameter.name == name) {
                self.note(place, &format!("the parameter `{name}` of the path is not described, so it is a string"));
                let place = place.to_string();
                parameters.push(Parameter { name, location: "path", source: &Value::Null, shared: None, place });
            }
        }
    }

    /// A function cannot have two arguments of one name.
    fn drop_homonyms(&mut self, parameters: &mut Vec<Parameter<'a>>, place: &Place<'_>) -> Result<(), Error> {
        // What is required stays, and so does a body.
        parameters.sort_by_key(|parameter| is_plain(parameter) && !is_required(parameter));
        // An operation has functions of these names.
        let mut taken = BTreeSet::from(["new".to_owned(), "send".to_owned()]);
        let mut kept = Vec::new();
        for parameter in parameters.drain(..) {
            let argument = match parameter.location {
                // The generator calls every body so.
                "body" | "formData" => "body".to_owned(),
                _ => snake_case(parameter.name),
            };
            if taken.insert(argument.clone()) || argument == "body" && !is_plain(&parameter) {
                kept.push(parameter);
            } else if is_required(&parameter) {
                let problem = format!("a required parameter becomes the argument `{argument}`, which there is already");
                return Err(Error::at(place, problem));
            } else {
                let note =
                    format!("the {} parameter `{}` is left out: its name is taken", parameter.location, parameter.name);
                self.note(place, &note);
            }
        }
        *parameters = kept;
        Ok(())
    }

    /// Converts those parameters that still are parameters in OpenAPI 3.0.
    pub(super) fn parameters(&mut self, parameters: &[Parameter<'a>]) -> Result<Vec<Value>, Error> {
        parameters
            .iter()
            .filter(|parameter| is_plain(parameter))
            .map(|parameter| match &parameter.shared {
                Some(key) => Ok(json!({ "$ref": format!("#/components/parameters/{key}") })),
                None => self.parameter(parameter),
            })
            .collect()
    }

    fn parameter(&mut self, parameter: &Parameter<'_>) -> Result<Value, Error> {
        let Parameter { name, location, source, place, .. } = parameter;
        let mut schema = self.schema(source, &Place::written(place))?;
        if schema.get("type").is_none_or(|kind| kind == "object") {
            schema = json!({ "type": "string" });
        }
        let mut converted =
            json!({ "name": name, "in": location, "required": is_required(parameter), "schema": schema });
        if schema["type"] == "array" {
            let format = source.get("collectionFormat").and_then(Value::as_str).unwrap_or("csv");
            converted["explode"] = json!(format == "multi");
            if *location == "query" {
                let style = match format {
                    "ssv" => "spaceDelimited",
                    "pipes" => "pipeDelimited",
                    _ => "form",
                };
                converted["style"] = json!(style);
            }
        }
        Ok(converted)
    }

    /// Makes the request body of a `body` parameter or of a form.
    pub(super) fn request_body(
        &mut self,
        parameters: &[Parameter<'a>],
        consumes: &[&str],
        place: &Place<'_>,
    ) -> Result<RequestBody, Error> {
        let mut bodies = parameters.iter().filter(|parameter| parameter.location == "body");
        if let Some(body) = bodies.next() {
            if bodies.next().is_some() {
                return Err(Error::at(place, "the operation has two bodies"));
            }
            let place = Place::written(&body.place);
            let schema = body.source.get("schema").unwrap_or(&Value::Null);
            let schema = self.schema(schema, &place.member("schema"))?;
            return Ok(RequestBody::Some(body_content(schema, consumes, is_required(body))));
        }
        let fields: Vec<_> = parameters.iter().filter(|parameter| parameter.location == "formData").collect();
        if fields.is_empty() {
            return Ok(RequestBody::None);
        }
        let has_file = fields.iter().any(|field| field.source.get("type") == Some(&json!("file")));
        if has_file || !consumes.contains(&FORM) && consumes.contains(&"multipart/form-data") {
            return Ok(RequestBody::Multipart);
        }
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in fields {
            properties.insert(field.name.to_owned(), self.schema(field.source, &Place::written(&field.place))?);
            if is_required(field) {
                required.push(json!(field.name));
            }
        }
        let mut schema = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema["required"] = Value::Array(required);
        }
        Ok(RequestBody::Some(json!({ "required": true, "content": { FORM: { "schema": schema } } })))
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The media types of bodies that the generator can write are few: JSON, text and bytes.
fn body_content(schema: Value, consumes: &[&str], required: bool) -> Value {
    let file = schema.get("format") == Some(&json!("binary"));
    let text = schema.get("type") == Some(&json!("string"));
    let (media_type, schema) = if file {
        ("application/octet-stream", json!({ "type": "string", "format": "binary" }))
    } else if consumes.contains(&"text/plain") && text && !consumes.iter().any(|kind| super::responses::is_json(kind)) {
        ("text/plain", json!({ "type": "string" }))
    } else {
        ("application/json", schema)
    };
    json!({ "required": required, "content": { media_type: { "schema": schema } } })
}

fn resolved<'a>(source: &'a Value, shared: Option<String>, place: &Place<'_>) -> Result<Parameter<'a>, Error> {
    let text = |key: &str| source.get(key).and_then(Value::as_str);
    let location = match text("in") {
        Some(location @ ("body" | "formData" | "header" | "path" | "query")) => location,
        _ => {
            return Err(Error::at(place, "the parameter's `in` is none of body, formData, header, path, query"));
        }
    };
    let name = match text("name") {
        Some(name) => name,
        None if location == "body" => "body",
        None => return Err(Error::at(place, "the parameter has no name")),
    };
    Ok(Parameter { name, location, source, shared, place: place.to_string() })
}

fn is_plain(parameter: &Parameter<'_>) -> bool {
    !matches!(parameter.location, "body" | "formData")
}

fn is_required(parameter: &Parameter<'_>) -> bool {
    parameter.location == "path" || parameter.source.get("required") == Some(&Value::Bool(true))
}

/// The names in braces.
fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
