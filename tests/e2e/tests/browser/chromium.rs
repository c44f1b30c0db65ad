//! Runs the programs that drive the browser.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Returns what a check has seen, after it has noted nothing that no page may do.
pub(crate) fn check(name: &str, request: Value) -> Value {
    let seen = look(name, request);
    assert_eq!(seen["problems"], json!([]), "{name}: {:#}", seen["problems"]);
    seen
}

/// Returns what a check has seen, with its problems.
pub(crate) fn look(name: &str, mut request: Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let modules = folder.join("node_modules");
    assert!(modules.is_dir(), "{} is missing{INSTALL}", modules.display());
    request["check"] = json!(name);
    request["chromium"] = json!(chromium());
    let mut command = Command::new("node");
    command.arg(folder.join("run.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("node: {error}{INSTALL}"));
    // A program that fails early reads nothing, and reports the reason.
    let _ = child.stdin.take().unwrap().write_all(request.to_string().as_bytes());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{request}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{name}: {error}: {errors}"))
}

/// Returns the path of the browser: `CHROMIUM`, or the one of the system.
fn chromium() -> PathBuf {
    if let Some(path) = env::var_os("CHROMIUM").filter(|path| !path.is_empty()) {
        return path.into();
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let all = env::split_paths(&folders).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    let found = all.into_iter().find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("chromium is missing{INSTALL}; CHROMIUM names one elsewhere"))
}

const NAMES: [&str; 2] = ["chromium", "google-chrome"];
const INSTALL: &str = ": run `scripts/test`, which installs the browser and what drives it";
