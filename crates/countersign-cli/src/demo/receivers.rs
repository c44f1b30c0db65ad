//! The receiving side: an axum and an actix server, as in an application.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};
use axum::Router;
use axum::routing::{MethodRouter, post};
use countersign::receiver::Receiver;
use countersign::{ConfigError, EventCatalog, Provider, Secret, SecretSet, UnixTime, Verifier};
use countersign_actix::VerifyWebhook;
use countersign_tower::VerifyWebhookLayer;
use tokio::task::JoinHandle;

use super::answer::Answer;
use super::founders::FOUNDERS;
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

/// Creates a receiver during a key rotation, with a small limit and a fixed clock.
fn receiver(provider: &'static Provider, now: UnixTime) -> Result<Receiver, ConfigError> {
    let secrets = SecretSet::named(NEW_KEY, Secret::new(NEW_SECRET)?).with(OLD_KEY, Secret::new(OLD_SECRET)?);
    let verifier = Verifier::new(provider, secrets)?;
    Receiver::builder(verifier).with_body_limit(BODY_LIMIT).with_clock(now).build()
}

/// Creates an axum endpoint for the events of `T`.
pub(super) fn on_axum<T: EventCatalog + Send + 'static>(receiver: Receiver) -> MethodRouter {
    async fn handle<T: EventCatalog>(event: countersign::Event<T>) -> String {
        Answer::handled(event.data.variant(), event.delivery.key()).to_reply()
    }
    post(handle::<T>).route_layer(VerifyWebhookLayer::new(receiver))
}

/// Creates an actix endpoint for the events of `T`.
pub(super) fn on_actix<T: EventCatalog + 'static>(
    config: &mut ServiceConfig,
    path: &str,
    receiver: Receiver,
) {
    async fn handle<T: EventCatalog>(event: countersign::Event<T>) -> String {
        Answer::handled(event.data.variant(), event.delivery.key()).to_reply()
    }
    let hook = web::resource(path).wrap(VerifyWebhook::new(receiver));
    config.service(hook.route(web::post().to(handle::<T>)));
}

/// The names of the two keys, and their secrets, in a form that all four providers accept.
pub(super) const NEW_KEY: &str = "new";
pub(super) const OLD_KEY: &str = "old";
pub(super) const NEW_SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgZGVtbyEh";
pub(super) const OLD_SECRET: &str = "whsec_b2xkIHNlY3JldCBvZiB0aGUgZGVtbyEh";
/// A small limit, so that a body above it is sent quickly.
pub(super) const BODY_LIMIT: usize = 64 << 10;
