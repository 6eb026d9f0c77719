//! Snapshots in files.
