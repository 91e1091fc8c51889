//! Whole expansions, and every question of `valid` by its words.

use insta::assert_snapshot;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Verb, annotate};
use crate::tests::pretty;

#[test]
fn an_endpoint_with_every_word() {
    let words = quote!(
        "/v1/photos/{photo}/shots",
        access(account),
        limit(30 / minute, per = account),
        limit(3 / second),
        idempotent,
        slo(p95 = 200ms, available = 99.9),
        deadline = 30s,
        body = 10MiB
    );
    let item = quote! {
        /// Start a studio shot of a photo.
        ///
        /// Holds the credits.
        pub async fn order(
            caller: Caller<Account>,
            photo: Path<Id<Photo>>,
            order: Body<OrderShot>,
            tx: &mut Tx,
        ) -> Result<Accepted<ShotView>, ShotProblem> {
            todo
        }
    };
    assert_snapshot!(pretty(annotate(Verb::Post, words, &item)));
}

#[test]
fn an_endpoint_with_nothing() {
    let item = quote! {
        /// Says that the service is there.
        #[cfg(feature = "ping")]
        async fn ping() -> Result<NoContent, Never> {
            Ok(NoContent)
        }
    };
    assert_snapshot!(pretty(annotate(Verb::Get, quote!("/", access(public)), &item)));
}

#[test]
fn a_refused_shape_keeps_the_function_and_its_name() {
    let item = quote! {
        /// Order one.
        pub(crate) async fn order(tx: Tx) -> Result<NoContent, Never> {
            half typed .
        }
    };
    let words = quote!("/v1/{shot}", access(public), repeatable);
    let text = annotate(Verb::Post, words, &item).to_string();
    assert!(text.contains("half typed ."), "{text}");
    assert!(text.contains("pub (crate) struct order"), "{text}");
    assert!(text.contains("`order` is refused"), "{text}");
    assert_eq!(text.matches("compile_error").count(), 2, "{text}");
}

#[test]
fn a_signature_that_does_not_parse_is_the_compilers_to_refuse() {
    let item: TokenStream = quote!(pub async fn order(caller: ,) -> Result<A, B> { .. });
    let text = annotate(Verb::Post, quote!("/v1/shots"), &item).to_string();
    assert!(text.contains(&item.to_string()), "{text}");
    assert!(text.contains("struct order"), "{text}");
    assert!(!text.contains("compile_error"), "{text}");
}

#[test]
fn right_and_wrong_paths() {
    use super::path::{Part, Path};
    use crate::sink::Sink;

    let cases = [
        ("/", 0, true),
        ("/v1/shots", 2, true),
        ("/v1/shots/{shot}", 3, true),
        ("/v1/a-b.c_d~e", 2, true),
        ("", 0, false),
        ("v1", 0, false),
        ("//", 0, false),
        ("/v1/", 1, false),
        ("/{}", 0, false),
        ("/{a b}", 0, false),
        ("/{fn}", 0, false),
        ("/{*rest}", 0, false),
        ("/a{b}", 0, false),
        ("/{a}/{a}", 1, false),
        ("/a?b", 0, false),
        ("/a b", 0, false),
        ("/ä", 0, false),
    ];
    for (text, parts, right) in cases {
        let mut sink = Sink::default();
        let literal = syn::LitStr::new(text, proc_macro2::Span::call_site());
        let path = Path::of(&literal, &mut sink);
        assert_eq!((path.parts.len(), sink.count() == 0), (parts, right), "{text}");
        assert!(!path.parts.contains(&Part::Literal(String::new())), "{text}");
        drop(sink.report());
    }
}
