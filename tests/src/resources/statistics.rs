//! Counts of what there is.

use serde::Serialize;

use crate::http::{Call, Outcome};
use crate::registry::{Caller, Project};
use crate::wire::json;

#[derive(Serialize)]
struct Statistic {
    private_project_count: usize,
    private_repo_count: usize,
    public_project_count: usize,
    public_repo_count: usize,
    total_project_count: usize,
    total_repo_count: usize,
    total_storage_consumption: i64,
}

/// Counts public projects and the private ones that are the caller's; totals are for administrators.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let projects = call.registry.projects();
    let everything = call.is_administrator();
    let is_mine = |project: &Project| match call.asked.caller {
        Caller::User(name) => everything || project.role_of(name).is_some(),
        Caller::Anonymous | Caller::Robot(_) => false,
    };
    let public: Vec<_> = projects.iter().filter(|project| project.is_public()).collect();
    let private: Vec<_> = projects.iter().filter(|project| !project.is_public() && is_mine(project)).collect();
    let repositories = |projects: &[&Project]| projects.iter().map(|project| project.repositories().len()).sum();
    let (public_repositories, private_repositories): (usize, usize) = (repositories(&public), repositories(&private));
    let total = |count: usize| if everything { count } else { 0 };
    json::answer(&Statistic {
        private_project_count: private.len(),
        private_repo_count: private_repositories,
        public_project_count: public.len(),
        public_repo_count: public_repositories,
        total_project_count: total(projects.len()),
        total_repo_count: total(public_repositories + private_repositories),
        total_storage_consumption: if everything { projects.iter().map(Project::size).sum() } else { 0 },
    })
}
