//! Whole expansions, and which fields need a rule.

use insta::assert_snapshot;
use quote::quote;

use super::annotate;
use crate::tests::pretty;

#[test]
fn a_struct() {
    let item = quote! {
        /// An order.
        #[derive(Clone)]
        pub struct OrderShot {
            #[garde(length(chars, min = 1, max = 60))]
            pub style: String,
            #[serde(default)]
            pub urgent: bool,
            pub after: Option<jewel_core::Id<Shot>>,
        }
    };
    assert_snapshot!(pretty(annotate(&quote!(), item)));
}

#[test]
fn an_enum_that_is_written_too() {
    let item = quote! {
        #[jewel_core::output]
        #[derive(Debug, Clone, Copy)]
        pub enum Status {
            NotBegun,
            Done,
        }
    };
    assert_snapshot!(pretty(annotate(&quote!(), item)));
}

#[test]
fn which_fields_need_a_rule() {
    let cases = [
        (quote!(yes: bool), 0),
        (quote!(id: Id<Shot>), 0),
        (quote!(id: Option<crate::Id<Shot>>), 0),
        (quote!(at: Timestamp), 0),
        (quote!(id: uuid::Uuid), 0),
        (quote!(text: String), 1),
        (quote!(text: Option<String>), 1),
        (quote!(count: u32), 1),
        (quote!(list: Vec<bool>), 1),
        (quote!(#[garde(skip)] text: String), 0),
        (quote!(#[garde(length(chars, max = 3))] text: String), 0),
        (quote!(#[garde(length(max = 3))] text: String), 1),
        (quote!(#[garde(length(max = 3))] text: Option<String>), 1),
        (quote!(#[garde(length(utf16, max = 3))] text: String), 1),
        (quote!(#[garde(length(max = 3))] list: Vec<u8>), 0),
        (quote!(#[garde(inner(length(max = 3)))] list: Vec<String>), 1),
        (quote!(#[garde(inner(inner(length(max = 3))))] list: Vec<Vec<String>>), 1),
        (quote!(#[garde(inner(length(chars, max = 3)))] list: Option<Vec<String>>), 0),
    ];
    for (field, mistakes) in cases {
        let text = annotate(&quote!(), quote!(struct Sent { #field })).to_string();
        assert_eq!(text.matches("compile_error").count(), mistakes, "{field}");
    }
}
