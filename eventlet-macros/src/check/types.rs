//! Questions about types that decide whether a body can leave its caller.

use syn::visit::{self, Visit};
use syn::{
    Ident, Lifetime, ParenthesizedGenericArguments, ReturnType, TraitBound, Type, TypeFnPtr,
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

/// Types of std, and of the language, that nobody takes for the name of a `Result`.
const NO_RESULT: &[&str] = &[
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "Box",
    "Cow",
    "Duration",
    "ExitCode",
    "HashMap",
    "HashSet",
    "Instant",
    "Option",
    "PathBuf",
    "Rc",
    "String",
    "TcpListener",
    "TcpStream",
    "Vec",
    "VecDeque",
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "str",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// Whether a return type can be a `Result`. What an alias or an associated type stands for is not
/// seen here, so rustc is left to judge those.
pub fn may_be_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else {
        return false;
    };
    match plain(ty) {
        Type::Path(path) => {
            let last = path.path.segments.last();
            let no_result = |name: &Ident| NO_RESULT.iter().any(|known| name == known);
            path.qself.is_some() || !last.is_some_and(|segment| no_result(&segment.ident))
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
