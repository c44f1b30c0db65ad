use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::user::User;

/// A folder that is removed with this value, or with this process.
pub(crate) struct Folder {
    path: PathBuf,
    janitor: Child,
}

impl Folder {
    pub(crate) fn new(owner: Option<User>) -> Self {
        let folder =
            tempfile::Builder::new().prefix("countersign-").tempdir().expect("a folder for a server");
        if let Some(user) = owner {
            chown(folder.path(), Some(user.uid), Some(user.gid))
                .expect("the folder is given to the server's user");
        }
        // A shell that removes the folder when its input ends; dying processes may still write there for a moment.
        let janitor = Command::new("sh")
            .args(["-c", REMOVE, "sh"])
            .arg(folder.path())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("sh starts");
        Self { path: folder.keep(), janitor }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let _ = self.janitor.wait();
    }
}

const REMOVE: &str = r#"
read -r _
for _ in 1 2 3 4 5 6 7 8 9; do
    rm -rf "$1" && exit
    sleep 0.1
done
"#;
