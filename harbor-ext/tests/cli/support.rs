//! What the tests of this suite share.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use harbor_testkit::{Registry, SimulatedHarbor};
use serde_json::Value;

/// The robot of the sample registry. It may read every project but one.
pub(crate) const ROBOT: (&str, &str) = ("robot$auditor", "demo-secret");

/// The administrator of a simulated Harbor.
pub(crate) const ADMINISTRATOR: (&str, &str) = ("admin", "Harbor12345");

/// A call of the program with nothing of this machine's environment that concerns it.
pub(crate) struct Program(Command);

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) messages: String,
}

impl Program {
    pub(crate) fn new(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harbor-ext"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy().to_uppercase();
            if text.starts_with("HARBOR_") || text.ends_with("_PROXY") || ["NO_COLOR", "COLUMNS"].contains(&&*text) {
                command.env_remove(name);
            }
        }
        command.args(arguments).stdin(Stdio::null());
        Self(command)
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Asks this server with these credentials, which come from the environment.
    pub(crate) fn asks(self, server: &SimulatedHarbor, (username, secret): (&str, &str)) -> Self {
        let this = self.env("HARBOR_URL", &server.url());
        this.env("HARBOR_USERNAME", username).env("HARBOR_SECRET", secret)
    }

    pub(crate) fn run(mut self) -> Ended {
        self.0.output().unwrap().into()
    }

    pub(crate) fn run_with_input(mut self, input: &str) -> Ended {
        let mut process = self.0.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        process.wait_with_output().unwrap().into()
    }

    pub(crate) fn into_command(self) -> Command {
        self.0
    }
}

impl Ended {
    /// Checks the exit code; gives the rest.
    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.output, self.messages);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {}", self.output))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), output: text(output.stdout), messages: text(output.stderr) }
    }
}

/// The program with these arguments, separated by spaces.
pub(crate) fn program(arguments: &str) -> Program {
    Program::new(arguments.split_whitespace())
}

/// A registry that is served until the end of the test.
pub(crate) fn serve(registry: Registry) -> SimulatedHarbor {
    SimulatedHarbor::builder().registry(registry).start_blocking().unwrap()
}

/// A folder of one test, which is empty.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("cli-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file with this content.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The names of the files in it, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<_> = fs::read_dir(&self.0).unwrap().map(name).collect();
        names.sort();
        names
    }

    /// An archive of the sample registry.
    pub(crate) fn demo(&self) -> PathBuf {
        let path = self.path("demo.ndjson.zst");
        Program::new(["demo".as_ref(), "--output".as_ref(), path.as_os_str()]).run().with(0);
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in the folder of the build.
        let _ = fs::remove_dir_all(&self.0);
    }
}
