//! Every operation, answered as its schema allows and as Harbor does.

use serde_json::{Value, json};

use crate::{
    call::{Answer, OPERATIONS, Outcome},
    compare::differences,
    description::{Content, Description, Operation},
    requests::{Given, check_request, draw_arguments},
    samples::{FLAVOURS, Flavour, draw},
    wire::{Reply, Wire},
};

/// A body that is neither text nor JSON.
const BYTES: &[u8] = b"\x1f\x8b\0 raw \xff\n";

#[test]
fn every_operation_of_the_description_was_generated() {
    let description = Description::read();
    let mut described: Vec<_> = description.operations.iter().map(|operation| &*operation.id).collect();
    let mut generated: Vec<_> = OPERATIONS.iter().map(|(id, _)| *id).collect();
    described.sort_unstable();
    generated.sort_unstable();
    assert_eq!(described, generated);
    assert!(described.len() > 190, "only {} operations", described.len());
    described.dedup();
    assert_eq!(described.len(), generated.len(), "an id is given twice");
}

#[tokio::test]
async fn requests_with_all_arguments_are_answered_in_full() {
    let tried = exchange_all(Flavour::Full, Given::All).await;
    assert_eq!(tried, OPERATIONS.len());
}

#[tokio::test]
async fn requests_with_required_arguments_are_answered_in_brief() {
    let tried = exchange_all(Flavour::Minimal, Given::Required).await;
    assert_eq!(tried, OPERATIONS.len());
}

#[tokio::test]
async fn null_stands_for_nothing() {
    assert!(exchange_all(Flavour::Nulls, Given::Required).await > 90);
}

#[tokio::test]
async fn times_that_were_never_set_are_decoded() {
    assert!(exchange_all(Flavour::ZeroDates, Given::Required).await > 50);
}

#[tokio::test]
async fn words_that_no_enumeration_knows_are_decoded() {
    assert!(exchange_all(Flavour::UnknownWords, Given::Required).await > 90);
}

#[tokio::test]
async fn members_of_a_later_release_are_ignored() {
    assert!(exchange_all(Flavour::ExtraMembers, Given::Required).await > 90);
}

/// Calls every operation that can be answered in this flavour and returns how many those are.
async fn exchange_all(flavour: Flavour, given: Given) -> usize {
    let description = Description::read();
    let wire = Wire::start().await;
    let mut tried = 0;
    let mut wrong = Vec::new();
    for operation in &description.operations {
        let Some(reply) = reply(&description, operation, flavour) else {
            continue;
        };
        tried += 1;
        let arguments = draw_arguments(&description, operation, given);
        let (request, outcome) = wire.exchange(&operation.id, &arguments, reply).await;
        let problems = check_request(operation, &arguments, &request).into_iter();
        let problems = problems.chain(check_answer(&description, operation, flavour, &outcome));
        wrong.extend(problems.map(|line| format!("{}: {line}", operation.id)));
    }
    assert!(wrong.is_empty(), "{flavour:?}, {} problems:\n{}", wrong.len(), wrong.join("\n"));
    println!("{flavour:?}: {tried} operations");
    tried
}

/// The answer to give. Only whole and brief answers say something about operations that answer
/// without JSON, and another flavour only where it makes a difference.
fn reply(description: &Description, operation: &Operation, flavour: Flavour) -> Option<Reply> {
    let status = status(flavour);
    let is_basic = matches!(flavour, Flavour::Full | Flavour::Minimal);
    match &operation.content {
        Content::Json(schema) => {
            let value = draw(description, schema, flavour);
            (is_basic || value != draw(description, schema, Flavour::Full)).then(|| Reply::json(status, &value))
        }
        Content::Bytes if is_basic => Some(Reply::text(status, "application/octet-stream", BYTES)),
        Content::Empty if is_basic => Some(Reply::empty(status)),
        Content::Bytes | Content::Empty => None,
    }
}

/// Harbor does not always send the success that it describes: each is taken.
fn status(flavour: Flavour) -> u16 {
    match flavour {
        Flavour::Minimal => 201,
        Flavour::Nulls => 202,
        _ => 200,
    }
}

fn check_answer(description: &Description, operation: &Operation, flavour: Flavour, outcome: &Outcome) -> Vec<String> {
    let success = match outcome {
        Ok(success) => success,
        Err(failure) => return vec![failure.text.clone()],
    };
    let mut wrong = Vec::new();
    if success.status != status(flavour) {
        wrong.push(format!("status {} became {}", status(flavour), success.status));
    }
    match (&operation.content, &success.answer) {
        (Content::Json(schema), Answer::Json(decoded)) => {
            let expected = match flavour {
                Flavour::ExtraMembers => Flavour::Full,
                other => other,
            };
            wrong.extend(differences(&draw(description, schema, expected), decoded));
        }
        (Content::Bytes, Answer::Bytes(bytes)) if bytes == BYTES => {}
        (Content::Empty, Answer::Empty) => {}
        (content, answer) => wrong.push(format!("{content:?} became {answer:?}")),
    }
    wrong
}

#[tokio::test]
async fn an_empty_body_is_nothing_where_nothing_is_an_answer_and_an_error_elsewhere() {
    let description = Description::read();
    let wire = Wire::start().await;
    let mut nothing = Vec::new();
    for operation in &description.operations {
        let Content::Json(schema) = &operation.content else {
            continue;
        };
        let reply = Reply::text(200, "application/json", "");
        let arguments = draw_arguments(&description, operation, Given::Required);
        let (_, outcome) = wire.exchange(&operation.id, &arguments, reply).await;
        // Where any JSON is an answer, `null` is one too.
        let nullable = schema["nullable"] == true || schema.as_object().is_none_or(serde_json::Map::is_empty);
        match outcome {
            Ok(success) => {
                assert!(nullable, "{} takes nothing for an answer", operation.id);
                assert_eq!(success.answer, Answer::Json(Value::Null), "{}", operation.id);
                nothing.push(&*operation.id);
            }
            Err(failure) => assert!(!nullable, "{}: {}", operation.id, failure.text),
        }
    }
    for id in ["getGCSchedule", "getPurgeSchedule", "getScanAllSchedule", "getScannerOfProject"] {
        assert!(nothing.contains(&id), "{id} can answer with nothing, these do: {nothing:?}");
    }
}

#[tokio::test]
async fn operations_without_an_answer_ignore_a_body() {
    let description = Description::read();
    let wire = Wire::start().await;
    for operation in description.operations.iter().filter(|operation| matches!(operation.content, Content::Empty)) {
        let arguments = draw_arguments(&description, operation, Given::Required);
        let reply = Reply::text(200, "application/json", "null\n");
        let (_, outcome) = wire.exchange(&operation.id, &arguments, reply).await;
        assert_eq!(outcome.expect("a success").answer, Answer::Empty, "{}", operation.id);
    }
}

#[tokio::test]
async fn empty_lists_are_decoded() {
    let description = Description::read();
    let wire = Wire::start().await;
    let mut lists = 0;
    for operation in &description.operations {
        let Content::Json(schema) = &operation.content else {
            continue;
        };
        if description.resolve(schema)["type"] != "array" {
            continue;
        }
        lists += 1;
        let arguments = draw_arguments(&description, operation, Given::Required);
        let reply = Reply::json(200, &json!([])).header("X-Total-Count", "0");
        let (_, outcome) = wire.exchange(&operation.id, &arguments, reply).await;
        let success = outcome.unwrap_or_else(|failure| panic!("{}: {}", operation.id, failure.text));
        assert_eq!(success.answer, Answer::Json(json!([])), "{}", operation.id);
        assert_eq!(success.headers["x-total-count"], "0", "{}", operation.id);
    }
    assert!(lists > 40, "only {lists} lists");
}

#[test]
fn flavours_differ_in_what_they_are_about() {
    let description = Description::read();
    let operation = description.operation("listArtifacts").expect("artifacts can be listed");
    let Content::Json(schema) = &operation.content else { panic!("artifacts are listed in JSON") };
    let drawn = FLAVOURS.map(|flavour| draw(&description, schema, flavour));
    for (index, value) in drawn.iter().enumerate() {
        assert!(!drawn[..index].contains(value), "{:?} repeats another flavour", FLAVOURS[index]);
    }
    assert_eq!(drawn[0], draw(&description, schema, Flavour::Full), "values are drawn anew");
}
