//! Tests of the default client against a real TLS server on this machine.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{names, set, some};
use countersign_keys::{HttpClient, HttpKeys, HttpKeysBuilder};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server at `localhost`, with its own CA.
struct Server {
    address: SocketAddr,
    root: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = ca.self_signed(&ca_key).unwrap().pem();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        // Named explicitly, because other crates in the build may add another one.
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.into()], key)
            .unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), Arc::clone(&connections)));
        Self { address, root, connections }
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    /// Returns a source that trusts the server's CA.
    fn source(&self, builder: HttpKeysBuilder) -> HttpKeys {
        let client = HttpClient::builder().without_proxy().with_root_certificate(self.root.as_str());
        builder.with_transport(client.build().unwrap()).build().unwrap()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(listener: TcpListener, tls: TlsAcceptor, connections: Arc<AtomicUsize>) {
    while let Ok((stream, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::SeqCst);
        let tls = tls.clone();
        tokio::spawn(async move {
            let Ok(mut stream) = tls.accept(stream).await else { return };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            for part in answer(&String::from_utf8(head).unwrap()) {
                if stream.write_all(part.as_bytes()).await.is_err() {
                    return;
                }
            }
            let _ = stream.shutdown().await;
        });
    }
}

/// Returns the written pieces.
fn answer(head: &str) -> Box<dyn Iterator<Item = String> + Send> {
    let ok = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
    let agent = concat!("user-agent: countersign/", env!("CARGO_PKG_VERSION"), "\r\n");
    let once = |text: String| Box::new(std::iter::once(text));
    match head.split(' ').nth(1).unwrap() {
        "/jwks.json" if head.contains(agent) => {
            let body = set(&["a"]);
            once(format!("{ok}Content-Length: {}\r\n\r\n{body}", body.len()))
        }
        "/announced" => once(format!("{ok}Content-Length: 100000000\r\n\r\n")),
        "/endless" => {
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
            let head = format!("{ok}Transfer-Encoding: chunked\r\n\r\n");
            Box::new(std::iter::once(head).chain(std::iter::repeat(chunk)))
        }
        "/compressed" => once(format!("{ok}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x08\0\0")),
        "/cut" => once(format!("{ok}Content-Length: 100\r\n\r\n{{\"keys\":")),
        redirect => {
            let location = redirect.strip_prefix("/to/").unwrap();
            once(format!(
                "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
            ))
        }
    }
}

#[tokio::test]
async fn keys_are_fetched_over_tls() {
    let server = Server::start().await;
    let keys = server.source(HttpKeys::jwks(server.url("/jwks.json")));
    assert_eq!(names(&keys, Some("a")).await, some(&["a"]));
    assert_eq!(names(&keys, Some("a")).await, some(&["a"]));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn redirects_are_not_followed_not_even_to_the_same_host() {
    let (server, other) = (Server::start().await, Server::start().await);
    for location in [other.url("/jwks.json"), server.url("/jwks.json"), "/jwks.json".to_owned()] {
        let before = server.connections();
        let keys = server.source(HttpKeys::jwks(server.url(&format!("/to/{location}"))));
        assert!(names(&keys, None).await.unwrap_err().contains("302"), "{location}");
        assert_eq!(server.connections(), before + 1, "{location}");
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    let server = Server::start().await;
    for path in ["/announced", "/endless"] {
        let keys = server.source(HttpKeys::jwks(server.url(path)));
        assert!(names(&keys, None).await.unwrap_err().contains("longer than 262144 bytes"), "{path}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_or_compressed_is_an_error() {
    let server = Server::start().await;
    for (path, reason) in [("/cut", "no answer"), ("/compressed", "cannot be used")] {
        let keys = server.source(HttpKeys::jwks(server.url(path)));
        let error = names(&keys, None).await.unwrap_err();
        assert!(error.contains(reason), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_server_without_a_trusted_certificate_is_not_asked() {
    let server = Server::start().await;
    let stranger = HttpClient::builder().without_proxy().build().unwrap();
    let keys = HttpKeys::jwks(server.url("/jwks.json")).with_transport(stranger).build().unwrap();
    assert!(names(&keys, None).await.unwrap_err().contains("no answer"));
    // The certificate is for `localhost`.
    let url = format!("https://{}/jwks.json", server.address);
    let keys = server.source(HttpKeys::jwks(url));
    assert!(names(&keys, None).await.unwrap_err().contains("no answer"));
}

#[test]
fn a_root_certificate_must_be_one() {
    for pem in ["", "/etc/ssl/ca.pem", "-----BEGIN CERTIFICATE-----\nMCow\n-----END CERTIFICATE-----\n"] {
        let error = HttpClient::builder().with_root_certificate(pem).build().unwrap_err();
        assert_eq!(error.field(), "root_certificate", "{pem}");
    }
}
