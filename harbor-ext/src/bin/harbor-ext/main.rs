//! Ask questions of a whole Harbor registry.

fn main() {}
