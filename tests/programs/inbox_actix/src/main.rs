//! Durable mode with actix: a webhook is stored, acknowledged, and handled by a worker until it succeeds.
//!
//! ```sh
//! PROXIANT_SECRET=whsec_abc STORE=sqlite:inbox.db EFFECTS=effects.jsonl cargo run -p example-inbox-actix
//! ```
//!
//! See `Config` in `../inbox_support` for all variables of the environment.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::process::ExitCode;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpResponse, rt, web};
use countersign_actix::{ExpectHandler, InboxExt};
use countersign_inbox::{Health, HealthReport, Inbox};
use example_inbox_support::{Config, causes, inbox, open, termination};

#[actix_web::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("example-inbox-actix: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let termination = termination()?;
    let store = open(&config.store).await.map_err(|error| format!("STORE: {}", causes(&*error)))?;
    let inbox = inbox(&config, store)?;
    let health = inbox.health();
    let service = inbox.service(config.path(), config.endpoint())?;
    // A sender is not asked for the body of a head that is refused. `HttpServer` would do without that.
    let expect = ExpectHandler::new().with_inbox(&service);

    // Runs once per thread of the server; all of them share the store.
    let app = move || {
        App::new()
            .app_data(web::Data::new(health.clone()))
            .service(service.clone())
            .route("/health/live", web::get().to(live))
            .route("/health/ready", web::get().to(ready))
    };
    let listener = TcpListener::bind(&config.addr);
    let listener = listener.map_err(|error| format!("ADDR={}: {error}", config.addr))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    // The server's own signal handling would end the process too early.
    let server = expect.listen(Server::build().disable_signals(), listener, app)?.run();
    let handle = server.handle();
    rt::spawn(async {
        termination.await;
        end(inbox, handle).await;
    });
    Ok(server.await?)
}

/// Stops new connections, waits for the handlers, and then for the remaining requests.
async fn end(inbox: Inbox, server: ServerHandle) {
    server.pause().await;
    let report = inbox.drain().await;
    tracing::info!(?report, "ended");
    server.stop(true).await;
}

/// Responds with 200 unless the process must be restarted.
async fn live(health: web::Data<Health>) -> HttpResponse {
    answer(&health.live())
}

/// Responds with 200 unless the process should receive no traffic and needs attention.
async fn ready(health: web::Data<Health>) -> HttpResponse {
    answer(&health.ready().await)
}

fn answer(report: &HealthReport) -> HttpResponse {
    match report.ok {
        true => HttpResponse::Ok().json(report),
        false => HttpResponse::ServiceUnavailable().json(report),
    }
}
