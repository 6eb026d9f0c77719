//! The command as a person runs it: files, exit codes, and what it says.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
};

const MINI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mini.swagger.yaml");

/// An empty folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs `cargo xtask regen --out FOLDER` with further arguments.
fn regen(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.env("NO_PROXY", "127.0.0.1").args(["regen", "--out"]).arg(folder).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one sentence with which a run has failed.
fn failure(output: &Output) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.starts_with("error: ") && stderr.lines().count() == 1, "{stderr}");
    stderr
}

fn succeeded(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    stdout(output)
}

/// The block of the surface that starts with a line.
fn entry(surface: &str, start: &str) -> Vec<String> {
    let lines = surface.lines().skip_while(|line| *line != start).take_while(|line| !line.is_empty());
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_whole_description_becomes_a_client() {
    let folder = folder("whole");
    let client = folder.join("client.rs");
    let told = succeeded(&regen(&folder, &["--source", MINI, "--emit", client.to_str().unwrap()]));
    let yaml = fs::read_to_string(folder.join("harbor-openapi.yaml")).unwrap();
    let surface = fs::read_to_string(folder.join("surface.txt")).unwrap();

    assert!(yaml.starts_with("# Written by `cargo xtask regen`; do not edit.\n# Source: SHA-256 "));
    assert!(!yaml.contains("Prose"), "the prose of the source stays behind");
    assert!(fs::read_to_string(client).unwrap().contains("pub fn list_boxes"));
    assert!(told.contains("`uploadPhoto` is left out"), "{told}");
    assert!(told.contains("`answer of getGCSchedule` matches nothing"), "{told}");
    assert!(told.contains("has no summary for"), "{told}");

    assert_eq!(
        entry(&surface, "fn list_boxes: GET /boxes"),
        [
            "fn list_boxes: GET /boxes",
            "-> Vec<Box2>",
            "id: Option<Vec<i64>>",
            "kind: Option<ListBoxesKind>",
            "page: Option<i64>",
            "state: Option<String>",
            "x_marks: Option<String>",
            "x_request_id: Option<String>",
        ]
    );
    assert_eq!(
        entry(&surface, "fn get_box: GET /boxes/{box_id}"),
        ["fn get_box: GET /boxes/{box_id}", "-> Option<Box<Box2>>", "box_id: i64"]
    );
    assert_eq!(
        entry(&surface, "struct Box2"),
        [
            "struct Box2",
            "attributes: Option<Map<String, Value>>",
            "content_type: Option<String> as \"content-type\"",
            "id: Option<i64>",
            "kind: Option<String>",
            "labels: Option<Vec<Value>>",
            "made: Option<DateTime<Utc>>",
            "nothing: Option<Value>",
            "parent: Option<Box<Box2>>",
            "quoted_name: Option<String> as \"'quoted.name'\"",
            "size: Option<Box2Size>",
        ]
    );
    for line in ["fn post_boxes: POST /boxes", "fn getbox: PUT /boxes/{box_id}", "fn get_box_2: PATCH /boxes/{box_id}"]
    {
        assert!(!entry(&surface, line).is_empty(), "{line}");
    }
    assert!(entry(&surface, "fn get_box_log: GET /boxes/{box_id}/log").contains(&"-> ByteStream".to_owned()));
    assert!(entry(&surface, "struct NewBox").contains(&"id: i64".to_owned()));
}

#[test]
fn the_same_source_gives_the_same_bytes_and_passes_the_check() {
    let (first, second) = (folder("same-1"), folder("same-2"));
    succeeded(&regen(&first, &["--source", MINI]));
    succeeded(&regen(&second, &["--source", MINI]));
    for name in ["harbor-openapi.yaml", "surface.txt"] {
        assert_eq!(fs::read(first.join(name)).unwrap(), fs::read(second.join(name)).unwrap());
    }
    succeeded(&regen(&first, &["--check", "--source", MINI]));
    succeeded(&regen(&first, &["--check"]));
    assert_eq!(fs::read_dir(&first).unwrap().count(), 2, "nothing else is left behind");
}

#[test]
fn the_check_shows_the_difference_and_how_to_mend_it() {
    let folder = folder("check");
    succeeded(&regen(&folder, &["--source", MINI]));
    let description = folder.join("harbor-openapi.yaml");
    let edited = fs::read_to_string(&description).unwrap().replace("format: int64", "format: int32");
    fs::write(&description, &edited).unwrap();
    for arguments in [&["--check", "--source", MINI][..], &["--check"]] {
        let output = regen(&folder, arguments);
        assert_eq!(output.status.code(), Some(1));
        let told = stdout(&output);
        assert!(told.contains("\n-") && told.contains("format: int32\n"), "{told}");
        assert!(told.contains("Fix it with: cargo xtask regen"), "{told}");
        assert!(!told.contains("DO NOT"));
    }
    assert_eq!(fs::read_to_string(&description).unwrap(), edited, "a check writes nothing");
}

#[test]
fn a_surface_that_was_edited_fails_the_check() {
    let folder = folder("surface");
    succeeded(&regen(&folder, &["--source", MINI]));
    let surface = folder.join("surface.txt");
    let edited = fs::read_to_string(&surface).unwrap().replace("page: Option<i64>", "page: i64");
    fs::write(&surface, edited).unwrap();
    let output = regen(&folder, &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("+    page: Option<i64>"));
}

#[test]
fn the_files_of_the_workspace_agree_with_each_other() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    succeeded(&command.args(["regen", "--check"]).output().unwrap());
}

#[test]
fn json_is_read_as_well_as_yaml() {
    let folder = folder("json");
    let source = folder.join("swagger.json");
    let text = r#"{"swagger": "2.0", "paths": {"/a": {"get": {"operationId": "getA", "responses": {"200": {"description": "x"}}}}}}"#;
    fs::write(&source, text).unwrap();
    succeeded(&regen(&folder, &["--source", source.to_str().unwrap()]));
    assert!(fs::read_to_string(folder.join("surface.txt")).unwrap().contains("fn get_a: GET /a\n    -> ()\n"));
}

#[test]
fn bad_sources_end_with_one_sentence_and_leave_the_files_alone() {
    let folder = folder("bad");
    succeeded(&regen(&folder, &["--source", MINI]));
    let before = fs::read(folder.join("harbor-openapi.yaml")).unwrap();
    let source = folder.join("source.yaml");
    let mini = fs::read_to_string(MINI).unwrap();
    let cases = [
        ("a: [".to_owned(), "neither YAML nor JSON"),
        ("openapi: 3.0.3\npaths: {}".to_owned(), "OpenAPI 3.0.3"),
        ("<html></html>".to_owned(), "not a Swagger 2.0 description"),
        (mini.replace("'#/definitions/NewBox'", "'#/definitions/Gone'"), "#/paths/~1boxes/post/parameters/0/schema: "),
        (mini.replace("/boxes/{box_id}/log", "/boxes/{box_id/log"), "(GET /boxes/{box_id/log)"),
        (mini.replace("in: body, required", "in: cookie, required"), "#/paths/~1boxes/post/parameters/0: "),
    ];
    for (text, problem) in cases {
        fs::write(&source, text).unwrap();
        let sentence = failure(&regen(&folder, &["--source", source.to_str().unwrap()]));
        assert!(sentence.contains(problem), "{sentence}");
        assert_eq!(fs::read(folder.join("harbor-openapi.yaml")).unwrap(), before);
    }
    assert!(failure(&regen(&folder, &["--source", "/no/such/file"])).contains("cannot read /no/such/file"));
}

#[test]
fn both_files_are_written_or_neither() {
    let folder = folder("neither");
    // A folder where the second file should go.
    fs::create_dir(folder.join("surface.txt")).unwrap();
    failure(&regen(&folder, &["--source", MINI]));
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["surface.txt"]);
}

#[test]
fn wrong_usage_is_told_by_the_exit_code() {
    assert_eq!(regen(&folder("usage"), &["--no-such-option"]).status.code(), Some(2));
    assert_eq!(regen(&folder("usage"), &["--check", "--emit", "x"]).status.code(), Some(2));
}

#[test]
fn a_url_is_fetched() {
    let folder = folder("url");
    let url = serve("200 OK", fs::read(MINI).unwrap());
    succeeded(&regen(&folder, &["--source", &url]));
    assert!(folder.join("harbor-openapi.yaml").exists());
}

#[test]
fn a_url_that_fails_is_named_without_its_secrets() {
    let folder = folder("url-fails");
    let url = serve("503 Service Unavailable", Vec::new());
    let secret = url.replace("http://", "http://me:secret@") + "?token=secret";
    let sentence = failure(&regen(&folder, &["--source", &secret]));
    assert!(sentence.contains(&url) && sentence.contains("503"), "{sentence}");
    assert!(!sentence.contains("secret"), "{sentence}");
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sentence = failure(&regen(&folder, &["--source", &format!("http://{refused}/swagger.json")]));
    assert!(sentence.contains("cannot fetch http://127.0.0.1"), "{sentence}");
    assert!(failure(&regen(&folder, &["--source", "ftp://127.0.0.1/x"])).contains("only http and https"));
}

/// Answers one request and gives the URL for it.
fn serve(status: &'static str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 1024];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let length = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..length]);
        }
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
    });
    format!("http://{address}/swagger.json")
}
