//! Reads which file of a crate names which.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Meta, Type, UseTree, Visibility};

/// The files that each file names, and the names.
pub(crate) type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

type Module = Vec<String>;

/// The modules of a crate.
#[derive(Default)]
pub(crate) struct Sources {
    modules: HashMap<Module, Scope>,
    pub(crate) files: usize,
}

/// A module: what it defines and imports, and the paths in its code.
#[derive(Default)]
struct Scope {
    file: String,
    /// Whether the file hands on the names of other files.
    is_face: bool,
    defined: BTreeSet<String>,
    imported: HashMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// The paths that count as use.
    paths: Vec<Vec<String>>,
    /// The self types of inherent implementations, and their functions and constants.
    implemented: Vec<(Vec<String>, String)>,
}

impl Sources {
    /// Reads the folder of a crate.
    pub(crate) fn read(root: &Path) -> Self {
        let mut sources = Self::default();
        let mut parsed = Vec::new();
        for path in rust_files(root) {
            let relative = path.strip_prefix(root).unwrap().with_extension("");
            let mut module: Module = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            let file = module.join("/");
            let is_face = module.last().is_some_and(|last| ["lib", "mod"].contains(&last.as_str()));
            if is_face || module == ["main"] && !root.join("lib.rs").exists() {
                module.pop();
            }
            let file = if module.is_empty() || !is_face { file } else { module.join("/") };
            let text = fs::read_to_string(&path).unwrap();
            let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            parsed.push((module, file, is_face, syntax));
        }
        let mut tests = Vec::new();
        for (module, _, _, syntax) in &parsed {
            for item in &syntax.items {
                if let Item::Mod(inner) = item
                    && inner.content.is_none()
                    && is_for_tests(&inner.attrs)
                {
                    tests.push([module.as_slice(), &[inner.ident.to_string()]].concat());
                }
            }
        }
        for (module, file, is_face, syntax) in parsed {
            if tests.iter().any(|test| module.starts_with(test)) {
                continue;
            }
            sources.files += 1;
            sources.add(module, &file, is_face, &syntax.items);
        }
        sources
    }

    fn add(&mut self, module: Module, file: &str, is_face: bool, items: &[Item]) {
        let mut scope = Scope { file: file.to_owned(), is_face, ..Scope::default() };
        for item in items.iter().filter(|item| !is_for_tests(attributes(item))) {
            if let Item::Mod(inner) = item {
                if let Some((_, items)) = &inner.content {
                    let inner = [module.as_slice(), &[inner.ident.to_string()]].concat();
                    self.add(inner, file, is_face, items);
                }
                continue;
            }
            if let Some(name) = name_of(item) {
                scope.defined.insert(name);
            }
            scope.visit_item(item);
        }
        self.modules.insert(module, scope);
    }

    /// Returns the files that each file names.
    pub(crate) fn arrows(&self) -> Arrows {
        let implemented = self.implemented();
        let mut arrows = Arrows::new();
        for (module, scope) in &self.modules {
            for path in &scope.paths {
                let Some((at, used)) = self.resolve(module, path, 0) else { continue };
                let name = path[..used].last().unwrap();
                let member = path.get(used).map(|member| (at.clone(), name.clone(), member.clone()));
                let target = match member.and_then(|member| implemented.get(&member)) {
                    Some(file) => file,
                    None => &self.modules[&at].file,
                };
                if *target != scope.file {
                    let targets = arrows.entry(scope.file.clone()).or_default();
                    targets.entry(target.clone()).or_default().insert(path.last().unwrap().clone());
                }
            }
        }
        arrows
    }

    /// Returns the files of the functions of types, by module and name of the type.
    fn implemented(&self) -> HashMap<(Module, String, String), String> {
        let mut found = HashMap::new();
        for (module, scope) in &self.modules {
            for (path, member) in &scope.implemented {
                if let Some((at, used)) = self.resolve(module, path, 0)
                    && used == path.len()
                {
                    found.insert((at, path[used - 1].clone(), member.clone()), scope.file.clone());
                }
            }
        }
        found
    }

    /// Returns the module that defines the item of a path, and the number of segments up to the item.
    fn resolve(&self, module: &Module, path: &[String], depth: usize) -> Option<(Module, usize)> {
        if depth > 16 {
            return None;
        }
        let mut at = module.clone();
        let mut used = 0;
        match path.first()?.as_str() {
            "crate" => (at, used) = (Module::new(), 1),
            "self" => used = 1,
            "super" => {
                while path.get(used).is_some_and(|part| part == "super") {
                    at.pop();
                    used += 1;
                }
            }
            _ => {}
        }
        let is_relative = used == 0;
        while let Some(name) = path.get(used) {
            let scope = self.modules.get(&at)?;
            let child = [at.as_slice(), std::slice::from_ref(name)].concat();
            if scope.defined.contains(name) {
                return Some((at, used + 1));
            }
            if self.modules.contains_key(&child) {
                at = child;
                used += 1;
                continue;
            }
            if let Some(import) = scope.imported.get(name)
                && !(is_relative && used == 0 && import == path)
            {
                let whole = [import.as_slice(), &path[used + 1..]].concat();
                let (found, taken) = self.resolve(&at, &whole, depth + 1)?;
                return Some((found, (taken + used + 1).saturating_sub(import.len()).max(used + 1)));
            }
            let globs = scope.globs.iter().filter(|glob| !(is_relative && path.starts_with(glob)));
            let found = globs.filter_map(|glob| {
                let whole = [glob.as_slice(), &path[used..]].concat();
                let (found, taken) = self.resolve(&at, &whole, depth + 1)?;
                (taken > glob.len()).then(|| (found, taken - glob.len() + used))
            });
            return found.into_iter().next();
        }
        // A single name that leads to a module may be that of a variable.
        (!is_relative || used > 1).then_some((at, used))
    }
}

impl Scope {
    fn import(&mut self, before: &[String], tree: &UseTree, is_use: bool) {
        let with = |name: &dyn ToString| [before, &[name.to_string()]].concat();
        let (name, path) = match tree {
            UseTree::Path(inner) => return self.import(&with(&inner.ident), &inner.tree, is_use),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|item| self.import(before, item, is_use));
            }
            UseTree::Glob(_) => return self.globs.push(before.to_vec()),
            UseTree::Name(name) if name.ident == "self" => (before.last().unwrap().clone(), before.to_vec()),
            UseTree::Name(name) => (name.ident.to_string(), with(&name.ident)),
            UseTree::Rename(rename) if rename.ident == "self" => (rename.rename.to_string(), before.to_vec()),
            UseTree::Rename(rename) => (rename.rename.to_string(), with(&rename.ident)),
        };
        if is_use {
            self.paths.push(path.clone());
        }
        self.imported.insert(name, path);
    }

    /// Collects the paths in the tokens of a macro.
    fn scan(&mut self, tokens: TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) if colons == 2 && !path.is_empty() => {
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.paths.extend((!path.is_empty()).then(|| std::mem::take(&mut path)));
                    colons = 0;
                    match other {
                        TokenTree::Ident(name) => path.push(name.to_string()),
                        TokenTree::Group(group) => self.scan(group.stream()),
                        _ => {}
                    }
                }
            }
        }
        self.paths.extend((!path.is_empty()).then_some(path));
    }
}

impl<'ast> Visit<'ast> for Scope {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let hands_on = !matches!(item.vis, Visibility::Inherited) && self.is_face;
        self.import(&[], &item.tree, !hands_on);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if let (None, Type::Path(own)) = (&item.trait_, &*item.self_ty) {
            let path: Vec<String> =
                own.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            for inner in &item.items {
                let name = match inner {
                    ImplItem::Fn(function) if !is_for_tests(&function.attrs) => {
                        function.sig.ident.to_string()
                    }
                    ImplItem::Const(constant) => constant.ident.to_string(),
                    _ => continue,
                };
                self.implemented.push((path.clone(), name));
            }
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        self.scan(invoked.tokens.clone());
        visit::visit_macro(self, invoked);
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let mut conditions = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.to_string()),
        _ => None,
    });
    conditions.any(|condition| {
        let words = condition.split(|char: char| !char.is_alphanumeric() && char != '_' && char != '"');
        !condition.contains("not (test")
            && !condition.contains("any (test")
            && words.into_iter().any(|word| word == "test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let found = paths.into_iter().flat_map(|path| {
        if path.is_dir() {
            rust_files(&path)
        } else {
            Vec::from_iter(path.extension().is_some_and(|extension| extension == "rs").then_some(path))
        }
    });
    found.collect()
}
