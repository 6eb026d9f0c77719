//! Crawls, and everything that archives answer without the server.

use std::fs;

use harbor_testkit::Registry;

use crate::support::{ADMINISTRATOR, Folder, Program, ROBOT, program, serve};

#[test]
fn an_archive_answers_as_the_registry_does_and_asks_nobody() {
    let folder = Folder::new();
    let path = folder.path("today.ndjson.zst");
    let server = serve(Registry::demo());
    let crawl = Program::new(["crawl".as_ref(), "--output".as_ref(), path.as_os_str()]);
    let ended = crawl.asks(&server, ADMINISTRATOR).run().with(0);
    assert!(ended.messages.contains("listed"), "{}", ended.messages);
    assert_eq!(folder.names(), ["today.ndjson.zst"]);
    let questions = [
        "find cve CVE-2021-44228 --json",
        "find package zlib1g --csv",
        "find package *log4j-core <2.15 --ndjson --ecosystem maven",
        "top cves --json",
        "top images -n 3 --json",
        "top packages --csv",
        "top projects --ndjson",
        "top repositories --severity high --fixable --json",
        "fixes --json",
        "export csv",
        "report --project shop --json",
        "top images --repository **/server --tag * --json",
        "top images --latest --exclude-repository debian --json",
    ];
    let live: Vec<_> =
        questions.iter().map(|question| program(question).asks(&server, ADMINISTRATOR).run().with(0)).collect();
    server.forget_requests();
    for (question, live) in questions.iter().zip(live) {
        let archived = program(&format!("{question} --from {}", path.display()));
        let archived = archived.asks(&server, ADMINISTRATOR).run().with(0);
        assert!(!live.output.is_empty(), "{question}");
        if question.starts_with("report") {
            let (mut live, mut archived) = (live.json(), archived.json());
            for report in [&mut live, &mut archived] {
                report["trend"][0]["time"].take();
                report["sources"][0].take();
                // A crawl counts everything, and a narrower one what it narrowed itself.
                report["trend"][0].take();
            }
            assert_eq!(live, archived, "{question}");
        } else {
            assert_eq!(live.output, archived.output, "{question}");
        }
    }
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[cfg(unix)]
#[test]
fn archives_and_exports_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let demo = folder.demo();
    let csv = folder.path("findings.csv");
    let export = format!("export csv --output {} --from {}", csv.display(), demo.display());
    program(&export).run().with(3);
    for path in [&demo, &csv] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn what_is_there_is_replaced_only_on_demand() {
    let folder = Folder::new();
    let server = serve(Registry::demo());
    let path = folder.file("kept.ndjson.zst", "precious");
    let arguments = format!("crawl --output {}", path.display());
    let ended = program(&arguments).asks(&server, ROBOT).run().with(2);
    assert!(ended.messages.contains("--force"), "{}", ended.messages);
    program(&format!("demo --output {}", path.display())).run().with(2);
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert!(server.requests().is_empty());
    program(&format!("{arguments} --force --project shop")).asks(&server, ROBOT).run().with(0);
    assert_ne!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(folder.names(), ["kept.ndjson.zst"]);
    let export = format!("export csv --output {} --from {0}", path.display());
    program(&export).run().with(2);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_never_replaced() {
    let folder = Folder::new();
    let demo = folder.demo().display().to_string();
    let device = folder.path("device");
    std::os::unix::fs::symlink("/dev/null", &device).unwrap();
    let device = device.display();
    for arguments in [
        format!("demo --force --output {device}"),
        format!("crawl --force --anonymous --url http://127.0.0.1:9 --output {device}"),
        format!("export csv --force --output {device} --from {demo}"),
        format!("export sarif --force --output {device} --from {demo}"),
    ] {
        let ended = program(&arguments).run().with(2);
        assert!(ended.messages.contains("is no file"), "{arguments}: {}", ended.messages);
    }
    assert_eq!(folder.names(), ["demo.ndjson.zst", "device"]);
    assert!(!fs::metadata(folder.path("device")).unwrap().is_file());
}

#[test]
fn an_archive_is_not_replaced_by_what_is_made_of_it() {
    let folder = Folder::new();
    let demo = folder.demo();
    let before = fs::read(&demo).unwrap();
    let (folder, demo) = (demo.parent().unwrap().display(), demo.display());
    let ended =
        program(&format!("export json --force --from {demo} --output {folder}/./demo.ndjson.zst")).run().with(2);
    assert!(ended.messages.contains("is read from"), "{}", ended.messages);
    let ended = program(&format!("demo --output {demo}")).run().with(2);
    assert!(ended.messages.contains("--force"), "{}", ended.messages);
    assert_eq!(fs::read(format!("{demo}")).unwrap(), before);
    program(&format!("demo --force --output {demo}")).run().with(0);
}

#[test]
fn a_crawl_of_many_images_is_announced() {
    let folder = Folder::new();
    let server = serve(Registry::demo());
    let path = folder.path("a.ndjson.zst");
    let ended = program("crawl --dry-run --output unused.ndjson.zst").asks(&server, ADMINISTRATOR).run().with(0);
    assert!(ended.output.contains("images, up to "), "{}", ended.output);
    let reports = |server: &harbor_testkit::SimulatedHarbor| {
        server.requests().iter().filter(|request| request.target.contains("additions")).count()
    };
    assert_eq!(reports(&server), 0);
    let partly = program("crawl --dry-run --output unused.ndjson.zst").asks(&server, ROBOT).run().with(3);
    assert!(partly.messages.contains("not listed: ") && partly.messages.contains("restricted"), "{}", partly.messages);
    let quiet = program(&format!("crawl --output {}", path.display())).asks(&server, ADMINISTRATOR).run().with(0);
    assert!(!quiet.messages.contains("reading"), "{}", quiet.messages);
    let loud = format!("crawl --force --announce-above 3 --output {}", path.display());
    let loud = program(&loud).asks(&server, ADMINISTRATOR).run().with(0);
    assert!(loud.messages.contains("requests, as many at once as suit the server"), "{}", loud.messages);
}

#[test]
fn several_days_and_several_registries_are_asked_together() {
    let folder = Folder::new();
    let (here, there) = (serve(Registry::demo()), serve(Registry::demo()));
    let mut archives = Vec::new();
    for (name, server) in [("a1", &here), ("b1", &there), ("a2", &here)] {
        let path = folder.path(&format!("{name}.ndjson.zst"));
        program(&format!("crawl --output {}", path.display())).asks(server, ADMINISTRATOR).run().with(0);
        archives.push(path.display().to_string());
    }
    let rows = |arguments: &str| {
        let ended = program(&format!("{arguments} --json --from {}", archives.join(" "))).run().with(0);
        ended.json().as_array().unwrap().clone()
    };
    let both = rows("find cve CVE-2021-44228");
    let hosts = [&here, &there].map(|server| server.url().trim_start_matches("http://").to_owned());
    let of = |host: &str| both.iter().filter(|row| row["registry"] == host).count();
    assert!(of(&hosts[0]) > 0);
    assert_eq!(of(&hosts[0]), of(&hosts[1]), "each registry once, however many days there are");
    assert_eq!(of(&hosts[0]) + of(&hosts[1]), both.len());
    assert_eq!(rows(&format!("find cve CVE-2021-44228 --registry {}", hosts[1])).len(), of(&hosts[1]));
    let projects = rows("top projects -n 0");
    let libraries: Vec<_> = projects.iter().filter(|row| row["name"] == "library").collect();
    assert_eq!(libraries.len(), 2, "the same name in two registries is two projects");
    let report = program(&format!("report --json --from {}", archives.join(" "))).run().with(0).json();
    assert_eq!(report["sources"].as_array().unwrap().len(), 2);
    assert_eq!(report["trend"].as_array().unwrap().len(), 3);
}

#[test]
fn a_difference_tells_what_is_new() {
    let folder = Folder::new();
    let server = serve(Registry::demo());
    let crawl = |name: &str, more: &str| {
        let path = folder.path(name);
        program(&format!("crawl --output {} {more}", path.display())).asks(&server, ADMINISTRATOR).run().with(0);
        path.display().to_string()
    };
    let (old, new) = (crawl("old", ""), crawl("new", ""));
    let same = program(&format!("diff {old} {new}")).run().with(0);
    assert_eq!(same.output, "Nothing changed.\n");
    let part = crawl("part", "--project shop");
    let ended = program(&format!("diff {part} {new} --json")).run().with(0);
    assert!(ended.messages.contains("asked for different images"), "{}", ended.messages);
    let rows = ended.json();
    let rows = rows.as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["change"] == "in a new image"), "{rows:?}");
    assert!(program(&format!("diff {new} {old}")).run().with(0).messages.contains("the later one"));
}
