//! The events that this program uses.

use countersign::{EventCatalog, UnknownEvent};
use octocrab::models::webhook_events::payload::{
    CheckRunWebhookEventPayload, CreateWebhookEventPayload, DeleteWebhookEventPayload,
    IssueCommentWebhookEventPayload, IssuesWebhookEventPayload, LabelWebhookEventPayload,
    PingWebhookEventPayload, PullRequestWebhookEventPayload, PushWebhookEventPayload,
    ReleaseWebhookEventPayload, StarWebhookEventPayload, WorkflowRunWebhookEventPayload,
};

/// GitHub's events. A type of another crate is the data of a variant; boxes keep the enum small.
#[derive(Debug, EventCatalog)]
pub(crate) enum GitHub {
    #[event("check_run")]
    CheckRun(Box<CheckRunWebhookEventPayload>),
    #[event("create")]
    Create(Box<CreateWebhookEventPayload>),
    #[event("delete")]
    Delete(Box<DeleteWebhookEventPayload>),
    #[event("issue_comment")]
    IssueComment(Box<IssueCommentWebhookEventPayload>),
    #[event("issues")]
    Issues(Box<IssuesWebhookEventPayload>),
    #[event("label")]
    Label(Box<LabelWebhookEventPayload>),
    #[event("ping")]
    Ping(Box<PingWebhookEventPayload>),
    #[event("pull_request")]
    PullRequest(Box<PullRequestWebhookEventPayload>),
    #[event("push")]
    Push(Box<PushWebhookEventPayload>),
    #[event("release")]
    Release(Box<ReleaseWebhookEventPayload>),
    #[event("star")]
    Star(Box<StarWebhookEventPayload>),
    #[event("workflow_run")]
    WorkflowRun(Box<WorkflowRunWebhookEventPayload>),
    #[event(unknown)]
    Other(UnknownEvent),
}

#[cfg(test)]
mod tests {
    use std::fs;

    use countersign::{
        DecodeError, Event, Head, Secret, Signer, SigningRequest, UnixTime, Verifier, providers,
    };
    use serde_json::Value;

    use super::*;

    /// GitHub's examples: an npm package, installed with the SDKs of the tests.
    const EXAMPLES: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/e2e/sdk/node/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
    );

    #[test]
    fn the_types_of_octocrab_decode_githubs_examples_once_they_are_verified() {
        let text = fs::read(EXAMPLES).unwrap_or_else(|error| panic!("npm ci in tests/e2e/sdk/node: {error}"));
        let examples: Vec<Value> = serde_json::from_slice(&text).unwrap();
        let (mut decoded, mut failed) = (0, Vec::new());
        for example in &examples {
            let event_type = example["name"].as_str().unwrap();
            for body in example["examples"].as_array().unwrap() {
                match deliver(event_type, body.to_string()).map(|event| event.data) {
                    Ok(GitHub::Other(event)) => assert_eq!(event.event_type, event_type),
                    Ok(_) => decoded += 1,
                    Err(error) => {
                        failed.push(format!("{event_type} at {}: {:?}", error.path(), error.cause()))
                    }
                }
            }
        }
        // Two of GitHub's examples have an issue without a state, which octocrab requires.
        let without_state = "issues at issue: Some(\"missing field `state`\")";
        assert_eq!(failed, [without_state, without_state], "{decoded} decoded");
        assert!(decoded >= 100, "{decoded}");
    }

    /// Signs a delivery as GitHub does, verifies it, and decodes the event.
    fn deliver(event_type: &str, body: String) -> Result<Event<GitHub>, DecodeError> {
        let (github, secret, now) =
            (&providers::GITHUB, "It's a Secret to Everybody", UnixTime::from_secs(0));
        let request = SigningRequest::new(body.clone(), now).with_id("1").with_event_type(event_type);
        let signer = Signer::new(github, Secret::new(secret).unwrap()).unwrap();
        let headers = signer.sign(&request).unwrap();
        let verifier = Verifier::new(github, Secret::new(secret).unwrap()).unwrap();
        Event::decode(verifier.verify(&Head::new(&headers), body, now).unwrap())
    }
}
