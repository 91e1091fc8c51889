//! Whole expansions.

use insta::assert_snapshot;
use quote::quote;

use super::derive;
use crate::tests::pretty;

#[test]
fn every_kind_of_variant() {
    let item = quote! {
        pub enum ShotProblem {
            #[problem(404, "shot_not_found")]
            NotFound,
            #[problem(402, "insufficient_credits")]
            Credits { need: i64, #[problem(skip)] have: i64 },
            #[problem(409, "too_early")]
            Early { retry_after: Duration },
            #[problem(400, "unreadable")]
            Unreadable(#[source] ParseIntError),
            #[problem(flatten)]
            Credit(#[from] CreditProblem),
            #[problem(internal)]
            Internal { cause: db::Error },
        }
    };
    assert_snapshot!(pretty(derive(item)));
}

#[test]
fn no_variant() {
    assert_snapshot!(pretty(derive(quote!(
        enum Never {}
    ))));
}
