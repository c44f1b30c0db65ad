//! Checks for parts of a declaration that must be completed before verifying or signing with it.

use super::scheme::CompiledScheme;
use crate::error::ConfigError;
use crate::mac::check_compiled_in;
use crate::scheme::{Apply, Content, Needs, Template};

impl CompiledScheme {
    /// Checks that the developer has set all open parameters of the declaration and enabled the features it needs.
    pub(crate) fn check_complete(&self) -> Result<(), ConfigError> {
        let key_id = self.provider.scheme.signature.format.key_id().map(Template::parse).transpose()?;
        if let Some(open) = self.contents().chain(&key_id).find_map(|content| content.first(Needs::Parameter))
        {
            return Err(ConfigError::new(
                format!("parameters.{}", open.text),
                "is not set: use `Provider::with_parameter`, or `--param` on the command line",
            ));
        }
        // Checked first: its feature may enable the other one, too.
        check_compiled_in(self.provider.scheme.algorithm)?;
        if !cfg!(feature = "message-signatures") && self.provider.scheme.message_signature.is_some() {
            return Err(ConfigError::new(
                "scheme.message_signature",
                "needs the feature `message-signatures` of the crate `countersign`: enable it in Cargo.toml",
            ));
        }
        let missing =
            self.contents().flat_map(Content::body_values).find_map(|value| match value.row.apply {
                Apply::Feature(feature) => Some((value.row.name, feature)),
                _ => None,
            });
        match missing {
            Some((name, feature)) => Err(ConfigError::new(
                "scheme.content",
                format!(
                    "`{{{name}}}` needs the feature `{feature}` of the crate `countersign`: enable it in Cargo.toml"
                ),
            )),
            None => Ok(()),
        }
    }

    /// Returns the contents that are signed or checked.
    fn contents(&self) -> impl Iterator<Item = &Content> {
        std::iter::once(&self.content).chain(self.checks.iter().map(|check| &check.content))
    }
}

#[cfg(test)]
mod tests {
    use crate::scheme::{Encoding, Scheme, SignatureField};
    use crate::{Provider, Secret, Signer, Verifier};

    /// A declaration of a user: PayPal's needs `rsa`, which enables the feature.
    static CHECKSUM: Provider = Provider::new(
        "checksum",
        "Checksum",
        Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{body:crc32}"),
    );

    #[cfg(not(feature = "crc32"))]
    #[test]
    fn a_checksum_that_is_not_compiled_in_names_its_feature() {
        CHECKSUM.check().unwrap();
        let secret = || Secret::new("secret").unwrap();
        let errors = [
            Verifier::new(&CHECKSUM, secret()).unwrap_err(),
            Verifier::keyless(&CHECKSUM).unwrap_err(),
            Signer::new(&CHECKSUM, secret()).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.field(), "scheme.content");
            assert!(error.to_string().contains("feature `crc32`"), "{error}");
        }
    }

    #[cfg(feature = "crc32")]
    #[test]
    fn a_checksum_is_signed_in_decimal() {
        use crate::{Head, SigningRequest, UnixTime};
        let secret = || Secret::new("secret").unwrap();
        let now = UnixTime::from_secs(0);
        let headers = Signer::new(&CHECKSUM, secret()).unwrap().sign(&SigningRequest::new("123456789", now));
        let headers = headers.unwrap();
        let verifier = Verifier::new(&CHECKSUM, secret()).unwrap();
        assert!(verifier.verify(&Head::new(&headers), "123456789", now).is_ok());
        assert!(verifier.verify(&Head::new(&headers), "123456788", now).is_err());

        // The check value of CRC-32/ISO-HDLC is 0xcbf43926.
        let mut plain = CHECKSUM.clone();
        plain.scheme = Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{body}");
        let decimal = Signer::new(plain, secret()).unwrap().sign(&SigningRequest::new("3421780262", now));
        assert_eq!(headers, decimal.unwrap());
    }
}
