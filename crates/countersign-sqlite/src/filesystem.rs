use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Refuses a file on a network filesystem: advisory locks and shared memory do not work across machines, and SQLite
/// relies on both (<https://sqlite.org/wal.html>, "All processes using a database must be on the same host").
#[cfg(target_os = "linux")]
pub(crate) fn refuse_network(path: &Path) -> Result<(), OpenError> {
    let found = rustix::fs::statfs(path)
        .map_err(|errno| OpenError::Io { what: "report the type of the filesystem", source: errno.into() })?;
    // The width of the type differs between machines.
    let magic = found.f_type as u64 & 0xffff_ffff;
    match NETWORK.iter().find(|(known, _)| *known == magic) {
        Some((_, kind)) => Err(OpenError::NetworkFilesystem { kind }),
        None => Ok(()),
    }
}

/// Performs no check on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn refuse_network(_: &Path) -> Result<(), OpenError> {
    Ok(())
}

/// Returns the free space in bytes for unprivileged users, if the system reports it.
#[cfg(target_os = "linux")]
pub(crate) fn free(path: &Path) -> Option<u64> {
    let volume = rustix::fs::statvfs(path).ok()?;
    Some(volume.f_bavail.saturating_mul(volume.f_frsize))
}

/// Returns the size of the volume in bytes, if the system reports it.
#[cfg(target_os = "linux")]
pub(crate) fn size(path: &Path) -> Option<u64> {
    let volume = rustix::fs::statvfs(path).ok()?;
    Some(volume.f_blocks.saturating_mul(volume.f_frsize))
}

/// Not available on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn size(_: &Path) -> Option<u64> {
    None
}

/// Performs no check on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn free(_: &Path) -> Option<u64> {
    None
}

/// The magic numbers of `linux/magic.h` and statfs(2).
#[cfg(target_os = "linux")]
const NETWORK: &[(u64, &str)] = &[
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x00c3_6400, "Ceph"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x564c, "NCP"),
];

/// Returns the path with a suffix.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Restricts the permissions to the user.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}
