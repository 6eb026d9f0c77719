//! Somebody who follows a page literally.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use harbor_testkit::{Artifact, Finding, Registry, Report, SimulatedHarbor};
use regex::Regex;

use crate::output;
use crate::page::{Block, Page, Part};
use crate::workspace;

/// Follows a page from top to bottom; gives what is not as it says.
pub(crate) fn follow(page: &Page) -> Vec<String> {
    let server = SimulatedHarbor::builder().registry(Registry::demo()).start_blocking().unwrap();
    let mut shell = Shell::start(page, &server);
    let mut faults = Vec::new();
    // What the last block has printed, as long as nobody has said what it should be.
    let mut printed: Option<String> = None;
    for part in &page.parts {
        match part {
            Part::Text(_) => {}
            Part::Heading(_) => printed = None,
            Part::Meanwhile(event) => meanwhile(event, &server),
            Part::Block(block) if block.is_run() => {
                printed = Some(run(block, page, &mut shell, &mut faults));
            }
            Part::Block(block) if block.is_output() => {
                let difference = printed.take().and_then(|printed| output::difference(&block.text, &printed));
                faults.extend(difference.map(|difference| format!("{}:{}: {difference}", page.path, block.line)));
            }
            Part::Block(_) => {}
        }
    }
    faults
}

/// What can happen to the registry while a page is read.
fn meanwhile(event: &str, server: &SimulatedHarbor) {
    match event {
        "shop/search is rebuilt without log4j, and somebody finds something new in it" => {
            let spring =
                Finding::new("CVE-2022-22965", "org.springframework:spring-beans", "5.3.17").with_fix("5.3.18");
            let new = Finding::new("CVE-2026-0001", "libexample1", "1.0-1").with_fix("1.0-2").with_severity("High");
            let report = Report::new().with_findings(&[spring.with_severity("Critical"), new]);
            let image = Artifact::image().with_content("rebuilt").with_tag("latest").with_report(report);
            let pushed = server.registry_mut(|registry| registry.push("shop", "search", image));
            assert!(pushed.into_inner().is_some());
        }
        _ => panic!("nobody knows how to do this: {event}"),
    }
}

/// Runs the commands of a block; gives all that they print.
fn run(block: &Block, page: &Page, shell: &mut Shell, faults: &mut Vec<String>) -> String {
    let said = Regex::new(r"# exits with (\d+)").unwrap();
    let mut all = String::new();
    for command in block.commands() {
        let expected = match said.captures(&command) {
            Some(code) => code[1].parse().unwrap(),
            None if block.is("incomplete") && command.contains("harbor-ext ") => 3,
            None => 0,
        };
        if command.starts_with("cargo ") {
            // It takes minutes, and may wait for the build that this test is part of.
            faults.push(format!("{}:{}: this builds: mark it no_run", page.path, block.line));
            continue;
        }
        let (code, printed) = shell.run(&command);
        if code != expected {
            let place = format!("{}:{}", page.path, block.line);
            faults.push(format!("{place}: ends with {code} instead of {expected}:\n{command}\n{printed}"));
        }
        all.push_str(&printed);
    }
    all
}

/// A shell in a folder of its own.
struct Shell {
    process: Child,
    answers: BufReader<std::process::ChildStdout>,
    folder: PathBuf,
    printed: PathBuf,
}

impl Shell {
    fn start(page: &Page, server: &SimulatedHarbor) -> Self {
        let name = page.path.replace('/', "-");
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("guide-{}-{name}", std::process::id()));
        let (folder, programs) = (root.join("work"), root.join("bin"));
        copy(&workspace().join("docs/samples"), &folder.join("docs/samples"));
        fs::create_dir_all(&programs).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_harbor-ext"), programs.join("harbor-ext")).unwrap();
        let mut command = Command::new("sh");
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy().to_uppercase();
            if text.starts_with("HARBOR_") || text.ends_with("_PROXY") || ["NO_COLOR", "COLUMNS"].contains(&&*text) {
                command.env_remove(name);
            }
        }
        let path = std::env::var("PATH").unwrap_or_default();
        let (username, secret) = account(page);
        let mut process = command
            .env("PATH", format!("{}:{path}", programs.display()))
            .env("HARBOR_URL", server.url())
            .env("HARBOR_USERNAME", username)
            .env("HARBOR_SECRET", secret)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, answers, folder: root.clone(), printed: root.join("printed") }
    }

    /// Runs a command in the shell, which keeps what it sets. Gives its exit code and what a terminal would show.
    fn run(&mut self, command: &str) -> (i32, String) {
        let printed = self.printed.display();
        let input = self.process.stdin.as_mut().unwrap();
        writeln!(input, "{{\n{command}\n}} >'{printed}' 2>&1 </dev/null\necho $?").unwrap();
        let mut code = String::new();
        self.answers.read_line(&mut code).unwrap();
        let printed = fs::read(&self.printed).unwrap_or_default();
        let code = code.trim().parse().unwrap_or_else(|_| panic!("the shell has ended: {command}"));
        (code, String::from_utf8_lossy(&printed).into_owned())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whom a page asks as: the guide as the sample's robot, which may not read one project; the README as somebody who may
/// read everything, because it speaks of the reader's own registry.
fn account(page: &Page) -> (&'static str, &'static str) {
    if page.path == "README.md" { ("admin", "Harbor12345") } else { ("robot$auditor", "demo-secret") }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}
