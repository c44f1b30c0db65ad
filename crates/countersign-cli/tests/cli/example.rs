//! Tests of `provider --example`: the programs for all declarations compile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{ACME, run};

/// Returns the programs of a declaration, with their names.
fn programs(words: &[&str], name: &str) -> [(String, String); 2] {
    ["axum", "actix"].map(|framework| {
        let ran = run(&[&["provider"], words, &["--example", framework]].concat());
        assert_eq!(ran.code, 0, "{name}: {ran:?}");
        (format!("{framework}_{}", name.replace('-', "_")), ran.stdout)
    })
}

#[test]
fn the_programs_for_all_declarations_compile() {
    let all = run(&["providers", "--json"]).json();
    let slugs = all.as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap());
    let mut written: Vec<_> = slugs.flat_map(|slug| programs(&[slug], slug)).collect();
    written.extend(programs(&["--scheme", ACME], "acme"));
    assert!(written.len() > 600, "{}", written.len());

    let package = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("provider-examples");
    let sources = package.join("src");
    let _ = fs::remove_dir_all(&sources);
    fs::create_dir_all(&sources).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    // The crates that the programs name are compiled, with the versions of this workspace.
    let crates = ["countersign", "countersign-tower", "countersign-actix"];
    let features = ["\"asymmetric\", \"jwt\", \"message-signatures\", \"nfkd\", \"toml\"", "\"axum\"", ""];
    let ours: String = crates
        .iter()
        .zip(features)
        .map(|(name, features)| {
            let path = root.join("crates").join(name);
            format!("{name} = {{ path = {path:?}, features = [{features}] }}\n")
        })
        .collect();
    let manifest = format!(
        "[package]\nname = \"provider-examples\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         actix-web = {{ version = \"4\", default-features = false, features = [\"macros\"] }}\n\
         axum = {{ version = \"0.8\", default-features = false, features = [\"http1\", \"tokio\"] }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }}\n{ours}"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    fs::copy(ACME, sources.join("acme.toml")).unwrap();
    let modules: String = written.iter().map(|(name, _)| format!("mod {name};\n")).collect();
    // `main` of a module is called by nothing.
    fs::write(sources.join("lib.rs"), format!("#![allow(dead_code)]\n{modules}")).unwrap();
    for (name, program) in &written {
        fs::write(sources.join(format!("{name}.rs")), program).unwrap();
    }

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--offline", "--quiet", "--manifest-path"]).arg(package.join("Cargo.toml"));
    // A folder of its own: the one of the workspace may be locked by the build that runs this test.
    cargo.env("CARGO_TARGET_DIR", package.join("target")).env("CARGO_INCREMENTAL", "0");
    let built = cargo.env("RUSTFLAGS", "-D warnings").output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

#[test]
fn a_program_names_what_it_reads_from_the_environment() {
    let paypal = run(&["provider", "paypal", "--example", "axum"]).stdout;
    assert!(
        paypal.contains("* `PAYPAL_WEBHOOK_ID`: ")
            && paypal.contains("std::env::var(\"PAYPAL_WEBHOOK_ID\")?"),
        "{paypal}"
    );
    let meta = run(&["provider", "meta", "--example", "actix"]).stdout;
    assert!(meta.contains(".with_verify_token(Secret::from_env(\"META_VERIFY_TOKEN\")?)"), "{meta}");
    let twilio = run(&["provider", "twilio-form", "--example", "axum"]).stdout;
    assert!(twilio.contains(".with_public_url(std::env::var(\"PUBLIC_URL\")?)"), "{twilio}");
    assert_eq!(run(&["provider", "stripe", "--example", "rocket"]).code, 2);
    assert_eq!(run(&["provider", "stripe", "--example", "axum", "--json"]).code, 2);
}
