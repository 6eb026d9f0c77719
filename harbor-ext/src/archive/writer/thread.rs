//! The thread that compresses and writes.
//!
//! A crawl goes on meanwhile. It waits only where it brings more than one core can compress.

use std::fs::File;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::parts::{Message, Parts, Written};
use crate::snapshot::Source;

/// The text of a message at which it is sent, or else with the record that it belongs to.
pub(super) const USUAL_MESSAGE: usize = 256 << 10;

/// How many messages wait for the thread: some MiB at most, but for records that are larger than a message should be.
const WAITING: usize = 32;

/// The thread that compresses and writes.
#[derive(Debug)]
pub(super) struct Thread {
    sender: Option<SyncSender<Message>>,
    handle: Option<JoinHandle<io::Result<Written>>>,
}

impl Thread {
    /// Begins to write an archive into a file.
    pub(super) fn start(file: File, source: Source) -> io::Result<Self> {
        let parts = Parts::new(file, source)?;
        let (sender, receiver) = sync_channel(WAITING);
        let handle = thread::Builder::new().name("archive".to_owned()).spawn(move || parts.run(&receiver))?;
        Ok(Self { sender: Some(sender), handle: Some(handle) })
    }

    /// Tells the thread something. Fails where it could not write what it was told before.
    pub(super) fn tell(&mut self, message: Message) -> io::Result<()> {
        match self.sender.as_ref().map(|sender| sender.send(message)) {
            Some(Ok(())) => Ok(()),
            // It ends by itself only where it fails.
            Some(Err(_)) | None => self.join().and(Err(already_failed())),
        }
    }

    /// Lets the thread write what it was told, and waits for it.
    pub(super) fn join(&mut self) -> io::Result<Written> {
        self.sender = None;
        match self.handle.take().map(JoinHandle::join) {
            None => Err(already_failed()),
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(io::Error::other("the thread that writes the archive broke down")),
        }
    }
}

fn already_failed() -> io::Error {
    io::Error::other("what came before could not be written")
}

/// What was added before is in the partial file once the writer is dropped.
impl Drop for Thread {
    fn drop(&mut self) {
        if self.handle.is_some()
            && let Err(error) = self.join()
        {
            tracing::warn!("the archive was not written to its end: {error}");
        }
    }
}
