//! The conditions of scenarios.

use countersign::Placement;

use super::finding::Skipped;
use super::forge::Key;
use super::harness::Harness;
use super::scenario::Need;

impl Need {
    /// Returns the reason why the condition is not met.
    pub(super) fn missing(self, harness: &Harness) -> Option<Skipped> {
        let (forge, provider) = (&harness.forge, &harness.forge.provider);
        let slug = &provider.slug;
        let option = |is_given: bool, reason: &str| (!is_given).then(|| Skipped::not_asked(reason));
        let fact = |holds: bool, reason: String| (!holds).then_some(Skipped::DoesNotApply(reason));
        let tolerance = provider.scheme.timestamp.as_ref().map(|field| field.tolerance);
        let no_timestamp = || format!("`{slug}` sends no timestamp");
        match self {
            Self::Effects => {
                option(harness.effects.is_some(), "give --effects, which counts how often an id was handled")
            }
            Self::Restart => option(
                harness.restart.is_some(),
                "give --restart, which kills the receiver and starts it again",
            ),
            Self::Failure => option(
                harness.failure.is_some(),
                "give --fail and --recover, which make its work fail and succeed",
            ),
            Self::Logs => option(harness.log.is_some(), "give --logs, the file of its log"),
            Self::Previous => option(
                forge.signer(Key::Previous).is_some(),
                "give a second --secret, --secret-env or --secret-file, which it accepts, too",
            ),
            Self::Retired => option(
                forge.signer(Key::Retired).is_some(),
                "give --retired-secret-env, a secret that it no longer accepts",
            ),
            Self::Id => match provider.event.id_placement() {
                Placement::At(_) => None,
                Placement::None { source } => {
                    Some(Skipped::DoesNotApply(format!("`{slug}` sends no id: {source}")))
                }
                _ => Some(Skipped::DoesNotApply(format!("the place of the id of `{slug}` is not known"))),
            },
            Self::EventType => match provider.event.type_placement() {
                Placement::At(_) => None,
                Placement::None { source } => {
                    Some(Skipped::DoesNotApply(format!("`{slug}` sends no type: {source}")))
                }
                _ => Some(Skipped::DoesNotApply(format!("the place of the type of `{slug}` is not known"))),
            },
            Self::Age | Self::Future => match tolerance {
                None => Some(Skipped::DoesNotApply(no_timestamp())),
                Some(tolerance) => {
                    let bound = if self == Self::Age { tolerance.past() } else { tolerance.future() };
                    fact(bound.is_some(), format!("the declaration of `{slug}` does not bound it")).or_else(
                        || fact(forge.coverage.timestamp, format!("`{slug}` does not sign its timestamp")),
                    )
                }
            },
            Self::AckLimit => {
                let limit = provider.retries.and_then(|retries| retries.ack_secs);
                fact(limit.is_some(), format!("`{slug}` documents no limit"))
            }
            Self::Handshakes => {
                fact(!provider.handshakes.is_empty(), format!("`{slug}` declares no handshake"))
            }
            Self::Json => fact(forge.sample.is_json, format!("the body of `{slug}` is not JSON")),
            Self::SignedBody => {
                fact(forge.coverage.body, format!("the signature of `{slug}` does not cover the body"))
            }
        }
    }
}
