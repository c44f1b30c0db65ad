//! Programs that receive the webhooks of a provider, for each declaration.

mod needs;

use std::path::Path;

use clap::ValueEnum;
use countersign::Provider;
use countersign::handshake::Trust;

/// The framework of a program.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Framework {
    Axum,
    Actix,
}

/// A declaration from which programs are made.
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
             {INDENT}let layer = VerifyWebhookLayer::try_new(receiver)?;\n\
             {INDENT}let app = Router::new().route(\"/webhooks/{slug}\", post(received).layer(layer));\n\
             {INDENT}let listener = tokio::net::TcpListener::bind(\"127.0.0.1:3000\").await?;\n\
             {INDENT}axum::serve(listener, app).await?;\n    Ok(())\n}}\n",
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
             {INDENT}let verify = VerifyWebhook::try_new(receiver)?;\n\
             {INDENT}let app = move || {{\n\
             {INDENT}    let hook = web::resource(\"/webhooks/{slug}\").wrap(verify.clone()).route(web::post().to(received));\n\
             {INDENT}    App::new().service(hook)\n    }};\n\
             {INDENT}HttpServer::new(app).bind(\"127.0.0.1:3000\")?.run().await?;\n    Ok(())\n}}\n",
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
        if self.has(|trust| matches!(trust, Trust::VerifyToken(_))) {
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
            "{INDENT}let provider = {};\n",
            self.declaration(|name| { format!("&std::env::var(\"{}\")?", self.variable(name)) })
        );
        lines += &format!("{INDENT}let secrets = SecretSet::from_env(\"{}\")?;\n", self.secret_variable());
        lines += &format!("{INDENT}let verifier = Verifier::new(provider, secrets)?;\n");
        if self.has(|trust| matches!(trust, Trust::IssuesSecret(_))) {
            lines += &format!(
                "{INDENT}// The secret comes with a handshake: `HandshakePolicy::with_secret_sink` stores it.\n"
            );
        }
        let policy = self.policy().map(|policy| {
            lines += &format!("{INDENT}let handshakes = {policy};\n");
            ".with_handshakes(handshakes)"
        });
        let url = self.signs_url().then_some(".with_public_url(std::env::var(\"PUBLIC_URL\")?)");
        lines
            + &format!(
                "{INDENT}let receiver = Receiver::builder(verifier){}{}.build()?;\n",
                policy.unwrap_or_default(),
                url.unwrap_or_default()
            )
    }
}

const REPOSITORY: &str = "https://github.com/countersign-rs/countersign";
const PRINT: &str =
    "println!(\"{:?} {:?}: {} bytes\", delivery.event_type(), delivery.id(), delivery.body().len());";
/// An indented line.
const INDENT: &str = "    ";
