//! Shows an effect that happens exactly once: the handler's write and the end of its event share a commit.
//!
//! ```sh
//! POSTGRES_URL=postgres://… cargo run -p countersign-postgres --example exactly_once
//! ```
//!
//! Without `POSTGRES_URL` it starts a server.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::env;
use std::error::Error;

use countersign::{
    Clock, Event, EventCatalog, Head, Secret, Signer, SigningRequest, SystemClock, Verifier, providers,
};
use countersign_inbox::{CommitError, Context, Endpoint, Inbox, StoredHead};
use countersign_postgres::PostgresStore;
use countersign_test_servers::Postgres;
use serde::Deserialize;
use sqlx::{query, query_scalar};

#[derive(Deserialize, EventCatalog)]
#[event("invoice.paid")]
struct InvoicePaid {
    amount: i64,
}

async fn paid(
    store: PostgresStore,
    event: Event<InvoicePaid>,
    context: Context,
) -> Result<(), CommitError<sqlx::Error>> {
    store
        .commit_with(&context, async |mut tx| {
            query("INSERT INTO payment (amount) VALUES ($1)")
                .bind(event.data.amount)
                .execute(&mut **tx)
                .await?;
            Ok(())
        })
        .await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_server, url) = match env::var("POSTGRES_URL") {
        Ok(url) => (None, url),
        Err(_) => {
            let server = Postgres::start();
            let url = server.url();
            (Some(server), url)
        }
    };
    let store = PostgresStore::connect(&url).await?;
    query("CREATE TABLE IF NOT EXISTS payment (amount bigint NOT NULL)").execute(store.pool()).await?;

    let (provider, secret) =
        (&providers::STANDARD_WEBHOOKS, Secret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?);
    let verifier = Verifier::new(provider, secret.clone())?;
    let endpoint = Endpoint::new("billing", verifier.clone()).on_with(store.clone(), paid);
    let inbox = Inbox::start(store.clone(), [endpoint])?;

    // A server passes requests to `inbox.service("billing")`. The provider sends this event twice.
    let body = r#"{"type":"invoice.paid","data":{"amount":42}}"#;
    let request = SigningRequest::new(body, SystemClock.now()).with_id("msg_1");
    let headers = Signer::new(provider, secret)?.sign(&request)?;
    let delivery = verifier.verify(&Head::new(&headers), body, SystemClock.now())?;
    for _ in 0..2 {
        let head = StoredHead::new("POST", "/hooks/billing", headers.clone());
        println!("{:?}", inbox.acceptor("billing")?.accept(&delivery, head).await);
    }

    inbox.run_until_idle().await?;
    println!("{:?}", inbox.drain().await);
    let payments: i64 = query_scalar("SELECT count(*) FROM payment").fetch_one(store.pool()).await?;
    println!("paid {payments} times");
    Ok(())
}
