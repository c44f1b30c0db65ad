//! The commands.

use clap::{Parser, Subcommand};

use crate::check::cli::CheckArgs;
use crate::check::scheme::CheckSchemeArgs;
use crate::completions::CompletionsArgs;
#[cfg(feature = "console")]
use crate::console::ConsoleArgs;
#[cfg(feature = "demo")]
use crate::demo::cli::{DemoArgs, DemoReceiverArgs};
use crate::explain::ExplainArgs;
use crate::identify::IdentifyArgs;
#[cfg(feature = "_inbox")]
use crate::inbox::cli::InboxCommand;
use crate::listen::cli::ListenArgs;
use crate::man::ManArgs;
use crate::provider::ProviderArgs;
use crate::providers::ProvidersArgs;
use crate::replay::ReplayArgs;
use crate::sign::cli::SignArgs;
use crate::simulate::cli::SimulateArgs;
use crate::trigger::TriggerArgs;
use crate::types::cli::TypesArgs;
use crate::verify::VerifyArgs;

/// Verifies, signs and receives webhooks.
#[derive(Parser)]
#[command(
    name = "countersign",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 fine, 1 rejected or not there, 2 options or configuration that cannot work."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the providers of the catalogue
    Providers(ProvidersArgs),
    /// Show how a provider signs, and the confidence in the facts
    Provider(ProviderArgs),
    /// Print the JSON Schema of declarations, for editors and other programs
    Schema,
    /// Generate Rust types for the events of a provider that publishes schemas
    Types(TypesArgs),
    /// Verify a delivery
    Verify(VerifyArgs),
    /// Find the reason why a delivery does not verify, by trying known mistakes
    Explain(ExplainArgs),
    /// Find the providers that a captured request matches, best first
    Identify(IdentifyArgs),
    /// Sign a delivery as the provider does
    Sign(SignArgs),
    /// Send one event to a receiver, signed as the provider does
    Trigger(TriggerArgs),
    /// Say whether a receiver is ready: genuine and forged deliveries, duplicates, failures, crashes
    Check(Box<CheckArgs>),
    /// Say what a declaration of your own signs, and try it
    CheckScheme(CheckSchemeArgs),
    /// Send events to a receiver as a provider does: signed, retried, in order or not
    Simulate(Box<SimulateArgs>),
    /// Receive deliveries, print the genuine ones, and forward them to an app
    Listen(ListenArgs),
    /// Send recorded requests again, as they are or signed anew
    Replay(ReplayArgs),
    /// Inspect a durable inbox; replay, discard and purge its events
    #[cfg(feature = "_inbox")]
    #[command(subcommand)]
    Inbox(InboxCommand),
    /// Serve the operations page of a durable inbox to browsers on this machine
    #[cfg(feature = "console")]
    Console(ConsoleArgs),
    /// Simulate the founding providers against axum and actix over HTTP, and a durable inbox that is killed
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// The process that `demo` kills
    #[cfg(feature = "demo")]
    #[command(hide = true)]
    DemoReceiver(DemoReceiverArgs),
    /// Print a script that completes commands and options in a shell
    Completions(CompletionsArgs),
    /// Print the manual, or write the pages of all commands
    Man(ManArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::guides::guide;

    /// Calls `look` with each command of the tree, and its words.
    fn each(command: &clap::Command, words: &str, look: &mut impl FnMut(&clap::Command, &str)) {
        look(command, words);
        for sub in command.get_subcommands() {
            each(sub, &format!("{words} {}", sub.get_name()), look);
        }
    }

    #[test]
    fn a_command_that_takes_a_provider_takes_a_declaration_of_ones_own() {
        let mut found = Vec::new();
        each(&Cli::command(), "countersign", &mut |command, words| {
            let has = |name: &str| command.get_arguments().any(|argument| argument.get_id() == name);
            if has("provider") || has("slug") {
                assert!(has("scheme"), "{words} has no --scheme");
                found.push(words.to_owned());
            }
        });
        assert!(found.len() >= 9, "{found:?}");
    }

    #[test]
    fn the_commands_for_rejections_are_understood() {
        let Some(page) = guide("rejections.md") else { return };
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let commands = rows
            .filter_map(|row| row.rsplit_once("| `countersign ")?.1.strip_suffix("` |"))
            .collect::<Vec<_>>();
        for command in &commands {
            // The words that stand for something of the reader's.
            let words = command.split_whitespace().map(|word| match word {
                "URL" => "http://localhost:3000/hook",
                "STORE" => "sqlite:inbox.db",
                "SLUG" => "stripe",
                word => word,
            });
            let parsed = Cli::try_parse_from(std::iter::once("countersign").chain(words));
            assert!(parsed.is_ok(), "countersign {command}: {}", parsed.err().unwrap());
        }
        assert!(commands.len() > 30, "{commands:#?}");
    }

    #[test]
    fn the_options_do_not_contradict_one_another() {
        Cli::command().debug_assert();
    }
}
