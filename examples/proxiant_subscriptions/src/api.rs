//! The subscription API of Proxiant.

use reqwest::{Client, Error};
use serde::Deserialize;
use serde_json::json;

/// A client with the key of an account.
pub(crate) struct Api {
    client: Client,
    base_url: String,
    key: String,
}

/// A subscription, as the API shows it.
#[derive(Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    pub(crate) active: bool,
    pub(crate) last_delivery_status: Option<serde_json::Value>,
}

impl Api {
    pub(crate) fn new(base_url: String, key: String) -> Self {
        Self { client: Client::new(), base_url, key }
    }

    pub(crate) async fn list(&self) -> Result<Vec<Subscription>, Error> {
        let request = self.client.get(format!("{}/webhooks", self.base_url)).bearer_auth(&self.key);
        request.send().await?.error_for_status()?.json().await
    }

    /// Subscribes to all events. Without a secret, Proxiant would send them unsigned.
    pub(crate) async fn create(&self, url: &str, secret: &str) -> Result<Subscription, Error> {
        let request = self.client.post(format!("{}/webhooks", self.base_url)).bearer_auth(&self.key);
        let request = request.json(&json!({ "url": url, "events": ["*"], "secret": secret }));
        request.send().await?.error_for_status()?.json().await
    }

    pub(crate) async fn delete(&self, id: &str) -> Result<(), Error> {
        let request = self.client.delete(format!("{}/webhooks/{id}", self.base_url)).bearer_auth(&self.key);
        request.send().await?.error_for_status().map(drop)
    }
}
