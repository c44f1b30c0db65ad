//! A server with one thread and one route, `POST /`, that reads the body and responds with 204. `benches/http/run`
//! starts it.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

mod actix;
mod axum;

use bytes::Bytes;
use countersign_benches::sample::Sender;
use countersign_benches::{floor, ours};

fn main() {
    let variant = std::env::args().nth(1).unwrap_or_default();
    match variant.split_once('-') {
        Some(("axum", middleware)) => axum::serve(middleware),
        Some(("actix", middleware)) => actix::serve(middleware),
        _ => usage(&variant),
    }
}

fn usage(variant: &str) -> ! {
    eprintln!(
        "http_server: no `{variant}`; there are axum- and actix-bare, -hash, -countersign, -handwritten, and axum-svix"
    );
    std::process::exit(2);
}

/// Prints the address of the server.
fn announce(address: std::net::SocketAddr) {
    println!("{address}");
}

fn sender() -> Sender {
    Sender::find(ours::STANDARD_WEBHOOKS).unwrap()
}

/// Computes the raw hash over the body and discards it.
fn hash(body: &Bytes) {
    std::hint::black_box(floor::raw_sha256(body));
}

/// Room for all bodies of the benchmark, for frameworks with a limit of their own.
const LIMIT: usize = 2 << 20;
