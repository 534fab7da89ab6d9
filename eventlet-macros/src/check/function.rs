//! Which functions can be green, start a green thread, be `main`, or be a test.

use quote::ToTokens;
use syn::{Error, FnArg, Receiver, ReceiverKind, Result, ReturnType, Signature, Type};

use super::args::Settings;
use super::refuse;
use super::types::{Borrow, borrow, may_be_result, opaque};

/// Checks a function for `#[green]`.
///
/// # Errors
///
/// What the arguments ask for cannot be done to this function.
pub fn function(sig: &Signature, settings: &Settings) -> Result<()> {
    plain(sig)?;
    thread_arguments(settings)?;
    if settings.spawn.is_some() {
        owned_arguments(sig, "the green thread outlives this call")?;
        nameable_result(sig)?;
    }
    if settings.blocking.is_some() {
        owned_arguments(sig, "the body runs on another OS thread")?;
    }
    result_for_timeout(sig, settings)
}

/// Checks a function for `#[green::main]`.
///
/// # Errors
///
/// It could not be `main`.
pub fn entry_point(sig: &Signature, settings: &Settings) -> Result<()> {
    plain(sig)?;
    without_inputs(sig, "`main`", "read them from `std::env::args()`")?;
    result_for_timeout(sig, settings)
}

/// Checks a function for `#[green::test]`.
///
/// # Errors
///
/// It could not be a test, or is one already.
pub fn test_function(sig: &Signature, attrs: &[syn::Attribute]) -> Result<()> {
    plain(sig)?;
    without_inputs(sig, "a test", "make them in its body")?;
    let twice = attrs.iter().find(|attr| attr.path().is_ident("test"));
    twice.map_or(Ok(()), |attr| {
        let problem = "`#[green::test]` makes a test already";
        Err(refuse(attr, problem, "remove `#[test]`"))
    })
}

/// What no green function can be.
fn plain(sig: &Signature) -> Result<()> {
    if let Some(asyncness) = &sig.asyncness {
        let help = "remove `async`, and call blocking functions directly: they wait green";
        return Err(refuse(asyncness, "green code needs no async", help));
    }
    if let Some(constness) = &sig.constness {
        let help = "remove `const`, or remove the attribute";
        return Err(refuse(constness, "a `const fn` cannot wait", help));
    }
    match &sig.abi {
        Some(abi) if abi.name.as_ref().is_none_or(|name| name.value() != "Rust") => Err(refuse(
            abi,
            "a green function cannot have a foreign ABI: a kill unwinds, and must not cross it",
            "write a Rust function, and call it from a thin `extern` one",
        )),
        _ => Ok(()),
    }
}

fn thread_arguments(settings: &Settings) -> Result<()> {
    match settings.of_thread() {
        Some(by) if settings.spawn.is_none() => Err(refuse(
            by,
            &format!("`{by}` describes the green thread that `spawn` starts"),
            "add `spawn`",
        )),
        _ => Ok(()),
    }
}

fn without_inputs(sig: &Signature, what: &str, instead: &str) -> Result<()> {
    if !sig.inputs.is_empty() {
        let problem = format!("{what} has no arguments");
        return Err(refuse(&sig.inputs, &problem, instead));
    }
    if !sig.generics.params.is_empty() {
        let problem = format!("{what} cannot be generic");
        return Err(refuse(&sig.generics, &problem, "remove the parameters"));
    }
    Ok(())
}

fn owned_arguments(sig: &Signature, why: &str) -> Result<()> {
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => owned_receiver(receiver, why)?,
            FnArg::Typed(argument) => owned_type(&argument.ty, why)?,
        }
    }
    Ok(())
}

fn owned_receiver(receiver: &Receiver, why: &str) -> Result<()> {
    match &receiver.kind {
        ReceiverKind::Reference(..) => {
            Err(borrowed(receiver, why, "take `self` by value, or `self: Rc<Self>`"))
        }
        ReceiverKind::Typed(_, ty) => owned_type(ty, why),
        _ => Ok(()),
    }
}

fn owned_type(ty: &Type, why: &str) -> Result<()> {
    let help = "take an owned argument, such as `String` for `&str`, or a `&'static` one";
    match borrow(ty) {
        Some(Borrow::Reference(reference)) => Err(borrowed(reference, why, help)),
        Some(Borrow::Lifetime(lifetime)) => Err(borrowed(lifetime, why, help)),
        None => Ok(()),
    }
}

fn borrowed(at: impl ToTokens, why: &str, help: &str) -> Error {
    let problem = format!("an argument cannot be borrowed here: {why}");
    refuse(at, &problem, help)
}

/// The result is written again inside `GreenThread<..>`, where some types cannot stand.
fn nameable_result(sig: &Signature) -> Result<()> {
    if let Some(ty) = opaque(&sig.output) {
        let help = "name the type, or return `Box<dyn ..>`";
        return Err(refuse(ty, "`GreenThread<impl ..>` is not a type", help));
    }
    match &sig.output {
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => Err(refuse(
            ty,
            "`GreenThread<!>` is not a type",
            "leave the return type out: the green thread may still run for ever",
        )),
        _ => Ok(()),
    }
}

fn result_for_timeout(sig: &Signature, settings: &Settings) -> Result<()> {
    if settings.timeout.is_none() || may_be_result(&sig.output) {
        return Ok(());
    }
    let problem = "a function under a timeout returns a `Result`";
    let help = "return `Result<_, E>` where `E: From<eventlet::TimedOut>`, such as `io::Error`";
    match &sig.output {
        ReturnType::Default => Err(refuse(&sig.ident, problem, help)),
        ReturnType::Type(_, ty) => Err(refuse(ty, problem, help)),
    }
}
