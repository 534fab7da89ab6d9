//! Questions about types that decide whether a body can leave its caller.

use syn::visit::{self, Visit};
use syn::{
    Lifetime, ParenthesizedGenericArguments, ReturnType, TraitBound, Type, TypeFnPtr,
    TypeImplTrait, TypeReference,
};

/// The first borrow in `ty` that is not `'static`, if any.
pub fn borrow(ty: &Type) -> Option<Borrow<'_>> {
    let mut finder = BorrowFinder(None);
    finder.visit_type(ty);
    finder.0
}

/// A borrow that ends when the caller's frame does.
pub enum Borrow<'t> {
    /// A reference type.
    Reference(&'t TypeReference),
    /// A lifetime argument such as the one of `Cow<'a, str>`.
    Lifetime(&'t Lifetime),
}

struct BorrowFinder<'t>(Option<Borrow<'t>>);

impl<'t> Visit<'t> for BorrowFinder<'t> {
    fn visit_type_reference(&mut self, reference: &'t TypeReference) {
        match &reference.lifetime {
            Some(lifetime) if lifetime.ident == "static" => self.visit_type(&reference.elem),
            _ => self.0 = self.0.take().or(Some(Borrow::Reference(reference))),
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'t Lifetime) {
        if lifetime.ident != "static" {
            self.0 = self.0.take().or(Some(Borrow::Lifetime(lifetime)));
        }
    }

    // The references in `fn(&str)`, `Fn(&str)` and `for<'a> ..` belong to a later call.
    fn visit_type_fn_ptr(&mut self, _: &'t TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &'t ParenthesizedGenericArguments) {}

    fn visit_trait_bound(&mut self, bound: &'t TraitBound) {
        if bound.lifetimes.is_none() {
            visit::visit_trait_bound(self, bound);
        }
    }
}

/// The `impl Trait` in a return type, if any.
pub fn opaque(output: &ReturnType) -> Option<&TypeImplTrait> {
    struct Finder<'t>(Option<&'t TypeImplTrait>);
    impl<'t> Visit<'t> for Finder<'t> {
        fn visit_type_impl_trait(&mut self, ty: &'t TypeImplTrait) {
            self.0 = self.0.or(Some(ty));
            visit::visit_type_impl_trait(self, ty);
        }
    }
    let mut finder = Finder(None);
    finder.visit_return_type(output);
    finder.0
}

/// Whether a return type can be a `Result`: a path whose last name ends so, as aliases do.
pub fn may_be_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else {
        return false;
    };
    match plain(ty) {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|segment| segment.ident.to_string().ends_with("Result"))
        }
        Type::Macro(_) | Type::Verbatim(_) => true,
        _ => false,
    }
}

fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => plain(&group.elem),
        Type::Paren(paren) => plain(&paren.elem),
        _ => ty,
    }
}
