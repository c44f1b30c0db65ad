use std::env;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// An official SDK, which signs and verifies like its provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sdk {
    /// A package from npm.
    Node(&'static str),
    /// A package from PyPI.
    Python(&'static str),
}

impl Sdk {
    /// Returns the headers of a request, as the SDK signs it.
    #[must_use]
    pub fn sign(self, mut request: Value) -> Vec<(String, String)> {
        request["url"] = Value::Null;
        let answer = self.run("send", request);
        let headers = answer["headers"].as_object().unwrap_or_else(|| panic!("{self:?}: {answer}"));
        headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
    }

    /// Signs a request, and sends it to its `url`. Returns the status and the body of the response.
    #[must_use]
    pub fn send(self, request: Value) -> (u64, String) {
        let answer = self.run("send", request);
        match (answer["status"].as_u64(), answer["body"].as_str()) {
            (Some(status), Some(body)) => (status, body.to_owned()),
            _ => panic!("{self:?}: {answer}"),
        }
    }

    /// Checks whether the SDK accepts a request.
    ///
    /// # Errors
    ///
    /// The SDK's message.
    pub fn verify(self, request: Value) -> Result<(), String> {
        match self.run("verify", request) {
            Value::Object(answer) if answer.get("ok") == Some(&json!(true)) => Ok(()),
            answer => Err(answer["error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()),
        }
    }

    /// Asks the library to sign or to verify an HTTP message (RFC 9421), and returns its answer.
    #[must_use]
    pub fn message(self, action: &str, mut request: Value) -> Value {
        request["action"] = json!(action);
        self.ask("messages", &request)
    }

    fn run(self, action: &str, mut request: Value) -> Value {
        request["action"] = json!(action);
        request["sdk"] = json!(self.name());
        self.ask("sdk", &request)
    }

    /// Returns its name in the programs that run it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Node(name) | Self::Python(name) => name,
        }
    }

    /// Returns the answer of a program, next to which the SDK is installed, to one request.
    pub(super) fn ask(self, program: &str, request: &Value) -> Value {
        let mut command = match self {
            Self::Node(_) => node(program),
            Self::Python(_) => python(program),
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = spawn(&mut command);
        // A program that fails early reads nothing, and reports the reason.
        let _ = child.stdin.take().unwrap().write_all(request.to_string().as_bytes());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{self:?} fails on {request}: {errors}{INSTALL}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{self:?}: {error}: {errors}"))
    }
}

fn node(program: &str) -> Command {
    let folder = folder("node");
    let modules = folder.join("node_modules");
    assert!(modules.is_dir(), "{} is missing{INSTALL}", modules.display());
    let mut command = Command::new("node");
    command.arg(folder.join(program).with_extension("mjs"));
    command
}

/// Returns the interpreter of the environment with the SDKs: `SDK_PYTHON`, or the one that `scripts/test` creates.
fn python(program: &str) -> Command {
    let made = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/sdk-venv/bin/python");
    let python = env::var_os("SDK_PYTHON").map_or_else(made, PathBuf::from);
    assert!(python.is_file(), "{} is missing{INSTALL}", python.display());
    let mut command = Command::new(python);
    command.arg(folder("python").join(program).with_extension("py"));
    command
}

fn spawn(command: &mut Command) -> Child {
    match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => panic!("{command:?}: not found{INSTALL}"),
        Err(error) => panic!("{command:?}: {error}"),
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk").join(name)
}

const INSTALL: &str = ": run `scripts/test`, which installs the SDKs";
