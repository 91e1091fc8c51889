//! What is shared by the rooms: nearest words, doc comments, and how an expansion is shown.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, parse_quote};

use crate::doc::Doc;
use crate::near::nearest;
use crate::sink::Sink;

/// An expansion as a person would write it.
pub(crate) fn pretty(tokens: TokenStream) -> String {
    let text = tokens.to_string();
    match syn::parse2::<syn::File>(tokens) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{error}: {text}"),
    }
}

#[test]
fn the_nearest_word_is_the_one_that_was_meant() {
    const WORDS: [&str; 5] = ["access", "limit", "idempotent", "slo", "deadline"];
    let cases = [
        ("acess", Some("access")),
        ("limt", Some("limit")),
        ("limits", Some("limit")),
        ("idempotant", Some("idempotent")),
        ("sol", Some("slo")),
        ("dealine", Some("deadline")),
        ("Limit", Some("limit")),
        ("cache", None),
        ("x", None),
        ("frobnicate", None),
    ];
    for (word, meant) in cases {
        assert_eq!(nearest(word, WORDS.into_iter()), meant, "{word}");
    }
}

#[test]
fn a_doc_comment_is_a_summary_and_a_description() {
    let attrs: Vec<Attribute> = vec![
        parse_quote!(#[doc = ""]),
        parse_quote!(#[doc = " Start a shot"]),
        parse_quote!(#[doc = " of a photo."]),
        parse_quote!(#[inline]),
        parse_quote!(#[doc = ""]),
        parse_quote!(#[doc = " Holds the credits:"]),
        parse_quote!(#[doc = "     indented"]),
        parse_quote!(#[doc = ""]),
        parse_quote!(#[doc = " last"]),
    ];
    let doc = Doc::of(&attrs);
    assert_eq!(doc.summary, "Start a shot of a photo.");
    assert_eq!(doc.description, "Holds the credits:\n    indented\n\nlast");
    assert_eq!(Doc::of(&[]), Doc::default());
    assert_eq!(Doc::of(&[parse_quote!(#[doc = concat!("a", "b")])]), Doc::default());
}

#[test]
#[should_panic(expected = "never reported")]
#[cfg(debug_assertions)]
fn a_mistake_that_nobody_reports_is_a_panic() {
    let mut sink = Sink::default();
    sink.on(quote!(word), "wrong");
}

#[test]
fn mistakes_are_reported_in_their_order() {
    let mut sink = Sink::default();
    sink.on(quote!(one), "first");
    sink.on(quote!(two), "second");
    assert_eq!(sink.count(), 2);
    let text = sink.report().to_string();
    assert!(text.find("first") < text.find("second"), "{text}");
}
