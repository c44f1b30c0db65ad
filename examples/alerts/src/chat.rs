//! Alerts as messages of a chat: Slack, Mattermost, Rocket.Chat, or what else takes `{"text": "…"}`.

use countersign_inbox::{Alert, AlertState};
use serde_json::json;

use crate::{SendError, client};

/// An incoming webhook of a chat. Its URL is a secret: it is enough to write there.
pub(crate) struct Chat {
    client: reqwest::Client,
    url: String,
}

impl Chat {
    pub(crate) fn new(url: String) -> Result<Self, reqwest::Error> {
        Ok(Self { client: client()?, url })
    }

    pub(crate) async fn send(&self, alert: &Alert) -> Result<(), SendError> {
        let sign = match alert.state {
            AlertState::Fired => ":red_circle:",
            _ => ":large_green_circle:",
        };
        let message = json!({ "text": format!("{sign} {}", escaped(&alert.to_string())) });
        let sent = self.client.post(&self.url).json(&message).send().await;
        // The error would show the URL.
        let response = sent.map_err(reqwest::Error::without_url)?;
        response.error_for_status().map_err(reqwest::Error::without_url)?;
        Ok(())
    }
}

/// Escapes what Slack reads as markup: errors of handlers may contain texts of unverified senders.
/// <https://docs.slack.dev/messaging/formatting-message-text/#escaping>
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
