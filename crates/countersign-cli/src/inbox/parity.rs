//! Checks that the commands and the operations page can do the same.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::CommandFactory;
use countersign_console::{Console, Operator, Refusal, Role};
use countersign_inbox::PauseChange;
use http::request::Parts;
use http::{Request, StatusCode};

use super::fixture::Fixture;
use crate::cli::Cli;

/// The commands on an inbox, and the addresses of the page that do the same. A new command or a new address needs its counterpart here.
const COUNTERPARTS: [(&str, &[&str]); 20] = [
    ("stats", &["GET ", "GET subscriptions"]),
    ("watch", &["GET "]),
    ("health", &["GET ", "GET subscriptions"]),
    ("list", &["GET events", "GET dead"]),
    ("errors", &["GET errors"]),
    ("attempts", &["GET attempts"]),
    ("rejections", &["GET rejections"]),
    ("show", &["GET events/{id}", "POST events/{id}/reveal"]),
    ("compare", &["GET events/{id}/compare", "POST events/{id}/compare"]),
    ("replay", &["GET change", "POST change", "GET changed", "GET changed/next", "POST changed/next"]),
    ("discard", &["GET change", "POST change", "GET changed", "GET changed/next", "POST changed/next"]),
    ("purge", &["GET change", "POST change", "GET changed", "GET changed/next", "POST changed/next"]),
    ("pause", &["GET pause", "POST pause"]),
    ("resume", &["GET pause", "POST pause"]),
    ("limit", &["GET control", "POST control"]),
    ("unlimit", &["GET control", "POST control"]),
    ("open-circuit", &["GET control", "POST control"]),
    ("close-circuit", &["GET control", "POST control"]),
    ("controls", &["GET controls", "GET control"]),
    ("audit", &["GET audit"]),
];

/// Commands on the file of a store: they need paths of its machine, and `restore` a server that is stopped.
const OF_A_FILE: [&str; 3] = ["backup", "restore", "accept-clock"];

/// Addresses that no command on an inbox has to have: the catalogue is `countersign providers`, and the others are files of pages.
const OF_NO_INBOX: [&str; 3] = ["GET providers", "GET style.css", "GET icon.svg"];

/// Commands that ask for a reason and change nothing: they reveal requests.
const REVEALING: [&str; 2] = ["show", "compare"];

/// Options of a change that its page has in another form: its address is a dry run, its form the confirmation, and the policy names the
/// actor. The result is the output for machines, follows the outcome, and leads to the others.
const OF_NO_FORM: [(&str, &str); 7] = [
    ("dry_run", "GET change"),
    ("yes", "POST change"),
    ("actor", "Operator::new"),
    ("json", "GET changed"),
    ("wait", "GET changed"),
    ("store", "Console::new"),
    ("schema", "Console::new"),
];

/// Options of a change that have another name on its page.
const RENAMED: [(&str, &str); 1] = [("first", "limit")];

fn commands() -> Vec<clap::Command> {
    let cli = Cli::command();
    let inbox = cli.find_subcommand("inbox").unwrap();
    inbox.get_subcommands().filter(|command| command.get_name() != "help").cloned().collect()
}

/// Returns the names of the options under a heading of the help.
fn options(command: &clap::Command, heading: &str) -> BTreeSet<String> {
    let of_heading = command.get_arguments().filter(|argument| argument.get_help_heading() == Some(heading));
    of_heading.map(|argument| argument.get_long().unwrap_or("ids").replace('-', "_")).collect()
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// Returns the texts between two marks.
fn between<'t>(text: &'t str, begin: &str, end: char) -> impl Iterator<Item = &'t str> {
    text.split(begin).skip(1).filter_map(move |rest| rest.split(end).next())
}

async fn get(console: &Console, path: &str) -> String {
    let head = Request::get(path).body(()).unwrap().into_parts().0;
    let route = path.split('?').next().unwrap();
    let response = console.respond(route, &head, async { None }).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    String::from_utf8(response.into_body().to_vec()).unwrap()
}

fn console(fixture: Fixture) -> Console {
    Console::new(Arc::new(fixture.store), |_: &Parts| -> Result<Operator, Refusal> {
        Operator::new("ada", Role::Operator)
    })
}

#[test]
fn each_command_has_its_page_and_each_page_its_command() {
    let commands = commands();
    let known = COUNTERPARTS.iter().map(|(command, _)| *command).chain(OF_A_FILE);
    assert_eq!(set(commands.iter().map(clap::Command::get_name)), set(known), "add the page to the table");
    let routes: Vec<_> = Console::routes().map(|(method, path)| format!("{method} {path}")).collect();
    let known = COUNTERPARTS.iter().flat_map(|(_, routes)| routes.iter().copied()).chain(OF_NO_INBOX);
    assert_eq!(set(routes.iter().map(String::as_str)), set(known), "add the command to the table");
}

#[tokio::test]
async fn each_action_of_the_page_is_a_command_and_the_other_way_round() {
    let fixture = Fixture::with(2).await;
    fixture.kill(1).await;
    let pause = PauseChange::pause("refunds", "ada");
    countersign_inbox::OpsStore::set_pause(&fixture.store, &pause).await.unwrap();
    let console = console(fixture);
    let mut found = BTreeSet::new();
    for path in [
        "/",
        "/events",
        "/dead",
        "/events/1",
        "/pause?source=jobs",
        "/pause?source=refunds",
        "/control?source=jobs",
    ] {
        let page = get(&console, path).await;
        found.extend(between(&page, "name=\"action\" value=\"", '"').map(str::to_owned));
        found.extend(
            between(&page, "action=", '"').filter_map(|query| query.split('&').next()).map(str::to_owned),
        );
    }
    let actions =
        set(found.iter().map(String::as_str).filter(|name| !name.is_empty() && !name.contains('/')));
    let changing =
        commands().into_iter().filter(|of| of.get_arguments().any(|argument| argument.get_id() == "reason"));
    let names: Vec<_> = changing.map(|of| of.get_name().replace('-', "_")).collect();
    let changing = set(names.iter().map(String::as_str).filter(|name| !REVEALING.contains(name)));
    assert_eq!(actions, changing);
}

#[tokio::test]
async fn lists_have_the_same_filters() {
    let page = get(&console(Fixture::with(1).await), "/events?pattern=down").await;
    let form = page.split("<form class=\"filter\"").nth(1).unwrap().split("</form>").next().unwrap();
    let fields = set(between(form, " name=\"", '"'));
    for command in
        commands().iter().filter(|of| ["list", "replay", "discard", "purge"].contains(&of.get_name()))
    {
        assert_eq!(options(command, "Which events"), fields, "{}", command.get_name());
    }
}

#[test]
fn health_has_the_same_thresholds_everywhere() {
    let cli = Cli::command();
    let thresholds = options(cli.find_subcommand("console").unwrap(), "Thresholds of health");
    assert!(thresholds.len() > 7, "{thresholds:?}");
    for command in commands().iter().filter(|of| ["watch", "health"].contains(&of.get_name())) {
        assert_eq!(options(command, "Thresholds of health"), thresholds, "{}", command.get_name());
    }
}

/// `replay` alone has `--first` and `--wait`: on the page each change may begin with a few events.
#[tokio::test]
async fn changes_have_the_same_options() {
    let fixture = Fixture::with(3).await;
    fixture.kill(3).await;
    let console = console(fixture);
    for command in commands().iter().filter(|of| ["replay", "discard", "purge"].contains(&of.get_name())) {
        let action = command.get_name();
        // All events behind the first one.
        let page = get(&console, &format!("/change?action={action}&all=1&after=1")).await;
        let form = page.split("<form method=\"post\"").nth(1).unwrap().split("</form>").next().unwrap();
        let filter = between(form, "name=\"filter\" value=\"", '"').next().unwrap();
        assert_eq!(filter, "all=1");
        let mut fields = set(between(form, " name=\"", '"'));
        assert!(fields.remove("filter") && fields.insert("all".to_owned()));
        let others = command.get_arguments().filter(|of| of.get_help_heading() != Some("Which events"));
        let options = others.filter_map(|of| of.get_long()).filter(|name| *name != "help");
        let options: BTreeSet<_> = options.map(|name| name.replace('-', "_")).collect();
        let is_known = |name: &&String| !OF_NO_FORM.iter().any(|(known, _)| known == *name);
        let renamed = |name: &String| {
            RENAMED.iter().find(|(of, _)| of == name).map_or_else(|| name.clone(), |(_, of)| (*of).to_owned())
        };
        let wanted: BTreeSet<_> = options.iter().filter(is_known).map(renamed).collect();
        assert!(wanted.is_subset(&fields), "{action}: {wanted:?} {fields:?}");
    }
}
