//! Which routes there are: those of the description.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::target::{Outcome, Skipped, Target};

/// The methods of a path, whose parameters are in braces.
struct Route {
    path: String,
    methods: BTreeSet<String>,
}

impl Route {
    /// The path with a value for each parameter that does for names and for numbers.
    fn example(&self) -> String {
        let segments = self.path.split('/').map(|segment| if segment.starts_with('{') { "1" } else { segment });
        segments.collect::<Vec<_>>().join("/")
    }

    fn matches(&self, path: &str) -> bool {
        let pairs = || self.path.split('/').zip(path.split('/'));
        self.path.split('/').count() == path.split('/').count()
            && pairs().all(|(segment, value)| segment.starts_with('{') || segment == value)
    }
}

/// The routes of the description, if it is that of the server's release.
fn described(harbor: &Target) -> Result<Vec<Route>, Skipped> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harbor-openapi.yaml");
    let document: Value = serde_norway::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let described = document["info"]["version"].as_str().unwrap().rsplit_once('.').unwrap().0;
    let info = harbor.get("/systeminfo").json();
    let version = info["harbor_version"].as_str().unwrap();
    if !version.starts_with(&format!("v{described}.")) {
        return Err(Skipped(format!("the server is a {version}, and the description one of {described}")));
    }
    let methods = |item: &Value| {
        let names = item.as_object().unwrap().keys().filter(|name| name.as_str() != "parameters");
        names.map(|name| name.to_uppercase()).collect()
    };
    let paths = document["paths"].as_object().unwrap().iter();
    Ok(paths
        .map(|(path, item)| Route { path: path.trim_end_matches('/').to_owned(), methods: methods(item) })
        .collect())
}

pub(crate) fn of_the_description_exist(harbor: &Target) -> Outcome {
    let routes = described(harbor)?;
    let readable = routes.iter().filter(|route| route.methods.contains("GET"));
    let missing = readable.filter(|route| {
        let answer = harbor.anonymous("GET", &route.example()).send();
        answer.status == 404 && answer.text.contains("\"message\":\"path ")
    });
    let missing: Vec<_> = missing.map(|route| route.path.as_str()).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    Ok(())
}

/// A method that no route has is answered with those that the path has.
pub(crate) fn have_their_methods(harbor: &Target) -> Outcome {
    let routes = described(harbor)?;
    let mut wrong = Vec::new();
    for route in &routes {
        let path = route.example();
        // `/users/current` is one of `/users/{user_id}` as well.
        let expected = routes.iter().filter(|route| route.matches(&path)).flat_map(|route| &route.methods);
        let expected: BTreeSet<_> = expected.map(String::as_str).collect();
        let answer = harbor.anonymous("OPTIONS", &path).send();
        let methods = answer.text.split_once("but [").and_then(|(_, rest)| rest.split_once("] are"));
        let methods: BTreeSet<_> = methods.map(|(methods, _)| methods.split(',').collect()).unwrap_or_default();
        if answer.status != 405 || methods != expected {
            wrong.push(format!("{path}: {expected:?}, but {}", answer.about().trim_end()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), routes.len());
    Ok(())
}
