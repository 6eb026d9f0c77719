//! The server: started on a free port of the loopback, stopped when it is dropped.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fmt, io, thread};

use thiserror::Error;
use tokio::sync::oneshot;

use crate::connection::{Connection, Connections, ResettableListener};
use crate::control;
use crate::fault::{Fault, Scope};
use crate::hold::Hold;
use crate::log::{Exchange, Log, Observer, Request, Stats};
use crate::login::{Locks, LoginCost};
use crate::outage::Outage;
use crate::registry::Registry;
use crate::service::{self, Service};
use crate::session::Sessions;
use crate::version::HarborVersion;

/// A simulated Harbor that listens on a free port of 127.0.0.1.
///
/// It serves on a thread of its own, whatever runtime the test has, and stops when it is dropped.
pub struct SimulatedHarbor {
    address: SocketAddr,
    service: Arc<Service>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

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

/// What a change of the registry gave; it is made already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed<T>(T);

impl<T> Changed<T> {
    /// What the change gave, without awaiting it.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> IntoFuture for Changed<T> {
    type Output = T;
    type IntoFuture = Ready<T>;

    fn into_future(self) -> Self::IntoFuture {
        ready(self.0)
    }
}

impl SimulatedHarbor {
    /// Describes a server; without more it is the newest version with an empty registry.
    pub fn builder() -> SimulatedHarborBuilder {
        SimulatedHarborBuilder::default()
    }

    /// The address of the server without the path of its API, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far, in the order of their arrival; none where the server only counts them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.service.log.requests()
    }

    /// The counters, which clients of any language can read at `/__sim/stats`.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.service.log.stats()
    }

    /// The number of requests so far by operation.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.stats().operations
    }

    /// Forgets the requests so far and the peak; requests in flight stay in flight.
    pub fn forget_requests(&self) {
        self.service.log.clear();
    }

    /// The number of requests between their arrival and the end of their answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.stats().in_flight
    }

    /// The highest number of requests in flight so far.
    ///
    /// A server that answers at once seldom has two of them, however many a client sends: with a [`Fault::latency`] or a
    /// [`Hold`] it shows how many that are.
    #[must_use]
    pub fn peak_in_flight(&self) -> usize {
        self.stats().peak_in_flight
    }

    /// Reads the registry while the server serves it.
    pub fn registry<T>(&self, read: impl FnOnce(&Registry) -> T) -> T {
        read(&self.service.registry.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the registry while the server serves it; requests see it before or after, never in
    /// between.
    ///
    /// The change is made when this returns, and the next request sees it; awaiting the answer gives what the change
    /// gave. The server stands still meanwhile, so that a change must not wait for an answer of it, nor call
    /// [`SimulatedHarbor::registry`].
    pub fn registry_mut<T>(&self, change: impl FnOnce(&mut Registry) -> T) -> Changed<T> {
        Changed(change(&mut self.service.registry.write().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Adds a fault behind those that are there.
    ///
    /// # Errors
    ///
    /// Fails when the fault is restricted to an operation that does not exist.
    pub fn add_fault(&self, fault: Fault) -> Result<(), StartError> {
        check(&fault)?;
        self.service.faults.add(fault);
        Ok(())
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.service.faults.clear();
    }

    /// Makes every request end in nginx's page for 502, as while Harbor restarts, until it is told
    /// otherwise. It ends a restart, too.
    pub fn set_down(&self, down: bool) {
        self.service.outage.set_down(down);
    }

    /// Restarts the server: cuts all connections at once, with the requests on them, and answers
    /// nginx's page for 502 for a time; then all is as before.
    pub fn restart(&self, down_for: Duration) {
        self.service.restart(down_for);
    }

    /// Holds the answers of an operation back, named as in [`Fault::on`], until the hold lets them
    /// go.
    ///
    /// The faults have had their turn when a request is held: those that come later do not strike it,
    /// and a place that it has under a [`Fault::cap`] stays taken.
    ///
    /// # Errors
    ///
    /// Fails when there is no such operation.
    pub fn hold(&self, operation: &str) -> Result<Hold, StartError> {
        let scope = Scope::of_operation(operation);
        if let Some(operation) = scope.unknown_operation() {
            return Err(StartError::UnknownOperation(operation.to_owned()));
        }
        let (hold, gate) = Hold::new(scope);
        self.service.gates.lock().unwrap_or_else(PoisonError::into_inner).push(gate);
        Ok(hold)
    }
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
            answers: AtomicU64::new(0),
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

impl Drop for SimulatedHarbor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A server that panicked has no more to say here; its requests have failed already.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for SimulatedHarbor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SimulatedHarbor").field("url", &self.url()).finish_non_exhaustive()
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

fn check(fault: &Fault) -> Result<(), StartError> {
    match fault.unknown_operation() {
        Some(operation) => Err(StartError::UnknownOperation(operation.to_owned())),
        None => Ok(()),
    }
}
