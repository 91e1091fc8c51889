//! Whole expansions.

use insta::assert_snapshot;
use quote::quote;

use super::annotate;
use crate::tests::pretty;

#[test]
fn an_entity_with_every_word() {
    let words = quote!(
        table = "shots",
        owner = account,
        names = Order,
        may(insert, update(note, version), delete),
        index(account, created_at desc, "lower(note)", name = shots_list, only = "note <> ''",
            include(price), unique, method = btree),
        unique(account, note, name = shots_once),
        check("price > 0", name = shots_paid),
        foreign(account, photo, to = Photo(account, id), on_delete = set_null(photo)),
        fillfactor = 80,
        was = "pictures",
        dropped(title)
    );
    let item = quote! {
        /// A shot.
        ///
        /// Of a photo.
        pub struct Shot {
            /// Its identifier.
            #[key]
            pub id: Id<Order>,
            /// Whose it is.
            #[references(on_delete = cascade)]
            pub account: Id<Account>,
            /// What it is made of.
            #[references(none)]
            pub photo: Option<Id<Photo>>,
            /// What was wished for.
            #[pii]
            #[unique(name = shots_note)]
            #[garde(length(chars, min = 1, max = MAX), pattern("^[a-z]+$"))]
            #[was("remark")]
            pub note: Option<String>,
            /// What it costs.
            #[garde(range(min = 1))]
            #[using("price::bigint")]
            pub price: i64,
            /// What it costs with taxes.
            #[generated("price * 2")]
            pub gross: i64,
            #[check("token <> ''", name = shots_token)]
            #[secret]
            token: String,
            #[garde(url)]
            #[request_only]
            link: String,
            #[default("now()")]
            pub created_at: Timestamp,
            #[version]
            #[default("1")]
            pub version: i32,
        }
    };
    assert_snapshot!(pretty(annotate(words, item)));
}

#[test]
fn an_entity_with_nothing() {
    let item = quote! {
        /// A mark.
        struct Mark {
            #[key]
            word: String,
        }
    };
    assert_snapshot!(pretty(annotate(quote!(table = "marks", may()), item)));
}
