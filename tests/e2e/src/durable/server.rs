use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::{App, HttpServer, rt};
use axum::Router;
use tokio::runtime;
use tokio::sync::oneshot;

use super::{Accepting, Stack};

/// A server on the loopback interface in durable mode, until it is dropped.
pub struct Server {
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server of axum or actix; plain tower has none.
    #[must_use]
    pub fn start(stack: Stack, accepting: Accepting) -> Self {
        let (address, listens) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || match stack {
            Stack::Actix => actix(&accepting, &address, stopped),
            Stack::Axum | Stack::Tower => axum(&accepting, &address, stopped),
        });
        Self { addr: listens.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }

    /// Returns its address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
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

fn axum(accepting: &Accepting, address: &mpsc::Sender<SocketAddr>, stopped: oneshot::Receiver<()>) {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let app = Router::new().route_service("/webhooks/{*rest}", accepting.tower());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        address.send(listener.local_addr().unwrap()).unwrap();
        tokio::select! {
            served = axum::serve(listener, app) => served.unwrap(),
            _ = stopped => {}
        }
    });
}

fn actix(accepting: &Accepting, address: &mpsc::Sender<SocketAddr>, stopped: oneshot::Receiver<()>) {
    rt::System::new().block_on(async {
        let inbox = accepting.actix("/webhooks/{rest:.*}");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let server = HttpServer::new(move || App::new().service(inbox.clone()))
            .workers(2)
            .shutdown_timeout(0)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        address.send(addr).unwrap();
        tokio::select! {
            served = server => served.unwrap(),
            _ = stopped => {}
        }
    });
}
