//! Where in a file an error is.
//!
//! Tokens that a macro reads from a file have no positions rustc would show, but those that
//! proc-macro2 reads by itself do. So a file that proves wrong is gone through a second time, by
//! proc-macro2 alone, and what is wrong is told with its line and column.

use std::path::Path;

use proc_macro2::{Span, fallback};
use syn::{Error, File, Result};

/// Goes through `source`, the text of `file`, again, and gives each error of `inspect` in the form
/// `file:line:column: message`, as seen from `at`; only `first`, without a line, if the second
/// reading finds nothing.
pub fn located(
    at: Span,
    file: &Path,
    source: &str,
    first: Error,
    inspect: impl FnOnce(File) -> Result<()>,
) -> Vec<Error> {
    let messages = messages(file, source, inspect);
    if messages.is_empty() {
        return vec![Error::new(at, format!("{}: {first}", file.display()))];
    }
    messages.into_iter().map(|message| Error::new(at, message)).collect()
}

fn messages(file: &Path, source: &str, inspect: impl FnOnce(File) -> Result<()>) -> Vec<String> {
    let _positions = Positions::known();
    let result = syn::parse_file(source).and_then(inspect);
    let errors = result.err().into_iter().flatten();
    errors.map(|error| message(file, &error)).collect()
}

fn message(file: &Path, error: &Error) -> String {
    let start = error.span().start();
    format!("{}:{}:{}: {error}", file.display(), start.line, start.column + 1)
}

/// While this lives, tokens are made by proc-macro2 alone, and know their positions.
struct Positions;

impl Positions {
    fn known() -> Self {
        fallback::force();
        Positions
    }
}

impl Drop for Positions {
    fn drop(&mut self) {
        fallback::unforce();
    }
}
