//! Calls a generated operation by its id, with JSON values for arguments and JSON for the answer.

use std::{collections::BTreeMap, fmt::Display, future::Future, pin::Pin};

use futures::TryStreamExt;
use harbor_api::{ByteStream, Client, Error, ResponseValue, types};
use reqwest::header::HeaderMap;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The generated functions, one for each operation of the description, written by the build script.
#[allow(unused_mut, unused_variables)] // An operation may have no arguments.
mod operations {
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

pub(crate) use operations::OPERATIONS;

/// What an operation is called with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    /// The parameters that are given, by their name in the description.
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) body: Option<Value>,
}

/// How a call ended.
pub(crate) type Outcome = Result<Success, Box<Failure>>;

/// An answer that the client took for a success.
#[derive(Debug)]
pub(crate) struct Success {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) answer: Answer,
}

/// The decoded body of a success.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// The decoded value, serialised again.
    Json(Value),
    Bytes(Vec<u8>),
    Empty,
}

/// What the client says of a call that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Option<u16>,
    pub(crate) headers: HeaderMap,
    /// Code and message of each error in the answer.
    pub(crate) errors: Vec<(String, String)>,
    /// Everything the client says, for the messages of failed assertions.
    pub(crate) text: String,
}

/// A call on its way.
pub(crate) type Call<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A function that makes a call.
pub(crate) type Function = for<'a> fn(&'a Client, &'a Arguments) -> Call<'a>;

/// Calls the operation with this id.
pub(crate) async fn call(client: &Client, id: &str, arguments: &Arguments) -> Outcome {
    let (_, function) =
        OPERATIONS.iter().find(|(name, _)| *name == id).unwrap_or_else(|| panic!("{id} was not generated"));
    function(client, arguments).await
}

impl Arguments {
    /// The value of a parameter as the type that its setter takes.
    fn parameter<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.parameters.get(name).map(|value| decode(name, value))
    }

    fn body<T: DeserializeOwned>(&self) -> T {
        decode("body", self.body.as_ref().expect("the operation takes a body"))
    }
}

fn decode<T: DeserializeOwned>(name: &str, value: &Value) -> T {
    T::deserialize(value).unwrap_or_else(|error| panic!("argument {name}={value}: {error}"))
}

type Sent<T> = Result<ResponseValue<T>, Error<types::Errors>>;

/// The outcome of an operation that answers with JSON.
fn json<T: Serialize>(sent: Sent<T>) -> Outcome {
    success(sent, |value| Answer::Json(serde_json::to_value(value).expect("decoded values serialise")))
}

/// The outcome of an operation that answers with nothing.
fn empty(sent: Sent<()>) -> Outcome {
    success(sent, |()| Answer::Empty)
}

/// The outcome of an operation that answers with bytes.
async fn bytes(sent: Sent<ByteStream>) -> Outcome {
    let response = sent.map_err(failure)?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let chunks: Vec<_> =
        response.into_inner_stream().try_collect().await.map_err(|error| Box::new(unanswered(&error)))?;
    Ok(Success { status, headers, answer: Answer::Bytes(chunks.concat()) })
}

fn success<T>(sent: Sent<T>, answer: impl FnOnce(T) -> Answer) -> Outcome {
    let response = sent.map_err(failure)?;
    Ok(Success {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        answer: answer(response.into_inner()),
    })
}

fn failure(error: Error<types::Errors>) -> Box<Failure> {
    let mut failure = Failure { status: error.status().map(|status| status.as_u16()), ..unanswered(&error) };
    if let Error::ErrorResponse(response) = &error {
        failure.headers = response.headers().clone();
        failure.errors = response
            .errors
            .iter()
            .flatten()
            .map(|error| (error.code.clone().unwrap_or_default(), error.message.clone().unwrap_or_default()))
            .collect();
    }
    Box::new(failure)
}

fn unanswered(error: &impl Display) -> Failure {
    Failure { status: None, headers: HeaderMap::new(), errors: Vec::new(), text: format!("{error:#}") }
}
