//! `countersign completions`

use clap::{Args, Command, ValueEnum};
use clap_complete::{Shell, generate};

use crate::error::CliError;
use crate::{Outcome, output};

#[derive(Args)]
#[command(after_help = "\
bash: countersign completions bash > ~/.local/share/bash-completion/completions/countersign
zsh:  countersign completions zsh > \"${fpath[1]}/_countersign\"
fish: countersign completions fish > ~/.config/fish/completions/countersign.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Interpreter,
}

/// A shell whose scripts are tested.
#[derive(Clone, Copy, ValueEnum)]
enum Interpreter {
    Bash,
    Zsh,
    Fish,
}

pub(crate) fn run(args: &CompletionsArgs, mut command: Command) -> Result<Outcome, CliError> {
    let shell = match args.shell {
        Interpreter::Bash => Shell::Bash,
        Interpreter::Zsh => Shell::Zsh,
        Interpreter::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    generate(shell, &mut command, NAME, &mut script);
    output::bytes(&script)?;
    Ok(Outcome::Fine)
}

const NAME: &str = "countersign";
