//! The receiving side: an axum and an actix server, as in an application.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use axum::Router;
use countersign::UnixTime;
use tokio::task::JoinHandle;

use super::founders::FOUNDERS;
use super::mount::receiver;
use crate::error::CliError;

/// The two servers, each on a free local port.
pub(super) struct Receivers {
    pub(super) axum: SocketAddr,
    pub(super) actix: SocketAddr,
    axum_server: JoinHandle<std::io::Result<()>>,
    actix_server: ServerHandle,
}

impl Receivers {
    pub(super) fn start(now: UnixTime) -> Result<Self, CliError> {
        let receivers: Vec<_> = FOUNDERS
            .iter()
            .map(|founder| receiver(founder.provider, now).map(|receiver| (founder, receiver)))
            .collect::<Result<_, _>>()
            .map_err(CliError::config("demo"))?;
        let cannot = || CliError::io("cannot listen on a port of this machine");

        let (axum, listener) = free_port().map_err(cannot())?;
        let mut router = Router::new();
        for (founder, receiver) in &receivers {
            router = router.route(&founder.path(), (founder.axum)(receiver.clone()));
        }
        let listener = tokio::net::TcpListener::from_std(listener).map_err(cannot())?;
        let axum_server = tokio::spawn(async { axum::serve(listener, router).await });

        let (actix, listener) = free_port().map_err(cannot())?;
        let endpoints = move |config: &mut ServiceConfig| {
            for (founder, receiver) in &receivers {
                (founder.actix)(config, &founder.path(), receiver.clone());
            }
        };
        let server = HttpServer::new(move || App::new().configure(&endpoints))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .map_err(cannot())?
            .run();
        let actix_server = server.handle();
        tokio::spawn(server);
        Ok(Self { axum, actix, axum_server, actix_server })
    }

    pub(super) async fn stop(self) {
        self.axum_server.abort();
        self.actix_server.stop(false).await;
    }
}

pub(super) fn free_port() -> std::io::Result<(SocketAddr, TcpListener)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    Ok((listener.local_addr()?, listener))
}
