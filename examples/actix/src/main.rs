//! Verifies the webhooks of Stripe with actix-web: `STRIPE_SECRET=… cargo run -p webhooks-actix`.
//! It listens on `ADDR`, 127.0.0.1:3000 by default.

use actix_web::{App, HttpResponse, HttpServer, web};
use countersign::{Event, EventCatalog, SecretSet, Verifier, providers};
use countersign_actix::VerifyWebhook;
use serde::Deserialize;

#[derive(Deserialize, EventCatalog)]
enum Stripe {
    #[event("invoice.paid")]
    InvoicePaid(Paid),
    #[event(unknown)]
    Other,
}

#[derive(Deserialize)]
struct Paid {
    object: Invoice,
}

#[derive(Deserialize)]
struct Invoice {
    amount_paid: i64,
}

async fn received(event: Event<Stripe>) -> HttpResponse {
    if let Stripe::InvoicePaid(paid) = event.data {
        println!("{} paid", paid.object.amount_paid);
    }
    HttpResponse::Ok().finish()
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secrets = SecretSet::from_env("STRIPE_SECRET")?;
    let verify = VerifyWebhook::try_new(Verifier::new(&providers::STRIPE, secrets)?)?;
    let app = move || {
        let hook = web::resource("/hooks/stripe").wrap(verify.clone());
        App::new().service(hook.route(web::post().to(received)))
    };
    let addr = std::env::var("ADDR").unwrap_or("127.0.0.1:3000".to_owned());
    HttpServer::new(app).bind(addr)?.run().await?;
    Ok(())
}
