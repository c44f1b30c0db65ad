//! Stores the webhooks of Proxiant before they are acknowledged, with actix-web and SQLite:
//! `PROXIANT_SECRET=… cargo run -p webhooks-inbox-actix`.
//! It listens on `ADDR`, 127.0.0.1:3000 by default.

use actix_web::{App, HttpServer};
use countersign::providers::proxiant;
use countersign::{Event, EventCatalog, SecretSet, Verifier};
use countersign_actix::InboxExt;
use countersign_inbox::{Context, Endpoint, Inbox};
use countersign_sqlite::SqliteStore;
use serde::Deserialize;

#[derive(Deserialize, EventCatalog)]
#[event("job.served")]
struct JobServed {
    job: proxiant::Job,
}

async fn served(event: Event<JobServed>, context: Context) -> Result<(), std::io::Error> {
    println!("{:?}: {} was served, attempt {}", event.delivery.id(), event.data.job.id, context.attempt());
    Ok(())
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::new(&proxiant::PROVIDER, SecretSet::from_env("PROXIANT_SECRET")?)?;
    let inbox =
        Inbox::start(SqliteStore::open("inbox.db")?, [Endpoint::new("proxiant", verifier).on(served)])?;
    let service = inbox.service("/hooks/proxiant", "proxiant")?;
    let addr = std::env::var("ADDR").unwrap_or("127.0.0.1:3000".to_owned());
    HttpServer::new(move || App::new().service(service.clone())).bind(addr)?.run().await?;
    let _report = inbox.drain().await;
    Ok(())
}
