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
        let name = request.operation.as_deref().unwrap_or_default();
        let operation = match self.operation.as_deref() {
            None => true,
            Some("overview") => request.overview,
            Some("artifacts") => name == "project-artifacts" || name == "repository-artifacts",
            Some(operation) => operation == name || operations::id_of(name) == Some(operation),
        };
        operation
            && (self.project.is_none() || self.project == request.project)
            && (self.repository.is_none() || self.repository == request.repository)
    }
}
