//! Determines the actor of a change, for the audit log.

use crate::error::CliError;

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
