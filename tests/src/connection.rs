//! Connections that the server can reset.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Accepts connections that can be reset.
#[derive(Debug)]
pub(crate) struct ResettableListener {
    listener: TcpListener,
    connections: Connections,
}

/// The connections of a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections(Arc<Mutex<Made>>);

#[derive(Debug, Default)]
struct Made {
    /// All that are open.
    open: Vec<Weak<Switch>>,
    /// How many there were so far.
    count: usize,
}

/// A connection that neither reads nor writes once it is to be reset.
#[derive(Debug)]
pub(crate) struct ResettableStream {
    stream: TcpStream,
    connection: Connection,
}

/// The connection of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection(Arc<Switch>);

#[derive(Debug, Default)]
struct Switch {
    is_reset: AtomicBool,
    is_used: AtomicBool,
    /// The task of the connection, which may be waiting for a request.
    task: AtomicWaker,
}

impl Connections {
    /// Resets all connections that are open now.
    pub(crate) fn reset(&self) {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.open.iter().filter_map(Weak::upgrade).for_each(|switch| Connection(switch).reset());
    }

    /// How many connections were made so far.
    pub(crate) fn made(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    fn add(&self, connection: &Connection) {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.count += 1;
        made.open.retain(|switch| switch.strong_count() > 0);
        made.open.push(Arc::downgrade(&connection.0));
    }
}

impl Connection {
    /// Makes the connection end with a reset at once, and the requests on it with it.
    pub(crate) fn reset(&self) {
        self.0.is_reset.store(true, Ordering::SeqCst);
        self.0.task.wake();
    }

    /// Notes that a request came on the connection, and tells whether it was not the first one.
    pub(crate) fn carry_request(&self) -> bool {
        self.0.is_used.swap(true, Ordering::SeqCst)
    }
}

impl ResettableListener {
    pub(crate) fn new(listener: TcpListener, connections: Connections) -> Self {
        Self { listener, connections }
    }
}

impl Listener for ResettableListener {
    type Io = ResettableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Small answers must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let connection = Connection::default();
        self.connections.add(&connection);
        (ResettableStream { stream, connection }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, ResettableListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, ResettableListener>) -> Self {
        stream.io().connection.clone()
    }
}

impl ResettableStream {
    /// Fails once the connection is to be reset.
    fn check(&self) -> io::Result<()> {
        if self.connection.0.is_reset.load(Ordering::SeqCst) {
            // With nothing to linger for, closing the socket sends a reset.
            let _ = self.stream.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Before looking: a reset in between wakes the task for another look.
        self.connection.0.task.register(context.waker());
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
