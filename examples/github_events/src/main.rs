//! Receives GitHub's events with the types of octocrab.
//!
//! ```sh
//! GITHUB_SECRET=… cargo run -p example-github-events
//! ```

mod events;

use std::error::Error;

use axum::Router;
use axum::routing::post;
use countersign::{Event, Secret, Verifier, providers};
use countersign_tower::VerifyWebhookLayer;
use tokio::net::TcpListener;

use crate::events::GitHub;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = Secret::from_env("GITHUB_SECRET")?;
    let verifier = Verifier::new(&providers::GITHUB, secret)?;
    let app = Router::new().route("/webhooks/github", post(handle)).layer(VerifyWebhookLayer::new(verifier));
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}/webhooks/github", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn handle(event: Event<GitHub>) {
    let said = match event.data {
        GitHub::CheckRun(check) => format!("a check is {:?}", check.action),
        GitHub::Create(created) => format!("{:?} {} is there", created.ref_type, created.r#ref),
        GitHub::Delete(deleted) => format!("{:?} {} is gone", deleted.ref_type, deleted.r#ref),
        GitHub::IssueComment(comment) => {
            format!("a comment on #{} is {:?}", comment.issue.number, comment.action)
        }
        GitHub::Issues(issues) => format!("#{} is {:?}", issues.issue.number, issues.action),
        GitHub::Label(label) => format!("a label is {:?}", label.action),
        GitHub::Ping(ping) => ping.zen.unwrap_or_default(),
        GitHub::PullRequest(pull) => format!("#{} is {:?}", pull.number, pull.action),
        GitHub::Push(push) => format!("{} is at {}", push.r#ref, push.after),
        GitHub::Release(release) => format!("a release is {:?}", release.action),
        GitHub::Star(star) => format!("a star is {:?}", star.action),
        GitHub::WorkflowRun(run) => format!("a run is {:?}", run.action),
        GitHub::Other(event) => format!("{} can wait", event.event_type),
    };
    println!("{said}");
}
