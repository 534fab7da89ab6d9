//! Which files a `mod name;` may have: `path` may depend on conditions.
//!
//! ```text
//! #[cfg_attr(unix, path = "a.rs")]                 #[cfg(unix)]                mod name { a.rs }
//! #[cfg_attr(windows, path = "b.rs")]     ──▶      #[cfg(all(windows, not(unix)))]
//! mod name;                                                                    mod name { b.rs }
//!                                                  #[cfg(not(any(unix, windows)))]
//!                                                                              mod name { name.rs }
//! ```

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token, parse_quote};

/// One of the forms of a module, of which the compiler keeps one.
pub struct Variant {
    /// The module's attributes, without `path`, and with the condition of this form.
    pub attrs: Vec<Attribute>,
    /// What `path` says.
    pub path: Option<String>,
}

/// The forms of a module with these attributes; one, unless a `path` depends on a condition.
pub fn variants(attrs: &[Attribute]) -> Vec<Variant> {
    let mut paths = Paths::default();
    let rest: Vec<Attribute> = attrs.iter().filter_map(|attr| paths.take(attr)).collect();
    let variant = |condition: Option<TokenStream>, path| {
        let condition: Option<Attribute> = condition.map(|when| parse_quote!(#[cfg(#when)]));
        Variant { attrs: condition.into_iter().chain(rest.iter().cloned()).collect(), path }
    };

    let mut before: Vec<TokenStream> = Vec::new();
    let mut variants = Vec::new();
    for (condition, path) in paths.0 {
        let Some(condition) = condition else {
            variants.push(variant(none_of(&before), Some(path)));
            return variants;
        };
        let others = none_of(&before).into_iter();
        variants.push(variant(Some(quote!(all(#condition #(, #others)*))), Some(path)));
        before.push(condition);
    }
    variants.push(variant(none_of(&before), None));
    variants
}

/// The `path`s of one module, in order, each with the condition under which it is given.
#[derive(Default)]
struct Paths(Vec<(Option<TokenStream>, String)>);

impl Paths {
    /// Takes the paths out of `attr`; what is left of it, if anything.
    fn take(&mut self, attr: &Attribute) -> Option<Attribute> {
        let meta = self.take_meta(&attr.meta, None)?;
        Some(Attribute { meta, ..attr.clone() })
    }

    fn take_meta(&mut self, meta: &Meta, condition: Option<&TokenStream>) -> Option<Meta> {
        if let Some(path) = path(meta) {
            self.0.push((condition.cloned(), path));
            return None;
        }
        let Some((own, conditional)) = cfg_attr(meta) else {
            return Some(meta.clone());
        };
        let both = match condition {
            Some(outer) => quote!(all(#outer, #own)),
            None => own.clone(),
        };
        let n_paths = self.0.len();
        let kept: Vec<Meta> =
            conditional.iter().filter_map(|meta| self.take_meta(meta, Some(&both))).collect();
        if self.0.len() == n_paths {
            return Some(meta.clone());
        }
        (!kept.is_empty()).then(|| parse_quote!(cfg_attr(#own, #(#kept),*)))
    }
}

/// The value of `path = ".."`.
fn path(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(path) => Some(path.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The condition of a `cfg_attr(..)`, and the attributes that depend on it.
fn cfg_attr(meta: &Meta) -> Option<(TokenStream, Vec<Meta>)> {
    let list = meta.require_list().ok().filter(|list| list.path.is_ident("cfg_attr"))?;
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let mut metas = list.parse_args_with(parser).ok()?.into_iter();
    let condition = metas.next()?;
    Some((quote!(#condition), metas.collect()))
}

/// The condition that none of `conditions` holds, if there are any.
fn none_of(conditions: &[TokenStream]) -> Option<TokenStream> {
    (!conditions.is_empty()).then(|| quote!(not(any(#(#conditions),*))))
}
