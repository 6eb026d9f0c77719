//! What a registry has beside artifacts and their reports.

mod labels;
mod members;
mod quotas;
mod robots;
mod scanners;
mod system;
mod users;
mod writes;

use harbor_testkit::SimulatedHarbor;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Answer, As, client};

/// Sends a request under the API with a JSON body; without one for `null`.
async fn write(harbor: &SimulatedHarbor, who: As, method: Method, path: &str, body: Value) -> Answer {
    let mut request = client().request(method, format!("{}/api/v2.0{path}", harbor.url()));
    if let Some((name, secret)) = match who {
        As::Anonymous => None,
        As::Admin => Some(("admin", "Harbor12345")),
        As::Alice => Some(("alice", "Alice12345")),
        As::Robot => Some(("robot$reader", "reader-secret")),
        As::Wrong => Some(("admin", "wrong")),
    } {
        request = request.basic_auth(name, Some(secret));
    }
    if !body.is_null() {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

async fn read(harbor: &SimulatedHarbor, who: As, path: &str) -> Answer {
    write(harbor, who, Method::GET, path, Value::Null).await
}

/// The keys of an object, in the order of the wire.
fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}
