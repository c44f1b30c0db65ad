//! The commands in README and guides are commands that exist.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::Cli;
use crate::guides::workspace;

#[test]
fn each_command_in_the_guides_can_be_parsed() {
    let Some(root) = workspace() else { return };
    let mut guides = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    for folder in ["docs", "crates", "examples"] {
        collect(&root.join(folder), &mut guides);
    }
    let mut seen = 0;
    let mut wrong = Vec::new();
    for guide in guides {
        let text = fs::read_to_string(&guide).unwrap_or_else(|error| panic!("{}: {error}", guide.display()));
        for command in commands(&text) {
            seen += 1;
            if let Some(error) = refusal(&command) {
                wrong.push(format!("{}: {command}\n{error}", guide.display()));
            }
        }
    }
    assert!(seen > 100, "{seen} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_that_does_not_exist_is_found() {
    let text = "See `countersign inbox restore FROM\n--into x`.\n\n```console\n$ A=1 countersign inbox list \\\n  --sate dead | less\n\
                $ countersign inbox stats > it\n$ echo countersign\n```\n";
    let commands: Vec<_> = commands(text).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let refused: Vec<_> = commands.iter().map(|command| refusal(command).is_some()).collect();
    assert_eq!(refused.iter().filter(|refused| **refused).count(), 2, "{commands:?}");
}

/// Adds the Markdown files below a folder.
fn collect(folder: &Path, guides: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(&path, guides);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            guides.push(path);
        }
    }
}

/// Returns the commands in blocks and between backticks.
fn commands(text: &str) -> impl Iterator<Item = String> {
    let (mut blocks, mut prose) = (String::new(), String::new());
    let mut is_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
            continue;
        }
        let part = if is_block { &mut blocks } else { &mut prose };
        part.push_str(line);
        part.push('\n');
    }
    let lines = blocks.replace("\\\n", " ");
    let lines: Vec<_> =
        lines.lines().map(|line| line.trim_start().trim_start_matches("$ ").to_owned()).collect();
    // The parts between the first and the second backtick, the third and the fourth, and so on.
    let spans: Vec<_> = prose.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " ")).collect();
    lines.into_iter().chain(spans).filter(|line| arguments(line).is_some())
}

/// Returns the arguments of a call of the command in a line of a shell, without what follows a pipe or a redirection.
fn arguments(line: &str) -> Option<Vec<String>> {
    // A part is left out in the text.
    if line.contains(['…', '[']) || line.contains("...") {
        return None;
    }
    let words: Vec<String> = shlex::split(line)?;
    let words: Vec<_> = words.into_iter().skip_while(|word| is_variable(word)).collect();
    // `countersign = …` is a line of a manifest.
    if words.first()? != "countersign" || words.get(1)? == "=" {
        return None;
    }
    let is_end =
        |word: &String| ["|", "||", "&&", "&", ";"].contains(&word.as_str()) || word.starts_with(['>', '<']);
    Some(words.into_iter().take_while(|word| !is_end(word)).collect())
}

/// Returns whether a value stands for others, as `SHELL` or `axum|actix` do.
fn is_placeholder(value: &ContextValue) -> bool {
    matches!(value, ContextValue::String(value) if value.contains('|') || value.chars().all(|char| char.is_ascii_uppercase()))
}

fn is_variable(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|char| char.is_ascii_uppercase() || char == '_')
}

/// Returns why the command is refused. Prose names commands without their arguments, and a guide sets the variable of the store once.
fn refusal(command: &str) -> Option<String> {
    let error = Cli::command().try_get_matches_from(arguments(command)?).err()?;
    if error.get(ContextKind::InvalidValue).is_some_and(is_placeholder) {
        return None;
    }
    let is_fine = matches!(
        error.kind(),
        ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelp
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::DisplayVersion
    );
    (!is_fine).then(|| error.to_string())
}
