//! Programs that receive the webhooks of a provider, for each declaration.

use std::path::Path;

use clap::ValueEnum;
use countersign::Provider;
use countersign::handshake::Trust;
use countersign::scheme::Text;

/// The framework of a program.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Framework {
    Axum,
    Actix,
}

/// What a receiver of a provider needs.
pub(crate) struct Example<'p> {
    provider: &'p Provider,
    /// The file of the declaration, if it is not in the catalogue.
    file: Option<&'p Path>,
}

impl<'p> Example<'p> {
    pub(crate) const fn new(provider: &'p Provider, file: Option<&'p Path>) -> Self {
        Self { provider, file }
    }

    /// Returns the whole program.
    pub(crate) fn program(&self, framework: Framework) -> String {
        let Provider { slug, name, .. } = self.provider;
        let (title, crate_name) = match framework {
            Framework::Axum => ("axum", "countersign-tower"),
            Framework::Actix => ("actix-web", "countersign-actix"),
        };
        let dependencies = match framework {
            Framework::Axum => {
                "axum = \"0.8\"\ntokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }\n".to_owned()
            }
            Framework::Actix => "actix-web = \"4\"\n".to_owned(),
        };
        let adapter_features = if framework == Framework::Axum { ", features = [\"axum\"]" } else { "" };
        let features = self.features();
        let features = if features.is_empty() {
            String::new()
        } else {
            format!(
                ", features = [{}]",
                features.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ")
            )
        };
        let head = format!(
            "[dependencies]\n{dependencies}countersign = {{ git = \"{REPOSITORY}\"{features} }}\n\
             {crate_name} = {{ git = \"{REPOSITORY}\"{adapter_features} }}\n"
        );
        let head: String = head.lines().map(|line| format!("//! {line}\n")).collect();
        let variables: String =
            self.variables().iter().map(|(name, is)| format!("//! * `{name}`: {is}\n")).collect();
        let body = match framework {
            Framework::Axum => self.axum(),
            Framework::Actix => self.actix(),
        };
        let name = name.replace('\n', " ");
        format!(
            "//! Receives webhooks of {name} with {title}.\n//!\n//! ```toml\n{head}//! ```\n//!\n//! The environment has:\n//!\n\
             {variables}//!\n//! Test it: `countersign check http://127.0.0.1:3000/webhooks/{slug} {option} --secret-env {secret}`.\n\n{body}",
            option = self.option(),
            secret = self.secret_variable(),
        )
    }

    fn axum(&self) -> String {
        format!(
            "use axum::Router;\nuse axum::routing::post;\n{imports}use countersign_tower::VerifyWebhookLayer;\n\n\
             async fn received(delivery: Delivery) {{\n    {PRINT}\n}}\n\n\
             #[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{receiver}\
             {I}let layer = VerifyWebhookLayer::try_new(receiver)?;\n\
             {I}let app = Router::new().route(\"/webhooks/{slug}\", post(received).layer(layer));\n\
             {I}let listener = tokio::net::TcpListener::bind(\"127.0.0.1:3000\").await?;\n\
             {I}axum::serve(listener, app).await?;\n    Ok(())\n}}\n",
            imports = self.imports(),
            receiver = self.receiver(),
            slug = self.provider.slug,
        )
    }

    fn actix(&self) -> String {
        format!(
            "use actix_web::{{App, HttpResponse, HttpServer, web}};\n{imports}use countersign_actix::VerifyWebhook;\n\n\
             async fn received(delivery: Delivery) -> HttpResponse {{\n    {PRINT}\n    HttpResponse::Ok().finish()\n}}\n\n\
             #[actix_web::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{receiver}\
             {I}let verify = VerifyWebhook::try_new(receiver)?;\n\
             {I}let app = move || {{\n\
             {I}    let hook = web::resource(\"/webhooks/{slug}\").wrap(verify.clone()).route(web::post().to(received));\n\
             {I}    App::new().service(hook)\n    }};\n\
             {I}HttpServer::new(app).bind(\"127.0.0.1:3000\")?.run().await?;\n    Ok(())\n}}\n",
            imports = self.imports(),
            receiver = self.receiver(),
            slug = self.provider.slug,
        )
    }

    fn imports(&self) -> String {
        let mut root = vec!["Delivery"];
        if self.file.is_some() {
            root.push("Provider");
        }
        if self.has(|trust| matches!(trust, Trust::Token(_))) {
            root.push("Secret");
        }
        root.extend(["SecretSet", "Verifier"]);
        if self.file.is_none() {
            root.push("providers");
        }
        let receiver = if self.policy().is_some() { "{HandshakePolicy, Receiver}" } else { "Receiver" };
        format!("use countersign::receiver::{receiver};\nuse countersign::{{{}}};\n", root.join(", "))
    }

    /// Returns the lines that make the receiver.
    fn receiver(&self) -> String {
        let mut lines = format!(
            "{I}let provider = {};\n",
            self.declaration(|name| { format!("&std::env::var(\"{}\")?", self.variable(name)) })
        );
        lines += &format!("{I}let secrets = SecretSet::from_env(\"{}\")?;\n", self.secret_variable());
        lines += &format!("{I}let verifier = Verifier::new(provider, secrets)?;\n");
        if self.has(|trust| matches!(trust, Trust::IssuesSecret(_))) {
            lines += &format!(
                "{I}// The secret comes with a handshake: `HandshakePolicy::with_secret_sink` stores it.\n"
            );
        }
        let policy = self.policy().map(|policy| {
            lines += &format!("{I}let handshakes = {policy};\n");
            ".with_handshakes(handshakes)"
        });
        let url = self.signs_url().then_some(".with_public_url(std::env::var(\"PUBLIC_URL\")?)");
        lines
            + &format!(
                "{I}let receiver = Receiver::builder(verifier){}{}.build()?;\n",
                policy.unwrap_or_default(),
                url.unwrap_or_default()
            )
    }

    /// Returns the expression of the declaration, with the values of its parameters.
    pub(crate) fn declaration(&self, value: impl Fn(&str) -> String) -> String {
        let names = self.provider.open_parameters();
        let parameters: String =
            names.iter().map(|name| format!(".with_parameter(\"{name}\", {})", value(name))).collect();
        match self.file {
            Some(file) => {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let parse = if is_toml(file) { "from_toml" } else { "from_json" };
                format!("Provider::{parse}(include_str!({name:?}))?{parameters}")
            }
            None if parameters.is_empty() => format!("&providers::{}", constant(self.provider)),
            None => format!("providers::{}.clone(){parameters}", constant(self.provider)),
        }
    }

    fn policy(&self) -> Option<String> {
        let mut policy = String::new();
        if self.has(|trust| matches!(trust, Trust::Token(_))) {
            policy +=
                &format!(".with_verify_token(Secret::from_env(\"{}\")?)", self.variable("verify_token"));
        }
        if self.has(|trust| matches!(trust, Trust::Origin(_))) {
            policy +=
                &format!(".with_allowed_origin(std::env::var(\"{}\")?)", self.variable("allowed_origin"));
        }
        if self.has(|trust| *trust == Trust::Echo) {
            policy += ".with_echo()";
        }
        for name in self.settings() {
            policy += &format!(".with_setting(\"{name}\", std::env::var(\"{}\")?)", self.variable(&name));
        }
        (!policy.is_empty()).then(|| format!("HandshakePolicy::new(){policy}"))
    }

    /// Returns the environment variables, and what they hold.
    fn variables(&self) -> Vec<(String, String)> {
        let mut variables = vec![(self.secret_variable(), self.secret().to_owned())];
        let parameters = self.provider.open_parameters();
        variables.extend(
            parameters
                .iter()
                .map(|name| (self.variable(name), format!("the parameter `{name}` of the declaration"))),
        );
        if self.has(|trust| matches!(trust, Trust::Token(_))) {
            let is = "the token that was given to the provider for its handshake";
            variables.push((self.variable("verify_token"), is.to_owned()));
        }
        if self.has(|trust| matches!(trust, Trust::Origin(_))) {
            let is = "the origin whose handshakes are answered";
            variables.push((self.variable("allowed_origin"), is.to_owned()));
        }
        variables.extend(self.settings().iter().map(|name| {
            (self.variable(name), format!("the value `{name}` that an answer to a handshake holds"))
        }));
        if self.signs_url() {
            let is = "the public origin of this receiver, which is signed: https://hooks.example.com";
            variables.push(("PUBLIC_URL".to_owned(), is.to_owned()));
        }
        variables
    }

    /// Returns whether a handshake is of this kind.
    fn has(&self, is: impl Fn(&Trust) -> bool) -> bool {
        self.provider.handshakes.iter().any(|handshake| handshake.answer.is_some() && is(&handshake.trust))
    }

    /// Returns the settings that answers need.
    fn settings(&self) -> Vec<String> {
        let handshakes = serde_json::to_string(&self.provider.handshakes).unwrap_or_default();
        let mut names = Vec::new();
        for part in handshakes.split("setting:").skip(1) {
            let end = part
                .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            // One with a default needs no value.
            if !name.is_empty() && !rest.starts_with('|') && !names.iter().any(|other| other == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Returns whether the receiver has to know its public URL.
    pub(crate) fn signs_url(&self) -> bool {
        let scheme = &self.provider.scheme;
        let mut parts = scheme.checks.iter().map(|check| &check.equals).chain([&scheme.content]);
        parts.any(|part| {
            ["{url", "{target", "{path", "{query"].iter().any(|name| part.as_str().contains(name))
        })
    }

    fn features(&self) -> Vec<&'static str> {
        let scheme = &self.provider.scheme;
        let mut features: Vec<_> = scheme.algorithm.feature().into_iter().collect();
        if scheme.content.as_str().contains("{body:crc32}") && !features.contains(&"rsa") {
            features.push("crc32");
        }
        if scheme.message_signature.is_some() {
            features.push("message-signatures");
        }
        if scheme.key.nfkd {
            features.push("nfkd");
        }
        if self.file.is_some_and(is_toml) {
            features.push("toml");
        }
        features
    }

    /// Describes the secret.
    fn secret(&self) -> &'static str {
        if self.provider.scheme.algorithm.is_asymmetric() {
            "the public key of the provider"
        } else {
            "the secret that the provider shows, or was given"
        }
    }

    fn secret_variable(&self) -> String {
        let is_public = self.provider.scheme.algorithm.is_asymmetric();
        self.variable(if is_public { "public_key" } else { "secret" })
    }

    /// Returns the name of an environment variable.
    fn variable(&self, name: &str) -> String {
        let letter =
            |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
        let words = format!("{}_{name}", self.provider.slug);
        let variable: String = words.chars().map(letter).collect();
        // No shell sets a variable whose name begins with a digit.
        if variable.starts_with(|first: char| first.is_ascii_digit()) {
            format!("P{variable}")
        } else {
            variable
        }
    }

    fn option(&self) -> String {
        match self.file {
            Some(file) => format!("--scheme {}", file.display()),
            None => format!("--provider {}", self.provider.slug),
        }
    }
}

fn is_toml(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// Returns the name of the declaration in Rust: that of the first alias if the slug begins with it.
fn constant(provider: &Provider) -> String {
    let Provider { slug, aliases, .. } = provider;
    let begins = |alias: &&Text| slug.strip_prefix(&***alias).is_some_and(|rest| rest.starts_with('-'));
    let name = aliases.first().filter(begins).unwrap_or(slug).to_uppercase().replace('-', "_");
    let digits = name.find(|letter: char| !letter.is_ascii_digit()).unwrap_or_default();
    match name.split_at(digits) {
        ("", name) => name.to_owned(),
        (digits, name) => format!("{name}_{digits}"),
    }
}

const REPOSITORY: &str = "https://github.com/countersign-rs/countersign";
const PRINT: &str =
    "println!(\"{:?} {:?}: {} bytes\", delivery.event_type(), delivery.id(), delivery.body().len());";
/// An indented line.
const I: &str = "    ";
