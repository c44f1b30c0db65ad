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
use countersign_actix::{ExpectHandler, InboxService};
use countersign_inbox::Acceptor;
use countersign_inbox::worker::{Health, HealthReport, WorkerHandle};
use example_inbox_support::{Config, Store, causes, termination, worker};

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
    let store = Store::open(&config.store).await.map_err(|error| format!("STORE: {}", causes(&*error)))?;
    // Refuses a store that would lose acknowledged events, or forget them too early.
    let acceptor = Acceptor::builder(store.inbox.clone(), config.identity(), config.provider).build()?;
    let worker = worker(&config, &store)?.spawn();
    let health = worker.health();
    let inbox = InboxService::new(config.path(), config.receiver, acceptor);
    // A sender is not asked for the body of a head that is refused. `HttpServer` would do without that.
    let expect = ExpectHandler::new().with_inbox(&inbox);

    // Runs once per thread of the server; all of them share the store.
    let app = move || {
        App::new()
            .app_data(web::Data::new(health.clone()))
            .service(inbox.clone())
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
        end(worker, handle).await;
    });
    Ok(server.await?)
}

/// Stops new connections, waits for the handlers, and then for the remaining requests.
async fn end(worker: WorkerHandle, server: ServerHandle) {
    server.pause().await;
    match worker.shutdown().await {
        Ok(report) => tracing::info!(?report, "ended"),
        Err(error) => tracing::error!(%error, "the worker has not ended as it should"),
    }
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
