use serde::{Deserialize, Serialize};

/// Sizes beyond which a request is rejected before any work is done for it.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// The limit on the body, in bytes. The default is 1 MiB: most providers stay under 256 KiB.
    pub body_bytes: usize,
    /// The limit on the signature field, in bytes. The default is 16 KiB: room for a hundred signatures.
    pub signature_bytes: usize,
    /// The limit on signatures in the field. The default is 128: the largest documented number is 100 (DocuSign).
    /// With public keys it is at most [16](Self::PUBLIC_KEY_SIGNATURES).
    pub signatures: usize,
    /// The limit on fields of a form, if single fields are signed or contain the signature. The default is 1,000:
    /// Twilio sends about forty.
    pub form_fields: usize,
    /// The limit on values and keys of a JSON body, if single members are signed or contain the signature. The
    /// default is 20,000: a batch of a thousand notifications with ten members each.
    pub json_values: usize,
}

impl Limits {
    /// The default limits.
    pub const DEFAULT: Self = Self {
        body_bytes: 1 << 20,
        signature_bytes: 16 << 10,
        signatures: 128,
        form_fields: 1_000,
        json_values: 20_000,
    };

    /// The largest number of signatures that are tried with public keys, whatever is declared. Each signature costs
    /// a computation per key, and the sender chooses their number.
    pub const PUBLIC_KEY_SIGNATURES: usize = 16;

    /// Sets the limit on the body, in bytes.
    #[must_use]
    pub const fn with_body_bytes(self, body_bytes: usize) -> Self {
        Self { body_bytes, ..self }
    }

    /// Sets the limit on the fields of a form.
    #[must_use]
    pub const fn with_form_fields(self, form_fields: usize) -> Self {
        Self { form_fields, ..self }
    }

    /// Sets the limit on the keys and values of a JSON body.
    #[must_use]
    pub const fn with_json_values(self, json_values: usize) -> Self {
        Self { json_values, ..self }
    }

    /// Sets the limit on the signature field, in bytes.
    #[must_use]
    pub const fn with_signature_bytes(self, signature_bytes: usize) -> Self {
        Self { signature_bytes, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
