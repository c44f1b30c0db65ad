use super::*;

fn admit(pins: Pins, key_id: &str) -> Option<String> {
    pins.compile().unwrap().0.admit(key_id)
}

#[test]
fn the_addresses_that_providers_give_are_admitted() {
    for (pins, url) in [
        (
            Pins::aws_sns(),
            "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-56e67fcb41f6fec09b01.pem",
        ),
        (Pins::aws_sns(), "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-56e6.pem"),
        (Pins::aws_sns(), "https://sns.eusc-de-east-1.amazonaws.eu/SimpleNotificationService-56e6.pem"),
        (Pins::paypal(), "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270"),
        (
            Pins::paypal_sandbox(),
            "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594",
        ),
        (Pins::adobe_io(), "https://static.adobeioevents.com/prod/keys/pub-key-3fVj0Lv0QB.pem"),
    ] {
        assert_eq!(admit(pins, url).as_deref(), Some(url));
    }
}

#[test]
fn port_443_is_the_same_address() {
    let url = "https://api.paypal.com:443/v1/notifications/certs/CERT-1";
    assert_eq!(admit(Pins::paypal(), url).unwrap(), "https://api.paypal.com/v1/notifications/certs/CERT-1");
}

#[test]
fn a_path_alone_is_one_of_the_fixed_host() {
    let admit = |path| admit(Pins::adobe_io(), path);
    assert_eq!(admit("/prod/keys/a.pem").unwrap(), "https://static.adobeioevents.com/prod/keys/a.pem");
    for path in HOSTILE_PATHS {
        assert_eq!(admit(path), None, "{path}");
    }
    assert_eq!(super::tests::admit(Pins::paypal(), "/v1/notifications/certs/CERT-1"), None);
}

#[test]
fn hostile_addresses_are_refused() {
    for url in HOSTILE {
        for pins in [Pins::aws_sns(), Pins::paypal(), Pins::paypal_sandbox(), Pins::adobe_io()] {
            assert_eq!(admit(pins, url), None, "{url:?}");
        }
    }
    for path in HOSTILE_PATHS {
        for origin in ["https://sns.us-east-1.amazonaws.com", "https://static.adobeioevents.com"] {
            let url = format!("{origin}{path}");
            assert_eq!(admit(Pins::aws_sns(), &url), None, "{url:?}");
            assert_eq!(admit(Pins::adobe_io(), &url), None, "{url:?}");
        }
    }
}

#[test]
fn live_and_sandbox_are_apart() {
    let url = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1";
    assert_eq!(admit(Pins::paypal(), url), None);
    assert_eq!(admit(Pins::paypal_sandbox(), &url.replace(".sandbox", "")), None);
}

#[test]
fn paths_outside_the_prefix_are_refused() {
    for path in
        ["/v1/notifications/certs/", "/v1/notifications/certs", "/v1/notifications/webhooks/x", "/x.pem"]
    {
        assert_eq!(admit(Pins::paypal(), &format!("https://api.paypal.com{path}")), None, "{path}");
    }
}

#[test]
fn pins_that_pin_nothing_are_refused() {
    let fails = |pins: Pins| pins.compile().unwrap_err().to_string();
    assert!(fails(Pins::host("*.amazonaws.com")).contains("too wide"));
    assert!(fails(Pins::host("localhost")).contains("not a host name"));
    assert!(fails(Pins::host("a.example.com").and_host("https://b.example.com")).contains("not a host name"));
    assert!(fails(Pins::host("a.example.com").with_subject("*.com")).contains("not a host name"));
    assert!(fails(Pins::host("a.example.com").with_path_prefix("certs")).contains("not the start of a path"));
    assert!(fails(Pins::host("a.{region}.example.com").with_paths_alone()).contains("paths alone"));
}

pub(crate) const HOSTILE: &[&str] = &[
    "",
    "https://",
    "https:///SimpleNotificationService-1.pem",
    "sns.us-east-1.amazonaws.com/a.pem",
    "//sns.us-east-1.amazonaws.com/a.pem",
    "http://sns.us-east-1.amazonaws.com/a.pem",
    "HTTPS://sns.us-east-1.amazonaws.com/a.pem",
    "ftp://sns.us-east-1.amazonaws.com/a.pem",
    "file:///etc/ssl/cert.pem",
    "data:application/x-pem-file,a.pem",
    " https://sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com/a.pem ",
    "https://sns.us-east-1.amazonaws.com/a.pem\n",
    "ht\ntps://sns.us-east-1.amazonaws.com/a.pem",
    "https:/sns.us-east-1.amazonaws.com/a.pem",
    "https:\\\\sns.us-east-1.amazonaws.com\\a.pem",
    // Hosts of an attacker that imitate the pinned one.
    "https://evil.com/a.pem",
    "https://evil.com/sns.us-east-1.amazonaws.com/a.pem",
    "https://evil.com/https://sns.us-east-1.amazonaws.com/a.pem",
    "https://evil.com?.sns.us-east-1.amazonaws.com/a.pem",
    "https://evil.com#.sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com.evil.com/a.pem",
    "https://sns.us-east-1.amazonaws.com.evil/a.pem",
    "https://evilsns.us-east-1.amazonaws.com/a.pem",
    "https://evil.sns.us-east-1.amazonaws.com/a.pem",
    "https://sns-us-east-1.amazonaws.com/a.pem",
    "https://sns.evil.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.co/a.pem",
    "https://sns.us-east-1.amazonawsxcom/a.pem",
    "https://static.adobeioevents.com.evil.com/a.pem",
    "https://api.paypal.com.evil.com/v1/notifications/certs/CERT-1",
    "https://apixpaypal.com/v1/notifications/certs/CERT-1",
    "https://evil-api.paypal.com/v1/notifications/certs/CERT-1",
    // Other hosts of the same owner, where every customer may put a file.
    "https://sns.amazonaws.com/a.pem",
    "https://sns.s3.amazonaws.com/a.pem",
    "https://sns.s3-us-west-2.amazonaws.com/a.pem",
    "https://sns.s3-external-1.amazonaws.com/a.pem",
    "https://s3.us-east-1.amazonaws.com/sns/a.pem",
    "https://sns.us-east-1.amazonaws.com.s3.amazonaws.com/a.pem",
    // A user in front of the host.
    "https://sns.us-east-1.amazonaws.com@evil.com/a.pem",
    "https://sns.us-east-1.amazonaws.com:443@evil.com/a.pem",
    "https://sns.us-east-1.amazonaws.com@evil/a.pem",
    "https://evil.com@sns.us-east-1.amazonaws.com/a.pem",
    "https://user:password@sns.us-east-1.amazonaws.com/a.pem",
    "https://@sns.us-east-1.amazonaws.com/a.pem",
    "https://evil.com\\@sns.us-east-1.amazonaws.com/a.pem",
    "https://evil.com\\.sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com\\.evil.com/a.pem",
    // Other spellings of a host.
    "https://SNS.us-east-1.amazonaws.com/a.pem",
    "https://sns.US-EAST-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com./a.pem",
    "https://sns.us-east-1.amazonaws.com../a.pem",
    "https://sns..us-east-1.amazonaws.com/a.pem",
    "https://.sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws%2ecom/a.pem",
    "https://sns.us-east-1.amazonaws.com%00.evil.com/a.pem",
    "https://sns.us-east-1.amazonaws.com\0.evil.com/a.pem",
    "https://sns.us-east-1.amazonaws.com%2f.evil.com/a.pem",
    "https://sns.us-east-1.amazonaws\u{3002}com/a.pem",
    "https://sns.us-east-1.ama\u{217a}onaws.com/a.pem",
    "https://sns.us-east-1.\u{430}mazonaws.com/a.pem",
    "https://sns.us-east-1.xn--mazonaws-2fg.com/a.pem",
    "https://sns.xn--us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com\t/a.pem",
    "https://sns.us-east-1.amazon\u{ad}aws.com/a.pem",
    // Not a host name.
    "https://127.0.0.1/a.pem",
    "https://169.254.169.254/latest/meta-data/a.pem",
    "https://2130706433/a.pem",
    "https://0x7f000001/a.pem",
    "https://0177.0.0.1/a.pem",
    "https://127.1/a.pem",
    "https://[::1]/a.pem",
    "https://[::ffff:127.0.0.1]/a.pem",
    "https://localhost/a.pem",
    // Other ports.
    "https://sns.us-east-1.amazonaws.com:80/a.pem",
    "https://sns.us-east-1.amazonaws.com:8443/a.pem",
    "https://sns.us-east-1.amazonaws.com:/a.pem",
    "https://sns.us-east-1.amazonaws.com:0443/a.pem",
    "https://sns.us-east-1.amazonaws.com:443:443/a.pem",
    "https://sns.us-east-1.amazonaws.com:65979/a.pem",
    "https://sns.us-east-1.amazonaws.com: 443/a.pem",
    // Not a file.
    "https://sns.us-east-1.amazonaws.com",
    "https://sns.us-east-1.amazonaws.com?a.pem",
    "https://sns.us-east-1.amazonaws.com#/a.pem",
];

const HOSTILE_PATHS: &[&str] = &[
    "",
    "/",
    "/.pem",
    "/a.pem/",
    "/a.pem.txt",
    "/a.PEM",
    "//a.pem",
    "//evil.com/a.pem",
    "/a//b.pem",
    "/./a.pem",
    "/../a.pem",
    "/a/../b.pem",
    "/a/.../b.pem",
    "/%2e%2e/a.pem",
    "/a%2f..%2fb.pem",
    "/%61.pem",
    "/a.pem%00",
    "/..\\a.pem",
    "/\\evil.com/a.pem",
    "/a\\b.pem",
    "/a;b.pem",
    "/a b.pem",
    "/@evil.com/a.pem",
    "/a\u{2215}b.pem",
    "/?Action=GetTopicAttributes&x=.pem",
    "/a.pem?x=1",
    "/a?x=.pem",
    "/a.pem?",
    "/a.pem#",
    "/a#.pem",
    "/a\r\nHost: evil.com\r\n.pem",
];
