//! A receiver of Preflix with one flaw, which `countersign check` finds.
//!
//! | Variable | Meaning |
//! |---|---|
//! | `ADDR` | the address to listen on |
//! | `SECRET` | the secret of the endpoint |
//! | `FLAW` | the flaw, or `none` |
//! | `EFFECTS` | the file that the work appends ids to; `GET /effects?id=…` counts them |
//! | `FAILING` | the file while which exists all work fails |

mod flaw;
mod verify;
mod work;

use std::env;
use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, State};
use axum::routing::{get, post};
use http::{Request, StatusCode, header};
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::flaw::Flaw;
use crate::verify::Verification;
use crate::work::{IdState, Work};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let flaw: Flaw = env::var("FLAW")?.parse()?;
    let receiver = Receiver {
        flaw,
        verification: Verification::new(flaw, env::var("SECRET")?)?,
        work: Work::from_env()?,
    };
    let app = Router::new()
        .route("/hook", post(receive))
        .route("/effects", get(effects))
        .fallback(elsewhere)
        .with_state(Arc::new(receiver));
    let listener = TcpListener::bind(env::var("ADDR")?).await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

struct Receiver {
    flaw: Flaw,
    verification: Verification,
    work: Work,
}

async fn receive(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> StatusCode {
    receiver.verify(request).await.map_or_else(|refusal| refusal, |id| receiver.handle(&id))
}

async fn elsewhere(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> StatusCode {
    if receiver.flaw != Flaw::SuccessElsewhere {
        return StatusCode::NOT_FOUND;
    }
    receiver.verify(request).await.map_or_else(|refusal| refusal, |_| StatusCode::OK)
}

impl Receiver {
    /// Returns the id of a genuine delivery, or the refusal.
    async fn verify(&self, request: Request<Body>) -> Result<String, StatusCode> {
        let (head, body) = request.into_parts();
        let announced =
            head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.unwrap_or(0) > LIMIT {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let body = to_bytes(body, LIMIT).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        self.verification.id(&head.headers, &body).ok_or(StatusCode::UNAUTHORIZED)
    }

    fn handle(&self, id: &str) -> StatusCode {
        let is_claimed = self.flaw != Flaw::NoDedupe && !id.is_empty();
        match self.work.claim(id).filter(|_| is_claimed) {
            Some(IdState::Done) => return StatusCode::OK,
            Some(IdState::InFlight) => return StatusCode::SERVICE_UNAVAILABLE,
            None => {}
        }
        if self.flaw == Flaw::SuccessBeforeWork {
            self.work.finish(id);
            self.work.run_later(id);
            return StatusCode::OK;
        }
        let done = self.work.run(id);
        if done.is_ok() || self.flaw == Flaw::DedupeBeforeSuccess {
            self.work.finish(id);
        } else {
            self.work.release(id);
        }
        if done.is_ok() || self.flaw == Flaw::SuccessOnFailure {
            StatusCode::OK
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// A query about an id.
#[derive(Deserialize)]
struct Asked {
    id: String,
}

async fn effects(State(receiver): State<Arc<Receiver>>, Query(Asked { id }): Query<Asked>) -> String {
    receiver.work.count(&id).to_string()
}

const LIMIT: usize = 1 << 20;
