//! Whole expansions.

use insta::assert_snapshot;
use quote::quote;

use super::derive;
use crate::tests::pretty;

#[test]
fn words_are_written_in_snake_case() {
    let item = quote! {
        pub enum Reason {
            NoPieceFound,
            Blurred,
        }
    };
    assert_snapshot!(pretty(derive(item)));
}
