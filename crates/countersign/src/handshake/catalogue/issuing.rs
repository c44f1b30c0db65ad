//! Handshakes that issue the secret.

use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;
use crate::scheme::text;

/// Asana: the header is sent back and is the secret afterwards. It is sent once.
pub const ASANA: &[Handshake] = &[Handshake {
    name: text("x-hook-secret"),
    doc: text("developers.asana.com/docs/webhooks-guide"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::IssuesSecret(Place::header("x-hook-secret")),
    method: Method::Post,
    when: Condition::all(const { &[Condition::present(Place::header("x-hook-secret"))] }),
    answer: Some(Answer::headers(
        200,
        const { &[AnswerHeader::new("x-hook-secret", "{header:x-hook-secret}")] },
    )),
    challenge: None,
    refused: None,
}];

/// REST Hooks, as specified by resthooks.org: like Asana.
pub const REST_HOOKS: &[Handshake] = &[Handshake {
    name: text("x-hook-secret"),
    doc: text("resthooks.org/docs/security"),
    confidence: Confidence::Secondary,
    trust: Trust::IssuesSecret(Place::header("x-hook-secret")),
    method: Method::Post,
    when: Condition::all(const { &[Condition::present(Place::header("x-hook-secret"))] }),
    answer: Some(Answer::headers(
        200,
        const { &[AnswerHeader::new("x-hook-secret", "{header:x-hook-secret}")] },
    )),
    challenge: None,
    refused: None,
}];

/// Notion: the first request contains the token that signs the others. It must be entered in Notion, too.
pub const NOTION: &[Handshake] = &[Handshake {
    name: text("verification_token"),
    doc: text("developers.notion.com/reference/webhooks; makenotion/notion-sdk-js src/webhooks.ts"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::IssuesSecret(Place::json("/verification_token")),
    method: Method::Post,
    when: Condition::all(
        const {
            &[Condition::present(Place::json("/verification_token")), Condition::absent(Place::json("/type"))]
        },
    ),
    answer: Some(Answer::status(200)),
    challenge: None,
    refused: None,
}];
