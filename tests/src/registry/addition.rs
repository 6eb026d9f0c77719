//! What a registry tells of an artifact beside its report: history, readme and the like.

use std::sync::Arc;

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::{Artifact, BEGINNING, Kind};

/// A text that belongs to an artifact and that Harbor takes out of its layers when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Addition {
    /// How an image was built: JSON, a list or `null`.
    BuildHistory,
    /// The values of a chart: YAML.
    Values,
    /// The readme of a chart or a model: Markdown.
    Readme,
    /// The charts that a chart needs: JSON, a list or `null`.
    Dependencies,
    /// The licence of a model: text.
    License,
    /// The files of a model: JSON.
    Files,
}

impl Artifact {
    /// Sets what an addition says, as it goes on the wire; it is served where the type of the artifact has it.
    ///
    /// Without it, an image has a history of two steps, a chart the dependencies that its attributes name, and the other
    /// texts are empty.
    #[must_use]
    pub fn with_addition(mut self, addition: Addition, content: impl AsRef<str>) -> Self {
        self.additions.retain(|(known, _)| *known != addition);
        self.additions.push((addition, Arc::from(content.as_ref())));
        self
    }

    /// What an addition says.
    pub(crate) fn addition(&self, addition: Addition) -> String {
        if let Some((_, content)) = self.additions.iter().find(|(known, _)| *known == addition) {
            return content.to_string();
        }
        match addition {
            Addition::BuildHistory => self.usual_history().to_string(),
            Addition::Dependencies => self.named_dependencies(),
            Addition::Files => "[]".to_owned(),
            Addition::Values | Addition::Readme | Addition::License => String::new(),
        }
    }

    /// The additions of the type, by the names in their links.
    pub(crate) fn addition_names(&self) -> &'static [&'static str] {
        match &self.kind {
            Kind::Image => &["build_history"],
            Kind::Other { name, .. } if name == "WASM" => &["build_history"],
            Kind::Chart => &["dependencies", "readme.md", "values.yaml"],
            Kind::Model => &["files", "license", "readme.md"],
            Kind::Index | Kind::Sbom | Kind::Other { .. } => &[],
        }
    }

    fn attribute(&self, name: &str) -> Option<&Value> {
        self.extra_attributes.as_ref().and_then(|attributes| attributes.get(name))
    }

    fn usual_history(&self) -> Value {
        // Images without a date of their own were built in the first moment of the registry.
        let created = self.attribute("created").filter(|created| created.is_string()).cloned();
        let created = created.unwrap_or_else(|| Value::from(BEGINNING.to_rfc3339_opts(SecondsFormat::Secs, true)));
        json!([
            {"created": created, "created_by": "ADD rootfs.tar / # buildkit"},
            {"created": created, "created_by": "CMD [\"/bin/sh\"]", "empty_layer": true},
        ])
    }

    fn named_dependencies(&self) -> String {
        let Some(Value::Array(dependencies)) = self.attribute("dependencies") else {
            return "null".to_owned();
        };
        let one = |dependency: &Value| {
            let member = |name: &str| dependency.get(name).cloned().unwrap_or_else(|| json!(""));
            let members = ["name", "version", "repository"].map(|name| (name.to_owned(), member(name)));
            Value::Object(Map::from_iter(members))
        };
        Value::Array(dependencies.iter().map(one).collect()).to_string()
    }
}
