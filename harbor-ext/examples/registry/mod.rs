//! Where the registry of an example comes from: the environment, a folder of reports, or the sample.

use std::env;
use std::error::Error;
use std::path::Path;

use harbor_ext::{Concurrency, Credentials, Harbor, HarborBuilder, Summary};
use harbor_testkit::SimulatedHarbor;

/// The robot of the sample registry. It may read every project but one.
const SAMPLE_ROBOT: (&str, &str) = ("robot$auditor", "demo-secret");

/// The administrator of a simulated Harbor.
const SIMULATED_ADMINISTRATOR: (&str, &str) = ("admin", "Harbor12345");

/// An error, and so a bad exit code, where failures are all that came of a query.
#[allow(dead_code, reason = "each example is a program of its own, and not all have a summary")]
pub(crate) fn anything_read(summary: &Summary) -> Result<(), Box<dyn Error>> {
    if summary.listed == 0 && summary.failures > 0 {
        return Err("nothing could be read".into());
    }
    Ok(())
}

/// A Harbor to report on, and the simulated server behind it, if it is one.
pub(crate) struct Registry {
    harbor: Harbor,
    description: String,
    _server: Option<SimulatedHarbor>,
}

impl Registry {
    /// Opens the folder of reports if there is one, else the Harbor of the environment if it names one, else the sample.
    pub(crate) async fn open(reports: Option<&Path>, concurrency: Concurrency) -> Result<Self, Box<dyn Error>> {
        if let Some(folder) = reports {
            let registry = harbor_testkit::Registry::from_reports(folder)?;
            let description = format!("the reports in {} from a simulated Harbor", folder.display());
            return Self::simulated(registry, SIMULATED_ADMINISTRATOR, description, concurrency).await;
        }
        if env::var_os(Harbor::URL_VARIABLE).is_some_and(|url| !url.is_empty()) {
            return Self::real(Harbor::from_env()?, concurrency);
        }
        let credentials = [Credentials::USERNAME_VARIABLE, Credentials::SECRET_VARIABLE, Credentials::TOKEN_VARIABLE];
        if let Some(name) =
            credentials.into_iter().find(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
        {
            return Err(format!("{name} is set but {} is not: set it, or unset both", Harbor::URL_VARIABLE).into());
        }
        let description = "the sample registry from a simulated Harbor (set HARBOR_URL for a real one)".to_owned();
        Self::simulated(harbor_testkit::Registry::demo(), SAMPLE_ROBOT, description, concurrency).await
    }

    pub(crate) fn harbor(&self) -> &Harbor {
        &self.harbor
    }

    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    fn real(builder: HarborBuilder, concurrency: Concurrency) -> Result<Self, Box<dyn Error>> {
        let harbor = builder.concurrency(concurrency).build()?;
        let description = harbor.url().to_string();
        Ok(Self { harbor, description, _server: None })
    }

    async fn simulated(
        registry: harbor_testkit::Registry,
        (username, secret): (&str, &str),
        description: String,
        concurrency: Concurrency,
    ) -> Result<Self, Box<dyn Error>> {
        let server = SimulatedHarbor::builder().registry(registry).start().await?;
        let harbor = Harbor::builder(server.url())
            .credentials(Credentials::basic(username, secret))
            .concurrency(concurrency)
            // A proxy in the environment cannot reach a server of this machine.
            .http_client(harbor_ext::http_client().no_proxy())
            .build()?;
        Ok(Self { harbor, description, _server: Some(server) })
    }
}
