//! `countersign man`

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::{Man, generate_to};

use crate::error::CliError;
use crate::{Outcome, output};

#[derive(Args)]
#[command(after_help = "\
To read it: countersign man | man -l -
To install it: countersign man --dir ~/.local/share/man/man1; then `man countersign-verify` and so on")]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder, which is created
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs, command: Command) -> Result<Outcome, CliError> {
    match &args.dir {
        Some(dir) => {
            let cannot = || CliError::io(format!("cannot write the pages to {}", dir.display()));
            fs::create_dir_all(dir).map_err(cannot())?;
            generate_to(command, dir).map_err(cannot())?;
        }
        None => {
            let mut page = Vec::new();
            Man::new(command).render(&mut page).map_err(CliError::io("cannot make the page"))?;
            output::bytes(&page)?;
        }
    }
    Ok(Outcome::Fine)
}
