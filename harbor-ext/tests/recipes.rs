//! The recipes of `docs/recipes-rust.md` run, and find something.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where cargo puts examples: beside the folder of the tests.
fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.parent().and_then(|folder| folder.parent()).unwrap().join("examples");
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Runs an example on the sample registry and gives what it prints.
fn run(name: &str) -> String {
    let path = example(name);
    assert!(path.exists(), "{name} is not built: cargo build -p harbor-ext --examples");
    let variables = ["HARBOR_URL", "HARBOR_USERNAME", "HARBOR_SECRET", "HARBOR_TOKEN"];
    let mut command = Command::new(path);
    for variable in variables {
        command.env_remove(variable);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{name}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// A recipe that could read nothing fails, and says why.
#[test]
fn nothing_read_is_a_bad_exit_code() {
    let names = ["fetch_artifacts", "artifact_owner", "vulnerabilities", "fetch_repositories"];
    let children = names.map(|name| {
        let mut command = Command::new(example(name));
        // Nobody listens on port 1. A proxy of the environment would answer in its place.
        command.env("HARBOR_URL", "http://127.0.0.1:1").env("NO_PROXY", "127.0.0.1").env_remove("HARBOR_TOKEN");
        command.env("HARBOR_USERNAME", "nobody").env("HARBOR_SECRET", "none");
        (name, command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap())
    });
    for (name, child) in children {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!output.status.success() && text.contains("check the address"), "{name}: {text}");
    }
}

/// A2: artifacts, and what could not be listed, as they come.
#[test]
fn fetch_artifacts() {
    let text = run("fetch_artifacts");
    assert!(text.contains("shop/team/api/server:1.0.0  "), "{text}");
    assert!(text.contains("not listed: ") && text.contains("artifact:list"), "{text}");
    assert!(text.contains(" listed, 1 failure; "), "{text}");
}

/// A8: the owner, although the robot of the sample may not read accounts.
#[test]
fn artifact_owner() {
    let text = run("artifact_owner");
    assert!(text.contains(" belongs to admin") && text.contains("user:read"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("project ")).count(), 4, "{text}");
}

/// A5: artifacts with reports, and those without.
#[test]
fn vulnerabilities() {
    let text = run("vulnerabilities");
    assert!(text.contains(" findings") && text.contains(": not_scanned"), "{text}");
    assert!(text.contains("not read: ") && text.contains("33 listed (26 reported"), "{text}");
}

/// A2e, A4, A7: the first failure ends it, or all failures are kept beside the rest.
#[test]
fn fetch_repositories() {
    let text = run("fetch_repositories");
    assert!(text.contains("stopped: ") && text.contains("not read: "), "{text}");
    assert!(text.contains(" pulls") && text.contains("17 listed, 1 failure"), "{text}");
}
