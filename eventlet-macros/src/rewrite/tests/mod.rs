//! The rewriter, from source text to source text.

mod globs;
mod imports;
mod names;
mod native;
mod paths;
mod refusals;
mod settings;
mod sources;
mod tokens;

use quote::ToTokens;
use syn::visit_mut::VisitMut;

use super::Rewriter;
use crate::check::{GREEN, settings};

/// The tokens of a file, without the spaces that depend on where they came from.
fn text(file: &syn::File) -> String {
    file.to_token_stream().to_string().replace(' ', "")
}

/// Rewrites a file under `#[green(args)]`; an error is the first lines of all messages.
fn rewrite(args: &str, source: &str) -> Result<String, String> {
    let settings = settings(&GREEN, &syn::parse_str(args).unwrap()).unwrap();
    let mut file: syn::File = syn::parse_str(source).unwrap();
    let mut rewriter = Rewriter::new(&settings.selection);
    rewriter.visit_file_mut(&mut file);
    let result = rewriter.finish();
    result.map(|()| text(&file)).map_err(|error| {
        let problem = |error: syn::Error| error.to_string().lines().next().unwrap().to_owned();
        error.into_iter().map(problem).collect::<Vec<_>>().join("\n")
    })
}

#[track_caller]
fn becomes_under(args: &str, source: &str, expected: &str) {
    let expected: syn::File = syn::parse_str(expected).unwrap();
    assert_eq!(rewrite(args, source).unwrap(), text(&expected));
}

#[track_caller]
fn becomes(source: &str, expected: &str) {
    becomes_under("", source, expected);
}

#[track_caller]
fn stays(source: &str) {
    becomes(source, source);
}

/// Checks that exactly these paths are reported.
#[track_caller]
fn is_refused(source: &str, paths: &[&str]) {
    let messages = paths.iter().map(|path| format!("`{path}` has no green form"));
    let expected = messages.collect::<Vec<_>>().join("\n");
    assert_eq!(rewrite("", source).unwrap_err(), expected);
}
