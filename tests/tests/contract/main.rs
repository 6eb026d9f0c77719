//! The generated client against its description, and against answers of a real Harbor.
//!
//! Every operation of `harbor-openapi.yaml` is called through a mock server with arguments and
//! answers drawn from the schemas, so an operation that a new release brings is tested without a
//! line being written.

mod answers;
mod call;
mod captures;
mod compare;
mod description;
mod failures;
mod recorded;
mod requests;
mod samples;
mod wire;
