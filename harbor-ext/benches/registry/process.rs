//! Processes, each on a core of its own where the system allows it.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::AnyResult;
use crate::load::Load;
use crate::machine;
use crate::order::{Address, Figures, Order, ROBOT, SECRET};

/// The first argument of a process that is to be a server; the load follows.
pub(crate) const SERVE: &str = "--serve";

/// The first argument of a process that is to be a client; the order follows.
pub(crate) const MEASURE: &str = "--measure";

/// The cores of the server and of the client, if they can have one each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cores(Option<[usize; 2]>);

/// A simulated Harbor in a process of its own, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    url: String,
    process: Child,
}

impl Cores {
    /// Finds two cores that this process may use.
    pub(crate) fn find() -> Self {
        let can_pin = Command::new("taskset").arg("--version").output().is_ok_and(|output| output.status.success());
        match machine::allowed_cores().as_slice() {
            [server, client, ..] if can_pin => Self(Some([*server, *client])),
            _ => Self(None),
        }
    }

    /// How the processes run, in words.
    pub(crate) fn words(self) -> String {
        match self.0 {
            Some([server, client]) => format!("server pinned to core {server}, client to core {client}"),
            None => "server and client not pinned to cores".to_owned(),
        }
    }

    /// Starts a server with a load.
    pub(crate) fn serve(self, load: &Load) -> AnyResult<Server> {
        let mut command = on_core(self.0.map(|[server, _]| server), &env::current_exe()?);
        command.arg(SERVE).arg(serde_json::to_string(load)?);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url)?;
        match url.trim() {
            "" => Err("the server did not start".into()),
            url => Ok(Server { url: url.to_owned(), process }),
        }
    }

    /// Lets a client do what it is told.
    pub(crate) fn measure(self, order: &Order) -> AnyResult<Figures> {
        let mut command = self.client(&env::current_exe()?);
        figures(command.arg(MEASURE).arg(serde_json::to_string(order)?))
    }

    /// Lets Python's harborapi read a server in one of the ways that its script knows.
    pub(crate) fn measure_python(self, python: &Path, server: &Server, way: &str) -> AnyResult<Figures> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/harborapi_peer.py");
        let name = format!("robot${ROBOT}");
        let mut command = self.client(python);
        // A proxy in the environment cannot reach a server of this machine.
        let command = command.env("NO_PROXY", "*").args(["-B", "-W", "ignore::DeprecationWarning", script]);
        figures(command.args([server.url(), &name, SECRET, way]))
    }

    /// Lets a client do what it is told while perf watches it and writes what it sees into a file.
    pub(crate) fn measure_with_perf(self, order: &Order, file: &Path) -> AnyResult<Figures> {
        let mut command = self.client(Path::new("perf"));
        let command = command.args(["record", "--quiet", "--freq=2000", "-g", "--output"]).arg(file);
        figures(command.arg("--").arg(env::current_exe()?).arg(MEASURE).arg(serde_json::to_string(order)?))
    }

    fn client(self, program: &Path) -> Command {
        on_core(self.0.map(|[_, client]| client), program)
    }
}

/// Starts a program and reads what it measured.
fn figures(command: &mut Command) -> AnyResult<Figures> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cannot start {program}: {error}"))?;
    if !output.status.success() {
        return Err(format!("the client failed ({})", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn on_core(core: Option<usize>, program: &Path) -> Command {
    let Some(core) = core else {
        return Command::new(program);
    };
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

impl Server {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The same for an order.
    pub(crate) fn address(&self) -> Address {
        Address::Simulated { url: self.url.clone() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its input. Where it cannot be waited for, there is nothing left to do.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
