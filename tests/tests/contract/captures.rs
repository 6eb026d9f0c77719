//! Answers of a real Harbor v2.15.2, decoded by the operations that they belong to.
//!
//! The recordings are no part of the project. Where they are absent, these tests pass and say so.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    call::{Answer, Failure, Outcome, Success},
    compare::differences,
    description::{Content, Description, Operation, members},
    recorded::{Recorded, exchanges, registry},
    requests::{Given, draw_arguments},
    wire::{Reply, Wire},
};

#[tokio::test]
async fn captures_of_every_operation_are_decoded() {
    let Some(exchanges) = exchanges("operations.jsonl") else {
        return skip();
    };
    let counts = decode_all(&exchanges).await;
    assert!(counts.successes >= 320, "{counts:?}");
    assert!(counts.failures >= 600, "{counts:?}");
    assert!(counts.faithful >= 850, "{counts:?}");
    assert!(counts.operations.len() >= 200, "{counts:?}");
    assert!(counts.skipped.is_empty(), "{counts:?}");
}

#[tokio::test]
async fn captures_of_the_oddities_are_decoded() {
    let Some(exchanges) = exchanges("exchanges.jsonl") else {
        return skip();
    };
    let counts = decode_all(&exchanges).await;
    assert!(counts.successes >= 90, "{counts:?}");
    assert!(counts.failures >= 40, "{counts:?}");
    assert!(counts.skipped.len() <= 10, "{counts:?}");
}

#[tokio::test]
async fn captures_of_a_whole_registry_are_decoded() {
    let Some(registry) = registry() else {
        return skip();
    };
    let description = Description::read();
    let wire = Wire::start().await;
    let mut decoded = 0;
    for (id, answer) in answers_in(registry) {
        let operation = description.operation(id).expect("the operation is described");
        let arguments = draw_arguments(&description, operation, Given::Required);
        let (_, outcome) = wire.exchange(id, &arguments, Reply::json(200, &answer)).await;
        match outcome {
            Ok(Success { answer: Answer::Json(value), .. }) => {
                assert_eq!(differences(&answer, &value), [""; 0], "{id}")
            }
            other => panic!("{id}: {other:?} from {answer}"),
        }
        decoded += 1;
    }
    println!("{decoded} answers");
    assert!(decoded >= 250, "only {decoded} answers");
}

/// The answers that a registry's state was put together from, with the operation that gave each.
fn answers_in(mut registry: Value) -> Vec<(&'static str, Value)> {
    let mut answers = Vec::new();
    for mut project in list(take(&mut registry, "projects")) {
        for mut repository in list(take(&mut project, "repositories")) {
            answers.push(("listArtifacts", take(&mut repository, "artifacts")));
            answers.push(("getRepository", repository));
        }
        answers.push(("getProject", project));
    }
    let reports = take(&mut registry, "reports");
    let is_report = |report: &&Value| report.get("http_status").is_none();
    let reports = members(&reports).map(|(_, report)| report).filter(is_report);
    answers.extend(reports.map(|report| ("getVulnerabilitiesAddition", report.clone())));
    answers.push(("listUsers", take(&mut registry, "users")));
    answers.push(("ListRobot", take(&mut registry, "robots")));
    answers.push(("listScanners", take(&mut registry, "scanners")));
    answers.push(("ListLabels", take(&mut registry, "labels")));
    answers
}

fn take(owner: &mut Value, member: &str) -> Value {
    owner.as_object_mut().and_then(|owner| owner.remove(member)).unwrap_or_default()
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

fn skip() {
    println!("skipped: there are no recordings");
}

/// What became of the recorded exchanges.
#[derive(Debug, Default)]
struct Counts {
    successes: usize,
    failures: usize,
    /// How many requests were made just as they are recorded.
    faithful: usize,
    /// How many answers each operation decoded.
    operations: BTreeMap<String, usize>,
    /// Requests that no described operation makes.
    skipped: Vec<String>,
}

async fn decode_all(exchanges: &[Recorded]) -> Counts {
    let description = Description::read();
    let wire = Wire::start().await;
    let mut counts = Counts::default();
    let mut wrong = Vec::new();
    for recorded in exchanges {
        let Some(operation) = recorded.find_operation(&description) else {
            counts.skipped.push(format!("{} {}", recorded.method, recorded.target));
            continue;
        };
        if let Some(id) = &recorded.operation {
            assert_eq!(*id, operation.id, "{} is another operation", recorded.name);
        }
        let retold = recorded.retell(&description, operation);
        let (request, outcome) = wire.exchange(&operation.id, &retold.arguments, recorded.reply()).await;
        let mut problems = check(recorded, operation, &outcome);
        if retold.faithful {
            counts.faithful += 1;
            problems.extend(recorded.differences(&request));
        }
        wrong.extend(problems.into_iter().map(|line| format!("{}: {line}", recorded.name)));
        *counts.operations.entry(operation.id.clone()).or_default() += 1;
        match outcome {
            Ok(_) => counts.successes += 1,
            Err(_) => counts.failures += 1,
        }
    }
    println!(
        "{} successes and {} failures of {} operations, {} requests as recorded, no operation for {:?}",
        counts.successes,
        counts.failures,
        counts.operations.len(),
        counts.faithful,
        counts.skipped,
    );
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
    counts
}

/// What is wrong with the outcome of a recorded answer, one line each.
fn check(recorded: &Recorded, operation: &Operation, outcome: &Outcome) -> Vec<String> {
    let success = match outcome {
        Err(failure) if recorded.status >= 400 => return check_failure(recorded, failure),
        Err(failure) => {
            return vec![format!("{} became a failure: {}", recorded.status, failure.text)];
        }
        Ok(success) => success,
    };
    let mut wrong = Vec::new();
    if success.status != recorded.status {
        wrong.push(format!("{} became {}", recorded.status, success.status));
    }
    match (&operation.content, &success.answer) {
        (Content::Json(_), Answer::Json(decoded)) => {
            // An empty body stands for nothing.
            let wire = recorded.response_json.as_ref().unwrap_or(&Value::Null);
            wrong.extend(differences(wire, decoded));
        }
        (Content::Bytes, Answer::Bytes(bytes)) if *bytes == recorded.body() => {}
        (Content::Empty, Answer::Empty) => {}
        (content, answer) => wrong.push(format!("{content:?} became {answer:?}")),
    }
    wrong
}

/// Errors keep their status, and those in Harbor's shape also code and message.
fn check_failure(recorded: &Recorded, failure: &Failure) -> Vec<String> {
    let mut wrong = Vec::new();
    if failure.status != Some(recorded.status) {
        wrong.push(format!("{} became {:?}: {}", recorded.status, failure.status, failure.text));
    }
    let errors = recorded.response_json.as_ref().and_then(|body| body["errors"].as_array());
    let decoded: Vec<_> =
        failure.errors.iter().map(|(code, message)| json!({ "code": code, "message": message })).collect();
    if errors.is_some_and(|errors| *errors != decoded) {
        wrong.push(format!("{errors:?} became {decoded:?}"));
    }
    wrong
}
