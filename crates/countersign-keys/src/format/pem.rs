//! Public keys and certificates in PEM.

use countersign::{Secret, SecretSet, UnixTime};
use x509_cert::Certificate;
use x509_cert::der::DecodePem;
use x509_cert::der::oid::db::rfc4519;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::{DirectoryString, GeneralName};
use x509_cert::time::Time;

use super::published::Published;
use crate::error::FetchError;
use crate::pins::Pattern;

/// Reads the first block and ignores the rest, so that the checked certificate is the one in use.
pub(super) fn read(text: &str, subjects: &[Pattern]) -> Result<Published, FetchError> {
    let (label, block) = first_block(text).ok_or_else(|| FetchError::unusable("it is not a complete PEM"))?;
    let (from, until) = match label {
        "CERTIFICATE" => check(block, subjects)?,
        _ if !subjects.is_empty() => return Err(FetchError::unusable("it is not a certificate")),
        label if label.ends_with("PUBLIC KEY") => {
            (UnixTime::from_millis(i64::MIN), UnixTime::from_millis(i64::MAX))
        }
        label => return Err(FetchError::unusable(format!("it is a {label}, and no public key"))),
    };
    let key = Secret::new(block).map_err(|error| FetchError::unusable(error.to_string()))?;
    Ok(Published { keys: SecretSet::named("published", key), from, until })
}

/// Returns the label, and the block with its first and its last line.
fn first_block(text: &str) -> Option<(&str, &str)> {
    let (_, block) = text.split_at_checked(text.find(BEGIN)?)?;
    let (label, body) = block.strip_prefix(BEGIN)?.split_once("-----")?;
    let end = format!("-----END {label}-----");
    let length = block.len() - body.len() + body.find(&end)? + end.len();
    block.get(..length).map(|block| (label, block))
}

/// Returns the validity of a certificate that is issued to one of the subjects.
fn check(pem: &str, subjects: &[Pattern]) -> Result<(UnixTime, UnixTime), FetchError> {
    let certificate = Certificate::from_pem(pem)
        .map_err(|error| FetchError::unusable(format!("it is not a certificate: {error}")))?;
    let names = names(&certificate);
    if !subjects.is_empty() && !names.iter().any(|name| subjects.iter().any(|subject| subject.matches(name)))
    {
        return Err(FetchError::unusable(format!("the certificate is for {names:?}")));
    }
    let validity = certificate.tbs_certificate().validity();
    Ok((unix(validity.not_before), unix(validity.not_after)))
}

/// Returns the common names of the subject, and its alternative names that are hosts.
fn names(certificate: &Certificate) -> Vec<String> {
    let body = certificate.tbs_certificate();
    let common = body.subject().iter().filter(|attribute| attribute.oid == rfc4519::COMMON_NAME);
    let common = common.filter_map(|attribute| attribute.value.decode_as::<DirectoryString>().ok());
    let mut names: Vec<_> = common.map(|name| name.value().to_ascii_lowercase()).collect();
    if let Ok(Some((_, SubjectAltName(alternatives)))) = body.get_extension() {
        let hosts = alternatives.iter().filter_map(|name| match name {
            GeneralName::DnsName(host) => Some(host.as_str().to_ascii_lowercase()),
            _ => None,
        });
        names.extend(hosts);
    }
    names
}

fn unix(time: Time) -> UnixTime {
    UnixTime::from_secs(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}

pub(super) const BEGIN: &str = "-----BEGIN ";
