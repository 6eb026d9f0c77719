#![doc = include_str!("../README.md")]

mod connect;
mod errors;
mod hooks;
mod raw;

/// The generated client. It is written by the build script from `harbor-openapi.yaml` and is never edited, so the
/// lints that judge hand-written code do not apply to it.
#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_imports,
    clippy::all,
    clippy::pedantic,
    rustdoc::all
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

pub use connect::{ClientError, USER_AGENT, http_client, install_tls_provider};
pub use generated::{ByteStream, Client, ClientInfo, Error, ResponseValue, builder, prelude, types};
