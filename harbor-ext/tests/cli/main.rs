//! The program `harbor-ext`, as a terminal and a pipeline see it.

mod archives;
mod connection;
mod endings;
mod hostile;
mod interruption;
mod listings;
mod policies;
mod support;
mod tls;
