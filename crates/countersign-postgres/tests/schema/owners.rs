//! Upgrades by another role than the one that owns the tables.

use std::error::Error;

use countersign_inbox::{AttemptNote, ClaimDue, Fenced, Finish, InboxStore, OpsStore};
use countersign_postgres::{OpenError, PostgresStore};
use countersign_test_servers::fresh_database;

use crate::common::{TTL, event, wait};
use crate::support::{WITHOUT_ORDER, execute};

/// The functions with the rights of their owner keep their owner when they are replaced.
#[test]
fn what_an_upgrade_adds_belongs_to_the_owner_of_the_tables() {
    for upgrading in ["postgres", "member"] {
        let tables = Tables::new();
        tables.downgrade();
        // A table of the application.
        execute(&tables.url, "CREATE TABLE countersign.shop ()");
        let upgrading = tables.role(upgrading);
        wait(PostgresStore::builder(&tables.url_of(&upgrading)).migrate()).unwrap();
        assert_eq!(tables.owned_by_others(), "shop", "by {upgrading}");
        let store = wait(PostgresStore::connect(&tables.url_of(&tables.owner))).unwrap();
        wait(store.accept(event("evt"))).unwrap();
        let leased = wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, TTL))).unwrap();
        let dead = Finish::Dead { error: "no bank".to_owned() };
        assert_eq!(wait(store.finish(&leased[0].lease, &dead, AttemptNote::NONE)).unwrap(), Fenced::Ok(()));
        execute(&tables.url_of(&tables.owner), "SELECT countersign.fold_errors()");
        assert_eq!(wait(store.errors(None, 10)).unwrap().len(), 1);
    }
}

#[test]
fn an_upgrade_whose_tables_the_owner_may_not_have_is_refused_with_the_cure() {
    let tables = Tables::new();
    tables.downgrade();
    let owner = &tables.owner;
    execute(
        &tables.url,
        &format!(
            "ALTER SCHEMA countersign OWNER TO postgres; REVOKE CREATE ON SCHEMA countersign FROM {owner}"
        ),
    );
    let member = tables.role("member");
    execute(&tables.url, &format!("GRANT USAGE, CREATE ON SCHEMA countersign TO {member}"));
    let upgrade = || wait(PostgresStore::builder(&tables.url_of(&member)).migrate());
    let refused = upgrade().unwrap_err();
    assert!(matches!(&refused, OpenError::Owner { owner: of, .. } if of == owner), "{refused:?}");
    let cause = refused.source().unwrap().to_string();
    assert!(cause.contains("permission denied for schema countersign"), "{cause}");
    execute(&tables.url, &format!("GRANT CREATE ON SCHEMA countersign TO {owner}"));
    upgrade().unwrap();
    assert_eq!(tables.owned_by_others(), "");
}

/// A database whose tables belong to a role that is no superuser.
struct Tables {
    url: String,
    owner: String,
}

impl Tables {
    fn new() -> Self {
        let url = fresh_database();
        let name = url.rsplit('/').next().unwrap().to_owned();
        let owner = format!("owner_{name}");
        execute(
            &url,
            &format!(
                "CREATE ROLE {owner} LOGIN; CREATE ROLE member_{name} LOGIN IN ROLE {owner};
                 GRANT CREATE ON DATABASE {name} TO {owner}"
            ),
        );
        let tables = Self { url, owner };
        wait(PostgresStore::builder(&tables.url_of(&tables.owner)).migrate()).unwrap();
        tables
    }

    /// Returns a role that upgrades: the superuser, or a member of the owner.
    fn role(&self, name: &str) -> String {
        if name == "postgres" { name.to_owned() } else { self.owner.replace("owner", name) }
    }

    fn url_of(&self, role: &str) -> String {
        self.url.replace("//postgres@", &format!("//{role}@"))
    }

    /// Makes the tables of version 17.
    fn downgrade(&self) {
        execute(
            &self.url,
            &format!(
                "{WITHOUT_ORDER}; DROP TABLE countersign.inline_attempt, countersign.control, countersign.circuit;
                 UPDATE countersign.version SET version = 17"
            ),
        );
    }

    /// Returns the tables, sequences and functions of other owners.
    fn owned_by_others(&self) -> String {
        let sql = format!(
            "SELECT coalesce(string_agg(name, ', '), '')
             FROM (SELECT relname::text AS name, relowner AS owner FROM pg_class WHERE relnamespace = 'countersign'::regnamespace
                   UNION ALL
                   SELECT proname, proowner FROM pg_proc WHERE pronamespace = 'countersign'::regnamespace) made
             WHERE owner <> '{}'::regrole",
            self.owner
        );
        countersign_test_servers::execute(&self.url, &sql)
    }
}
