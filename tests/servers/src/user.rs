use std::fs;
use std::os::unix::fs::MetadataExt;

/// The user of a server process.
#[derive(Clone, Copy)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Returns an unprivileged user if this process is root, because PostgreSQL refuses to run as root. `None` means
/// the user of this process.
pub(crate) fn unprivileged() -> Option<User> {
    let own = fs::metadata("/proc/self").expect("Linux has /proc").uid();
    (own == 0).then(|| user("postgres").or_else(|| user("nobody")).expect("a user `postgres` or `nobody`"))
}

fn user(name: &str) -> Option<User> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    // name:password:uid:gid:…
    let mut fields =
        users.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(name))?.skip(2);
    let uid = fields.next()?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(User { uid, gid })
}
