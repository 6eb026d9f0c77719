//! What a fault or a hold concerns.

use crate::http::operations;

/// What a fault or a hold concerns; in a request, what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) operation: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) repository: Option<String>,
    /// Whether an artifact request asks for the overview, which `overview` stands for.
    pub(crate) overview: bool,
}

impl Scope {
    /// The scope of one operation by name.
    pub(crate) fn of_operation(operation: &str) -> Self {
        Self { operation: Some(operation.to_owned()), ..Self::default() }
    }

    /// The operation, if the server does not have it.
    pub(crate) fn unknown_operation(&self) -> Option<&str> {
        self.operation.as_deref().filter(|operation| !operations::is_name(operation))
    }

    /// Whether a request lies in this scope.
    pub(crate) fn covers(&self, request: &Self) -> bool {
        self.operation.as_deref().is_none_or(|operation| request.has_name(operation))
            && (self.project.is_none() || self.project == request.project)
            && (self.repository.is_none() || self.repository == request.repository)
    }

    /// Whether the operation of a request has a name, which may be that of several.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        let own_name = self.operation.as_deref().unwrap_or_default();
        match name {
            "overview" => self.overview,
            "artifacts" => own_name == "project-artifacts" || own_name == "repository-artifacts",
            name => name == own_name || operations::id_of(own_name) == Some(name),
        }
    }
}
