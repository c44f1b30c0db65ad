//! Alerts as webhooks of our own, signed as in Standard Webhooks.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign::{Clock, Secret, Signer, SigningRequest, SystemClock, providers};
use countersign_inbox::{Alert, AlertState};
use serde_json::json;

use crate::{SendError, client};

/// A receiver that verifies what it gets: any library for Standard Webhooks does, and so does Countersign with
/// `providers::STANDARD_WEBHOOKS`.
pub(crate) struct SignedWebhook {
    client: reqwest::Client,
    url: String,
    signer: Signer,
    sent: AtomicU64,
}

impl SignedWebhook {
    pub(crate) fn new(url: String, secret: Secret) -> Result<Self, Box<dyn std::error::Error>> {
        let signer = Signer::new(&providers::STANDARD_WEBHOOKS, secret)?;
        Ok(Self { client: client()?, url, signer, sent: AtomicU64::new(0) })
    }

    pub(crate) async fn send(&self, alert: &Alert) -> Result<(), SendError> {
        let event_type = match alert.state {
            AlertState::Fired => "alert.fired",
            _ => "alert.resolved",
        };
        let body = json!({ "type": event_type, "data": { "key": alert.key(), "alert": alert } }).to_string();
        let now = SystemClock.now();
        // A dot would separate the signed parts, so that no name of an endpoint is in it.
        let id = format!("alert_{}_{}", now.as_millis(), self.sent.fetch_add(1, Ordering::Relaxed));
        let headers = self.signer.sign(&SigningRequest::new(body.clone(), now).with_id(id))?;
        let request = self.client.post(&self.url).headers(headers).header("content-type", "application/json");
        request.body(body).send().await?.error_for_status()?;
        Ok(())
    }
}
