//! The files that are read, and where in them a token stands.
//!
//! Tokens that the compiler makes of a text have no positions, but those that proc-macro2 makes by
//! itself do. So files are read, loaded and rewritten in proc-macro2's own tokens, and
//! `transfer.rs` gives the result to the compiler.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf, absolute};

use proc_macro2::{LexError, Span, TokenStream, fallback};
use syn::Error;
use syn::parse::Parse;

use super::lookup::Place;
use super::relative;
use crate::check;
use crate::editions;

/// What is known of a file that was read.
struct Source {
    /// Where it is.
    path: PathBuf,
    /// How many lines it has.
    n_lines: usize,
    /// Where the modules declared in it are, if it came by an `include!`.
    place: Option<Place>,
    /// The text that its module began in: its own, or that of who included it.
    module: String,
}

/// Where the compiler, had it read the source, would be.
#[derive(Clone)]
pub struct Location {
    /// Where it would look for modules.
    pub place: Place,
    /// In which text it would be; none in the invocation.
    pub text: String,
}

impl Location {
    /// Where it would be inside `mod name { .. }`, which may have a `#[path]`.
    pub fn inside(&self, name: &str, path: Option<&str>) -> Self {
        Location { place: self.place.inside_inline(name, path), text: self.text.clone() }
    }
}

/// All files read so far. A text goes by the name that proc-macro2 gives it, which each of its
/// tokens knows.
#[derive(Default)]
pub struct Files {
    /// What is known of each text.
    sources: HashMap<String, Source>,
    /// All files, in order, each once.
    read: Vec<PathBuf>,
    /// Those in the middle of which we are, outermost first; one that comes again includes itself.
    open: Vec<PathBuf>,
}

impl Files {
    /// Reads a file that is the module declared at `by`, or included there; gives what is in it,
    /// and a token. The caller closes it when all that belongs to it has been read.
    ///
    /// # Errors
    ///
    /// The message, with a position.
    pub fn open<T: Parse>(
        &mut self,
        path: &Path,
        by: Span,
        included: bool,
    ) -> Result<(T, Span), String> {
        let blamed = |error: Error| format!("{}{error}", self.position(by));
        let path = absolute(path).unwrap_or(path.to_owned());
        if self.open.contains(&path) {
            return Err(blamed(check::includes_itself(by, &path)));
        }
        let text = fs::read_to_string(&path)
            .map_err(|error| blamed(check::unreadable(by, &path, &error)))?;
        if !self.read.contains(&path) {
            self.read.push(path.clone());
        }
        let (tokens, at) = self.tokens(&path, &text, included.then_some(by))?;
        let content =
            editions::parse(tokens).map_err(|error| self.messages(error, at).remove(0).1)?;
        self.open.push(path);
        Ok((content, at))
    }

    /// Ends what the last `open` that succeeded began.
    pub fn close(&mut self) {
        self.open.pop();
    }

    /// The paths of all files read.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.read.iter().filter_map(|path| path.to_str())
    }

    fn tokens(
        &mut self,
        path: &Path,
        text: &str,
        by: Option<Span>,
    ) -> Result<(TokenStream, Span), String> {
        let text = without_prelude(text);
        let tokens: TokenStream = text.parse().map_err(|error: LexError| {
            let start = error.span().start();
            let file = path.display();
            check::no_tokens(&format!("{file}:{}:{}: ", start.line, start.column + 1))
        })?;
        let first = tokens.clone().into_iter().next();
        let at = first.map_or_else(Span::call_site, |first| first.span());
        let source = Source {
            path: path.to_owned(),
            n_lines: text.lines().count().max(1),
            place: by.map(|_| Place::beside(path)),
            module: by.map_or_else(|| at.file(), |by| self.module_of(by)),
        };
        self.sources.insert(at.file(), source);
        if !text.contains("include") {
            return Ok((tokens, at));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok((relative::made_absolute(tokens, folder), at))
    }

    /// Where `at` is, if it is in an included file, and what is around it is not.
    pub fn location_in_included(&self, at: Span, around: &Location) -> Option<Location> {
        let text = at.file();
        let place = self.sources.get(&text)?.place.clone()?;
        (text != around.text).then_some(Location { place, text })
    }

    /// The text that the module which `at` is part of began in.
    pub fn module_of(&self, at: Span) -> String {
        let text = at.file();
        self.sources.get(&text).map_or(text, |source| source.module.clone())
    }

    /// How a message about `at` begins; empty in the invocation, to which the compiler points.
    pub fn position(&self, at: Span) -> String {
        let start = at.start();
        self.sources.get(&at.file()).map_or_else(String::new, |source| {
            format!("{}:{}:{}: ", source.path.display(), start.line, start.column + 1)
        })
    }

    /// The messages of `error`, each with the text that its module began in. What is wrong at the
    /// end of a file, where no token is, is wrong in the text that `at` is in.
    pub fn messages(&self, error: Error, at: Span) -> Vec<(String, String)> {
        let message = |error: Error| {
            let position = self.position(error.span());
            if !position.is_empty() {
                return (self.module_of(error.span()), format!("{position}{error}"));
            }
            let end = self.sources.get(&at.file()).map_or_else(String::new, |source| {
                format!("{}:{}: ", source.path.display(), source.n_lines)
            });
            (self.module_of(at), format!("{end}{error}"))
        };
        error.into_iter().map(message).collect()
    }
}

/// The text of a file without what only its beginning may have; lines stay where they are.
fn without_prelude(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    match text.strip_prefix("#!") {
        Some(rest) if !rest.trim_start().starts_with('[') => {
            text[text.find('\n').unwrap_or(text.len())..].to_owned()
        }
        _ => text,
    }
}

/// While this lives, tokens are made by proc-macro2 alone, and know their positions.
pub struct Positions;

impl Positions {
    /// Begins; no token from before may meet one from then on.
    pub fn known() -> Self {
        fallback::force();
        Positions
    }
}

impl Drop for Positions {
    fn drop(&mut self) {
        fallback::unforce();
    }
}
