//! Tests of schemes that sign the URL, behind a proxy that changes scheme, host, port and path, and inside routers.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod mounts;
mod proxy;

use std::sync::LazyLock;

use actix_web::rt::System;
use countersign::providers::TWILIO;
use countersign::receiver::{PublicUrl, Receiver, TrustedProxy};
use countersign_tests::{NOW, Request, Sender, declared};

use mounts::{MOUNTED_AT, Mount, all_mounts};
use proxy::{Announcement, ORIGIN, Proxy, REMOVED};

#[test]
fn a_fixed_origin_stands_for_what_the_proxy_changed() {
    let origin = |mount: &Mount| {
        let origin = format!("{ORIGIN}{REMOVED}");
        PublicUrl::origin(origin).unwrap().with_path_prefix(mount.takes_away())
    };
    all(|sender, mount| {
        expect(sender, mount, origin(mount), SILENT.pass(genuine(sender)), OK);
    });
}

#[test]
fn an_exact_url_needs_nothing_of_the_request() {
    all(|sender, mount| {
        let exact = PublicUrl::exact(format!("{ORIGIN}{}", target(sender))).unwrap();
        let request = SILENT.pass(genuine(sender));
        expect(sender, mount, exact.clone(), request.clone(), OK);
        let elsewhere = request.with_target(format!("{MOUNTED_AT}/elsewhere/?other=query"));
        expect(sender, mount, exact, elsewhere, OK);
    });
}

#[test]
fn a_trusted_proxy_says_where_it_was_reached() {
    all(|sender, mount| {
        let request = Proxy(Announcement::XForwarded).pass(genuine(sender));
        expect(sender, mount, x_forwarded(mount), request, OK);
        let request = Proxy(Announcement::Forwarded).pass(genuine(sender));
        expect(sender, mount, forwarded(mount), request, OK);
    });
}

#[test]
fn another_url_than_was_signed_is_refused() {
    for origin in [
        "http://hooks.example.com:8443/eu",
        "https://hooks.example.org:8443/eu",
        "https://hooks.example.com:8444/eu",
        "https://hooks.example.com:8443",
        "https://hooks.example.com:8443/us",
    ] {
        all(|sender, mount| {
            let url = PublicUrl::origin(origin).unwrap().with_path_prefix(mount.takes_away());
            expect(sender, mount, url, SILENT.pass(genuine(sender)), MISMATCH);
        });
    }
}

#[test]
fn a_nested_layer_without_its_prefix_refuses() {
    all(|sender, mount| {
        let url = PublicUrl::origin(format!("{ORIGIN}{REMOVED}")).unwrap();
        let expected = if mount.takes_away().is_empty() { OK } else { MISMATCH };
        expect(sender, mount, url, SILENT.pass(genuine(sender)), expected);
    });
}

#[test]
fn without_a_setting_no_header_is_trusted_and_no_middleware_is_built() {
    all(|sender, _| {
        let refused = Receiver::builder(sender.verifier()).with_clock(NOW).build().unwrap_err();
        assert_eq!(refused.field(), "public_url");
        assert!(countersign_tower::VerifyWebhookLayer::try_new(sender.verifier()).is_err());
        assert!(countersign_actix::VerifyWebhook::try_new(sender.verifier()).is_err());
    });
}

/// A genuine delivery to another endpoint with the same secret, sent to this one with forged proxy headers.
#[test]
fn a_forged_host_is_ignored_unless_a_proxy_is_trusted() {
    all(|sender, mount| {
        let origin = format!("{ORIGIN}{REMOVED}");
        let fixed = PublicUrl::origin(origin).unwrap().with_path_prefix(mount.takes_away());
        expect(sender, mount, fixed, forged(sender), MISMATCH);
    });
}

#[test]
fn what_was_forged_before_the_trusted_proxy_does_not_count() {
    all(|sender, mount| {
        let through = |announcement| {
            let target = target(sender);
            Proxy(announcement).pass(forged(sender).with_target(target))
        };
        let (x_forwarded, forwarded) = (TrustedProxy::x_forwarded().with_prefix(), TrustedProxy::forwarded());
        let url = |proxy: &TrustedProxy, prefix| {
            PublicUrl::from_trusted_proxy(proxy.clone())
                .with_path_prefix(format!("{prefix}{}", mount.takes_away()))
        };
        for (proxy, announcement, prefix) in
            [(x_forwarded, Announcement::XForwarded, ""), (forwarded, Announcement::Forwarded, REMOVED)]
        {
            expect(sender, mount, url(&proxy, prefix), through(announcement), MISMATCH);
            // With one hop too many, the client's header is trusted.
            expect(sender, mount, url(&proxy.with_hops(2), prefix), through(announcement), OK);
        }
    });
}

/// Shows why a server with a trusted proxy must be reachable only through it.
#[test]
fn who_gets_around_a_trusted_proxy_chooses_the_url() {
    all(|sender, mount| expect(sender, mount, x_forwarded(mount), forged(sender), OK));
}

#[test]
fn who_gets_around_a_trusted_proxy_and_says_nothing_is_refused() {
    all(|sender, mount| {
        for url in [x_forwarded(mount), forwarded(mount)] {
            expect(sender, mount, url.clone(), SILENT.pass(genuine(sender)), NO_URL);
            // Checked last: an invalid head is the sender's fault.
            let unsigned = SILENT.pass(genuine(sender).without(sender.signature));
            expect(sender, mount, url, unsigned, (400, "missing_signature"));
        }
    });
}

/// Returns a request signed for `https://other.example:8443`, with forged headers that claim it.
fn forged(sender: &Sender) -> Request {
    let request = sender.sends_to("https://other.example:8443", &target(sender));
    let reached = request.target.trim_start_matches(REMOVED).to_owned();
    let forged = request.with_target(reached).with("host", "other.example:8443");
    forged
        .with("forwarded", "proto=https;host=\"other.example:8443\"")
        .with("x-forwarded-proto", "https")
        .with("x-forwarded-host", "other.example:8443")
        .with("x-forwarded-port", "8443")
        .with("x-forwarded-prefix", REMOVED)
}

/// Returns the provider's request to its public URL.
fn genuine(sender: &Sender) -> Request {
    sender.sends_to(ORIGIN, &target(sender)).with("host", ORIGIN.trim_start_matches("https://"))
}

fn target(sender: &Sender) -> String {
    format!("{REMOVED}{MOUNTED_AT}/{}/?from=table", sender.provider.slug)
}

fn x_forwarded(mount: &Mount) -> PublicUrl {
    let proxy = TrustedProxy::x_forwarded().with_port().with_prefix();
    PublicUrl::from_trusted_proxy(proxy).with_path_prefix(mount.takes_away())
}

fn forwarded(mount: &Mount) -> PublicUrl {
    let prefix = format!("{REMOVED}{}", mount.takes_away());
    PublicUrl::from_trusted_proxy(TrustedProxy::forwarded()).with_path_prefix(prefix)
}

/// Runs a check with every sender that signs the URL, and every position of the middleware.
fn all(mut check: impl FnMut(&'static Sender, &Mount)) {
    static SENDERS: LazyLock<Vec<Sender>> = LazyLock::new(|| {
        let providers = declared().iter().chain([&TWILIO]);
        let senders = providers.map(|provider| Sender::of(provider).unwrap());
        senders.filter(|sender| sender.verifier().needs_url()).collect()
    });
    assert_eq!(SENDERS.len(), 6);
    for sender in &*SENDERS {
        for mount in all_mounts() {
            check(sender, &mount);
        }
    }
}

fn expect(sender: &Sender, mount: &Mount, url: PublicUrl, request: Request, expected: (u16, &str)) {
    let receiver = Receiver::builder(sender.verifier()).with_clock(NOW).with_public_url(url).build().unwrap();
    assert_eq!(answer(mount, receiver, request), expected, "{} {mount:?}", sender.provider.slug);
}

/// Returns the status, and the kind of a rejection.
fn answer(mount: &Mount, receiver: Receiver, request: Request) -> (u16, &'static str) {
    let (status, body) = System::new().block_on(mount.answers(receiver, request));
    let kinds = [OK.1, MISMATCH.1, NO_URL.1, "missing_signature"];
    let kind = kinds.into_iter().find(|kind| body.contains(kind));
    (status, kind.unwrap_or_else(|| panic!("{status} {body}")))
}

const SILENT: Proxy = Proxy(Announcement::Nothing);
const OK: (u16, &str) = (200, "handled");
const MISMATCH: (u16, &str) = (401, "signature_mismatch");
const NO_URL: (u16, &str) = (500, "missing_url");
