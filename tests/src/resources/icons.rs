//! The icons that artifacts name.

use serde_json::json;

use crate::http::{Call, Outcome};
use crate::registry::is_icon;
use crate::wire::errors::Refusal;
use crate::wire::json;

/// One transparent dot as PNG, which stands for every icon.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// Answers an icon to everyone.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let digest = call.asked.argument("digest");
    match is_icon(digest) {
        true => json::answer(&json!({"content": DOT, "content-type": "image/png"})),
        false => Err(Refusal::not_found(format!("the icon {digest} not found"))),
    }
}
