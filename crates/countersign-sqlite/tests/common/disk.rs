//! Small disks, and how they are filled.

#[cfg(target_os = "linux")]
use std::process::Command;

use countersign_inbox::{InboxStore, NewEvent, StoreError};
use countersign_testkit::conformance::inbox::sample_event;

use super::Sqlite;

/// Stores events until one is refused, and returns their number.
pub fn fill(sqlite: &Sqlite) -> u64 {
    let before = sqlite.count();
    for id in before.. {
        match sqlite.block_on(sqlite.store().accept(large(id))) {
            Ok(_) if id > 10_000 => panic!("it never ends"),
            Ok(_) => {}
            Err(error) => {
                assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
                return sqlite.count() - before;
            }
        }
    }
    0
}

pub fn large(id: u64) -> NewEvent {
    sample_event("orders", &id.to_string(), vec![b'x'; 8 * 1024])
}

/// A disk in memory.
#[cfg(target_os = "linux")]
pub struct Mounted(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Mounted {
    pub fn new(at: &std::path::Path, size: &str) -> Option<Self> {
        let size = format!("size={size}");
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output().ok()?;
        mount.status.success().then(|| Self(at.to_owned()))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mounted {
    fn drop(&mut self) {
        assert!(Command::new("umount").arg("-l").arg(&self.0).status().unwrap().success());
    }
}

/// Occupies the rest of the disk.
#[cfg(target_os = "linux")]
pub fn fill_up(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("filler");
    let mut filler = std::fs::File::create(&path).unwrap();
    while std::io::Write::write(&mut filler, &[1; 4096]).is_ok_and(|written| written > 0) {}
    path
}
