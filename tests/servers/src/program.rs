use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the path of a program.
pub(crate) fn program(name: &str, package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    // The folder of daemons, for users without it in their path.
    let daemons = [PathBuf::from("/usr/sbin")];
    let mut folders = postgres_folders().into_iter().chain(env::split_paths(&path)).chain(daemons);
    folders.find_map(|folder| file(&folder, name)).unwrap_or_else(|| {
        panic!("{name} is missing: `apt-get install {package}`, or run `scripts/test` as root, which does it")
    })
}

/// Returns Debian's folders, newest first: its path contains only wrappers for some programs.
fn postgres_folders() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|entry| (number(&entry.file_name()), entry.path())).collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, path)| path.join("bin")).collect()
}

fn number(name: &OsString) -> u32 {
    name.to_string_lossy().parse().unwrap_or(0)
}

fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    Some(folder.join(name)).filter(|path| path.is_file())
}
