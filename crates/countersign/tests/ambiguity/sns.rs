//! Tests of AWS SNS: topics, line breaks and types.

use countersign::scheme::Template;
use countersign::{Delivery, ErrorKind, Head, Signer, SigningRequest, Verifier, VerifyError, providers};
use http::HeaderMap;
use serde_json::{Value, json};

use crate::support::{EVIL, GOOD, NOW, key, secret};

/// Signs as Amazon does, which signs any message that is published to any topic.
fn sns_signs(message: &Value) -> String {
    let provider = providers::AWS_SNS.clone().with_parameter("topics", EVIL);
    let mut sender = provider;
    // Amazon's content, without the separator rules of the declaration.
    sender.scheme.content = Template::new(
        "{json-lines:Message*,MessageId,Subject?,SubscribeURL?,Timestamp,Token?,TopicArn,Type}",
    );
    let signer = Signer::new(sender, secret(key!("rsa2048.pkcs8.pem"))).unwrap();
    signer.signature(&SigningRequest::new(message.to_string(), NOW)).unwrap()
}

fn sns(mut message: Value, signature: &str) -> Result<Delivery, VerifyError> {
    let provider = providers::AWS_SNS.clone().with_parameter("topics", GOOD);
    let verifier = Verifier::new(provider, secret(key!("rsa2048.spki.pem"))).unwrap();
    message["Signature"] = json!(signature);
    message["SignatureVersion"] = json!("2");
    message["SigningCertURL"] = json!("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem");
    verifier.verify(&Head::new(&HeaderMap::new()), message.to_string(), NOW)
}

#[test]
fn sns_messages_of_a_strangers_topic_do_not_pass_for_ours() {
    let published = format!(
        "{{\"order\":\"forged\"}}\nMessageId\nforged-1\nTimestamp\n2023-11-14T22:13:20.000Z\nTopicArn\n{GOOD}\nType\nNotification"
    );
    let delivered = json!({
        "Type": "Notification", "MessageId": "real", "TopicArn": EVIL, "Message": published,
        "Timestamp": "2023-11-14T22:13:19.000Z",
    });
    let signature = sns_signs(&delivered);
    assert_eq!(sns(delivered, &signature).unwrap_err().kind(), ErrorKind::CheckFailed);
    // The same text, cut at other places.
    let forged = json!({
        "Message": "{\"order\":\"forged\"}", "MessageId": "forged-1", "TopicArn": GOOD,
        "Timestamp": "2023-11-14T22:13:20.000Z",
        "Type": format!(
            "Notification\nMessageId\nreal\nTimestamp\n2023-11-14T22:13:19.000Z\nTopicArn\n{EVIL}\nType\nNotification"
        ),
    });
    assert!(matches!(sns(forged, &signature), Err(VerifyError::MalformedBody { .. })));
}

#[test]
fn a_line_break_is_accepted_in_the_message_of_sns_alone() {
    let message = json!({
        "Type": "Notification", "MessageId": "m-1", "TopicArn": GOOD, "Subject": "s",
        "Message": "one\nMessageId\nm-2\nSubject\ntwo", "Timestamp": "2023-11-14T22:13:20.000Z",
    });
    let signature = sns_signs(&message);
    let delivery = sns(message.clone(), &signature).unwrap();
    assert!(delivery.id().unwrap().is_signed() && delivery.id().unwrap().as_str() == "m-1");
    for (member, value) in [
        ("Message", json!("one")),
        ("MessageId", json!("m-2\nSubject\ntwo\nMessageId\nm-1")),
        ("Subject", json!("s\nTimestamp\nx")),
        ("Type", json!("Else")),
    ] {
        let mut changed = message.clone();
        changed[member] = value;
        assert!(sns(changed, &signature).is_err(), "{member}");
    }
}

#[test]
fn the_type_of_sns_is_one_of_three() {
    for (name, accepted) in
        [("Notification", true), ("UnsubscribeConfirmation", true), ("Else", false), ("", false)]
    {
        let message = json!({
            "Type": name, "MessageId": "m", "TopicArn": GOOD, "Message": "x",
            "Timestamp": "2023-11-14T22:13:20.000Z",
        });
        let signature = sns_signs(&message);
        assert_eq!(sns(message, &signature).is_ok(), accepted, "{name}");
    }
}
