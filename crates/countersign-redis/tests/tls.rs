//! Tests of `rediss://` with the certificate of a private authority.

#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod support;

use std::fs;
use std::net::TcpListener;

use countersign_inbox::{DedupeStore, Fenced};
use countersign_redis::{OpenError, RedisStore};
use countersign_test_servers::Redis;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::support::{acquire, causes, event};

#[tokio::test]
async fn a_server_is_trusted_by_its_root_and_by_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let [root, key] = [KeyPair::generate().unwrap(), KeyPair::generate().unwrap()];
    let (ours, other) = (authority(&root), authority(&KeyPair::generate().unwrap()));
    let issuer = Issuer::new(authority_parameters(), root);
    let certificate =
        CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (certificate, key) = (file("certificate", certificate.pem()), file("key", key.serialize_pem()));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let _server = Redis::with(&[
        ("port", "0"),
        ("tls-port", &port),
        ("tls-cert-file", &certificate),
        ("tls-key-file", &key),
        ("tls-auth-clients", "no"),
    ]);
    let url = format!("rediss://localhost:{port}/");
    let store = RedisStore::builder(&url).with_root_certificate(ours).connect().await.unwrap();
    let lease = acquire(&store, event(1)).await;
    assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    let refused = RedisStore::builder(&url).with_root_certificate(other).connect().await.unwrap_err();
    assert!(matches!(refused, OpenError::Unavailable(_)), "{refused:?}");
    assert!(causes(&refused).contains("certificate"), "{}", causes(&refused));
    let refused = RedisStore::connect(&url).await.unwrap_err();
    assert!(matches!(refused, OpenError::Unavailable(_)), "{refused:?}");
}

fn authority(key: &KeyPair) -> String {
    authority_parameters().self_signed(key).unwrap().pem()
}

fn authority_parameters() -> CertificateParams {
    let mut parameters = CertificateParams::new([]).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters
}
