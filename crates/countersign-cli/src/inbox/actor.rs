//! The options of changes of an endpoint, and the actor of a change, for the audit log.

use clap::Args;

use crate::args::StoreArgs;
use crate::error::CliError;

#[derive(Args)]
pub(super) struct EndpointArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// Name of the endpoint, or of a subscription: ENDPOINT/SUBSCRIPTION
    #[arg(value_name = "ENDPOINT")]
    pub(super) source: String,
    #[command(flatten)]
    pub(super) by: ActorArgs,
    /// Print the result as one line of JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(crate) struct ActorArgs {
    /// The actor, for the audit log [default: user@host]
    #[arg(long, value_name = "NAME")]
    pub(super) actor: Option<String>,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) reason: Option<String>,
}

/// Returns the given name, or the user and the machine.
pub(crate) fn actor(given: Option<&str>) -> Result<String, CliError> {
    match given {
        Some("") => Err(CliError::Usage("--actor: the name is empty".to_owned())),
        Some(name) => Ok(name.to_owned()),
        None => {
            let unknown = |_| CliError::Usage("the system does not say who you are: give --actor".to_owned());
            let user = whoami::username().map_err(unknown)?;
            Ok(match whoami::hostname() {
                Ok(host) => format!("{user}@{host}"),
                Err(_) => user,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_who_is_given_or_user_and_machine() {
        assert_eq!(actor(Some("ada")).unwrap(), "ada");
        let (user, host) = (whoami::username().unwrap(), whoami::hostname().unwrap());
        assert_eq!(actor(None).unwrap(), format!("{user}@{host}"));
        assert!(actor(Some("")).unwrap_err().to_string().contains("--actor"));
    }
}
