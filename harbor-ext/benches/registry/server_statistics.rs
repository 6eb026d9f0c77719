//! What the simulated Harbor counts.

use std::collections::BTreeMap;

use harbor_ext::reqwest::{Client, Error};
use serde::{Deserialize, Serialize};

/// What the simulated Harbor tells at `/__sim/stats`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ServerStatistics {
    pub(crate) requests: u64,
    pub(crate) operations: BTreeMap<String, u64>,
    pub(crate) statuses: BTreeMap<u16, u64>,
    pub(crate) in_flight: u64,
    pub(crate) peak_in_flight: u64,
}

/// Asks a simulated Harbor what it counted, or makes it forget; neither is counted.
#[derive(Clone, Debug)]
pub(crate) struct Statistician {
    client: Client,
    url: String,
}

impl ServerStatistics {
    /// The number of requests of an operation, in the word of the simulator.
    pub(crate) fn of(&self, operation: &str) -> u64 {
        self.operations.get(operation).copied().unwrap_or(0)
    }

    /// The number of requests for lists of any kind.
    pub(crate) fn lists(&self) -> u64 {
        self.requests - self.of("reports") - self.of("systeminfo")
    }
}

impl Statistician {
    pub(crate) fn new(url: &str) -> Result<Self, Error> {
        let client = harbor_ext::http_client().no_proxy().build()?;
        Ok(Self { client, url: format!("{url}/__sim") })
    }

    pub(crate) async fn look(&self) -> Result<ServerStatistics, Error> {
        self.client.get(format!("{}/stats", self.url)).send().await?.error_for_status()?.json().await
    }

    pub(crate) async fn reset(&self) -> Result<(), Error> {
        self.client.post(format!("{}/reset", self.url)).send().await?.error_for_status().map(drop)
    }
}
