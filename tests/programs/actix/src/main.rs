//! Receives webhooks with actix: the four founding providers with their typed events, and every other provider of the
//! catalogue whose secret is set. Prints one JSON line per handled event; logs go to stderr.
//!
//! ```text
//! DEMO=1 cargo run -p example-actix
//! ```

#[path = "../../axum/src/config.rs"]
mod config;

use std::io::{self, IsTerminal, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, Error, HttpResponse, Route, web};
use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign::receiver::Receiver;
use countersign::{Delivery, Event, EventCatalog};
use countersign_actix::{ExpectHandler, VerifyWebhook};
use serde::Serialize;

use crate::config::Config;

#[actix_web::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    let stopped = match Config::from_env("127.0.0.1:3001").map_err(io::Error::other).and_then(serve) {
        Ok(server) => server.await,
        Err(error) => Err(error),
    };
    match stopped {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts the server like `HttpServer`, except for `Expect: 100-continue`: the head is checked before the body is
/// requested. Without that requirement, use `HttpServer::new(app).bind(addr)?.run()`.
fn serve(Config { addr, receivers }: Config) -> io::Result<Server> {
    let at = |error: io::Error| io::Error::other(format!("ADDR={addr}: {error}"));
    let listener = TcpListener::bind(&addr).map_err(at)?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let expect = receivers.iter().fold(ExpectHandler::new(), |expect, receiver| {
        expect.with_resource(path(receiver), VerifyWebhook::new(receiver.clone()))
    });
    let receivers: Arc<[Receiver]> = receivers.into();
    // Runs once per worker; the receivers, and with them the budget, are shared.
    Ok(expect.listen(Server::build(), listener, move || app(&receivers))?.run())
}

fn path(receiver: &Receiver) -> String {
    format!("/webhooks/{}", receiver.provider())
}

/// Creates `POST /webhooks/<slug>` for each provider.
fn app(
    receivers: &[Receiver],
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = Error, InitError = ()>
    + use<>,
> {
    receivers.iter().fold(App::new(), |app, receiver| {
        let verify = VerifyWebhook::new(receiver.clone());
        app.service(web::resource(path(receiver)).route(handler(receiver.provider())).wrap(verify))
    })
}

fn handler(provider: &str) -> Route {
    match provider {
        "preflix" => web::post().to(typed::<preflix::Event>),
        "redpin" => web::post().to(typed::<redpin::Event>),
        "printprice" => web::post().to(typed::<printprice::Event>),
        "proxiant" => web::post().to(typed::<proxiant::Event>),
        _ => web::post().to(plain),
    }
}

async fn typed<T: EventCatalog + 'static>(event: Event<T>) -> io::Result<HttpResponse> {
    // An application would `match event.data { … }` here.
    print(&event.delivery, Some(event.data.variant()))
}

async fn plain(delivery: Delivery) -> io::Result<HttpResponse> {
    print(&delivery, None)
}

/// The printed line of a handled event.
#[derive(Serialize)]
struct Line<'a> {
    provider: &'a str,
    id: Option<&'a str>,
    event_type: Option<&'a str>,
    key: &'a str,
    variant: Option<&'a str>,
}

/// Prints the line and responds with 200. If printing fails the response is 500, and the provider retries.
fn print(delivery: &Delivery, variant: Option<&str>) -> io::Result<HttpResponse> {
    let mut line = serde_json::to_vec(&Line {
        provider: &delivery.provider().slug,
        id: delivery.id().map(|id| id.as_str()),
        event_type: delivery.event_type().map(|event_type| event_type.as_str()),
        key: delivery.key(),
        variant,
    })?;
    line.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&line)?;
    stdout.flush()?;
    Ok(HttpResponse::Ok().finish())
}
