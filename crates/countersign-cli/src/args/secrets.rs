use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Args, Command, FromArgMatches, value_parser};
use countersign::{Secret, SecretSet};

use crate::error::CliError;

/// The secrets, in the order of the command line, wherever each of them comes from.
pub(crate) struct SecretArgs {
    sources: Vec<Source>,
}

enum Source {
    Text(String),
    Variable(String),
    File(PathBuf),
}

impl SecretArgs {
    /// The secrets as `secret-1`, `secret-2` and so on. The first signs, all verify.
    pub(crate) fn load(&self) -> Result<SecretSet, CliError> {
        let mut set: Option<SecretSet> = None;
        for (source, number) in self.sources.iter().zip(1..) {
            let (name, secret) = (format!("secret-{number}"), source.load()?);
            set = Some(match set {
                Some(set) => set.with(name, secret),
                None => SecretSet::named(name, secret),
            });
        }
        set.ok_or_else(|| CliError::Usage("give --secret, --secret-env or --secret-file".to_owned()))
    }
}

impl Source {
    fn load(&self) -> Result<Secret, CliError> {
        let (from, text) = match self {
            Self::Text(text) => (format!("--{TEXT}"), text.clone()),
            Self::Variable(name) => (format!("--{VARIABLE} {name}"), variable(name)?),
            Self::File(path) => (format!("--{FILE} {}", path.display()), file(path)?),
        };
        Secret::new(text).map_err(CliError::config(from))
    }
}

fn variable(name: &str) -> Result<String, CliError> {
    env::var(name).map_err(|error| {
        let cure = match error {
            env::VarError::NotPresent => "the variable is not set: `export` it first",
            env::VarError::NotUnicode(_) => "the value is not UTF-8",
        };
        CliError::Usage(format!("--{VARIABLE} {name}: {cure}"))
    })
}

fn file(path: &Path) -> Result<String, CliError> {
    let bytes = fs::read(path).map_err(CliError::unreadable(path))?;
    String::from_utf8(bytes)
        .map_err(|_| CliError::Usage(format!("--{FILE} {}: the file is not UTF-8", path.display())))
}

impl Args for SecretArgs {
    fn augment_args(command: Command) -> Command {
        let arg = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
        command
            .arg(
                arg(TEXT)
                    .value_name("SECRET")
                    .allow_hyphen_values(true)
                    .help("A secret; other users of this machine may see it. Repeat it during a rotation"),
            )
            .arg(arg(VARIABLE).value_name("VARIABLE").help("An environment variable that holds a secret"))
            .arg(
                arg(FILE)
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help("A file that holds a secret and nothing else, no line break either"),
            )
            .group(ArgGroup::new("secrets").args([TEXT, VARIABLE, FILE]).required(true).multiple(true))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SecretArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut sources: Vec<_> = given(matches, TEXT, Source::Text)
            .chain(given(matches, VARIABLE, Source::Variable))
            .chain(given(matches, FILE, Source::File))
            .collect();
        sources.sort_by_key(|(position, _)| *position);
        Ok(Self { sources: sources.into_iter().map(|(_, source)| source).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        Self::from_arg_matches(matches).map(|given| *self = given)
    }
}

/// The values of an option, with their positions on the command line.
fn given<T: Clone + Send + Sync + 'static>(
    matches: &ArgMatches,
    name: &str,
    source: fn(T) -> Source,
) -> impl Iterator<Item = (usize, Source)> {
    let positions = matches.indices_of(name).into_iter().flatten();
    positions.zip(matches.get_many::<T>(name).into_iter().flatten().cloned().map(source))
}

const TEXT: &str = "secret";
const VARIABLE: &str = "secret-env";
const FILE: &str = "secret-file";
