//! Receives webhooks with actix: the four founding providers with their typed events, and every other provider of the
//! catalogue whose secret is set. Prints one JSON line per handled event; logs go to stderr.
//!
//! ```text
//! DEMO=1 cargo run -p example-actix
//! ```

mod config;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, Route, web};
use countersign::EventCatalog;
use countersign::providers::{preflix, printprice, proxiant, redpin};
use countersign_actix::{Delivery, Event, VerifyWebhook};
use serde::Serialize;

use crate::config::Config;

#[actix_web::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    let stopped = match Config::from_env().map_err(io::Error::other).and_then(serve) {
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

fn serve(Config { addr, receivers }: Config) -> io::Result<Server> {
    // Runs once per worker; the receivers, and with them the budget, are shared.
    let app = move || {
        receivers.iter().fold(App::new(), |app, receiver| {
            let path = format!("/webhooks/{}", receiver.provider());
            let verify = VerifyWebhook::new(receiver.clone());
            app.service(web::resource(path).route(handler(receiver.provider())).wrap(verify))
        })
    };
    let server = HttpServer::new(app)
        .bind(&addr)
        .map_err(|error| io::Error::other(format!("ADDR={addr}: {error}")))?;
    for addr in server.addrs() {
        tracing::info!("listening on http://{addr}");
    }
    Ok(server.run())
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
    // This is where a `match event.data { … }` would go.
    print(&event.delivery, Some(event.data.variant()))
}

async fn plain(delivery: Delivery) -> io::Result<HttpResponse> {
    print(&delivery, None)
}

/// What is printed about a handled event.
#[derive(Serialize)]
struct Line<'a> {
    provider: &'a str,
    id: Option<&'a str>,
    event_type: Option<&'a str>,
    key: &'a str,
    variant: Option<&'a str>,
}

/// Prints the line and answers 200. Where it cannot be printed the answer is 500, and the provider tries again.
fn print(delivery: &countersign::Delivery, variant: Option<&str>) -> io::Result<HttpResponse> {
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
