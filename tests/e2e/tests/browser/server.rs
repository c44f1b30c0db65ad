//! Servers of consoles on the loopback interface.

use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

use actix_web::{App, HttpServer, rt};
use axum::Router;
use countersign_console::Console;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// A server, until it is dropped.
pub(crate) struct Server {
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves a router of axum, on the runtime of the store: its connections belong to that.
    pub(crate) fn axum(runtime: &Handle, router: Router) -> Self {
        let (listener, addr) = listen();
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            tokio::select! {
                served = async { axum::serve(listener, router).await } => served.unwrap(),
                _ = stopped => {}
            }
        });
        Self { addr, stop: Some(stop), thread: None }
    }

    /// Serves consoles at their paths.
    pub(crate) fn actix(consoles: Vec<(&'static str, Console)>) -> Self {
        let (listener, addr) = listen();
        let (stop, stopped) = oneshot::channel();
        let app =
            move || consoles.iter().fold(App::new(), |app, (path, console)| app.service(console.scope(path)));
        let thread = thread::spawn(move || {
            rt::System::new().block_on(async {
                let server = HttpServer::new(app).workers(1).shutdown_timeout(0).disable_signals();
                let server = server.listen(listener).unwrap().run();
                tokio::select! {
                    served = server => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self { addr, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the server has panicked");
        }
    }
}

/// Connections wait in the queue of the listener until the server takes them.
fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}
