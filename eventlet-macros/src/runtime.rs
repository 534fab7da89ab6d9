//! Where the runtime crate is, for generated paths.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{LitStr, Path, Result};

/// The path of the runtime crate, `::eventlet` unless the `crate` argument says otherwise.
pub struct Runtime {
    /// Whether the path begins with `::`.
    pub leading_colon: bool,
    /// The names of the path.
    pub segments: Vec<String>,
}

impl Default for Runtime {
    fn default() -> Self {
        Runtime { leading_colon: true, segments: vec!["eventlet".to_owned()] }
    }
}

impl Runtime {
    /// Reads the value of `crate = "path"`.
    pub fn parse(text: &LitStr) -> Result<Self> {
        let path: Path = text.parse_with(Path::parse_mod_style)?;
        Ok(Runtime {
            leading_colon: path.leading_colon.is_some(),
            segments: path.segments.iter().map(|s| s.ident.to_string()).collect(),
        })
    }

    /// The names that lead to the mirror of `module`, a path below `std`, all at `span`.
    pub fn green(&self, module: &[String], span: Span) -> Vec<Ident> {
        let names = self.segments.iter().map(String::as_str).chain(["green"]);
        names.chain(module.iter().map(String::as_str)).map(|name| ident(name, span)).collect()
    }

    /// The path of what generated code may call.
    pub fn private(&self) -> TokenStream {
        let colons = self.leading_colon.then(|| quote!(::));
        let span = Span::call_site();
        let segments = self.segments.iter().map(|name| ident(name, span));
        quote!(#colons #(#segments::)* __private)
    }
}

fn ident(name: &str, span: Span) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(name, span),
    }
}
