//! What the exit codes say, and what is said with them.

use harbor_testkit::Registry;

use crate::support::{ADMINISTRATOR, Folder, Program, ROBOT, program, serve};

#[test]
fn nothing_to_ask_is_a_usage_error_that_says_what_to_do() {
    let ended = program("report").run().with(2);
    assert!(ended.output.is_empty());
    for part in ["error: ", "help: ", "HARBOR_URL", "--from", "harbor-ext demo"] {
        assert!(ended.messages.contains(part), "{part}: {}", ended.messages);
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let folder = Folder::new();
    let demo = folder.demo();
    let demo = demo.to_str().unwrap();
    for arguments in [
        "nonsense".to_owned(),
        "find cve".to_owned(),
        format!("top cves --severity dreadful --from {demo}"),
        format!("top cves --cvss 11 --from {demo}"),
        format!("top cves --kev --from {demo}"),
        format!("top cves --kev-file {demo} --from {demo}"),
        format!("find package zlib1g >= --from {demo}"),
        format!("find package zlib1g --ecosystem dpkg --from {demo}"),
        format!("find package zlib1g <1.2 --ecosystem klingon --from {demo}"),
        format!("report --repository [a --from {demo}"),
        format!("report --registry elsewhere.example --from {demo}"),
        "report --registry elsewhere.example --anonymous --url http://127.0.0.1:9".to_owned(),
        format!("report --project shop --project nowhere --from {demo}"),
        format!("find cve CVE\u{2011}2021\u{2011}44228 --from {demo}"),
        format!("find cve 2021-44228 --from {demo}"),
        format!("gate --from {demo}"),
        format!("gate --policy {demo} --from {demo}"),
        "schema Nothing".to_owned(),
    ] {
        let ended = program(&arguments).run().with(2);
        assert!(ended.output.is_empty(), "{arguments}: {}", ended.output);
        assert!(ended.messages.starts_with("error: "), "{arguments}: {}", ended.messages);
    }
}

#[test]
fn what_cannot_be_done_says_what_came_back() {
    let folder = Folder::new();
    let missing = folder.path("missing.ndjson.zst");
    let ended = Program::new(["report".as_ref(), "--from".as_ref(), missing.as_os_str()]).run().with(4);
    assert!(ended.messages.contains("missing.ndjson.zst cannot be read"), "{}", ended.messages);
    let other = folder.file("other.ndjson.zst", "no archive");
    let ended = Program::new(["report".as_ref(), "--from".as_ref(), other.as_os_str()]).run().with(4);
    assert!(ended.messages.contains("other.ndjson.zst cannot be read"), "{}", ended.messages);
    // Nobody listens there.
    let away = program("report --url http://127.0.0.1:9 --anonymous --quiet").run().with(4);
    assert!(away.messages.contains("nothing could be listed"), "{}", away.messages);
}

#[test]
fn what_could_not_be_read_makes_an_answer_incomplete() {
    let server = serve(Registry::demo());
    let ended = program("report --json").asks(&server, ROBOT).run().with(3);
    assert_eq!(ended.json()["complete"], false);
    assert!(ended.messages.contains("warning: not read from 127.0.0.1:"), "{}", ended.messages);
    assert!(ended.messages.contains("restricted"), "{}", ended.messages);
    let ended = program("report --json").asks(&server, ADMINISTRATOR).run().with(0);
    assert_eq!(ended.json()["complete"], true);
    // One without the project that may not be read.
    program("report --project shop --json").asks(&server, ROBOT).run().with(0);
}

/// A variable that is not set in a script.
#[test]
fn nothing_is_no_name() {
    let folder = Folder::new();
    let demo = folder.demo();
    for what in ["cve", "package"] {
        let find = ["find".as_ref(), what.as_ref(), "".as_ref(), "--from".as_ref(), demo.as_os_str()];
        Program::new(find).run().with(2);
    }
}

/// A registry grants nothing to somebody without an error, and tags are misspelt.
#[test]
fn no_image_at_all_is_no_clean_bill() {
    let folder = Folder::new();
    let demo = folder.demo();
    let of_demo = format!("--project shop --tag nothing-like-it --from {}", demo.display());
    let questions = ["report", "find cve CVE-2021-44228", "top cves", "fixes", "gate --severity low", "export csv"];
    for question in questions {
        let ended = program(&format!("{question} {of_demo}")).run().with(3);
        assert!(ended.messages.contains("there is no image"), "{question}: {}", ended.messages);
    }
    let server = serve(Registry::new());
    let empty = folder.path("empty.ndjson.zst");
    let crawl = format!("crawl --output {}", empty.display());
    for question in questions.into_iter().chain([&*crawl]) {
        let ended = program(question).asks(&server, ADMINISTRATOR).run().with(3);
        assert!(ended.messages.contains("there is no image"), "{question}: {}", ended.messages);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_an_error_and_no_panic() {
    let server = serve(Registry::demo());
    for arguments in ["completions bash", "schema", "access", "crawl --dry-run --output unused.ndjson.zst", "demo"] {
        let mut command = program(arguments).asks(&server, ADMINISTRATOR).into_command();
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ended = command.stdout(full).output().unwrap();
        let messages = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(4), "{arguments}: {messages}");
        assert!(messages.contains("standard output cannot be written"), "{arguments}: {messages}");
    }
}

#[test]
fn the_sample_is_shown_and_the_reader_may_go_away() {
    let ended = program("demo").run().with(0);
    for part in ["Totals", "Worst images", "CVE-2022-37434", "Upgrades that remove most findings"] {
        assert!(ended.output.contains(part), "{part}: {}", ended.output);
    }
    let mut process = program("demo").into_command().stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

#[test]
fn help_completions_and_schemas_are_there() {
    for arguments in ["--help", "--version", "find package --help", "completions bash", "completions zsh", "schema"] {
        assert!(!program(arguments).run().with(0).output.is_empty(), "{arguments}");
    }
    assert!(program("--help").run().output.contains("Exit codes"));
    assert_eq!(program("schema artifactinfo").run().with(0).json()["title"], "ArtifactInfo");
}
