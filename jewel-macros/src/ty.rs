//! What a macro can know of a type: its tokens. The last path segment's name stands for it.
//!
//! An alias is therefore unknown; the traits that the expansion asks for still judge it.

use syn::{GenericArgument, Ident, PathArguments, Type};

/// The name by which a path's type is called where it stands: `Body` of `http::Body<Order>`.
pub(crate) fn name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => name(&group.elem),
        Type::Paren(paren) => name(&paren.elem),
        _ => None,
    }
}

/// Whether a type is called so.
pub(crate) fn is(ty: &Type, wanted: &str) -> bool {
    name(ty).is_some_and(|name| name == wanted)
}

/// The first type argument: `Order` of `Body<Order>`.
pub(crate) fn inner(ty: &Type) -> Option<&Type> {
    let path = match ty {
        Type::Path(path) => &path.path,
        Type::Group(group) => return inner(&group.elem),
        Type::Paren(paren) => return inner(&paren.elem),
        _ => return None,
    };
    let PathArguments::AngleBracketed(list) = &path.segments.last()?.arguments else { return None };
    list.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The type in an `Option`, or the type itself.
pub(crate) fn unwrapped(ty: &Type) -> &Type {
    if is(ty, "Option") { inner(ty).unwrap_or(ty) } else { ty }
}

/// Whether a name is that of a primitive number.
pub(crate) fn is_number(name: &str) -> bool {
    let unsigned = name.strip_prefix(['i', 'u', 'f']);
    unsigned.is_some_and(|width| width == "size" || width.parse::<u8>().is_ok())
}
