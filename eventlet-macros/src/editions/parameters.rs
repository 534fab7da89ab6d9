//! Parameters without a pattern, in functions of traits.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};

use super::{is_group, is_punct, is_word};

/// Whether braces after `before` are the body of a trait.
pub fn is_of_trait(before: &[TokenTree]) -> bool {
    let braces = |tree: &TokenTree| is_group(Some(tree), Delimiter::Brace);
    let ends = |tree: &TokenTree| is_punct(Some(tree), ';') || braces(tree);
    let item = before.rsplit(ends).next().unwrap_or_default();
    item.iter().any(|tree| matches!(tree, TokenTree::Ident(word) if word == "trait"))
}

/// The body of a trait with a `_` for each pattern that is missing.
pub fn named(body: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for item in split_after(&body.into_iter().collect::<Vec<_>>(), ends_item) {
        let parameters = parameters_of(item);
        out.extend(item.iter().enumerate().map(|(at, tree)| match tree {
            TokenTree::Group(group) if parameters == Some(at) => all(group).into(),
            tree => tree.clone(),
        }));
    }
    out.into_iter().collect()
}

/// Whether `tree`, outside of all `<..>`, ends an item.
fn ends_item(tree: &TokenTree) -> bool {
    is_punct(Some(tree), ';') || is_group(Some(tree), Delimiter::Brace)
}

/// Which tree of `item` holds its parameters, if it is a function.
fn parameters_of(item: &[TokenTree]) -> Option<usize> {
    let function = item.iter().position(|tree| is_word(tree, "fn"))?;
    let mut depth = Depth::default();
    let outside = |tree: &TokenTree| {
        depth.pass(tree);
        depth.is_outside() && is_group(Some(tree), Delimiter::Parenthesis)
    };
    item[function..].iter().position(outside).map(|at| function + at)
}

/// How many `<..>` are open.
#[derive(Default)]
struct Depth {
    open: u32,
    /// Whether the last sign may be the first of `->`.
    arrow: bool,
}

impl Depth {
    fn pass(&mut self, tree: &TokenTree) {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '<' => self.open += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' && !self.arrow => {
                self.open = self.open.saturating_sub(1);
            }
            _ => {}
        }
        self.arrow = is_punct(Some(tree), '-');
    }

    fn is_outside(&self) -> bool {
        self.open == 0
    }
}

/// The parts of `trees` that end with what `ends`, outside of all `<..>`.
fn split_after(trees: &[TokenTree], ends: fn(&TokenTree) -> bool) -> Vec<&[TokenTree]> {
    let mut depth = Depth::default();
    let last = |tree: &TokenTree| {
        depth.pass(tree);
        depth.is_outside() && ends(tree)
    };
    trees.split_inclusive(last).collect()
}

fn all(group: &Group) -> Group {
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut out: Vec<TokenTree> = Vec::new();
    for parameter in split_after(&trees, |tree| is_punct(Some(tree), ',')) {
        let at = after_attributes(parameter);
        out.extend_from_slice(&parameter[..at]);
        if lacks_pattern(&parameter[at..]) {
            let span = parameter[at].span();
            out.push(Ident::new("_", span).into());
            out.push(Punct::new(':', Spacing::Alone).into());
        }
        out.extend_from_slice(&parameter[at..]);
    }
    let mut named = Group::new(Delimiter::Parenthesis, out.into_iter().collect());
    named.set_span(group.span());
    named
}

fn after_attributes(parameter: &[TokenTree]) -> usize {
    match parameter {
        [hash, TokenTree::Group(_), rest @ ..] if is_punct(Some(hash), '#') => {
            2 + after_attributes(rest)
        }
        _ => 0,
    }
}

/// Whether `parameter` is only a type.
fn lacks_pattern(parameter: &[TokenTree]) -> bool {
    let is_self = |tree: &TokenTree| matches!(tree, TokenTree::Ident(name) if name == "self");
    let alone = |at: usize| {
        is_punct(parameter.get(at), ':')
            && !is_punct(parameter.get(at + 1), ':')
            && !(at > 0 && is_punct(parameter.get(at - 1), ':'))
    };
    let empty = parameter.is_empty() || is_punct(parameter.first(), ',');
    // `self: Box<Self>` has a colon, `&'a mut self` none.
    !empty && !parameter.iter().take(5).any(is_self) && !(0..parameter.len()).any(alone)
}
