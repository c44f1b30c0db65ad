use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::CliError;

/// Certificates that a receiver's certificate is verified with, in place of those of the system.
#[derive(Clone, Debug)]
pub(crate) struct Roots {
    certificates: Vec<CertificateDer<'static>>,
}

impl Roots {
    /// Reads a PEM file with one certificate or several.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let unusable = |problem: &dyn std::fmt::Display| {
            CliError::Usage(format!("--cacert {}: {problem}", path.display()))
        };
        let pem = std::fs::read(path).map_err(CliError::unreadable(path))?;
        let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
        let certificates = certificates.map_err(|error| unusable(&error))?;
        if certificates.is_empty() {
            return Err(unusable(&"there is no certificate in PEM in it"));
        }
        Ok(Self { certificates })
    }

    /// Returns the store for connections of our own.
    pub(super) fn store(&self) -> Result<RootCertStore, CliError> {
        let mut store = RootCertStore::empty();
        for certificate in &self.certificates {
            store.add(certificate.clone()).map_err(|error| {
                CliError::Usage(format!("--cacert: a certificate cannot be used: {error}"))
            })?;
        }
        Ok(store)
    }

    /// Returns the certificates for the HTTP client.
    pub(super) fn for_client(&self) -> Result<Vec<reqwest::Certificate>, CliError> {
        let certificates = self.certificates.iter().map(|one| reqwest::Certificate::from_der(one));
        certificates
            .collect::<Result<_, _>>()
            .map_err(|error| CliError::Usage(format!("--cacert: a certificate cannot be used: {error}")))
    }
}

/// Selects the implementation of TLS, before a client is made.
pub(super) fn install_tls() {
    // One for the whole process: an error says that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
