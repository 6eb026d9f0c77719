//! What a simulated Harbor is to be, and how it starts.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use std::{io, thread};

use thiserror::Error;
use tokio::sync::oneshot;

use super::SimulatedHarbor;
use crate::connection::{Connection, Connections, ResettableListener};
use crate::control;
use crate::fault::Fault;
use crate::log::{Exchange, Log, Observer};
use crate::login::{Locks, LoginCost};
use crate::outage::Outage;
use crate::registry::Registry;
use crate::service::{self, Service};
use crate::session::Sessions;
use crate::version::HarborVersion;

/// Describes a simulated Harbor before it starts.
#[derive(Clone, Debug)]
#[must_use]
pub struct SimulatedHarborBuilder {
    port: u16,
    keeps_requests: bool,
    observer: Option<Observer>,
    registry: Registry,
    version: HarborVersion,
    behind_nginx: bool,
    login_delay: Duration,
    login_cost: LoginCost,
    faults: Vec<Fault>,
}

/// A simulated Harbor that cannot start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port is not to be had.
    #[error("cannot listen on port {port}")]
    Port {
        /// The port.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// There is no socket or no thread to be had.
    #[error("cannot start the server")]
    Io(#[from] io::Error),
    /// A fault is restricted to an operation that does not exist, so that it would never strike.
    #[error(
        "there is no operation {0:?}; there are those of Harbor's description, such as getArtifact, and {names}",
        names = crate::http::operations::short_names()
    )]
    UnknownOperation(String),
}

impl Default for SimulatedHarborBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            keeps_requests: true,
            observer: None,
            registry: Registry::default(),
            version: HarborVersion::default(),
            behind_nginx: false,
            login_delay: Duration::ZERO,
            login_cost: LoginCost::default(),
            faults: Vec::new(),
        }
    }
}

impl SimulatedHarborBuilder {
    /// Sets the port to listen on; without this, or with 0, it is one that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Chooses whether the server keeps every request for [`SimulatedHarbor::requests`], as it does without this.
    ///
    /// A server that is to run for long should not; it counts them anyway.
    pub fn keep_requests(mut self, keep: bool) -> Self {
        self.keeps_requests = keep;
        self
    }

    /// Calls a function with every request that has come to its end.
    ///
    /// The server waits for it, so that it should be quick.
    pub fn observer(mut self, hear: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer::new(hear));
        self
    }

    /// Sets what the server holds.
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = registry;
        self
    }

    /// Sets the version that the server pretends to be.
    pub fn version(mut self, version: HarborVersion) -> Self {
        self.version = version;
        self
    }

    /// Answers as through the nginx that comes with Harbor: it decodes paths once, so that `%2F` in the name of a
    /// repository no longer works, resolves escaped dots, adds headers, and shows the portal beside the API.
    pub fn behind_nginx(mut self) -> Self {
        self.behind_nginx = true;
        self
    }

    /// Sets how long a request with wrong credentials waits before it goes on without a login.
    ///
    /// For that time its name is locked: requests of the same user are anonymous at once, those with
    /// the right password too. Robots with the right secret do not notice. A real Harbor waits 1.5
    /// seconds; without this, the simulator does not wait, and locks nobody.
    pub fn login_delay(mut self, delay: Duration) -> Self {
        self.login_delay = delay;
        self
    }

    /// Sets how long comparing the secret of a user, and that of a robot, keeps the processor busy
    /// in every request.
    ///
    /// The server answers nobody meanwhile. A real Harbor 2.15.2 needs about 98 milliseconds for
    /// users and 1 for robots; without this, the simulator needs next to none.
    pub fn login_cost(mut self, users: Duration, robots: Duration) -> Self {
        self.login_cost = LoginCost { users, robots };
        self
    }

    /// Adds a fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// Fails when the port, a socket or a thread is not to be had, or when a fault names an operation that does
    /// not exist.
    // It is asynchronous so that a server that needs to wait for something can come without a
    // change for callers.
    #[expect(clippy::unused_async, reason = "see above")]
    pub async fn start(self) -> Result<SimulatedHarbor, StartError> {
        self.start_blocking()
    }

    /// Starts the server in a test that has no runtime, such as one of a client that blocks.
    ///
    /// # Errors
    ///
    /// Fails as [`SimulatedHarborBuilder::start`] does.
    pub fn start_blocking(self) -> Result<SimulatedHarbor, StartError> {
        self.faults.iter().try_for_each(check)?;
        let port = self.port;
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|source| StartError::Port { port, source })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service {
            registry: RwLock::new(self.registry),
            version: self.version,
            behind_nginx: self.behind_nginx,
            login_delay: self.login_delay,
            login_cost: self.login_cost,
            locks: Locks::default(),
            sessions: Sessions::default(),
            faults: self.faults.into_iter().collect(),
            gates: Mutex::default(),
            outage: Outage::default(),
            connections: Connections::default(),
            log: Log::new(self.keeps_requests, self.observer),
            arrivals: AtomicU64::new(0),
        });
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&service);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = thread::Builder::new().name("simulated-harbor".to_owned()).spawn(move || {
            // Leaving this drops the runtime, and with it every connection that is still open.
            runtime.block_on(run(listener, shared, stopped));
        })?;
        Ok(SimulatedHarbor { address, service, stop: Some(stop), thread: Some(thread) })
    }
}

/// Refuses a fault that is restricted to an operation that does not exist.
pub(super) fn check(fault: &Fault) -> Result<(), StartError> {
    match fault.unknown_operation() {
        Some(operation) => Err(StartError::UnknownOperation(operation.to_owned())),
        None => Ok(()),
    }
}

/// Serves until the handle is dropped.
async fn run(listener: TcpListener, service: Arc<Service>, stopped: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let listener = ResettableListener::new(listener, service.connections.clone());
    let router = control::routes().fallback(service::serve).with_state(service);
    let router = router.into_make_service_with_connect_info::<Connection>();
    tokio::select! {
        _ = axum::serve(listener, router) => {}
        _ = stopped => {}
    }
}
