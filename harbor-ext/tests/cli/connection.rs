//! Who the program is to a registry, and what never leaves it.

use chrono::{Duration, Utc};
use harbor_testkit::Registry;
use serde_json::json;

use crate::support::{ADMINISTRATOR, Ended, Folder, Program, ROBOT, program, serve};

/// That a secret is in nothing that anybody can read.
#[track_caller]
fn assert_silent(ended: &Ended, secret: &str) {
    assert!(!ended.output.contains(secret) && !ended.messages.contains(secret), "{ended:?}");
}

#[test]
fn a_secret_comes_from_the_environment_a_file_or_standard_input() {
    let server = serve(Registry::demo());
    let folder = Folder::new();
    let url = server.url();
    let file = folder.file("secret", format!("{}\r\nnot this\n", ROBOT.1));
    let robot =
        json!({"name": ROBOT.0, "secret": ROBOT.1, "expires_at": -1, "id": 1, "creation_time": "2026-01-01T00:00:00Z"});
    let robot = folder.file("robot.json", robot.to_string());
    let ways = [
        Program::new(["access", "--url", &url, "--username", ROBOT.0, "--secret-file", "-"])
            .run_with_input(&format!("{}\n", ROBOT.1)),
        Program::new(["access", "--url", &url, "--username", ROBOT.0, "--secret-file", file.to_str().unwrap()]).run(),
        Program::new(["access", "--url", &url, "--robot-file", robot.to_str().unwrap()]).run(),
        program("access").asks(&server, ROBOT).run(),
    ];
    for ended in ways {
        // The robot lacks a project.
        let ended = ended.with(3);
        assert!(ended.output.contains("robot$auditor"), "{}", ended.output);
        assert_silent(&ended, ROBOT.1);
    }
    program("access --json").asks(&server, ADMINISTRATOR).run().with(0).json();
}

#[test]
fn a_secret_on_the_command_line_is_refused_without_repeating_it() {
    for option in ["--secret=hunter2", "--secret hunter2", "--password hunter2", "--token=hunter2"] {
        let ended = program(&format!("access --url http://127.0.0.1:9 --username a {option}")).run().with(2);
        assert!(ended.messages.contains("HARBOR_SECRET"), "{option}: {}", ended.messages);
        assert_silent(&ended, "hunter2");
    }
    let ended = program("access --url https://admin:hunter2@harbor.example.com --anonymous").run().with(2);
    assert_silent(&ended, "hunter2");
}

#[test]
fn who_sees_no_project_cannot_read_everything() {
    let server = serve(Registry::new());
    let ended = program("access").asks(&server, ADMINISTRATOR).run().with(3);
    assert!(ended.output.contains("no project is visible"), "{}", ended.output);
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_not_read_to_its_end() {
    for option in ["--robot-file", "--ca-file", "--client-certificate"] {
        let arguments = format!("access --anonymous --url http://127.0.0.1:9 {option} /dev/zero");
        let arguments = arguments.replace(if option == "--robot-file" { "--anonymous " } else { "" }, "");
        let ended = program(&arguments).run().with(2);
        assert!(ended.messages.contains("too long"), "{}", ended.messages);
    }
}

#[test]
fn wrong_credentials_are_no_anonymous_answer() {
    let server = serve(Registry::demo());
    let ended = program("report").asks(&server, ("robot$auditor", "hunter2")).run().with(4);
    assert!(ended.messages.contains("nothing could be listed"), "{}", ended.messages);
    assert_silent(&ended, "hunter2");
    for (name, value) in [("HARBOR_SECRET", "hunter2"), ("HARBOR_USERNAME", "auditor")] {
        let ended = program("report").env("HARBOR_URL", &server.url()).env(name, value).run().with(2);
        assert!(ended.messages.contains("help: "), "{}", ended.messages);
        assert_silent(&ended, "hunter2");
    }
}

#[test]
fn files_that_are_not_what_they_should_be_are_not_quoted() {
    let folder = Folder::new();
    let old = (Utc::now() - Duration::days(2)).timestamp();
    for (content, part) in [
        (json!({"name": "robot$a", "secret": "hunter2", "expires_at": old}).to_string(), "ended on"),
        (json!({"name": "robot$a", "password": "hunter2"}).to_string(), "not a robot"),
        ("hunter2".to_owned(), "not a robot"),
        (format!("{{\"name\": \"robot$a\", \"secret\": \"hunter2\" {}", "x".repeat(10)), "not a robot"),
    ] {
        let robot = folder.file("robot.json", &content);
        let ended = Program::new(["access", "--url", "http://127.0.0.1:9", "--robot-file", robot.to_str().unwrap()])
            .run()
            .with(2);
        assert!(ended.messages.contains(part), "{content}: {}", ended.messages);
        assert_silent(&ended, "hunter2");
    }
    for option in ["--ca-file", "--client-certificate"] {
        let file = folder.file("hunter2.pem", "-----BEGIN NOTHING-----\nc2VjcmV0\n");
        let ended = Program::new(["access", "--url", "https://127.0.0.1:9", "--anonymous", option])
            .into_command()
            .arg(&file)
            .output()
            .unwrap();
        let ended = Ended::from(ended).with(2);
        assert!(ended.messages.contains("PEM"), "{option}: {}", ended.messages);
        assert_silent(&ended, "c2VjcmV0");
    }
}
