use super::{HandshakePolicy, Receiver};
use crate::error::{ConfigError, ConfigWarning};
use crate::handshake::{Step, Trust};
use crate::verifier::Verifier;

impl Receiver {
    /// Checks for errors that would otherwise appear at the first delivery: a public URL that is malformed, or
    /// missing although the provider signs the URL; a fallback that accepts content which the primary declaration
    /// signs for any sender; and a handshake policy that the provider does not use.
    ///
    /// The adapters call this when their middleware is built: `new` panics with this error, `try_new` returns it.
    ///
    /// ```
    /// use countersign::receiver::{HandshakePolicy, Receiver};
    /// use countersign::{Secret, Verifier, providers};
    ///
    /// let verifier = Verifier::new(&providers::TWILIO, Secret::new("the auth token")?)?;
    /// let receiver = Receiver::from(verifier);
    /// assert_eq!(receiver.check().unwrap_err().field(), "public_url");
    ///
    /// let builder = receiver.to_builder().with_public_url("https://hooks.example.com");
    /// let builder = builder.with_handshakes(HandshakePolicy::new().with_echo());
    /// assert_eq!(builder.build().unwrap_err().field(), "handshakes.echo");
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the first invalid option and its cure.
    pub fn check(&self) -> Result<(), ConfigError> {
        let options = self.options();
        match &options.public_url {
            Some(url) => url.check()?,
            None => self.check_needs_no_url()?,
        }
        self.check_fallback()?;
        let Some(policy) = &options.policy else { return Ok(()) };
        policy.check(&options.verifier)?;
        let mut verifiers = [Some(&options.verifier), options.fallback.as_ref()].into_iter().flatten();
        verifiers.try_for_each(|verifier| self.check_shares_no_key(verifier))
    }

    /// Returns what weakens the protection of the declarations, those of the fallback included: see
    /// [`Provider::warnings`](crate::Provider::warnings). [`check`](Self::check) refuses mistakes only.
    ///
    /// ```
    /// use countersign::receiver::Receiver;
    /// use countersign::{Secret, Verifier, providers};
    ///
    /// let receiver = Receiver::from(Verifier::new(&providers::GITHUB, Secret::new("a secret of ours")?)?);
    /// let warnings = receiver.warnings();
    /// assert!(warnings[0].to_string().contains("does not cover the id at `header:x-github-delivery`"));
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> Vec<ConfigWarning> {
        let options = self.options();
        let verifiers = [Some(&options.verifier), options.fallback.as_ref()].into_iter().flatten();
        verifiers.flat_map(Verifier::warnings).cloned().collect()
    }

    /// Checks that no answer contains a digest of a secret that deliveries are signed with: the answer could be the
    /// signature of a delivery, or the key itself.
    pub(super) fn check_shares_no_key(&self, verifier: &Verifier) -> Result<(), ConfigError> {
        let options = self.options();
        let (Some(policy), Some(steps)) = (&options.policy, options.verifier.handshakes()) else {
            return Ok(());
        };
        for (option, text) in steps.iter().flat_map(|step| step.digested(&policy.tokens, &policy.settings)) {
            if verifier.shares_key(&text) {
                let slug = &verifier.provider().slug;
                let problem = format!(
                    "is, or contains, a secret of the deliveries of `{slug}`, and the answer to a handshake is a digest of it \
                     and of text that the sender chose: configure another one, at the provider too"
                );
                return Err(ConfigError::new(option, problem));
            }
        }
        Ok(())
    }

    /// Checks that the fallback rejects challenges as deliveries. A handshake of the primary declaration signs
    /// challenges for any sender, and both declarations may have the same key.
    fn check_fallback(&self) -> Result<(), ConfigError> {
        let options = self.options();
        let Some(fallback) = &options.fallback else { return Ok(()) };
        let challenges = |verifier: &Verifier| {
            let handshakes = verifier.provider().handshakes.iter();
            handshakes.filter_map(|handshake| handshake.challenge.clone()).collect::<Vec<_>>()
        };
        let refused = challenges(fallback);
        if challenges(&options.verifier).iter().all(|challenge| refused.contains(challenge)) {
            return Ok(());
        }
        let (primary, slug) = (&options.verifier.provider().slug, &fallback.provider().slug);
        let problem = format!(
            "`{slug}` would accept what a handshake of `{primary}` signs for any sender: give its declaration the \
             `handshakes` of `{primary}`"
        );
        Err(ConfigError::new("fallback", problem))
    }

    fn check_needs_no_url(&self) -> Result<(), ConfigError> {
        let options = self.options();
        let mut verifiers = [Some(&options.verifier), options.fallback.as_ref()].into_iter().flatten();
        let Some(verifier) = verifiers.find(|verifier| verifier.needs_url()) else { return Ok(()) };
        let slug = &verifier.provider().slug;
        Err(ConfigError::new(
            "public_url",
            format!(
                "is not set, and `{slug}` signs the URL that it was given: use `ReceiverBuilder::with_public_url`"
            ),
        ))
    }
}

impl HandshakePolicy {
    /// Refuses options that no handshake of the provider reads.
    fn check(&self, verifier: &Verifier) -> Result<(), ConfigError> {
        let steps = verifier.handshakes();
        let any = |is: &dyn Fn(&Step) -> bool| steps.as_deref().is_some_and(|steps| steps.iter().any(is));
        let unused = |option: &str, setter: &str, does: &str| {
            let slug = &verifier.provider().slug;
            let cure = format!(
                "is set, and `{slug}` has no handshake that {does}: leave out `HandshakePolicy::{setter}`, or take a \
                 declaration with `handshakes`"
            );
            Err(ConfigError::new(format!("handshakes.{option}"), cure))
        };
        if self.echo && !any(&|step| step.handshake.trust == Trust::Echo) {
            return unused("echo", "with_echo", "is answered without authentication");
        }
        if !self.tokens.is_empty() && !any(&Step::uses_verify_token) {
            return unused("verify_token", "with_verify_token", "carries a token");
        }
        if !self.origins.is_empty() && !any(&|step| matches!(step.handshake.trust, Trust::Origin(_))) {
            return unused("allowed_origin", "with_allowed_origin", "names an origin");
        }
        if let Some((name, _)) = self.settings.iter().find(|(name, _)| !any(&|step| step.uses_setting(name)))
        {
            return unused(&format!("setting.{name}"), "with_setting", "is answered with it");
        }
        let issues = |step: &Step| matches!(step.handshake.trust, Trust::IssuesSecret(_));
        if self.sink.is_some() && !any(&issues) {
            return unused("secret_sink", "with_secret_sink", "brings a secret");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::Handshake;
    use crate::provider::Provider;
    use crate::providers::{self, preflix};
    use crate::receiver::{IssuedSecret, PublicUrl, SinkError, TrustedProxy};
    use crate::secret::Secret;

    fn receiver(handshakes: &'static [Handshake]) -> Receiver {
        let provider = preflix::PROVIDER.clone().with_handshakes(handshakes);
        Receiver::new(Verifier::new(provider, Secret::new("a secret").unwrap()).unwrap())
    }

    fn field(built: Result<Receiver, ConfigError>) -> Option<String> {
        built.err().map(|error| error.field().to_owned())
    }

    #[test]
    fn a_fallback_refuses_the_challenges_that_the_primary_declaration_signs() {
        let verifier =
            |provider: &Provider| Verifier::new(provider.clone(), Secret::new("a secret").unwrap()).unwrap();
        let (primary, plain) = (&providers::X_TWITTER, &preflix::PROVIDER);
        let with = |fallback: &Provider| {
            Receiver::builder(verifier(primary)).with_fallback(verifier(fallback)).build()
        };
        assert_eq!(field(with(plain)).as_deref(), Some("fallback"));
        assert_eq!(field(with(primary)), None);
        let other = Provider { handshakes: primary.handshakes.clone(), ..plain.clone() };
        assert_eq!(field(with(&other)), None);
        assert_eq!(field(Receiver::builder(verifier(plain)).with_fallback(verifier(primary)).build()), None);
    }

    #[test]
    fn the_warnings_are_those_of_both_declarations() {
        let verifier =
            |provider: &'static Provider| Verifier::new(provider, Secret::new("a secret").unwrap()).unwrap();
        let (github, mailgun) = (&providers::GITHUB, &providers::MAILGUN);
        let receiver = Receiver::new(verifier(github));
        assert_eq!(receiver.warnings(), github.warnings().unwrap());
        let both = receiver.to_builder().with_fallback(verifier(mailgun)).build().unwrap().warnings();
        assert_eq!(both, [github.warnings().unwrap(), mailgun.warnings().unwrap()].concat());
        assert!(both.len() > receiver.warnings().len());
    }

    #[test]
    fn every_declaration_that_signs_the_url_needs_one_and_no_other() {
        for provider in providers::all() {
            let Ok(verifier) = Verifier::keyless(provider) else { continue };
            let needs_url = verifier.needs_url();
            let receiver = Receiver::new(verifier.clone());
            assert_eq!(receiver.check().is_err(), needs_url, "{}", provider.slug);
            let url = receiver.to_builder().with_public_url("https://hooks.example.com").build();
            assert!(url.is_ok(), "{}", provider.slug);
            let fallback = self::receiver(&[]).to_builder().with_fallback(verifier).build();
            assert_eq!(fallback.is_err(), needs_url, "{}", provider.slug);
        }
    }

    #[test]
    fn a_malformed_url_is_refused_whether_it_is_needed_or_not() {
        for url in ["", "hooks.example.com", "ftp://a.example", "https://a.example/?b"] {
            assert_eq!(
                field(receiver(&[]).to_builder().with_public_url(url).build()).as_deref(),
                Some("public_url"),
                "{url}"
            );
        }
        let proxy = PublicUrl::from_trusted_proxy(TrustedProxy::x_forwarded());
        assert_eq!(field(receiver(&[]).to_builder().with_public_url(proxy).build()), None);
    }

    #[test]
    fn a_policy_that_no_handshake_reads_is_refused_by_name() {
        let keep = |_: IssuedSecret| async { Ok::<_, SinkError>(()) };
        let token = || Secret::new("a token").unwrap();
        let policies = [
            ("handshakes.echo", HandshakePolicy::new().with_echo()),
            ("handshakes.verify_token", HandshakePolicy::new().with_verify_token(token())),
            ("handshakes.allowed_origin", HandshakePolicy::new().with_allowed_origin("*")),
            ("handshakes.setting.service_id", HandshakePolicy::new().with_setting("service_id", "x")),
            ("handshakes.secret_sink", HandshakePolicy::new().with_secret_sink(keep)),
        ];
        for (name, policy) in policies {
            let refused = receiver(&[]).to_builder().with_handshakes(policy.clone()).build();
            assert_eq!(field(refused).as_deref(), Some(name));
            // The reverse: a provider for which the option has an effect.
            let handshakes = match name {
                "handshakes.echo" => providers::DROPBOX_HANDSHAKES,
                "handshakes.verify_token" => providers::META_HANDSHAKES,
                "handshakes.allowed_origin" => providers::CLOUDEVENTS_HANDSHAKES,
                "handshakes.setting.service_id" => providers::FASTLY_HANDSHAKES,
                _ => providers::ASANA_HANDSHAKES,
            };
            assert_eq!(
                field(receiver(handshakes).to_builder().with_handshakes(policy).build()),
                None,
                "{name}"
            );
        }
        assert_eq!(field(receiver(&[]).to_builder().with_handshakes(HandshakePolicy::new()).build()), None);
        let misspelt = HandshakePolicy::new().with_setting("service", "x");
        let refused = receiver(providers::FASTLY_HANDSHAKES).to_builder().with_handshakes(misspelt).build();
        assert_eq!(field(refused).as_deref(), Some("handshakes.setting.service"));
    }
}
