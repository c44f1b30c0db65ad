//! Handshakes that issue the secret.

use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::Confidence;

/// Asana: the header is sent back and is the secret afterwards. It is sent once.
pub const ASANA: &[Handshake] =
    &[Handshake::new("x-hook-secret", Trust::IssuesSecret(Place::header("x-hook-secret")), Method::Post)
        .with_source(Confidence::OfficialDocs, "developers.asana.com/docs/webhooks-guide")
        .with_conditions(const { &[Condition::present(Place::header("x-hook-secret"))] })
        .with_answer(Answer::headers(
            200,
            const { &[AnswerHeader::new("x-hook-secret", "{header:x-hook-secret}")] },
        ))];

/// REST Hooks, as specified by resthooks.org: like Asana.
pub const REST_HOOKS: &[Handshake] =
    &[Handshake::new("x-hook-secret", Trust::IssuesSecret(Place::header("x-hook-secret")), Method::Post)
        .with_source(Confidence::Secondary, "resthooks.org/docs/security")
        .with_conditions(const { &[Condition::present(Place::header("x-hook-secret"))] })
        .with_answer(Answer::headers(
            200,
            const { &[AnswerHeader::new("x-hook-secret", "{header:x-hook-secret}")] },
        ))];

/// Notion: the first request contains the token that signs the others. It must be entered in Notion, too.
pub const NOTION: &[Handshake] =
    &[Handshake::new(
        "verification_token",
        Trust::IssuesSecret(Place::json("/verification_token")),
        Method::Post,
    )
    .with_source(
        Confidence::OfficialDocs,
        "developers.notion.com/reference/webhooks; makenotion/notion-sdk-js src/webhooks.ts",
    )
    .with_conditions(
        const {
            &[Condition::present(Place::json("/verification_token")), Condition::absent(Place::json("/type"))]
        },
    )
    .with_answer(Answer::status(200))];
