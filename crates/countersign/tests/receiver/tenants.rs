//! Tests of secrets that are looked up per request.

use std::sync::atomic::Ordering;

use countersign::receiver::{
    Budget, HandshakePolicy, IssuedSecret, Receiver, RequestHead, ResolveError, SinkError, Tenant,
};
use countersign::{ErrorKind, SecretSet, Verifier, providers};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::receive::{Early, begin};
use crate::support::{
    BODY, NOW, answered, headers, kind, provider, receiver, rejected, secret, send, signed, tenants, verifier,
};

#[test]
fn a_resolver_is_asked_for_heads_in_order_and_for_handshakes_that_need_the_secret() {
    let keep = |_: IssuedSecret| async { Ok::<_, SinkError>(()) };
    let policy = HandshakePolicy::new();
    let crc = "/hook?crc_token=challenge";
    let bare = HeaderMap::new();
    let signature = signed("secret", BODY);
    let hook = headers([("x-hook-secret", "s3cret")]);
    let meta = "/hook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=t";
    let code = "/hook?challenge_code=abc";
    for (handshakes, policy, method, target, headers, is_asked) in [
        (providers::X_TWITTER_HANDSHAKES, policy.clone(), "POST", "/", &signature, true),
        (providers::X_TWITTER_HANDSHAKES, policy.clone(), "POST", "/", &bare, false),
        (providers::X_TWITTER_HANDSHAKES, policy.clone(), "GET", crc, &bare, true),
        (providers::X_TWITTER_HANDSHAKES, policy.clone(), "GET", "/hook", &bare, false),
        (
            providers::BRAINTREE_HANDSHAKES,
            policy.clone(),
            "GET",
            "/hook?bt_challenge=0123456789abcdef0123",
            &bare,
            true,
        ),
        (
            providers::EBAY_HANDSHAKES,
            policy.clone().with_verify_token(secret("t")),
            "GET",
            code,
            &bare,
            false,
        ),
        (
            providers::META_HANDSHAKES,
            policy.clone().with_verify_token(secret("t")),
            "GET",
            meta,
            &bare,
            false,
        ),
        (providers::DROPBOX_HANDSHAKES, policy.clone().with_echo(), "GET", "/?challenge=1", &bare, false),
        (providers::SLACK_HANDSHAKES, policy.clone(), "POST", "/", &bare, false),
        (providers::SLACK_HANDSHAKES, policy.clone(), "POST", "/", &signature, true),
        (providers::ZOOM_HANDSHAKES, policy.clone(), "POST", "/", &bare, false),
        (providers::ASANA_HANDSHAKES, policy.clone(), "POST", "/", &hook, false),
        (providers::ASANA_HANDSHAKES, policy.clone().with_secret_sink(keep), "POST", "/", &hook, true),
        (providers::ASANA_HANDSHAKES, policy.clone().with_secret_sink(keep), "POST", "/", &bare, false),
    ] {
        let (resolve, asked) = tenants(Some("secret"));
        let receiver = receiver(handshakes, "unused")
            .to_builder()
            .with_tenants(resolve)
            .with_handshakes(policy)
            .build()
            .unwrap();
        let _ = begin(&receiver, method, target, headers);
        assert_eq!(asked.load(Ordering::Relaxed), usize::from(is_asked), "{method} {target} {headers:?}");
    }
}

/// The next look-up finds the secret that was issued; without look-ups the receiver has to remember that there was one.
#[test]
fn a_secret_may_be_issued_again_where_secrets_are_looked_up() {
    let keep = |_: IssuedSecret| async { Ok::<_, SinkError>(()) };
    let hook = headers([("x-hook-secret", "s3cret")]);
    let token = r#"{"verification_token":"secret_abc"}"#;
    for (handshakes, headers, body) in [
        (providers::ASANA_HANDSHAKES, &hook, "{}"),
        // It is in the body, so that the head does not decide.
        (providers::NOTION_HANDSHAKES, &HeaderMap::new(), token),
    ] {
        let policy = HandshakePolicy::new().with_secret_sink(keep);
        let keyless = Verifier::keyless(provider(handshakes)).unwrap();
        let once = Receiver::builder(keyless).with_clock(NOW).with_handshakes(policy).build().unwrap();
        let resolve =
            |_: RequestHead| async { Ok::<_, ResolveError>(Some(Tenant::new("acme", SecretSet::none()))) };
        let again = once.to_builder().with_tenants(resolve).build().unwrap();
        for _ in 0..2 {
            assert_eq!(answered(send(&again, "POST", "/", headers, body)).0, 200, "{body}");
        }
        assert_eq!(answered(send(&once, "POST", "/", headers, body)).0, 200, "{body}");
        assert!(matches!(send(&once, "POST", "/", headers, body), Err(Early::Rejected(_))), "{body}");
    }
}

#[test]
fn a_head_is_taken_from_the_budget_while_its_secrets_are_looked_up() {
    let budget = Budget::new(100_000);
    let resolve = |_: RequestHead| std::future::pending();
    let receiver = receiver(&[], "unused")
        .to_builder()
        .with_tenants(resolve)
        .with_budget(budget.clone())
        .build()
        .unwrap();
    let mut signed = signed("secret", BODY);
    signed.insert("x-filler", HeaderValue::from_bytes(&[b'x'; 20_000]).unwrap());
    let asked = begin(&receiver, "POST", "/", &signed).unwrap();
    assert!((80_000..90_000).contains(&budget.in_use()), "{}", budget.in_use());
    let refused = rejected(begin(&receiver, "POST", "/", &signed).map(|_| panic!("the budget is spent")));
    assert_eq!(refused.kind(), ErrorKind::BudgetSpent);
    drop(asked);
    assert_eq!(budget.in_use(), 0);
}

#[test]
fn look_ups_for_handshakes_are_counted_only_if_these_bring_a_secret() {
    let (resolve, asked) = tenants(Some("secret"));
    let receiver = receiver(providers::X_TWITTER_HANDSHAKES, "unused")
        .to_builder()
        .with_tenants(resolve)
        .build()
        .unwrap();
    for _ in 0..100 {
        let _ = begin(&receiver, "GET", "/hook?crc_token=challenge", &HeaderMap::new());
    }
    assert_eq!(asked.load(Ordering::Relaxed), 100);
}

#[test]
fn a_fallback_is_enough_for_a_resolver_to_be_asked() {
    let stripe = Verifier::new(&providers::STRIPE, secret("whsec_abc")).unwrap();
    let (resolve, asked) = tenants(Some("secret"));
    let both = Receiver::builder(stripe)
        .with_clock(NOW)
        .with_fallback(verifier(&[], "x"))
        .with_tenants(resolve)
        .build()
        .unwrap();
    let delivery = send(&both, "POST", "/", &signed("secret", BODY), BODY).unwrap();
    assert!(delivery.is_from_fallback());
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn the_secret_of_the_tenant_answers_its_handshakes_and_verifies_its_deliveries() {
    let (resolve, _) = tenants(Some("secret"));
    let receiver = receiver(providers::X_TWITTER_HANDSHAKES, "unused")
        .to_builder()
        .with_tenants(resolve)
        .build()
        .unwrap();
    let own = crate::support::receiver(providers::X_TWITTER_HANDSHAKES, "secret");
    let crc = |receiver| answered(send(receiver, "GET", "/?crc_token=challenge", &HeaderMap::new(), ""));
    assert_eq!(crc(&receiver), crc(&own));
    let delivery = send(&receiver, "POST", "/", &signed("secret", BODY), BODY).unwrap();
    assert_eq!(delivery.tenant(), Some("acme"));
    let delivery = send(&own, "POST", "/", &signed("secret", BODY), BODY).unwrap();
    assert_eq!(delivery.tenant(), None);
    assert_eq!(kind(send(&receiver, "POST", "/", &signed("unused", BODY), BODY)), "signature_mismatch");
}

#[test]
fn a_look_up_needs_room_for_two_copies_of_a_head_and_for_its_check() {
    let signed = signed("secret", BODY);
    let bytes: usize =
        1 + signed.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
    // A header takes 128 bytes in a map and 160 in a list. The verifier keeps the head, too.
    let needed = 2 * (2 * bytes + 128 * signed.len()) + 160 * signed.len();
    for (budget, times) in [(needed, 1), (needed - 1, 0)] {
        let (resolve, asked) = tenants(Some("secret"));
        let builder = receiver(&[], "unused").to_builder().with_tenants(resolve);
        let receiver = builder.with_budget(Budget::new(budget)).build().unwrap();
        drop(begin(&receiver, "POST", "/", &signed));
        assert_eq!(asked.load(Ordering::Relaxed), times, "{budget}");
    }
}

#[test]
fn an_unknown_tenant_looks_like_a_wrong_signature_unless_a_status_reveals_it() {
    let (resolve, _) = tenants(None);
    let hidden = receiver(&[], "secret").to_builder().with_tenants(resolve).build().unwrap();
    let rejection = rejected(send(&hidden, "POST", "/", &signed("secret", BODY), BODY));
    assert_eq!(rejection.kind(), ErrorKind::UnknownTenant);
    assert_eq!(rejection.public_kind(), ErrorKind::SignatureMismatch);
    let wrong = rejected(send(&receiver(&[], "x"), "POST", "/", &signed("secret", BODY), BODY));
    assert_eq!((wrong.kind(), wrong.public_kind()), {
        (ErrorKind::SignatureMismatch, ErrorKind::SignatureMismatch)
    });
    assert_eq!(rejection.response().body(), wrong.response().body());
    assert_eq!(rejection.status(), wrong.status());
    // The verifier's own keys are not used for an unknown tenant.
    let (resolve, _) = tenants(None);
    let crc = receiver(providers::X_TWITTER_HANDSHAKES, "secret")
        .to_builder()
        .with_tenants(resolve)
        .build()
        .unwrap();
    assert!(!matches!(
        send(&crc, "GET", "/?crc_token=challenge", &HeaderMap::new(), ""),
        Ok(_) | Err(Early::Handshake(_))
    ));
    // Errors in the head are reported unchanged.
    assert_eq!(kind(send(&hidden, "POST", "/", &HeaderMap::new(), BODY)), "missing_signature");

    // Its body is read like that of any other request.
    let signature = signed("secret", BODY);
    assert!(begin(&hidden, "POST", "/", &signature).is_ok());

    let (resolve, _) = tenants(Some("secret"));
    let known = receiver(&[], "x")
        .to_builder()
        .with_tenants(resolve)
        .with_unknown_tenant_status(StatusCode::GONE)
        .build()
        .unwrap();
    assert!(begin(&known, "POST", "/", &signature).is_ok());
    let revealed = hidden.to_builder().with_unknown_tenant_status(StatusCode::GONE).build().unwrap();
    let rejection = rejected(Err(begin(&revealed, "POST", "/", &signature).err().unwrap()));
    assert_eq!((rejection.kind(), rejection.public_kind()), {
        (ErrorKind::UnknownTenant, ErrorKind::UnknownTenant)
    });
    assert_eq!(rejection.status(), StatusCode::GONE);
    assert!(rejection.response().body().starts_with(br#"{"title":"unknown_tenant""#));
}

#[test]
fn the_limit_on_a_body_is_that_of_the_builder_for_unknown_tenants_too() {
    let (resolve, _) = tenants(None);
    let hidden = receiver(&[], "secret").to_builder().with_tenants(resolve).build().unwrap();
    let sent = |receiver: &Receiver| kind(send(receiver, "POST", "/", &signed("secret", BODY), BODY));
    assert_eq!(sent(&hidden), "unknown_tenant");
    let small = hidden.to_builder().with_body_limit(BODY.len() - 1).build().unwrap();
    assert_eq!(sent(&small), "payload_too_large");
}

#[test]
fn other_faults_of_a_body_are_reported_whether_there_is_a_tenant_or_not() {
    // A timestamp in the body is checked after the signature; a body that cannot be read, before.
    let sns = providers::find("adyen-item").unwrap();
    let (resolve, _) = tenants(None);
    let receiver = Receiver::builder(Verifier::keyless(sns).unwrap())
        .with_clock(NOW)
        .with_tenants(resolve)
        .build()
        .unwrap();
    assert_eq!(kind(send(&receiver, "POST", "/", &HeaderMap::new(), "no JSON")), {
        let own = Receiver::builder(Verifier::keyless(sns).unwrap()).with_clock(NOW).build().unwrap();
        kind(send(&own, "POST", "/", &HeaderMap::new(), "no JSON"))
    });
}

#[test]
fn a_look_up_that_fails_or_returns_unusable_secrets_is_no_verification() {
    let failing = receiver(&[], "secret")
        .to_builder()
        .with_tenants(async |_| Err(ResolveError::new("the database is gone")))
        .build()
        .unwrap();
    let rejection = rejected(send(&failing, "POST", "/", &signed("secret", BODY), BODY));
    assert_eq!(rejection.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        rejection.causes().unwrap().to_string(),
        "the secrets or keys could not be looked up: the database is gone"
    );
    let (resolve, _) = tenants(Some("no public key"));
    let discord = providers::find("discord").unwrap();
    let keyless = Receiver::builder(Verifier::keyless(discord).unwrap())
        .with_clock(NOW)
        .with_tenants(resolve)
        .build()
        .unwrap();
    let signature =
        headers([("x-signature-ed25519", &"0".repeat(128)), ("x-signature-timestamp", "1700000000")]);
    assert_eq!(kind(send(&keyless, "POST", "/", &signature, "{}")), "bad_secrets");
}
