//! Receives the webhooks of GitHub on one listener, and serves the operations page of its inbox on another one, which only a proxy on
//! this machine can reach:
//!
//! ```sh
//! GITHUB_SECRET=… CONSOLE_PROXY_SECRET=$(openssl rand -hex 32) cargo run -p example-console
//! ```
//!
//! The proxy ends TLS and adds `x-proxy-secret` and `x-forwarded-proto: https`. It authenticates people itself, as oauth2-proxy does, and
//! adds `x-forwarded-email` and `x-forwarded-groups`; or, with `CONSOLE_USERS`, the page asks for a name and a password (`Basic`). The
//! file that `CONSOLE_USERS` names has a line `NAME ROLE HASH` for each person:
//!
//! ```sh
//! read -rs password
//! echo "ada operator $(printf %s "$password" | argon2 "$(openssl rand -hex 8)" -id -t 2 -k 19456 -p 1 -e)" >> users
//! ```
//!
//! Webhooks are received on `ADDR`, 127.0.0.1:3000 by default, the page is on `CONSOLE_ADDR`, 127.0.0.1:3001.

mod basic;
mod oidc;
mod proxy;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::{env, fs};

use axum::Router;
use countersign::{Delivery, Secret, SecretSet, Verifier, providers};
use countersign_console::Console;
use countersign_inbox::{Context, Endpoint, Inbox, OpsStore};
use countersign_sqlite::SqliteStore;
use countersign_tower::InboxExt;
use tokio::net::TcpListener;

use crate::basic::Basic;
use crate::oidc::Oidc;
use crate::proxy::Proxy;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Arc::new(SqliteStore::open("inbox.db")?);
    let console = console(store.clone())?;
    let verifier = Verifier::new(&providers::GITHUB, SecretSet::from_env("GITHUB_SECRET")?)?;
    let inbox = Inbox::start(store, [Endpoint::new("github", verifier).otherwise(received)])?;

    let public = Router::new().route_service("/webhooks/github", inbox.service("github")?);
    let public = axum::serve(TcpListener::bind(address("ADDR", "127.0.0.1:3000")?).await?, public);
    // A listener of its own: a request from outside cannot come around the proxy.
    let private = address("CONSOLE_ADDR", "127.0.0.1:3001")?;
    if !private.ip().is_loopback() {
        return Err(
            format!("CONSOLE_ADDR: {private} is not on loopback: the proxy runs on this machine").into()
        );
    }
    let private = axum::serve(
        TcpListener::bind(private).await?,
        Router::new().nest_service("/ops", console.router::<()>()),
    );
    tokio::select! {
        served = async { public.await } => served?,
        served = async { private.await } => served?,
        _ = tokio::signal::ctrl_c() => {}
    }
    let _report = inbox.drain().await;
    Ok(())
}

/// Returns the page with the policy that the environment asks for.
fn console(store: Arc<dyn OpsStore>) -> Result<Console, Box<dyn Error>> {
    let proxy = Proxy::new(Secret::from_env("CONSOLE_PROXY_SECRET")?)?;
    Ok(match env::var("CONSOLE_USERS") {
        Ok(file) => Console::new(store, Basic::new(proxy, &fs::read_to_string(file)?)?),
        Err(env::VarError::NotPresent) => Console::new(store, Oidc::new(proxy)),
        Err(error) => return Err(format!("CONSOLE_USERS: {error}").into()),
    })
}

fn address(name: &str, default: &str) -> Result<SocketAddr, Box<dyn Error>> {
    let address = env::var(name).unwrap_or_else(|_| default.to_owned());
    address.parse().map_err(|_| format!("{name}: `{address}` is not an address such as {default}").into())
}

async fn received(delivery: Delivery, context: Context) -> Result<(), std::io::Error> {
    println!("{:?}, attempt {}", delivery.id(), context.attempt());
    Ok(())
}
