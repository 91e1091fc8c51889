//! Whole expansions.

use insta::assert_snapshot;
use quote::quote;

use super::annotate;
use crate::tests::pretty;

#[test]
fn a_struct() {
    let item = quote! {
        pub struct ShotView {
            pub id: Id<Shot>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub note: Option<String>,
        }
    };
    assert_snapshot!(pretty(annotate(&quote!(), item)));
}

#[test]
fn an_enum_with_fields() {
    let item = quote! {
        enum Event {
            Progress { percent: f32 },
            Done,
        }
    };
    assert_snapshot!(pretty(annotate(&quote!(), item)));
}

#[test]
fn both_orders_of_both_annotations_are_one() {
    let below = crate::input::annotate(
        &quote!(),
        quote!(
            #[output]
            enum Look {
                Dark,
            }
        ),
    );
    let above = annotate(
        &quote!(),
        quote!(
            #[input]
            enum Look {
                Dark,
            }
        ),
    );
    assert_eq!(below.to_string(), above.to_string());
}
