//! What holds of any source: the tests and examples of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::VisitMut;

use crate::rewrite::Rewriter;
use crate::selection::Selection;

#[test]
fn a_second_rewriting_changes_nothing() {
    for (path, source) in sources() {
        let once = rewritten(syn::parse2(source).unwrap());
        let twice = rewritten(syn::parse2(once.clone()).unwrap());
        assert_eq!(twice.to_string(), once.to_string(), "{}", path.display());
    }
}

#[test]
fn without_a_path_of_std_nothing_changes() {
    let text = |tokens: TokenStream| tokens.to_string().replace(' ', "");
    for (path, source) in sources() {
        let source = renamed(renamed(source, "std", "other"), "thread_local", "other");
        let rewritten = rewritten(syn::parse2(source.clone()).unwrap());
        assert_eq!(text(rewritten), text(source), "{}", path.display());
    }
}

#[test]
fn every_path_of_std_is_found_in_syntax_and_among_tokens() {
    let mut found = 0;
    // What has an attribute of its own is not ours in syntax.
    let ours = |source: &TokenStream| !source.to_string().contains("[green");
    for (path, source) in sources().into_iter().filter(|(_, source)| ours(source)) {
        let syntax = rewritten(syn::parse2(source.clone()).unwrap());
        let among_tokens = rewritten(syn::parse_quote!(m! { #source }));
        let swapped = swapped(syntax);
        assert_eq!(swapped, self::swapped(among_tokens), "{}", path.display());
        found += swapped;
    }
    assert!(found > 100, "{found}");
}

/// All files, as tokens.
fn sources() -> Vec<(PathBuf, TokenStream)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = ["tests", "tests/parity", "tests/soak", "examples", "ui-tests/pass"];
    let files: Vec<_> = folders.iter().flat_map(|folder| files(&root.join(folder))).collect();
    assert!(files.len() > 100);
    files.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

fn read(path: &Path) -> TokenStream {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// `file` rewritten, whatever in it is refused.
fn rewritten(mut file: syn::File) -> TokenStream {
    let selection = Selection::default();
    Rewriter::new(&selection).visit_file_mut(&mut file);
    file.into_token_stream()
}

fn renamed(tokens: TokenStream, from: &str, to: &str) -> TokenStream {
    let rename = |tree| match tree {
        TokenTree::Ident(name) if name == from => proc_macro2::Ident::new(to, name.span()).into(),
        TokenTree::Group(group) => {
            let inside = renamed(group.stream(), from, to);
            proc_macro2::Group::new(group.delimiter(), inside).into()
        }
        tree => tree,
    };
    tokens.into_iter().map(rename).collect()
}

/// How many paths lead to the runtime by its full name.
fn swapped(tokens: TokenStream) -> usize {
    tokens.to_string().matches(":: eventlet :: green").count()
}
