use redis::{Client, RedisError, TlsCertificates};
use rustls::crypto::{CryptoProvider, aws_lc_rs};

/// Creates a client that trusts the roots of the system, or only the given one.
pub(crate) fn client(url: &str, root_certificate: Option<&[u8]>) -> Result<Client, RedisError> {
    // The client takes the provider of the process, and panics if it has to choose between several.
    if CryptoProvider::get_default().is_none() {
        // Another thread may have been faster.
        let _ = aws_lc_rs::default_provider().install_default();
    }
    match root_certificate {
        Some(pem) => {
            let root_cert = Some(pem.to_vec());
            Client::build_with_tls(url, TlsCertificates { client_tls: None, root_cert })
        }
        None => Client::open(url),
    }
}
