use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Returns the program of a package in this workspace, as built next to these tests. It gets no environment.
///
/// # Panics
///
/// If it does not exist: a test builds nothing.
#[must_use]
pub fn binary(package: &str, name: &str) -> Command {
    let path = path(name).unwrap_or_else(|| {
        panic!("{name} is not built: `cargo build -p {package} --bins`, or `scripts/test` for everything")
    });
    let mut command = Command::new(path);
    command.env_clear();
    command
}

/// A test is `target/debug/deps/sdk-0123…`, a program `target/debug/example-axum`.
fn path(name: &str) -> Option<PathBuf> {
    let test = env::current_exe().unwrap();
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    test.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|path| path.is_file())
}
