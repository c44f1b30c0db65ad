//! The sources: each metric of the table is recorded somewhere, and where a macro names one, kind and labels are its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use countersign::telemetry::{Metric, MetricKind};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::all;

#[test]
fn every_metric_is_recorded_with_its_kind_and_labels() {
    let mut found = Found::default();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    for folder in fs::read_dir(crates).unwrap() {
        for path in rust_files(&folder.unwrap().path().join("src")) {
            found.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
        }
    }
    let metrics: BTreeMap<_, _> = all().into_iter().map(|metric| (metric.name, metric)).collect();
    let of = |constant: &String| found.names.get(constant).and_then(|name| metrics.get(name.as_str()));
    for (constant, name) in found.names.iter().filter(|(_, name)| metrics.contains_key(name.as_str())) {
        // Once in the table.
        assert!(found.uses.iter().filter(|used| *used == constant).count() > 1, "{name} is never recorded");
    }
    let named: BTreeSet<_> = found.names.values().map(String::as_str).collect();
    assert!(metrics.keys().all(|name| named.contains(name)), "a metric of the table has no constant");
    let mut checked = BTreeSet::new();
    for Recorded { kind, constant, labels } in &found.recorded {
        let Some(metric) = of(constant) else { continue };
        assert_eq!(*kind, word(metric), "{constant}");
        if let Some(labels) = labels {
            let known: BTreeSet<_> = metric.labels.iter().map(|label| label.name).collect();
            assert!(labels.iter().all(|label| known.contains(label.as_str())), "{constant}: {labels:?}");
            checked.insert(constant);
        }
    }
    // The sweep sees the macros at all.
    assert!(checked.len() > 20, "{checked:?}");
}

const fn word(metric: &Metric) -> &'static str {
    match metric.kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        _ => "histogram",
    }
}

#[derive(Default)]
struct Found {
    /// The values of constants that are texts.
    names: BTreeMap<String, String>,
    /// The last names of all paths in expressions and in macros.
    uses: Vec<String>,
    recorded: Vec<Recorded>,
}

/// The use of a macro that records.
struct Recorded {
    kind: String,
    constant: String,
    /// Its labels, if they stand there.
    labels: Option<Vec<String>>,
}

impl<'a> Visit<'a> for Found {
    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &*item.expr {
            self.names.insert(item.ident.to_string(), text.value());
        }
        visit::visit_item_const(self, item);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_expr_path(&mut self, path: &'a syn::ExprPath) {
        self.uses.extend(path.path.segments.last().map(|segment| segment.ident.to_string()));
    }

    fn visit_macro(&mut self, call: &'a syn::Macro) {
        idents(call.tokens.clone(), &mut self.uses);
        let kind = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if !["counter", "gauge", "histogram"].contains(&kind.as_str()) {
            return;
        }
        let mut arguments = vec![Vec::new()];
        for token in call.tokens.clone() {
            match token {
                TokenTree::Punct(comma) if comma.as_char() == ',' => arguments.push(Vec::new()),
                token => arguments.last_mut().unwrap().push(token),
            }
        }
        arguments.retain(|argument| !argument.is_empty());
        let Some((TokenTree::Ident(constant), _)) = arguments[0].split_last() else { return };
        let label = |argument: &Vec<TokenTree>| match argument.first() {
            Some(TokenTree::Literal(text)) => Some(text.to_string().trim_matches('"').to_owned()),
            _ => None,
        };
        let labels = arguments[1..].iter().map(label).collect();
        self.recorded.push(Recorded { kind, constant: constant.to_string(), labels });
    }
}

fn idents(tokens: TokenStream, into: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => into.push(ident.to_string()),
            TokenTree::Group(group) => idents(group.stream(), into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => rust_files(&path),
            // Tests record nothing.
            Some(end) if end == "rs" && !path.ends_with("tests.rs") => vec![path],
            _ => Vec::new(),
        })
        .collect()
}
