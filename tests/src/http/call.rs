//! A request on its way to the operation: who asks for what, and the state that it is answered from.

use axum::http::header::{HeaderName, LINK};
use axum::http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Outcome;
use crate::registry::{Caller, Project, Registry};
use crate::version::HarborVersion;
use crate::wire::body;
use crate::wire::errors::Refusal;
use crate::wire::json;
use crate::wire::paging::Page;
use crate::wire::parameters::{self, Parameters};

/// Who asks for what, whatever the state is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) version: HarborVersion,
    pub(crate) caller: &'a Caller,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) parameters: &'a Parameters,
    /// The values of the parameters in the path.
    pub(crate) arguments: &'a [(&'static str, String)],
    /// The path as sent, with repeated slashes merged.
    pub(crate) path: &'a str,
    /// The query as sent.
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
}

/// A request, ready to be answered from the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) asked: Asked<'a>,
}

impl<'a> Asked<'a> {
    /// The same request with the state that it is answered from.
    pub(crate) fn of<'b>(&self, registry: &'b Registry) -> Call<'b>
    where
        'a: 'b,
    {
        Call { registry, asked: *self }
    }

    /// The value of a parameter in the path; empty where the path has no such parameter.
    pub(crate) fn argument(&self, name: &str) -> &'a str {
        self.arguments.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
    }

    /// The value of a parameter in the path that is a number, which is known to be one from the validation.
    pub(crate) fn number(&self, name: &str) -> i64 {
        self.argument(name).parse().unwrap_or_default()
    }

    /// The value of a header, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &'a str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON, under the names that Harbor's messages have for the parameter and its type.
    pub(crate) fn body<T: DeserializeOwned>(&self, parameter: &str, model: &str) -> Result<T, Refusal> {
        body::read(self.body, parameter, model)
    }

    /// Whether the caller has no login.
    pub(crate) fn is_anonymous(&self) -> bool {
        *self.caller == Caller::Anonymous
    }
}

impl<'a> Call<'a> {
    /// The project in the path, if the caller may do something there.
    ///
    /// Only an administrator learns that a project does not exist. A number means an id where the path takes both,
    /// unless a header says that it is a name.
    pub(crate) fn project(&self, permission: &str) -> Result<&'a Project, Refusal> {
        let (name, project) = match self.asked.argument("project_name_or_id") {
            "" => {
                let name = self.asked.argument("project_name");
                (name, self.registry.project(name))
            }
            text => {
                let by_name = parameters::names_resources(self.asked.headers);
                (text, self.registry.project_by_name_or_id(text, by_name))
            }
        };
        self.permitted(project, name, permission)
    }

    /// The project of a name, if the caller may do something there.
    pub(crate) fn project_of_name(&self, name: &str, permission: &str) -> Result<&'a Project, Refusal> {
        self.permitted(self.registry.project(name), name, permission)
    }

    /// The project in the path, if the caller may do something there, or `None` for administrators, who may do everything
    /// everywhere, where it does not exist: what they look for inside is then missing.
    pub(crate) fn project_if_any(&self, permission: &str) -> Result<Option<&'a Project>, Refusal> {
        match self.project(permission) {
            Err(_) if self.is_administrator() => Ok(None),
            project => project.map(Some),
        }
    }

    /// The project of a number, if the caller may do something there.
    pub(crate) fn project_of_id(&self, id: i64, permission: &str) -> Result<&'a Project, Refusal> {
        self.permitted(self.registry.project_of_id(id), &id.to_string(), permission)
    }

    /// Lets everyone pass who has a login.
    pub(crate) fn permit_login(&self) -> Result<(), Refusal> {
        match self.asked.is_anonymous() {
            true => Err(Refusal::unauthorized()),
            false => Ok(()),
        }
    }

    /// Lets those pass who may do something with the whole system, such as `quota:list`.
    pub(crate) fn permit_system(&self, permission: &str) -> Result<(), Refusal> {
        self.permit_if(self.registry.permits_system(self.asked.caller, permission))
    }

    /// Lets administrators pass.
    pub(crate) fn permit_administrator(&self) -> Result<(), Refusal> {
        self.permit_if(self.is_administrator())
    }

    /// Whether the caller is an administrator.
    pub(crate) fn is_administrator(&self) -> bool {
        self.registry.is_administrator(self.asked.caller)
    }

    /// Answers a page of a list with its total and links.
    pub(crate) fn list<T: Serialize>(&self, rows: &[T], total: usize, page: Page) -> Outcome {
        let mut answer = json::answer(&rows)?;
        answer.headers.insert(HeaderName::from_static("x-total-count"), HeaderValue::from(total));
        if let Some(link) = page.link(self.asked.path, self.asked.query, total) {
            answer.headers.insert(LINK, link);
        }
        Ok(answer)
    }

    /// Answers a page of a list, but without links where the list is empty: some operations come to build links only
    /// behind the answer of an empty result.
    pub(crate) fn list_with_links_if_any<T: Serialize>(&self, rows: &[T], total: usize, page: Page) -> Outcome {
        let mut answer = self.list(rows, total, page)?;
        if total == 0 {
            answer.headers.remove(LINK);
        }
        Ok(answer)
    }

    /// The refusal of a caller who lacks a permission in a project.
    pub(crate) fn denied(&self) -> Refusal {
        match self.asked.caller {
            Caller::Anonymous => Refusal::unauthorized(),
            _ => Refusal::forbidden("forbidden"),
        }
    }

    /// Lets a caller pass, or refuses one outside of all projects: then the message is the name.
    fn permit_if(&self, is_permitted: bool) -> Result<(), Refusal> {
        match self.asked.caller {
            _ if is_permitted => Ok(()),
            Caller::Anonymous => Err(Refusal::unauthorized()),
            caller => Err(Refusal::forbidden(caller.name())),
        }
    }

    /// A project that was looked for, if it is there and the caller may do something in it.
    fn permitted(&self, found: Option<&'a Project>, name: &str, permission: &str) -> Result<&'a Project, Refusal> {
        match found {
            Some(project) if self.registry.permits(self.asked.caller, project, permission) => Ok(project),
            None if self.is_administrator() => Err(Refusal::not_found(format!("project {name} not found"))),
            _ => Err(self.denied()),
        }
    }
}
