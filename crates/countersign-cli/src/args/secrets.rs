use std::env;
use std::fmt;
use std::fs;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Args, Command, FromArgMatches, value_parser};
use countersign::{Secret, SecretSet};

use crate::error::CliError;
use crate::output::{DIM, stderr};

/// The secrets in the order of the command line, from any source.
pub(crate) struct SecretArgs<R = Required> {
    sources: Vec<Source>,
    role: PhantomData<R>,
}

/// The purpose of secrets, and the options that set them.
pub(crate) trait Role {
    /// The options for a text, an environment variable, and a file.
    const OPTIONS: [&'static str; 3];
    const GROUP: &'static str;
    const REQUIRED: bool;
    const HELP: &'static str;
}

/// Secrets that the command requires.
pub(crate) struct Required;

/// Secrets that extend the result.
pub(crate) struct Optional;

/// Secrets of other endpoints.
pub(crate) struct Other;

/// Secrets that are no longer in use.
pub(crate) struct Retired;

/// Public keys of secrets that are private keys.
pub(crate) struct Public;

/// Secrets of the app behind `listen`.
pub(crate) struct ResignWith;

impl Role for Required {
    const OPTIONS: [&'static str; 3] = OWN;
    const GROUP: &'static str = "secrets";
    const REQUIRED: bool = true;
    const HELP: &'static str =
        "A secret; other users of this machine may see it. Repeat it during a rotation";
}

impl Role for Optional {
    const OPTIONS: [&'static str; 3] = OWN;
    const GROUP: &'static str = "secrets";
    const REQUIRED: bool = false;
    const HELP: &'static str = "A secret; other users of this machine may see it. May be repeated";
}

impl Role for Other {
    const OPTIONS: [&'static str; 3] = ["other-secret", "other-secret-env", "other-secret-file"];
    const GROUP: &'static str = "other-secrets";
    const REQUIRED: bool = false;
    const HELP: &'static str =
        "A secret that might have been taken instead: the live one, another endpoint's. May be repeated";
}

impl Role for Retired {
    const OPTIONS: [&'static str; 3] = ["retired-secret", "retired-secret-env", "retired-secret-file"];
    const GROUP: &'static str = "retired-secrets";
    const REQUIRED: bool = false;
    const HELP: &'static str = "A secret that was replaced, and that the receiver must refuse";
}

impl Role for Public {
    const OPTIONS: [&'static str; 3] = ["public-key", "public-key-env", "public-key-file"];
    const GROUP: &'static str = "public-keys";
    const REQUIRED: bool = false;
    const HELP: &'static str = "The public key of a secret that is a private key: what the receiver should accept is computed with it";
}

impl Role for ResignWith {
    const OPTIONS: [&'static str; 3] = ["resign-with", "resign-with-env", "resign-with-file"];
    const GROUP: &'static str = "resign-secrets";
    const REQUIRED: bool = false;
    const HELP: &'static str =
        "The secret of the app: sign each delivery anew with it, at the time of forwarding";
}

const OWN: [&str; 3] = ["secret", "secret-env", "secret-file"];

struct Source {
    option: &'static str,
    place: Place,
    /// Whether a note about the file was printed: a command may read it more than once.
    is_noted: AtomicBool,
}

#[derive(Clone)]
enum Place {
    Text(String),
    Variable(String),
    File(PathBuf),
}

impl<R> SecretArgs<R> {
    /// Loads the secrets as `secret-1`, `secret-2` and so on. The first one signs, all of them verify.
    pub(crate) fn load(&self) -> Result<SecretSet, CliError> {
        let set = self.load_any()?;
        set.ok_or_else(|| CliError::Usage("give --secret, --secret-env or --secret-file".to_owned()))
    }

    /// Loads the secrets, if there are any.
    pub(crate) fn load_any(&self) -> Result<Option<SecretSet>, CliError> {
        let mut set: Option<SecretSet> = None;
        for (source, number) in self.sources.iter().zip(1..) {
            let secret = Secret::new(source.text()?).map_err(CliError::config(source.to_string()))?;
            let name = format!("secret-{number}");
            set = Some(match set {
                Some(set) => set.with(name, secret),
                None => SecretSet::named(name, secret),
            });
        }
        Ok(set)
    }

    /// Returns the texts without validation.
    pub(crate) fn texts(&self) -> Result<Vec<String>, CliError> {
        self.sources.iter().map(Source::text).collect()
    }

    /// Returns the texts exactly as they are stored, with their names.
    pub(crate) fn stored(&self) -> Result<Vec<(String, String)>, CliError> {
        let named = |(source, number): (&Source, u32)| {
            let name = source.option.split('-').take_while(|word| !matches!(*word, "env" | "file"));
            let name = name.collect::<Vec<_>>().join("-");
            Ok((format!("{name}-{number}"), source.stored()?))
        };
        self.sources.iter().zip(1..).map(named).collect()
    }
}

impl Source {
    /// Returns the secret. A file ends before its final line break.
    fn text(&self) -> Result<String, CliError> {
        let text = self.stored()?;
        Ok(if let Place::File(_) = self.place { self.without_line_break(text) } else { text })
    }

    fn stored(&self) -> Result<String, CliError> {
        match &self.place {
            Place::Text(text) => Ok(text.clone()),
            Place::Variable(name) => variable(self, name),
            Place::File(path) => file(self, path),
        }
    }

    /// Removes one line break at the end, and says so. Lines of PEM end with one, which is part of the format.
    fn without_line_break(&self, mut text: String) -> String {
        if text.starts_with(PEM) || !text.ends_with('\n') {
            return text;
        }
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
        if !self.is_noted.swap(true, Ordering::Relaxed) {
            stderr!(
                "{DIM}note:{DIM:#} {self}: the line break at the end of the file is no part of the secret"
            );
        }
        text
    }
}

impl fmt::Display for Source {
    /// Shows the source of the secret without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = self.option;
        match &self.place {
            Place::Text(_) => write!(f, "--{option}"),
            Place::Variable(name) => write!(f, "--{option} {name}"),
            Place::File(path) => write!(f, "--{option} {}", path.display()),
        }
    }
}

fn variable(source: &Source, name: &str) -> Result<String, CliError> {
    env::var(name).map_err(|error| {
        let cure = match error {
            env::VarError::NotPresent => "the variable is not set: `export` it first",
            env::VarError::NotUnicode(_) => "the value is not UTF-8",
        };
        CliError::Usage(format!("{source}: {cure}"))
    })
}

fn file(source: &Source, path: &Path) -> Result<String, CliError> {
    let bytes = fs::read(path).map_err(CliError::unreadable(path))?;
    String::from_utf8(bytes).map_err(|_| CliError::Usage(format!("{source}: the file is not UTF-8")))
}

const PEM: &str = "-----BEGIN ";

impl<R: Role> Args for SecretArgs<R> {
    fn augment_args(command: Command) -> Command {
        let arg = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
        let [text, variable, file] = R::OPTIONS;
        let group = ArgGroup::new(R::GROUP).args(R::OPTIONS).multiple(true);
        command
            .arg(arg(text).value_name("SECRET").allow_hyphen_values(true).help(R::HELP))
            .arg(arg(variable).value_name("VARIABLE").help("An environment variable that holds a secret"))
            .arg(
                arg(file).value_name("FILE").value_parser(value_parser!(PathBuf)).help(
                    "A file that holds a secret and nothing else; one line break at its end is dropped",
                ),
            )
            .group(group.required(R::REQUIRED))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<R: Role> FromArgMatches for SecretArgs<R> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let [text, variable, file] = R::OPTIONS;
        let mut sources: Vec<_> = given(matches, text, Place::Text)
            .chain(given(matches, variable, Place::Variable))
            .chain(given(matches, file, Place::File))
            .collect();
        sources.sort_by_key(|(position, _)| *position);
        let sources = sources.into_iter().map(|(_, source)| source).collect();
        Ok(Self { sources, role: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        Self::from_arg_matches(matches).map(|given| *self = given)
    }
}

/// Returns the values of an option, with their positions on the command line.
fn given<T: Clone + Send + Sync + 'static>(
    matches: &ArgMatches,
    option: &'static str,
    place: fn(T) -> Place,
) -> impl Iterator<Item = (usize, Source)> {
    let positions = matches.indices_of(option).into_iter().flatten();
    let values = matches.get_many::<T>(option).into_iter().flatten().cloned();
    positions.zip(values.map(move |value| Source {
        option,
        place: place(value),
        is_noted: AtomicBool::new(false),
    }))
}
