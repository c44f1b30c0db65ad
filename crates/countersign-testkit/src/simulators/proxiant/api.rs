//! The subscription API.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use countersign::providers::proxiant;
use countersign::{EventCatalog, Secret};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::simulators::clock::rfc3339;
use crate::simulators::subscription::Endpoint;
use crate::simulators::{ProviderSubscription, Simulator, scripts};

/// A subscription, as the API shows it.
#[derive(Serialize)]
struct Listed {
    id: String,
    url: String,
    events: Vec<String>,
    active: bool,
    created_at: String,
    last_delivery_at: Option<String>,
    last_delivery_status: Option<&'static str>,
}

/// The request for a new one.
#[derive(Deserialize)]
struct NewWebhook {
    url: String,
    events: Vec<String>,
    secret: Option<String>,
}

/// An error, as the API shows it.
struct Refused(StatusCode, &'static str);

pub(super) fn router(simulator: Simulator, key: Arc<str>) -> Router {
    Router::new()
        .route("/webhooks", get(list).post(create))
        .route("/webhooks/{id}", delete(remove))
        .layer(middleware::from_fn_with_state(key, authenticate))
        .with_state(simulator)
}

async fn authenticate(State(key): State<Arc<str>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bearer ")) == Some(&*key) {
        next.run(request).await
    } else {
        Refused(StatusCode::UNAUTHORIZED, "the Bearer token is missing or wrong").into_response()
    }
}

async fn list(State(simulator): State<Simulator>) -> Json<Vec<Listed>> {
    Json(simulator.with_endpoints(|endpoints| endpoints.iter().map(Listed::of).collect()))
}

async fn create(
    State(simulator): State<Simulator>,
    Json(new_webhook): Json<NewWebhook>,
) -> Result<(StatusCode, Json<Listed>), Refused> {
    let invalid = |problem| Refused(StatusCode::UNPROCESSABLE_ENTITY, problem);
    if !is_on_this_machine(&new_webhook.url) {
        return Err(invalid("`url` is not an http URL of this machine: the simulator sends nowhere else"));
    }
    if new_webhook.events.is_empty() || !new_webhook.events.iter().all(|event| is_event(event)) {
        return Err(invalid("`events` is a list of event types, or [\"*\"]"));
    }
    let subscription = match new_webhook.secret {
        Some(secret) => {
            let secret = Secret::new(secret).map_err(|_| invalid("`secret` is empty or too short"))?;
            ProviderSubscription::new(new_webhook.url, secret)
        }
        None => ProviderSubscription::insecure_unsigned(new_webhook.url),
    };
    let subscribed = simulator.subscribe(subscription.with_events(new_webhook.events));
    let id = subscribed.map_err(|_| invalid("`url` or `secret` cannot be used"))?;
    let created =
        simulator.with_endpoints(|endpoints| endpoints.iter().find(|one| one.id == id).map(Listed::of));
    let ping = simulator.messages(|values| vec![scripts::proxiant::test(&values.now())], &[]);
    for message in ping.unwrap_or_default() {
        simulator.publish_to(&id, message);
    }
    let created = created.ok_or(Refused(StatusCode::CONFLICT, "the subscription was deleted meanwhile"))?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn remove(State(simulator): State<Simulator>, Path(id): Path<String>) -> Result<StatusCode, Refused> {
    if simulator.unsubscribe(&id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refused(StatusCode::NOT_FOUND, "there is no such subscription"))
    }
}

impl Listed {
    fn of(endpoint: &Endpoint) -> Self {
        let events = endpoint.subscription.event_types();
        Self {
            id: endpoint.id.clone(),
            url: endpoint.url.to_string(),
            events: if events.is_empty() { vec!["*".to_owned()] } else { events.to_vec() },
            active: !endpoint.is_disabled,
            created_at: rfc3339(endpoint.created_at),
            last_delivery_at: endpoint.last.map(|(at, _)| rfc3339(at)),
            last_delivery_status: endpoint.last.map(|(_, is_ok)| if is_ok { "success" } else { "failed" }),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn is_event(name: &str) -> bool {
    name == "*" || proxiant::Event::TAGS.contains(&name)
}

fn is_on_this_machine(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    matches!(url.scheme(), "http" | "https") && (is_loopback || host == "localhost")
}
