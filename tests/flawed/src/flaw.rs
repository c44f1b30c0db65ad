use std::str::FromStr;

/// The one mistake of the receiver.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flaw {
    /// None: it passes everything.
    None,
    /// It verifies nothing.
    NoVerification,
    /// It verifies JSON that was parsed and written again.
    ReserialisedJson,
    /// It accepts deliveries of any age.
    NoTimestampCheck,
    /// It accepts signatures that do not cover the timestamp, too.
    UnsignedTimestamp,
    /// It handles duplicates again.
    NoDedupe,
    /// It remembers an id before the work has succeeded.
    DedupeBeforeSuccess,
    /// It answers 200 although the work has failed.
    SuccessOnFailure,
    /// It answers before the work, which is then in memory only.
    SuccessBeforeWork,
    /// It writes the secret into its log.
    SecretInLog,
    /// It answers 200 to genuine deliveries on other paths, and does nothing.
    SuccessElsewhere,
}

impl FromStr for Flaw {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(match name {
            "none" => Self::None,
            "no-verification" => Self::NoVerification,
            "reserialised-json" => Self::ReserialisedJson,
            "no-timestamp-check" => Self::NoTimestampCheck,
            "unsigned-timestamp" => Self::UnsignedTimestamp,
            "no-dedupe" => Self::NoDedupe,
            "dedupe-before-success" => Self::DedupeBeforeSuccess,
            "success-on-failure" => Self::SuccessOnFailure,
            "success-before-work" => Self::SuccessBeforeWork,
            "secret-in-log" => Self::SecretInLog,
            "success-elsewhere" => Self::SuccessElsewhere,
            other => return Err(format!("FLAW={other}: there is no such flaw")),
        })
    }
}
