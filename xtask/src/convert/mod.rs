//! Swagger 2.0 to OpenAPI 3.0.3: the same facts in the other notation.
//!
//! Nothing is corrected here (see [`crate::correct`]). Prose and examples are left behind. Slips of
//! notation that the parsers of Harbor itself overlook are overlooked here as well.

mod operations;
mod parameters;
mod responses;
mod schema;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

pub(crate) use responses::is_json;

use crate::{
    error::Error,
    names::{pascal_case, unique},
    place::Place,
};

/// A description in OpenAPI 3.0.3, and what the conversion had to leave out or rename.
#[derive(Debug)]
pub(crate) struct Converted {
    pub(crate) document: Value,
    pub(crate) notes: Vec<String>,
}

/// Converts a Swagger 2.0 description.
pub(crate) fn convert(swagger: &Value) -> Result<Converted, Error> {
    check_version(swagger)?;
    let mut converter = Converter::new(swagger)?;
    let paths = converter.paths()?;
    let parameters = converter.shared_parameters()?;
    let schemas = converter.schemas()?;
    let mut components = Map::new();
    components.insert("schemas".to_owned(), schemas);
    components.insert("parameters".to_owned(), parameters);
    if let Some(schemes) = security_schemes(swagger) {
        components.insert("securitySchemes".to_owned(), schemes);
    }
    if paths.as_object().is_none_or(Map::is_empty) {
        return Err(Error::new("the source has no operations, so there is nothing to generate"));
    }
    let version = swagger.pointer("/info/version").map(plain_text);
    let mut document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Harbor", "version": version.unwrap_or_default() },
        "servers": [{ "url": base_path(swagger) }],
        "paths": paths,
        "components": components,
    });
    if let Some(security @ Value::Array(_)) = swagger.get("security") {
        document["security"] = security.clone();
    }
    Ok(Converted { document, notes: converter.notes })
}

/// What the parts of a conversion share.
#[derive(Debug)]
struct Converter<'a> {
    swagger: &'a Value,
    /// The component name of each definition.
    names: BTreeMap<&'a str, String>,
    notes: Vec<String>,
}

impl<'a> Converter<'a> {
    fn new(swagger: &'a Value) -> Result<Self, Error> {
        let (names, notes) = component_names(swagger)?;
        Ok(Self { swagger, names, notes })
    }

    fn note(&mut self, place: &Place<'_>, text: &str) {
        self.notes.push(format!("{place}: {text}"));
    }

    /// Follows the reference of `entry` into a shared section such as `parameters`, if it is one, and
    /// says under which name it arrived.
    fn shared<'s>(
        &self,
        section: &str,
        mut entry: &'s Value,
        place: &Place<'_>,
    ) -> Result<(&'s Value, Option<String>), Error>
    where
        'a: 's,
    {
        let mut arrived = None;
        let mut followed = BTreeSet::new();
        while let Some(reference) = entry.get("$ref") {
            let name = local_name(section, reference, place)?;
            let target = self.swagger.get(section).and_then(|entries| entries.get(&name));
            entry = target.filter(|_| followed.insert(name.clone())).ok_or_else(|| {
                Error::at(place, format_args!("the reference to `{name}` in `{section}` leads nowhere"))
            })?;
            arrived = Some(name);
        }
        Ok((entry, arrived))
    }
}

/// The name that a reference such as `#/definitions/Artifact` gives, when it is one of `section`.
fn local_name(section: &str, reference: &Value, place: &Place<'_>) -> Result<String, Error> {
    let Value::String(reference) = reference else {
        return Err(Error::at(place, "`$ref` is not a string"));
    };
    reference
        .strip_prefix("#/")
        .and_then(|rest| rest.strip_prefix(section))
        .and_then(|rest| rest.strip_prefix('/'))
        .map(crate::place::unescape)
        .ok_or_else(|| Error::at(place, format_args!("the reference `{reference}` does not point into `#/{section}`")))
}

fn check_version(swagger: &Value) -> Result<(), Error> {
    if let Some(version) = swagger.get("openapi").map(plain_text) {
        return Err(Error::new(format!(
            "the source is OpenAPI {version}, but Harbor publishes Swagger 2.0, which is what is read here"
        )));
    }
    match swagger.get("swagger").map(plain_text).as_deref() {
        Some("2.0" | "2") => {}
        Some(other) => {
            return Err(Error::new(format!("the source is Swagger {other}, not Swagger 2.0")));
        }
        None => {
            return Err(Error::new("the source is not a Swagger 2.0 description: it has no `swagger` member"));
        }
    }
    Ok(())
}

/// Names that the generated code uses without saying that it means those of the standard library.
const PRELUDE: [&str; 14] = [
    "Box", "Clone", "Default", "Err", "From", "Into", "None", "Ok", "Option", "Result", "Self", "Some", "String", "Vec",
];

/// Component names allow fewer characters than definitions, and the generator writes them in
/// Pascal case, where two definitions must not become one.
fn component_names(swagger: &Value) -> Result<(BTreeMap<&str, String>, Vec<String>), Error> {
    let mut names = BTreeMap::new();
    let mut notes = Vec::new();
    let mut taken: BTreeSet<String> = PRELUDE.map(str::to_owned).into();
    for (definition, _) in members(swagger, "definitions", &Place::ROOT)? {
        let allowed = |c: char| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }
        };
        let plain: String = definition.chars().map(allowed).collect();
        let name = unique(&plain, pascal_case, &mut taken);
        if name != *definition {
            notes.push(format!("#/definitions/{definition}: named `{name}`"));
        }
        names.insert(definition.as_str(), name);
    }
    Ok((names, notes))
}

/// The host differs between installations, so only the path is kept.
fn base_path(swagger: &Value) -> &str {
    match swagger.get("basePath") {
        Some(Value::String(path)) if !path.is_empty() => path,
        _ => "/",
    }
}

fn security_schemes(swagger: &Value) -> Option<Value> {
    let definitions = swagger.get("securityDefinitions")?.as_object()?;
    let schemes = definitions.iter().map(|(name, definition)| (name.clone(), security_scheme(definition)));
    Some(Value::Object(schemes.collect()))
}

fn security_scheme(definition: &Value) -> Value {
    let text = |key: &str| definition.get(key).cloned().unwrap_or_default();
    match definition.get("type").and_then(Value::as_str) {
        Some("apiKey") => json!({ "type": "apiKey", "name": text("name"), "in": text("in") }),
        Some("oauth2") => {
            let flow = match definition.get("flow").and_then(Value::as_str) {
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                Some("password") => "password",
                _ => "implicit",
            };
            let mut urls = json!({ "scopes": definition.get("scopes").cloned().unwrap_or_else(|| json!({})) });
            for key in ["authorizationUrl", "tokenUrl"] {
                if definition.get(key).is_some() {
                    urls[key] = text(key);
                }
            }
            json!({ "type": "oauth2", "flows": { flow: urls } })
        }
        _ => json!({ "type": "http", "scheme": "basic" }),
    }
}

/// The members of the object `owner.key`; none where there is no such thing.
fn members<'a>(
    owner: &'a Value,
    key: &str,
    place: &Place<'_>,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, Error> {
    match owner.get(key) {
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(Value::Object(members)) => Ok(Some(members).into_iter().flatten()),
        Some(_) => Err(Error::at(&place.member(key), "expected an object")),
    }
}

/// The elements of the list `owner.key`; none where there is no such thing.
fn elements<'a>(owner: &'a Value, key: &str, place: &Place<'_>) -> Result<impl Iterator<Item = &'a Value>, Error> {
    match owner.get(key) {
        None | Some(Value::Null) => Ok([].iter()),
        Some(Value::Array(elements)) => Ok(elements.iter()),
        Some(_) => Err(Error::at(&place.member(key), "expected a list")),
    }
}

/// The strings of a list such as `produces`.
fn strings(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A scalar as text, because YAML readers turn `2.0` into a number.
fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.as_f64() == Some(2.0) => "2.0".to_owned(),
        other => other.to_string(),
    }
}
