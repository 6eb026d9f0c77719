//! The JSON Schema of names: texts, of which the pattern refuses what is refused here, but for lengths in bytes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{ArtifactReference, Digest, ProjectName, Reference, RepositoryName, Tag};

macro_rules! schema {
    ($($name:ident: $pattern:expr, $description:expr);+ $(;)?) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $description, "type": "string", "pattern": $pattern })
            }
        }
    )+};
}

schema! {
    ProjectName: format!("^{SEGMENT}$"), "The name of a project.";
    RepositoryName: format!("^{SEGMENT}(/{SEGMENT})+$"), "A project, a slash, and the path of a repository in it.";
    Tag: format!("^{TAG}$"), "A tag of an artifact.";
    Digest: format!("^({DIGEST})$"), "The digest of an artifact.";
    ArtifactReference: format!("^{SEGMENT}(/{SEGMENT})+(:{TAG}|@({DIGEST}))$"), "A repository with a tag or a digest.";
    Reference: format!("^({TAG}|{DIGEST})$"), "A tag or a digest.";
}

/// Part of a name: not `.` and not `..`, without white space, control characters, and what has a meaning in a URL.
const SEGMENT: &str = r"(?!\.{1,2}(/|$))[^\s\u0000-\u001f\u007f-\u009f/\\%?#:@]+";
const TAG: &str = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
const DIGEST: &str = "sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}";
