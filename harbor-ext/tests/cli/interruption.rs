//! Crawls that end before their end.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};

use harbor_testkit::{Exchange, Hold, Registry, Scale, SimulatedHarbor};

use crate::support::{ADMINISTRATOR, Folder, Program, program};

/// How many reports come before a crawl is stuck.
const ANSWERS: usize = 30;

/// A crawl of which some reports have come and the others never will.
struct Stuck {
    server: SimulatedHarbor,
    _hold: Hold,
    answered: Receiver<()>,
    process: Child,
}

impl Stuck {
    fn new(folder: &Folder) -> Self {
        let registry = Registry::synthetic(Scale { repositories: 3, artifacts: 40, ..Scale::default() });
        let (answer, answered) = mpsc::channel();
        let hear = move |exchange: &Exchange| {
            if exchange.request.target.contains("/additions/vulnerabilities") && exchange.request.status == Some(200) {
                // Nobody listens any more once the test is over.
                let _ = answer.send(());
            }
        };
        let server = SimulatedHarbor::builder().registry(registry).observer(hear).start_blocking().unwrap();
        let hold = server.hold("getVulnerabilitiesAddition").unwrap();
        hold.let_through(ANSWERS);
        let path = folder.path("stuck.ndjson.zst");
        let crawl = Program::new(["crawl".as_ref(), "--output".as_ref(), path.as_os_str()]);
        let mut command = crawl.asks(&server, ADMINISTRATOR).into_command();
        let process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Self { server, _hold: hold, answered, process }
    }

    /// Waits until everything that will come has been sent.
    fn wait(&self) {
        for _ in 0..ANSWERS {
            self.answered.recv().unwrap();
        }
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    fn end(mut self) -> (Option<i32>, String) {
        let status = self.process.wait().unwrap();
        let mut messages = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut messages).unwrap();
        assert!(self.server.in_flight() < 100);
        (status.code(), messages)
    }
}

#[cfg(unix)]
#[test]
fn a_crawl_that_is_stopped_leaves_an_archive_of_what_came() {
    for signal in ["-INT", "-TERM"] {
        let folder = Folder::new();
        let stuck = Stuck::new(&folder);
        stuck.wait();
        stuck.signal(signal);
        let (code, messages) = stuck.end();
        assert_eq!(code, Some(3), "{messages}");
        assert!(messages.contains("stopping: what came is written"), "{messages}");
        assert!(messages.contains("has what came"), "{messages}");
        assert_eq!(folder.names(), ["stuck.ndjson.zst"]);
        let archive = folder.path("stuck.ndjson.zst").display().to_string();
        let report = program(&format!("report --json --from {archive}")).run().with(3).json();
        let reported = report["counts"]["reported"].as_u64().unwrap();
        assert!(reported > 0 && reported <= ANSWERS as u64, "{reported}");
        assert_eq!(report["counts"]["artifacts"], report["sources"][0]["summary"]["listed"]);
        assert_eq!(report["complete"], false);
    }
}

#[cfg(unix)]
#[test]
fn a_crawl_that_is_killed_leaves_what_can_be_read() {
    let folder = Folder::new();
    let stuck = Stuck::new(&folder);
    stuck.wait();
    stuck.signal("-KILL");
    assert_eq!(stuck.end().0, None);
    let names = folder.names();
    let [partial] = names.as_slice() else { panic!("{names:?}") };
    assert!(partial.ends_with(".partial"), "{partial}");
    let partial = folder.path(partial).display().to_string();
    // It did not run long enough for anything but its beginning to be sure.
    let ended = program(&format!("report --json --from {partial}")).run().with(3);
    assert_eq!(ended.json()["complete"], false);
    assert!(ended.messages.contains("did not end"), "{}", ended.messages);
}

#[test]
fn a_truncated_archive_is_never_complete() {
    let folder = Folder::new();
    let demo = fs::read(folder.demo()).unwrap();
    for length in [demo.len() / 2, demo.len() - 1] {
        let cut = folder.file("cut.ndjson.zst", &demo[..length]);
        let ended = program(&format!("find cve CVE-2021-44228 --from {}", cut.display())).run();
        // Where nothing could be saved, that is said, too.
        assert!([Some(3), Some(4)].contains(&ended.code), "{ended:?}");
        assert!(ended.messages.contains("warning") || ended.messages.contains("error"), "{ended:?}");
    }
}
