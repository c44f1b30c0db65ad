//! Runs the programs that drive the browser.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::runtime::Builder;
use tokio::time::timeout;

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
    command.kill_on_drop(true);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let output = runtime.block_on(async {
        let mut child = command.spawn().unwrap_or_else(|error| panic!("node: {error}{INSTALL}"));
        let mut stdin = child.stdin.take().unwrap();
        // A program that fails early reads nothing, and reports the reason.
        let _ = stdin.write_all(request.to_string().as_bytes()).await;
        drop(stdin);
        timeout(LIMIT, child.wait_with_output()).await
    });
    let output = output.unwrap_or_else(|_| panic!("{name}: no answer within {LIMIT:?}")).unwrap();
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

/// Longer than any check takes on a slow machine: a browser that hangs fails its test.
const LIMIT: Duration = Duration::from_secs(1800);
const NAMES: [&str; 2] = ["chromium", "google-chrome"];
const INSTALL: &str = ": run `scripts/test`, which installs the browser and what drives it";
