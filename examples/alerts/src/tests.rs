//! Sends alerts to receivers of our own.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use countersign::{Delivery, Field, Secret, Verifier, providers};
use countersign_inbox::{Alert, AlertCause, AlertState};
use countersign_tower::VerifyWebhookLayer;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::Receivers;
use crate::chat::Chat;
use crate::signed::SignedWebhook;

#[tokio::test]
async fn a_receiver_of_ours_verifies_what_we_sign() {
    let (url, mut received) = receiver().await;
    let receivers = |secret| Receivers { signed: Some(signed(&url, secret)), ..Receivers::default() };
    for state in [AlertState::Fired, AlertState::Resolved] {
        let alert = Alert::new(state, dead_letters("orders.eu"));
        receivers(SECRET).send(&alert).await.unwrap();
        let event = received.recv().await.unwrap();
        let event_type = if state == AlertState::Fired { "alert.fired" } else { "alert.resolved" };
        let data = json!({ "key": "dead_letters/orders.eu", "alert": alert });
        assert_eq!(event, json!({ "type": event_type, "data": data }));
    }
    let refused = receivers(OTHER).send(&Alert::new(AlertState::Fired, dead_letters("orders"))).await;
    assert!(refused.unwrap_err().to_string().contains("401"));
    assert!(received.try_recv().is_err());
}

#[tokio::test]
async fn a_chat_gets_a_sentence_without_markup_of_strangers_though_the_other_receiver_fails() {
    let (url, mut received) = receiver().await;
    let chat = Chat::new(format!("{url}/chat")).unwrap();
    let receivers = Receivers { chat: Some(chat), signed: Some(signed(&url, OTHER)) };
    let error = "<https://example.com|click> & see".to_owned();
    let alert = Alert::new(AlertState::Fired, AlertCause::StoreUnavailable { error });
    receivers.send(&alert).await.unwrap_err();
    let text = ":red_circle: fired: the store does not answer: &lt;https://example.com|click&gt; &amp; see";
    assert_eq!(received.recv().await.unwrap(), json!({ "text": text }));
}

#[tokio::test]
async fn an_error_of_the_chat_does_not_show_its_url() {
    let (url, _received) = receiver().await;
    let receivers = Receivers { chat: Some(Chat::new(format!("{url}/hunter2")).unwrap()), signed: None };
    let error = receivers.send(&Alert::new(AlertState::Fired, dead_letters("orders"))).await.unwrap_err();
    assert!(error.to_string().contains("404") && !format!("{error:?}").contains("hunter2"), "{error:?}");
}

fn signed(url: &str, secret: &str) -> SignedWebhook {
    SignedWebhook::new(format!("{url}/alerts"), Secret::new(secret).unwrap()).unwrap()
}

fn dead_letters(source: &str) -> AlertCause {
    AlertCause::DeadLetters { source: source.to_owned(), count: 3 }
}

/// Starts a server with a verified endpoint and a chat, and returns its URL and the bodies of accepted requests.
async fn receiver() -> (String, UnboundedReceiver<Value>) {
    let (sender, received) = unbounded_channel();
    let verifier = Verifier::new(&providers::STANDARD_WEBHOOKS, Secret::new(SECRET).unwrap()).unwrap();
    let app = Router::new()
        .route("/alerts", post(verified).layer(VerifyWebhookLayer::new(verifier)))
        .route("/chat", post(said))
        .with_state(sender);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, received)
}

async fn verified(State(sender): State<UnboundedSender<Value>>, delivery: Delivery) -> StatusCode {
    let id = delivery.id().map(Field::as_str);
    assert!(id.is_some_and(|id| id.starts_with("alert_")), "{id:?}");
    sender.send(serde_json::from_slice(delivery.body()).unwrap()).unwrap();
    StatusCode::NO_CONTENT
}

async fn said(State(sender): State<UnboundedSender<Value>>, Json(message): Json<Value>) {
    sender.send(message).unwrap();
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
